"""The window as a whole: edits reach the engine, a crash loses nothing, two windows do not meet, bad news is a line."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QToolButton
from pytestqt.qtbot import QtBot

from app.window.clock import Frame
from app.window.main_window import SMALLEST
from app.window.panel import Panel
from app.window.panels import PAGES, PANELS, Area, PanelSpec
from app.window.services import Services
from app.window.session.document import Change
from app.window.session.reading import sound_from_file
from engine.events import Kind
from engine.live.protocol import CvChannel, Line, PatchChanged, SetPatch
from tests.app.window.conftest import PATCH, Open
from tests.app.window.fake_engine import FakeEngine

HERE = "tests.app.window.test_opened"


class Listening(Panel):
    """Counts what it is told."""

    def __init__(self, services: Services) -> None:
        super().__init__(services)
        self.frames: list[Frame] = []
        self.changes: list[Change | None] = []

    def show_frame(self, frame: Frame) -> None:
        self.frames.append(frame)

    def show_sound(self, change: Change | None) -> None:
        self.changes.append(change)


class Failing(Panel):
    def show_sound(self, change: Change | None) -> None:
        raise ArithmeticError("no such colour")


KEYS = PanelSpec("listening", "Listening", Area.KEYS, f"{HERE}:Listening")
MATRIX = PanelSpec("hidden", "Hidden", Area.MATRIX, f"{HERE}:Listening")
FAILING = PanelSpec("failing", "Failing", Area.KEYS, f"{HERE}:Failing")
MISSING = PanelSpec("missing", "Missing", Area.KEYS, "app.window.no_such_module:Panel")


def test_it_opens_at_its_smallest_size(open_window: Open) -> None:
    window = open_window(KEYS).window
    assert window.isVisible()
    window.resize(100, 100)
    assert (window.width(), window.height()) == SMALLEST


def test_an_edit_reaches_the_engine_and_undo_takes_it_back(open_window: Open, engine: FakeEngine) -> None:
    opened = open_window()
    opened.services.document.set_number("knobs.knob1", 0.75)
    assert engine.rows == [(0, Kind.KNOB, 0, 1, 0.75)]
    QTest.keyClick(opened.window, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert engine.arrays["knobs"][1] == 0.5


def test_what_a_controller_turns_is_shown(open_window: Open, engine: FakeEngine, qtbot: QtBot) -> None:
    opened = open_window()
    qtbot.wait(50)
    engine.arrays["knobs"][0] = 0.125
    qtbot.waitUntil(lambda: opened.services.document.sound.number("knobs.knob0") == 0.125)


def test_a_knob_that_a_voltage_leads_is_not_taken_over(open_window: Open, engine: FakeEngine, qtbot: QtBot) -> None:
    opened = open_window()
    opened.follow_voltages([CvChannel(0, "knob:knob0"), CvChannel(1, "pitch")])
    engine.arrays["knobs"][:2] = 0.125, 0.875
    qtbot.waitUntil(lambda: opened.services.document.sound.number("knobs.knob1") == 0.875)
    assert opened.services.document.sound.number("knobs.knob0") == 0.25


def test_a_program_change_is_shown(open_window: Open, engine: FakeEngine, qtbot: QtBot) -> None:
    opened = open_window()
    qtbot.wait(50)
    engine.say(PatchChanged(PATCH.format("Strings", 0.5), 7))
    qtbot.waitUntil(lambda: opened.services.document.sound.patch.name == "Strings")
    assert not [each for each in engine.asked if isinstance(each, SetPatch)]


def test_a_crash_loses_nothing(open_window: Open, qtbot: QtBot, user_folder: Path) -> None:
    opened = open_window()
    opened.services.document.set_number("knobs.knob1", 0.75)
    opened.autosave.flush()
    opened._beginning.lock.unlock()  # type: ignore[union-attr]  # as the death of a process does
    again = open_window(patch=None).services.document
    assert (again.sound.number("knobs.knob1"), again.sound.patch.name, again.is_dirty) == (0.75, "Plain", True)


def test_a_patch_that_is_asked_for_does_not_overwrite_the_last_session(open_window: Open, user_folder: Path) -> None:
    opened = open_window()
    opened.services.document.set_number("knobs.knob1", 0.0625)
    opened.window.close()
    again = open_window(patch="other")
    assert again.services.document.sound.patch.name == "Other"
    assert "0.0625" in (user_folder / "before-session.json").read_text()


def test_a_session_whose_file_is_gone_is_not_saved(open_window: Open, user_folder: Path) -> None:
    opened = open_window(patch=None)
    opened.services.document.load(sound_from_file("plain"))
    assert not opened.services.document.is_dirty
    opened.window.close()
    assert not open_window(patch=None).services.document.is_dirty
    (user_folder / "patches" / "plain.toml").unlink()
    (user_folder / "session.json.lock").unlink()
    again = open_window(patch=None).services.document
    assert (again.sound.patch.name, again.is_dirty) == ("Plain", True)


def test_a_second_window_keeps_a_session_of_its_own(open_window: Open, user_folder: Path) -> None:
    first, second = open_window(), open_window()
    first.services.document.set_number("knobs.knob1", 0.1)
    second.services.document.set_number("knobs.knob1", 0.2)
    first.autosave.flush()
    second.autosave.flush()
    assert "Another window" in second.services.notices.history[0].text
    assert "0.1" in (user_folder / "session.json").read_text()
    assert "0.2" in (user_folder / "session-2.json").read_text()


def test_a_session_whose_model_is_gone_is_a_line(open_window: Open, user_folder: Path) -> None:
    text = PATCH.format("Lost", 0.5).replace("tiny", "gone").replace("\n", "\\n").replace('"', '\\"')
    text = f'{{"schema": 1, "current": {{"text": "{text}"}}, "other": {{"text": "{text}"}}}}'
    (user_folder / "session.json").write_text(text)
    opened = open_window(patch=None)
    line = opened.services.notices.history[0].text
    kept = user_folder / "before-session.json"
    assert line.startswith("the last session: model: gone: no such model; there are: ")
    assert line.endswith(f": this one begins with the first sound; the old file is kept as {kept}")
    assert kept.exists()
    assert opened.window.isVisible()


def test_panels_are_told_only_while_they_can_be_seen(open_window: Open, qtbot: QtBot) -> None:
    opened = open_window(KEYS, MATRIX)
    assert "hidden" not in opened.window.panels
    opened.window.show_page("modulate")
    hidden, shown = opened.window.panels["hidden"], opened.window.panels["listening"]
    assert isinstance(hidden, Listening)
    assert isinstance(shown, Listening)
    qtbot.waitUntil(lambda: len(hidden.frames) > 1)
    opened.window.show_page("play")
    seen = len(hidden.frames)
    opened.services.document.set_number("knobs.knob1", 0.75)
    qtbot.waitUntil(lambda: len(shown.frames) > seen + 2)
    assert len(hidden.frames) == seen
    assert len(hidden.changes) == 1
    opened.window.show_page("modulate")
    assert hidden.changes == [None, None]  # it caught up, once
    assert [change.ids for change in shown.changes if change] == [{"knobs.knob1"}]


@pytest.mark.parametrize("spec", [FAILING, MISSING], ids=lambda spec: spec.name)
def test_a_panel_that_fails_does_not_end_the_instrument(open_window: Open, spec: PanelSpec) -> None:
    opened = open_window(spec)
    message = opened.services.notices.history[-1]
    assert message.level == "error"
    assert message.text.startswith(spec.title)
    assert opened.window.isVisible()


def test_what_the_engine_says_can_be_read(open_window: Open, engine: FakeEngine, qtbot: QtBot) -> None:
    opened = open_window()
    engine.say(Line("warning", "MIDI: there is\nno sequencer"))
    qtbot.waitUntil(lambda: opened.window.status.text == "MIDI: there is no sequencer")
    opened.window.status.dismiss()
    assert opened.window.status.text == ""


def test_page_and_size_come_back(open_window: Open) -> None:
    opened = open_window()
    opened.window.resize(1024, 700)  # no more than the screen: a window from a bigger one must fit, too
    QTest.keyClick(opened.window, Qt.Key.Key_F4)
    opened.window.close()
    again = open_window().window
    assert (again.page, again.width(), again.height()) == ("array", 1024, 700)


def test_the_browser_makes_room_in_a_narrow_window(open_window: Open) -> None:
    side = PanelSpec("side", "Side", Area.SIDE, f"{HERE}:Listening")
    window = open_window(side).window
    window.resize(1500, 800)
    assert window.panels["side"].isVisible()
    window.resize(1100, 800)
    assert not window.panels["side"].isVisible()


def test_a_narrow_window_opens_the_browser_over_its_pages(open_window: Open, qtbot: QtBot) -> None:
    side = PanelSpec("side", "Side", Area.SIDE, f"{HERE}:Listening")
    window = open_window(side).window
    window.resize(1024, 640)
    pages = window._pages.geometry()
    window.show_side(True)
    assert window.panels["side"].isVisible()
    assert window._pages.geometry() == pages
    assert window.panels["side"].geometry().topLeft() == pages.topLeft()
    window.resize(1024, 700)
    qtbot.waitUntil(lambda: window.panels["side"].height() == window._pages.height())
    window.resize(1500, 700)
    assert window.panels["side"].isVisible()
    qtbot.waitUntil(lambda: window._pages.x() > window.panels["side"].geometry().right())


def test_it_ends_when_it_is_told_to(open_window: Open) -> None:
    opened, stop = open_window(), threading.Event()
    threading.Timer(0.2, stop.set).start()
    opened.run(stop, None)
    assert not opened.window.isVisible()


def test_the_table_of_panels_is_sound() -> None:
    areas = [spec.area for spec in PANELS]
    assert len(set(areas)) == len(areas)
    assert len({spec.name for spec in PANELS}) == len(PANELS)
    of_pages = {area for _, _, each in PAGES.values() for area in each}
    assert of_pages | {Area.PATCH, Area.STATE, Area.SIDE, Area.KEYS} == set(Area)


def test_the_help_line_follows_what_is_turned(open_window: Open, qtbot: QtBot) -> None:
    """Turned by keys, by a controller or on the map: what is read is what is."""
    opened = open_window(next(each for each in PANELS if each.name == "knobs"))
    knob = opened.window.panels["knobs"].knobs[0].knob  # type: ignore[attr-defined]
    knob.setFocus()
    assert opened.window.status.text.startswith("Knob 0: 0.25.")
    opened.services.document.set_number("knobs.knob0", 0.75)
    qtbot.waitUntil(lambda: opened.window.status.text.startswith("Knob 0: 0.75."))


def test_what_was_said_at_the_beginning_comes_back_until_it_was_read(
    open_window: Open, engine: FakeEngine, user_folder: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.window.status_line.INFO_MS", 50)
    (user_folder / "window.json").write_text("{")
    opened = open_window()
    status = opened.window.status
    for _ in range(2):
        assert status.text.startswith("window.json is damaged: defaults are used")
        with qtbot.waitSignal(opened.services.notices.said):
            engine.say(Line("info", "playing to nowhere"))
        assert status.text.startswith("playing to nowhere")
        qtbot.waitUntil(lambda: not status.text.startswith("playing to nowhere"))
    next(each for each in status.findChildren(QToolButton) if each.text() == "×").click()
    assert status.text == ""

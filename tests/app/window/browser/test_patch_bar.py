"""The patch bar: what plays, whether it is saved, the next one, A and B, the way back, chance."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from accel.errors import SystoleError
from app.window.browser.texts_dialog import TextsDialog
from engine.live.protocol import MeasureLoudness, PatchChanged
from engine.patch import load_patch, patch_text
from tests.app.window.browser.conftest import Bench
from tests.app.window.checks import paint_seconds, same_picture
from tests.app.window.fake_engine import FakeEngine

CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


def dialog() -> TextsDialog:
    (found,) = [each for each in QApplication.topLevelWidgets() if isinstance(each, TextsDialog) and each.isVisible()]
    return found


def test_it_says_what_plays_and_whether_a_file_has_it(bench: Bench) -> None:
    assert bench.bar.name.accessibleName() == "Plain"
    bench.document.set_number("knobs.knob1", 0.75)
    assert bench.bar.name.accessibleName() == "Plain, changed since it was saved"
    bench.document.set_number("knobs.knob1", 0.5)
    assert bench.bar.name.accessibleName() == "Plain"


def test_saving_ones_own_sound_is_one_key(bench: Bench, user_folder: Path) -> None:
    bench.document.set_number("knobs.knob1", 0.75)
    QTest.keyClick(bench.window, Qt.Key.Key_S, CTRL)
    assert not bench.document.is_dirty
    assert load_patch(user_folder / "patches" / "plain.toml").knobs["knob1"] == 0.75
    assert bench.lines[-1] == "Saved Plain"


def test_a_sound_of_the_factory_is_saved_as_ones_own(bench: Bench, user_folder: Path, qtbot: QtBot) -> None:
    bench.collection.load(bench.entry("bell"))
    bench.document.set_number("knobs.timbre", 0.9)
    QTest.keyClick(bench.window, Qt.Key.Key_S, CTRL)
    asked = dialog()
    assert asked.texts.tags == ("bell", "mallet")
    asked.name.setText("  Glass   bell ")
    QTest.mouseClick(asked.save, Qt.MouseButton.LeftButton)
    path = user_folder / "patches" / "Glass bell.toml"
    assert load_patch(path).knobs["timbre"] == 0.9
    assert (bench.document.sound.path, bench.document.is_dirty) == (path, False)
    qtbot.waitUntil(lambda: bench.collection.current is not None)
    assert "Glass bell" in bench.titles
    bench.document.undo()
    assert (bench.document.sound.patch.name, bench.document.is_dirty) == ("Folded bell", True)


def test_a_folder_that_refuses_keeps_the_dialog_open(bench: Bench, user_folder: Path) -> None:
    (user_folder / "patches").rename(user_folder / "aside")
    (user_folder / "patches").write_text("in the way")
    QTest.keyClick(bench.window, Qt.Key.Key_S, CTRL | SHIFT)
    asked = dialog()
    QTest.mouseClick(asked.save, Qt.MouseButton.LeftButton)
    assert asked.isVisible()
    assert "cannot be made" in bench.lines[-1]
    asked.reject()


def test_renaming_takes_all_along(bench: Bench, user_folder: Path, qtbot: QtBot) -> None:
    bench.document.set_number("knobs.knob1", 0.75)
    bench.collection.love(bench.entry("plain"), True)
    entry = bench.entry("plain")
    about = next(each for each in bench.bar.menu().actions() if each.text().startswith("Name"))
    about.trigger()
    dialog().name.setText("Steel")
    QTest.mouseClick(dialog().save, Qt.MouseButton.LeftButton)
    assert bench.document.sound.path == user_folder / "patches" / "Steel.toml"
    assert (bench.document.sound.patch.name, bench.document.is_dirty) == ("Steel", True)
    assert bench.services.remembered.value.favourites == {"Steel"}
    back = bench.services.notices.history[-1].call
    qtbot.waitUntil(lambda: "Steel" in bench.titles)
    assert back is not None
    back()
    qtbot.waitUntil(lambda: "Plain" in bench.titles)
    assert bench.document.sound.patch.name == "Plain"
    assert load_patch(bench.document.sound.path).knobs == entry.patch.knobs  # type: ignore[attr-defined, arg-type]
    bench.document.undo()
    assert not bench.document.is_dirty


def test_next_and_previous_go_round_in_what_is_listed(bench: Bench) -> None:
    bench.browser.search.setText("test")
    for expected in ("Other", "Plain"):
        QTest.keyClick(bench.window, Qt.Key.Key_Right, CTRL)
        assert bench.document.sound.patch.name == expected
    QTest.keyClick(bench.window, Qt.Key.Key_Left, CTRL)
    assert bench.document.sound.patch.name == "Other"
    bench.browser.search.setText("zither")
    bench.bar.next.click()
    assert bench.document.sound.patch.name != "Other"  # an empty list is no end


def test_comparing(bench: Bench) -> None:
    bench.document.set_number("knobs.knob1", 0.75)
    b = bench.bar.compare._group.button(1)
    QTest.mouseClick(b, Qt.MouseButton.LeftButton)
    assert (bench.document.side, bench.document.sound.number("knobs.knob1"), b.isChecked()) == ("B", 0.5, True)
    QTest.mouseClick(b, Qt.MouseButton.LeftButton)
    assert bench.document.side == "B"
    QTest.keyClick(bench.window, Qt.Key.Key_D, CTRL)
    assert (bench.document.side, b.isChecked()) == ("A", False)
    QTest.keyClick(bench.window, Qt.Key.Key_D, CTRL | SHIFT)
    bench.document.flip()
    assert bench.document.sound.number("knobs.knob1") == 0.75


def test_the_way_back_is_called_by_what_it_takes_back(bench: Bench) -> None:
    assert not bench.bar.undo.isEnabled()
    bench.document.set_number("voice.pan", 0.5)
    assert bench.bar.undo.accessibleName() == "Undo: Pan"
    QTest.mouseClick(bench.bar.undo, Qt.MouseButton.LeftButton)
    assert bench.document.sound.number("voice.pan") == 0.0
    assert (bench.bar.undo.isEnabled(), bench.bar.redo.accessibleName()) == (False, "Redo: Pan")
    QTest.mouseClick(bench.bar.redo, Qt.MouseButton.LeftButton)
    assert bench.document.sound.number("voice.pan") == 0.5


def test_chance_is_one_step(bench: Bench, engine: FakeEngine, qtbot: QtBot) -> None:
    before = bench.document.sound
    engine.replies[MeasureLoudness] = [-20.0, -26.0]  # softer is no harm
    QTest.keyClick(bench.window, Qt.Key.Key_R, CTRL)
    qtbot.waitUntil(lambda: bench.document.sound is not before)
    first = bench.document.sound
    assert first.patch.knobs != before.patch.knobs
    assert first.number("voice.level") == before.number("voice.level")
    (request,) = (each for each in engine.asked if isinstance(each, MeasureLoudness))
    assert request.texts == [patch_text(before.patch), patch_text(first.patch)]
    bench.bar.dice.click()
    qtbot.waitUntil(lambda: bench.document.sound is not first)
    bench.document.undo()
    assert bench.document.sound is first
    bench.document.undo()
    assert bench.document.sound is before


def test_chance_is_never_louder(bench: Bench, engine: FakeEngine, qtbot: QtBot) -> None:
    before = bench.document.sound
    engine.replies[MeasureLoudness] = [-20.0, -14.5]
    bench.bar.dice.click()
    qtbot.waitUntil(lambda: bench.document.sound is not before)
    assert bench.document.sound.number("voice.level") == before.number("voice.level") - 5.5
    bench.document.undo()
    assert bench.document.sound is before  # both are one step


def test_chance_that_was_overtaken_does_not_take_what_came_meanwhile(
    bench: Bench, engine: FakeEngine, qtbot: QtBot
) -> None:
    gate, done = threading.Event(), threading.Event()

    def slow(_: object) -> list[float]:
        gate.wait(10)
        done.set()
        return [-20.0, -20.0]

    engine.replies[MeasureLoudness] = slow
    bench.bar.dice.click()
    bench.document.set_number("voice.pan", 0.5)
    edited = bench.document.sound
    gate.set()
    qtbot.waitUntil(done.is_set)
    qtbot.wait(50)
    assert bench.document.sound is edited


def test_chance_that_cannot_be_measured_is_a_line(bench: Bench, engine: FakeEngine, qtbot: QtBot) -> None:
    before = bench.document.sound
    engine.replies[MeasureLoudness] = SystoleError("the engine is not running")
    bench.bar.dice.click()
    history = bench.bar.services.notices.history
    qtbot.waitUntil(lambda: "the engine is not running" in [each.text for each in history])
    assert bench.document.sound is before


def test_a_program_change_finds_its_file(bench: Bench, engine: FakeEngine, qtbot: QtBot) -> None:
    qtbot.wait(50)
    engine.stand(knobs=[0.75, 0.5], parameters={"amp.release": 0.05}, serial=5)
    engine.say(PatchChanged(patch_text(load_patch("other")), 5))
    qtbot.waitUntil(lambda: bench.collection.current is bench.entry("other"))
    assert not bench.document.is_dirty
    assert bench.browser.list.entry is bench.entry("other")


def test_the_browser_is_opened_and_closed(bench: Bench) -> None:
    was = bench.browser.isVisible()
    QTest.keyClick(bench.window, Qt.Key.Key_F5)
    assert bench.browser.isVisible() is not was
    bench.bar.name.click()
    assert bench.browser.isVisible() is was
    bench.window.resize(1024, 640)
    QTest.keyClick(bench.window, Qt.Key.Key_F, CTRL)
    assert bench.browser.isVisible()
    QTest.keyClick(bench.browser.search, Qt.Key.Key_Escape)
    assert not bench.browser.isVisible()


def test_the_menu_has_all_of_it(bench: Bench) -> None:
    texts = [action.text() for action in bench.bar.menu().actions() if action.text()]
    assert texts[:2] == ["Save", "Save as …"]
    assert "Copy to the other of A and B" in texts
    amounts = bench.bar._amounts(bench.bar.menu())
    amounts.actions()[-1].trigger()
    assert bench.bar._amount == "A lot"


@pytest.mark.parametrize("mode", ["dark", "light"])
def test_it_looks_as_it_should(bench: Bench, qtbot: QtBot, mode: str) -> None:
    bench.services.theme.set_mode(mode)  # type: ignore[arg-type]
    bench.collection.love(bench.entry("plain"), True)
    bench.document.set_number("voice.pan", 0.5)
    for name, width in (("patch_bar", 1400), ("patch_bar_narrow", 1024)):
        bench.window.resize(width, 640)
        qtbot.wait(50)  # until all is laid out
        bench.browser.setFocus()
        same_picture(bench.bar, f"{name}_{mode}")
    assert paint_seconds(bench.bar, lambda number: None) < 3e-3


def test_a_frame_costs_nothing(make_bench: Callable[..., Bench], monkeypatch: pytest.MonkeyPatch) -> None:
    bench, painted = make_bench(), []
    monkeypatch.setattr(bench.bar, "update", lambda *_: painted.append(1))
    monkeypatch.setattr(bench.browser, "update", lambda *_: painted.append(1))
    for _ in range(10):
        bench.services.clock.tick()
    assert painted == []

"""The array page: steps by mouse and keys, the chosen FPGA, words for screen readers, and the cost of a frame."""

from __future__ import annotations

import dataclasses
import threading
from functools import partial
from pathlib import Path
from typing import TypeVar

import pytest
from PySide6.QtCore import QPoint, QSize, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox, QPushButton, QSpinBox, QToolButton, QWidget
from pytestqt.qtbot import QtBot

from accel.cycles import TARGETS
from app.window.array import computing
from app.window.array.array_panel import ArrayPanel
from app.window.array.grid_view import GridView
from app.window.array.layers_view import LayersView, layer_rows
from app.window.array.moment_view import MomentView
from app.window.array.occupation import Occupation
from app.window.array.target_bar import TargetBar
from app.window.array.timeline_view import FRAME_TOP, TimelineView
from app.window.array.transport import Transport
from app.window.clock import Frame
from app.window.opened import Opened
from app.window.panels import PANELS
from app.window.services import Services
from app.window.session.document import Change
from engine.library import find_model, open_model
from tests.app.window.array.arrays import GEOMETRIES, SHAPES, occupation
from tests.app.window.checks import paint_seconds, same_picture, unnamed, unreachable
from tests.app.window.conftest import Open
from tests.app.window.fake_engine import FakeEngine
from tests.app.window.yardstick import reference_seconds

SPEC = next(spec for spec in PANELS if spec.name == "array")
SIZE = QSize(1012, 452)
"""Of the page in the smallest window."""


@pytest.fixture
def opened(open_window: Open, qtbot: QtBot) -> Opened:
    """A window on the page Array, standing at cycle 0."""
    found = open_window(SPEC)
    found.window.show_page("array")
    panel = found.window.panels["array"]
    timeline = one(panel, TimelineView)
    qtbot.waitUntil(lambda: timeline.maximum() > 0, timeout=20_000)
    timeline.sought.emit(0)
    return found


@pytest.fixture
def panel(opened: Opened) -> ArrayPanel:
    found = opened.window.panels["array"]
    assert isinstance(found, ArrayPanel)
    return found


Found = TypeVar("Found", bound=QWidget)


def one(widget: QWidget, kind: type[Found]) -> Found:
    """The first of its kind within a widget."""
    return widget.findChildren(kind)[0]


def frame(services: Services, number: int, *, is_sounding: bool = False) -> Frame:
    return Frame(number, number * 0.016, 0.016, services.link.snapshot(), is_sounding)


def button(panel: ArrayPanel, name: str) -> QToolButton:
    return next(each for each in panel.findChildren(QToolButton) if each.accessibleName() == name)


def contains(bar: TargetBar, text: str) -> bool:
    return text in bar.sentence


def place(panel: ArrayPanel) -> int:
    return one(panel, TimelineView).value()


def whole() -> Occupation:
    return Occupation(open_model(find_model("tiny")), TARGETS["ecp5-25f"].geometry)


def test_keys_step_by_cycle_tile_and_layer(panel: ArrayPanel) -> None:
    timeline, known = one(panel, TimelineView), whole()
    QTest.keyClick(timeline, Qt.Key.Key_Down)
    assert place(panel) == known.tile_starts[0]
    QTest.keyClick(timeline, Qt.Key.Key_Right)
    QTest.keyClick(timeline, Qt.Key.Key_Right)
    assert place(panel) == known.tile_starts[0] + 2
    QTest.keyClick(timeline, Qt.Key.Key_PageDown)
    assert place(panel) == known.stage_starts[1]
    QTest.keyClick(timeline, Qt.Key.Key_Up)
    QTest.keyClick(timeline, Qt.Key.Key_Left)
    assert place(panel) == max(start for start in known.tile_starts if start < known.stage_starts[1]) - 1
    QTest.keyClick(timeline, Qt.Key.Key_End)
    assert place(panel) == known.cycles - 1
    QTest.keyClick(timeline, Qt.Key.Key_Home)
    assert place(panel) == 0


def test_buttons_step_too(panel: ArrayPanel) -> None:
    known = whole()
    for name, cycle in (
        ("Next layer", known.stage_starts[0]),
        ("Next tile", known.tile_starts[1]),
        ("Next cycle", known.tile_starts[1] + 1),
        ("Previous tile", known.tile_starts[1]),
    ):
        QTest.mouseClick(button(panel, name), Qt.MouseButton.LeftButton)
        assert place(panel) == cycle, name


def test_a_click_on_the_frame_goes_there(panel: ArrayPanel) -> None:
    timeline, known = one(panel, TimelineView), whole()
    at = QPoint(timeline.width() // 2, FRAME_TOP + 5)
    QTest.mouseClick(timeline, Qt.MouseButton.LeftButton, pos=at)
    assert place(panel) == int(at.x() / timeline.width() * known.cycles)
    QTest.mouseClick(timeline, Qt.MouseButton.LeftButton, pos=QPoint(timeline.width() // 2 + 42, timeline.height() - 5))
    assert place(panel) == int(at.x() / timeline.width() * known.cycles) + 10


def test_the_words_are_read_aloud(panel: ArrayPanel) -> None:
    known, words = whole(), one(panel, MomentView)
    one(panel, TimelineView).sought.emit(known.stage_starts[-1] + 1)
    assert words.text.startswith("Output. Samples")
    assert words.accessibleDescription() == words.text
    QTest.mouseClick(
        next(each for each in panel.findChildren(QToolButton) if each.text() == "Whole frame"),
        Qt.MouseButton.LeftButton,
    )
    assert f"{known.multiplications:,} multiplications" in words.text


def test_choosing_a_layer_goes_there(panel: ArrayPanel) -> None:
    layers, known = one(panel, LayersView), whole()
    layers.setFocus()
    layers.setCurrentIndex(layers.model().index(2, 0))
    assert place(panel) == known.first_cycle(layers.rows[2].stages[0])
    assert layers.here == 2
    assert layers.model().data(layers.model().index(2, 0), Qt.ItemDataRole.AccessibleTextRole) == layers.rows[2].text


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("geometry", GEOMETRIES)
def test_the_list_adds_up_to_the_frame(shape: str, geometry: str) -> None:
    found = occupation(shape, geometry)
    rows = layer_rows(found)
    assert sum(row.cycles for row in rows) == found.cycles
    assert sum(row.share for row in rows) == pytest.approx(1)
    elements = found.geometry.rows * found.geometry.cols
    assert sum(row.busy * row.cycles for row in rows) * elements == pytest.approx(found.multiplications)
    assert all(0 <= row.busy <= 1 for row in rows)


def test_it_runs_while_frames_come(panel: ArrayPanel, opened: Opened) -> None:
    one(panel, Transport).run.emit(True)
    assert one(panel, QPushButton).text() == "Stop"
    for number in range(1, 21):
        panel.show_frame(frame(opened.services, number))
    one(panel, Transport).run.emit(False)
    assert place(panel) == int(20 * 0.016 / 0.05)


def test_it_follows_the_sound_until_it_is_stopped(open_window: Open, qtbot: QtBot) -> None:
    opened = open_window(SPEC)
    opened.window.show_page("array")
    panel, services = opened.window.panels["array"], opened.services
    run, timeline = one(panel, QPushButton), one(panel, TimelineView)
    qtbot.waitUntil(lambda: timeline.maximum() > 0)
    services.clock.stop()
    panel.show_frame(frame(services, 1, is_sounding=True))
    assert run.isChecked()
    panel.show_frame(frame(services, 2))
    assert not run.isChecked()
    panel.show_frame(frame(services, 3, is_sounding=True))
    QTest.mouseClick(run, Qt.MouseButton.LeftButton)
    panel.show_frame(frame(services, 4, is_sounding=True))
    assert (run.isChecked(), run.text()) == (False, "Run")


def test_another_target_and_clock_are_remembered(panel: ArrayPanel, opened: Opened, qtbot: QtBot) -> None:
    bar = one(panel, TargetBar)
    assert "Fits a Tiliqua (ECP5-25F)" in bar.sentence
    one(panel, QSpinBox).setValue(30)
    assert "at 30 MHz" in bar.sentence
    assert opened.services.remembered.value.clock == 30
    one(panel, QComboBox).setCurrentIndex(1)
    qtbot.waitUntil(lambda: "ULX3S (ECP5-85F)" in bar.sentence)
    kept = opened.services.remembered.value
    assert kept.target == "ecp5-85f"
    assert kept.clock is None
    assert "16×8" in bar.sentence


def test_voices_that_sound_are_counted(panel: ArrayPanel, opened: Opened, engine: FakeEngine) -> None:
    engine.sound(220, voices=2)
    panel.show_frame(frame(opened.services, 6))
    assert one(panel, TargetBar).voices.startswith("2 of the ")


def test_a_program_that_does_not_fit_says_why(open_window: Open, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    tight = dataclasses.replace(TARGETS["ecp5-25f"].geometry, wgt_depth=2)
    monkeypatch.setitem(computing.TARGETS, "ecp5-25f", dataclasses.replace(TARGETS["ecp5-25f"], geometry=tight))
    found = open_window(SPEC)
    found.window.show_page("array")
    panel = found.window.panels["array"]
    bar = one(panel, TargetBar)
    qtbot.waitUntil(lambda: "Does not fit" in bar.sentence)
    assert "weight memory for" in bar.sentence
    QTest.keyClick(one(panel, TimelineView), Qt.Key.Key_Down)
    panel.show_frame(frame(found.services, 6))
    assert found.services.notices.history == type(found.services.notices.history)(maxlen=200)


def test_a_model_that_vanished_is_a_line(panel: ArrayPanel, user_folder: Path, qtbot: QtBot) -> None:
    for path in (user_folder / "models").iterdir():
        path.unlink()
    one(panel, QComboBox).setCurrentIndex(1)
    qtbot.waitUntil(lambda: "tiny" in one(panel, TargetBar).sentence, timeout=10_000)
    assert not panel.is_broken


def test_schedules_are_computed_elsewhere(open_window: Open, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    threads: list[threading.Thread] = []

    class Watched(Occupation):
        def __init__(self, *args: object, **options: object) -> None:
            threads.append(threading.current_thread())
            super().__init__(*args, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(computing, "Occupation", Watched)
    found = open_window(SPEC)
    found.window.show_page("array")
    combo = one(found.window.panels["array"], QComboBox)
    bar = one(found.window.panels["array"], TargetBar)
    for index, name in ((0, "25F"), (1, "85F"), (0, "25F"), (1, "85F")):
        combo.setCurrentIndex(index)
        qtbot.waitUntil(partial(contains, bar, name))
    assert len(threads) == 2, "the second time they are kept"
    assert threading.main_thread() not in threads


def test_nothing_moves_where_nothing_changed(panel: ArrayPanel, opened: Opened, qtbot: QtBot) -> None:
    painted: list[str] = []
    for view in (GridView, TimelineView, MomentView):
        widget = one(panel, view)
        widget.update = lambda *_, name=view.__name__: painted.append(name)  # type: ignore[method-assign]
    for number in range(1, 13):
        panel.show_frame(frame(opened.services, number))
    assert painted == []


def test_everything_can_be_reached_and_is_named(panel: ArrayPanel) -> None:
    assert unreachable(panel) == []
    assert unnamed(panel) == []


@pytest.mark.parametrize("mode", ["dark", "light"])
def test_it_looks_as_it_did(panel: ArrayPanel, opened: Opened, mode: str) -> None:
    opened.services.theme.set_mode(mode)  # type: ignore[arg-type]
    show(panel, occupation())
    one(panel, TimelineView).sought.emit(occupation().tile_starts[130] + 7)
    if focused := QApplication.focusWidget():
        focused.clearFocus()
    same_picture(panel, f"array_{mode}", SIZE)


def show(panel: ArrayPanel, found: Occupation) -> None:
    """As if the thread had answered."""
    panel._answered(computing.Answer(*panel._wanted, found))


@pytest.mark.parametrize("geometry", ["small", "large"])
@pytest.mark.parametrize("seconds", [0.01, 0.0001])
def test_a_frame_is_cheap(panel: ArrayPanel, opened: Opened, geometry: str, seconds: float) -> None:
    """What is painted anew in the shown window, and what leads to it; list and buttons stand still."""
    show(panel, occupation("default", geometry))
    one(panel, Transport).run.emit(True)
    one(panel, Transport).speed.emit(seconds)
    opened.services.clock.stop()

    def step(number: int) -> None:
        panel.show_frame(frame(opened.services, number))
        QApplication.processEvents()

    spent = reference_seconds(step)
    print(f"array page {geometry} {seconds}: {1000 * spent:.2f} ms")
    assert spent <= 0.004
    assert paint_seconds(panel, lambda number: None) <= 0.006, "all of it at once, as after a change of page"


def test_changes_elsewhere_ask_for_nothing(panel: ArrayPanel, opened: Opened) -> None:
    asked: list[tuple[str, str]] = []
    panel._schedules.ask = lambda *wanted: asked.append(wanted)  # type: ignore[method-assign]
    opened.services.document.set_number("knobs.knob0", 0.9)
    panel.show_sound(Change("edit", opened.services.document.sound, opened.services.document.sound))
    assert asked == []

"""The map as one plays it: places, notes, one step of undo, gestures, another model, what it costs and looks like."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QSize, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.window.clock import Frame
from app.window.opened import Opened
from app.window.panels import PANELS
from app.window.timbre.making import MapMaker
from app.window.timbre.map_file import Dots, TimbreMap
from app.window.timbre.map_panel import MapPanel
from engine.cv import load_cv
from engine.events import Kind
from tests.app.window.checks import paint_seconds, same_picture, unnamed, unreachable
from tests.app.window.conftest import Open
from tests.app.window.fake_engine import FakeEngine

SPEC = next(spec for spec in PANELS if spec.name == "map")
X, Y = "knobs.knob0", "knobs.knob1"


@pytest.fixture
def opened(open_window: Open) -> Opened:
    found = open_window(SPEC)
    found.window.resize(1280, 760)
    found.window.show()
    found.services.clock.stop()
    return found


@pytest.fixture
def panel(opened: Opened) -> MapPanel:
    found = opened.window.panels["map"]
    assert isinstance(found, MapPanel)
    found._wish.stop()
    return found


def frames(opened: Opened, count: int, passed: float = 0.02) -> None:
    for _ in range(count):
        frames.time += passed  # type: ignore[attr-defined]
        frame = Frame(1, frames.time, passed, opened.services.link.snapshot(), False)  # type: ignore[attr-defined]
        opened.services.clock.frame.emit(frame)


frames.time = 0.0  # type: ignore[attr-defined]


def places(panel: MapPanel) -> tuple[float, float]:
    sound = panel.services.document.sound
    return sound.number(X), sound.number(Y)


def point(panel: MapPanel, x: float, y: float) -> QPoint:
    plot = panel.pad.plot()
    return QPoint(round(plot.left() + x * plot.width()), round(plot.bottom() - y * plot.height()))


def drag(panel: MapPanel, *way: tuple[float, float]) -> None:
    QTest.mousePress(panel.pad, Qt.MouseButton.LeftButton, pos=point(panel, *way[0]))
    for each in way[1:]:
        panel.pad._want(*each)  # an offscreen mouse moves without its button
    QTest.mouseRelease(panel.pad, Qt.MouseButton.LeftButton, pos=point(panel, *way[-1]))


def notes(engine: FakeEngine) -> list[tuple[int, int]]:
    return [(row[1], row[3]) for row in engine.rows if row[1] in (Kind.NOTE_ON, Kind.NOTE_OFF)]


def test_a_drag_sets_both_knobs_plays_a_note_and_is_one_step(panel: MapPanel, engine: FakeEngine) -> None:
    before = places(panel)
    drag(panel, (0.2, 0.8), (0.5, 0.5), (0.75, 0.25))
    assert places(panel) == pytest.approx((0.75, 0.25), abs=0.01)
    assert notes(engine) == [(Kind.NOTE_ON, 48), (Kind.NOTE_OFF, 48)]
    assert engine.held == set()
    panel.services.document.undo()
    assert places(panel) == before
    assert panel.services.document.undo_label is None
    assert panel.pad.place == before


def test_keys_move_it_finely_and_space_plays(panel: MapPanel, engine: FakeEngine) -> None:
    panel.pad.setFocus()
    x, y = places(panel)
    QTest.keyClick(panel.pad, Qt.Key.Key_Right)
    QTest.keyClick(panel.pad, Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    assert places(panel) == pytest.approx((x + 0.01, y - 0.001))
    panel.bar.note.setCurrentText("C5")
    QTest.keyPress(panel.pad, Qt.Key.Key_Space)
    assert engine.held == {72}
    QTest.keyRelease(panel.pad, Qt.Key.Key_Space)
    assert engine.held == set()


@pytest.mark.parametrize("end", ["focus", "hide", "note", "silent"])
def test_no_note_stays_behind(panel: MapPanel, engine: FakeEngine, end: str) -> None:
    panel.pad.setFocus()
    QTest.mousePress(panel.pad, Qt.MouseButton.LeftButton, pos=point(panel, 0.5, 0.5))
    assert engine.held == {48}
    if end == "focus":
        panel.bar.record.setFocus()
    elif end == "hide":
        panel.hide()
    else:
        panel.bar.note.setCurrentText("C4" if end == "note" else "off")
    assert engine.held == set()


def test_a_note_off_that_found_no_room_is_sent_again(opened: Opened, panel: MapPanel, engine: FakeEngine) -> None:
    QTest.mousePress(panel.pad, Qt.MouseButton.LeftButton, pos=point(panel, 0.5, 0.5))
    engine.room = 0
    QTest.mouseRelease(panel.pad, Qt.MouseButton.LeftButton, pos=point(panel, 0.5, 0.5))
    assert engine.held == {48}
    engine.room = 100
    frames(opened, 1)
    assert engine.held == set()


def test_what_is_turned_elsewhere_is_shown(panel: MapPanel) -> None:
    panel.services.document.set_number(X, 0.9)
    assert panel.pad.place[0] == 0.9
    panel.axes.upwards.setCurrentIndex(0)
    panel.axes.upwards.activated.emit(0)
    assert panel.axes.pair == (Y, X)  # they have changed places
    assert panel.pad.place[1] == 0.9
    panel._wish.stop()


def record(opened: Opened, panel: MapPanel) -> None:
    panel.bar.record.click()
    QTest.mousePress(panel.pad, Qt.MouseButton.LeftButton, pos=point(panel, 0.1, 0.1))
    for number in range(1, 9):
        frames(opened, 2)
        panel.pad._want(0.1 * number, 0.5)
    QTest.mouseRelease(panel.pad, Qt.MouseButton.LeftButton, pos=point(panel, 0.8, 0.5))
    frames(opened, 4)
    panel.bar.record.click()


def test_a_gesture_is_recorded_looped_and_stopped_by_undo(opened: Opened, panel: MapPanel, engine: FakeEngine) -> None:
    assert not panel.bar.loop.isEnabled()
    record(opened, panel)
    assert panel.looper.gesture.seconds == pytest.approx(0.4, abs=0.05)
    engine.rows.clear()
    panel.bar.loop.click()
    seen = set()
    for _ in range(60):
        frames(opened, 1)
        seen.add(round(places(panel)[0], 1))
    assert {0.1, 0.4, 0.7} <= seen
    assert len([each for each in notes(engine) if each[0] == Kind.NOTE_ON]) >= 2
    panel.services.document.undo()
    assert panel.looper.state == "idle"
    assert not panel.bar.loop.isChecked()
    assert engine.held == set()
    stands = places(panel)
    frames(opened, 10)
    assert places(panel) == stands


def test_a_loop_is_one_step_and_goes_on_on_another_page(opened: Opened, panel: MapPanel) -> None:
    record(opened, panel)
    label = panel.services.document.undo_label
    before = places(panel)
    panel.bar.loop.click()
    opened.window.show_page("array")
    frames(opened, 30)
    assert places(panel) != before
    panel.bar.loop.click()
    panel.services.document.undo()
    assert places(panel) == before
    assert panel.services.document.undo_label == label


def test_a_gesture_is_saved_as_control_voltages(opened: Opened, panel: MapPanel, tmp_path: Path) -> None:
    record(opened, panel)
    panel.export_to(tmp_path / "wave.csv")
    take = load_cv(tmp_path / "wave.csv")
    take.check_knobs(["knob0", "knob1"])
    assert take.knobs["knob0"].max() == pytest.approx(0.8, abs=0.01)
    assert "systole render wave.csv -o wave.wav --patch PATCH" in panel.services.notices.history[-1].text
    panel.export_to(tmp_path / "missing" / "wave.csv")
    assert "cannot be written" in panel.services.notices.history[-1].text


def test_rows_of_a_map_are_shown_as_they_come(panel: MapPanel, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot) -> None:
    code = (
        "import json\nprint('note')\nfor row in range(24):\n"
        " print(json.dumps({'row': row, 'brightness': [500.0 + row] * 24, 'noisiness': [0.2] * 24}))"
    )
    monkeypatch.setattr(MapMaker, "command", lambda self, *_: [__import__("sys").executable, "-c", code])
    found: list[TimbreMap] = []
    panel.maker.grown.connect(found.append)
    with qtbot.waitSignal(panel.maker.finished, timeout=20_000):
        panel.maker.start("tiny", "knob0", "knob1")
    assert np.isfinite(found[-1].brightness).all()
    assert panel.axes.legend.isVisible()
    assert not panel.maker.is_busy


@pytest.mark.parametrize("code", ["raise SystemExit('no such model')", None])
def test_a_map_that_cannot_be_made_is_a_line(
    panel: MapPanel, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot, code: str | None
) -> None:
    call = ["/nowhere/python"] if code is None else [__import__("sys").executable, "-c", code]
    monkeypatch.setattr(MapMaker, "command", lambda self, *_: call)
    with qtbot.waitSignal(panel.maker.failed, timeout=20_000) as line:
        panel.maker.start("tiny", "knob0", "knob1")
    assert line.args[0]
    assert panel.services.notices.history[-1].text == line.args[0]


def test_it_fits_the_smallest_window(panel: MapPanel) -> None:
    assert panel.minimumSizeHint().width() <= 360
    assert panel.minimumSizeHint().height() <= 236


def test_every_control_is_reached_and_named(panel: MapPanel) -> None:
    assert unreachable(panel) == []
    assert unnamed(panel) == []
    panel.pad.show_place(0.25, 0.5)
    assert "0.250" in panel.pad.accessibleDescription()


def field() -> TimbreMap:
    """A map such as a model has: brightness mostly along x, a noisy corner."""
    x, y = np.meshgrid(np.linspace(0, 1, 24), np.linspace(0, 1, 24))
    bright = 300 * 12 ** (0.8 * x + 0.15 * np.sin(5 * y))
    noisy = 0.6 * np.exp(-6 * ((x - 0.9) ** 2 + (y - 0.85) ** 2))
    return TimbreMap("knob0", "knob1", bright.astype(np.float32), noisy.astype(np.float32))


def test_cost_of_a_frame(opened: Opened, panel: MapPanel) -> None:
    plain, random = field(), np.random.default_rng(1)
    dots = Dots(random.random((4158, 2), np.float32), (np.arange(4158) % 12).astype(np.uint8), ("f",) * 12)
    panel.pad.show_map(TimbreMap(plain.x, plain.y, plain.brightness, plain.noisiness, dots))
    panel.pad.show_trail([(0.5 + 0.4 * np.cos(t / 20), 0.5 + 0.4 * np.sin(t / 13)) for t in range(400)])
    spent = paint_seconds(panel.pad, lambda number: panel.pad.show_live(number / 60, 0.5))
    print(f"map {panel.pad.size().toTuple()}: {1e3 * spent:.2f} ms a frame")
    assert spent < 0.7e-3


def test_nothing_moves_nothing_is_painted(opened: Opened, panel: MapPanel, monkeypatch: pytest.MonkeyPatch) -> None:
    frames(opened, 2)
    updates = list[int]()
    monkeypatch.setattr(panel.pad, "update", lambda *_: updates.append(1))
    frames(opened, 5)
    assert updates == []


@pytest.mark.parametrize("mode", ["dark", "light"])
def test_looks(opened: Opened, panel: MapPanel, mode: str) -> None:
    opened.services.theme.set_mode(mode)  # type: ignore[arg-type]
    panel._show_map(field())
    panel.setFixedSize(QSize(380, 300))
    QApplication.processEvents()
    record(opened, panel)
    panel.pad.show_trail([(0.5 + 0.3 * np.cos(t / 20), 0.5 + 0.3 * np.sin(t / 13)) for t in range(200)])
    panel.pad.show_place(0.3, 0.6)
    panel.pad.show_live(0.42, 0.66)
    panel.setFocus()
    same_picture(panel, f"timbre_map_{mode}")


def test_axes_and_note_come_back_for_each_model(open_window: Open, user_folder: Path, panel: MapPanel) -> None:
    panel.axes.upwards.setCurrentIndex(panel.axes.upwards.findData(X))
    panel.axes.upwards.activated.emit(0)  # they change places
    assert panel.axes.pair == (Y, X)
    panel.bar.note.setCurrentText("off")
    panel.services.remembered.change(axes={**panel.services.remembered.value.axes, "retrained": ("knobs.a", "knobs.b")})
    panel.window().close()
    again = open_window(SPEC).window.panels["map"]
    assert isinstance(again, MapPanel)
    assert again.axes.pair == (Y, X)
    assert again.bar.note.currentText() == "off" and again.note.key is None
    models = user_folder / "models"
    shutil.copy(models / "tiny.safetensors", models / "retrained.safetensors")  # its knobs have other names by now
    document = again.services.document
    document.load(replace(document.sound, patch=replace(document.sound.patch, model="retrained")))
    assert set(again.axes.pair) == {X, Y}

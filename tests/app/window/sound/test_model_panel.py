"""The model's knobs: turned, ringed by what the engine does, moved by what is armed, and exchanged with the model."""

from __future__ import annotations

import math

import numpy as np
import pytest
from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QDrag
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from app.window.opened import Opened
from app.window.sound.arming import Arming
from app.window.sound.knob_grid import Arrangement, arranged
from app.window.sound.model_panel import ModelPanel
from app.window.sound.modulated_knob import SOURCE_MIME
from app.window.widgets.knob_paint import Arc
from engine.events import Kind
from engine.patch import ModulationRow
from tests.app.window.checks import same_picture, unnamed, unreachable
from tests.app.window.conftest import Open
from tests.app.window.fake_engine import FakeEngine
from tests.app.window.sound.handling import ALT, SHIFT, SPECS, big_sound, drag, drop, frame, frame_seconds, sound_on


@pytest.fixture
def opened(open_window: Open) -> Opened:
    return open_window(SPECS["knobs"])


@pytest.fixture
def panel(opened: Opened) -> ModelPanel:
    found = opened.window.panels["knobs"]
    assert isinstance(found, ModelPanel)
    return found


def test_it_has_the_models_knobs(panel: ModelPanel) -> None:
    assert [knob.id for knob in panel.knobs] == ["knobs.knob0", "knobs.knob1"]
    assert panel.knobs[0].lines[1] == "0.25"


def test_a_drag_is_heard_at_once_and_is_one_step(opened: Opened, panel: ModelPanel, engine: FakeEngine) -> None:
    document = opened.services.document
    drag(panel.knobs[0].knob, 0, 50)
    assert document.sound.number("knobs.knob0") == pytest.approx(0.5)
    assert {row[1] for row in engine.rows} == {Kind.KNOB}
    assert panel.knobs[0].lines[1] == "0.50"
    document.undo()
    assert document.sound.number("knobs.knob0") == 0.25
    assert panel.knobs[0].knob.number == 0.25


def test_rings_show_where_the_sound_is_while_it_sounds(opened: Opened, panel: ModelPanel, engine: FakeEngine) -> None:
    engine.arrays["knobs_live"][:2] = 0.6, 0.5
    panel.show_frame(frame(opened))
    assert panel.knobs[0].knob._live is None
    sound_on(engine)
    panel.show_frame(frame(opened))
    assert panel.knobs[0].knob._live == pytest.approx(0.6)
    assert panel.knobs[1].knob._live is None  # stands where it was put, and nothing moves it
    opened.services.document.set_row(0, ModulationRow("lfo1", "knob1", 0.5))
    panel.show_frame(frame(opened))
    assert panel.knobs[1].knob._live == pytest.approx(0.5)


def test_no_ring_shows_what_another_models_knobs_do(opened: Opened, panel: ModelPanel, engine: FakeEngine) -> None:
    opened.services.clock.stop()
    opened.services.document.set_row(0, ModulationRow("lfo1", "knob0", 0.5))
    engine.arrays["knobs_live"][:2] = 0.6, 0.5
    sound_on(engine, knobs=3)
    panel.show_frame(frame(opened))
    assert [each.knob._live for each in panel.knobs] == [None, None]


def test_a_knob_that_a_voltage_leads_has_its_ring_also_in_silence(
    opened: Opened, panel: ModelPanel, engine: FakeEngine
) -> None:
    opened.services.clock.stop()
    opened.services.sync.led = frozenset({"knobs.knob1"})
    engine.arrays["knobs_live"][:2] = 0.6, 0.875
    panel.show_frame(frame(opened))
    assert [each.knob._live for each in panel.knobs] == [None, 0.875]


def test_rows_are_arcs(opened: Opened, panel: ModelPanel) -> None:
    document = opened.services.document
    document.set_row(0, ModulationRow("lfo1", "knob0", 0.5))
    document.set_row(1, ModulationRow("env2", "knob0", -0.25))
    assert panel.knobs[0].knob._arcs == (Arc("lfo1", 0.5, True), Arc("env2", -0.25))
    assert panel.knobs[1].knob._arcs == ()
    document.undo()
    assert panel.knobs[0].knob._arcs == (Arc("lfo1", 0.5, True),)


def test_an_armed_source_is_set_by_alt_and_drag_in_one_step(opened: Opened, panel: ModelPanel) -> None:
    document = opened.services.document
    before = document.sound
    QTest.mouseClick(panel.chips.chips["env2"], Qt.MouseButton.LeftButton)
    assert Arming.of(opened.services).armed == "env2"
    drag(panel.knobs[1].knob, 0, 60, ALT)
    assert document.sound.rows[0] == ModulationRow("env2", "knob1", pytest.approx(0.3))
    assert document.sound.number("knobs.knob1") == before.number("knobs.knob1")
    assert panel.knobs[1].lines[1] == "Env 2 +30 %"
    drag(panel.knobs[1].knob, 0, 60, ALT | SHIFT)
    assert document.sound.rows[0].amount == pytest.approx(0.33)
    document.undo()
    document.undo()
    assert document.sound is before


def test_help_says_what_moves_a_knob(opened: Opened, panel: ModelPanel) -> None:
    document, knob = opened.services.document, panel.knobs[0].knob
    assert "Moved" not in knob.statusTip()
    document.set_row(0, ModulationRow("lfo1", "knob0", 0.5))
    document.set_row(1, ModulationRow("env2", "knob0", -0.25))
    assert knob.statusTip().endswith("Moved by LFO 1 +50 %, Env 2 -25 %.")
    QTest.keyClick(knob, Qt.Key.Key_End)
    assert knob.accessibleDescription().startswith("1.00. ")
    assert knob.accessibleDescription().endswith("Env 2 -25 %.")
    Arming.of(opened.services).arm("lfo1")
    assert panel._hint.text() == "Alt and drag: amount of LFO 1"


def test_an_amount_that_ends_at_nothing_gives_its_row_back(opened: Opened, panel: ModelPanel) -> None:
    document = opened.services.document
    Arming.of(opened.services).arm("env2")
    drag(panel.knobs[1].knob, 0, 60, ALT)
    drag(panel.knobs[1].knob, 0, -60, ALT)
    assert document.sound.patch.modulation == ()


def test_turning_the_value_leaves_a_row_of_nothing_alone(opened: Opened, panel: ModelPanel) -> None:
    document = opened.services.document
    document.set_row(0, ModulationRow("env2", "knob1", 0.0))
    Arming.of(opened.services).arm("env2")
    drag(panel.knobs[1].knob, 0, 20)
    assert document.sound.rows[0] == ModulationRow("env2", "knob1", 0.0)
    assert document.undo_label == panel.knobs[1].knob.parameter.label


def test_keys_set_amounts_too(opened: Opened, panel: ModelPanel) -> None:
    Arming.of(opened.services).arm("lfo2")
    QTest.keyClick(panel.knobs[0].knob, Qt.Key.Key_Up, ALT)
    QTest.keyClick(panel.knobs[0].knob, Qt.Key.Key_Right, ALT | SHIFT)
    assert opened.services.document.sound.rows[0] == ModulationRow("lfo2", "knob0", pytest.approx(0.022))
    QTest.keyClick(panel.knobs[0].knob, Qt.Key.Key_Escape)
    assert Arming.of(opened.services).armed is None
    assert not panel.chips.chips["lfo2"].isChecked()


def test_without_an_armed_source_alt_turns_the_knob(opened: Opened, panel: ModelPanel) -> None:
    drag(panel.knobs[0].knob, 0, 50, ALT)
    assert opened.services.document.sound.number("knobs.knob0") == pytest.approx(0.5)
    assert opened.services.document.sound.patch.modulation == ()


def test_a_chip_can_be_dropped(opened: Opened, panel: ModelPanel) -> None:
    drop(panel.knobs[0].knob, "wheel")
    drop(panel.knobs[0].knob, "nonsense")
    assert opened.services.document.sound.patch.modulation == (ModulationRow("wheel", "knob0", 0.25),)
    assert Arming.of(opened.services).armed == "wheel"
    assert panel.knobs[0].knob._arcs == (Arc("wheel", 0.25),)
    assert panel.knobs[1].knob._arcs[0].source == "wheel"  # a mark: it could be moved, too


def test_a_chip_that_is_pulled_is_dragged_and_not_pressed(
    opened: Opened, panel: ModelPanel, monkeypatch: pytest.MonkeyPatch
) -> None:
    dragged: list[str] = []

    def carried(self: QDrag, *actions: Qt.DropAction) -> Qt.DropAction:
        dragged.append(bytes(self.mimeData().data(SOURCE_MIME).data()).decode())
        return Qt.DropAction.CopyAction

    monkeypatch.setattr("app.window.sound.source_chip.QDrag.exec", carried)
    drag(panel.chips.chips["wheel"], 40, 40)
    assert dragged == ["wheel"]
    assert Arming.of(opened.services).armed is None


def test_the_ninth_source_is_a_line(opened: Opened, panel: ModelPanel) -> None:
    for source in list(panel.chips.chips)[:9]:
        drop(panel.knobs[0].knob, source)
    assert "eight rows" in opened.services.notices.history[-1].text


def test_chips_show_what_they_give(opened: Opened, panel: ModelPanel, engine: FakeEngine) -> None:
    chip, swings = panel.chips.chips["amp"], panel.chips.chips["lfo1"]
    sound_on(engine, amp=0.5, lfo1=-1.0)
    panel.show_frame(frame(opened))
    assert chip._bar == (5, round((chip.width() - 10) / 2))
    assert swings._bar is not None
    assert swings._bar[0] == 5
    engine.sound(220.0, level=0.0)
    panel.show_frame(frame(opened))
    assert chip._bar is None


def test_another_model_has_other_knobs_in_the_same_places(
    opened: Opened, panel: ModelPanel, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, document = [*panel.knobs], opened.services.document
    while_it_changes = []
    monkeypatch.setattr(panel._grid, "_arrange", lambda: while_it_changes.append(panel._grid.updatesEnabled()))
    document.load(big_sound())
    assert while_it_changes == [False]
    assert panel._grid.updatesEnabled()
    assert [knob.knob.parameter.label for knob in panel.knobs][:3] == ["Shape", "Width", "Cutoff"]
    assert panel.knobs[:2] == first
    assert len(panel.knobs) == 12
    document.undo()
    assert [knob.id for knob in panel.knobs] == ["knobs.knob0", "knobs.knob1"]
    assert sum(knob.isVisibleTo(panel) for knob in panel._grid._made) == 2
    drag(panel.knobs[0].knob, 0, 50)
    assert document.sound.number("knobs.knob0") == pytest.approx(0.5)


@pytest.mark.parametrize("count", [1, 4, 5, 8, 12, 40])
@pytest.mark.parametrize("place", [(339, 130), (500, 300), (1400, 900)])
def test_knobs_are_as_big_as_they_can_be(count: int, place: tuple[int, int]) -> None:
    found = arranged(count, *place)
    assert 1 <= found.columns <= count
    assert found.columns * (found.side + 8) <= place[0]
    rows = math.ceil(count / found.columns)
    assert rows * (found.height + 8) <= place[1] + 8 or not found.has_value


def test_twelve_knobs_fit_the_smallest_window(opened: Opened, panel: ModelPanel) -> None:
    assert arranged(12, 339, 130) == Arrangement(6, 42, False)
    assert arranged(4, 339, 130) == Arrangement(4, 76, True)


def test_every_control_can_be_reached_and_read(opened: Opened, panel: ModelPanel) -> None:
    opened.services.document.load(big_sound())
    assert unreachable(opened.window) == []
    assert unnamed(opened.window) == []
    assert all(each.knob.statusTip() for each in panel.knobs)
    assert all(each.statusTip() for each in panel.chips.chips.values())


def test_twelve_moving_rings_cost_two_milliseconds(opened: Opened, panel: ModelPanel, engine: FakeEngine) -> None:
    opened.services.clock.stop()
    opened.services.document.load(big_sound())
    opened.window.resize(1024, 640)
    sound_on(engine, knobs=12)

    def move(number: int) -> None:
        engine.arrays["knobs_live"][:12] = 0.5 + 0.4 * np.sin(number / 5 + np.arange(12))
        engine.arrays["sources"][:13] = np.sin(number / 7 + np.arange(13))
        panel.show_frame(frame(opened, number))

    assert frame_seconds(move) < 2e-3


def test_nothing_is_painted_while_all_is_still(opened: Opened, panel: ModelPanel, qtbot: QtBot) -> None:
    for each in panel.knobs:
        each.knob.show_live(None)
    updates = []
    for each in [*panel.knobs, *panel.chips.chips.values()]:
        each.update = lambda *_: updates.append(1)  # type: ignore[method-assign]
    for number in range(5):
        panel.show_frame(frame(opened, number))
    assert updates == []


@pytest.mark.parametrize("mode", ["dark", "light"])
def test_it_looks_as_it_did(opened: Opened, panel: ModelPanel, engine: FakeEngine, mode: str) -> None:
    opened.services.clock.stop()
    opened.services.theme.set_mode(mode)  # type: ignore[arg-type]
    opened.services.document.load(big_sound())
    sound_on(engine, 12, amp=0.8, env2=0.4, lfo1=0.6, lfo2=-0.5, velocity=0.7, wheel=0.25)
    engine.arrays["knobs_live"][:12] = np.linspace(0.2, 0.9, 12)
    panel.setParent(None)
    panel.resize(380, 330)
    panel.show()
    panel.show_frame(frame(opened))
    same_picture(panel, f"model_{mode}", QSize(380, 330))

"""Envelopes and LFOs are drawn, dragged and lived upon; every parameter of the table has a control on this page."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QSize, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QToolButton

from app.window.opened import Opened
from app.window.sound.choice import Choice
from app.window.sound.drop_list import DropList
from app.window.sound.lfo_view import CYCLES
from app.window.sound.shapes import SHAPES, STAGES, lfo_points
from app.window.sound.shapes_panel import ShapesPanel
from engine.parameters import TABLE
from engine.patch import ModulationRow
from tests.app.window.checks import same_picture, unnamed, unreachable
from tests.app.window.conftest import Open
from tests.app.window.fake_engine import FakeEngine
from tests.app.window.sound.handling import SHIFT, SPECS, drag, frame, frame_seconds, sound_on

ATTACK, DECAY, SUSTAIN, RELEASE = range(1, 5)


@pytest.fixture
def opened(open_window: Open) -> Opened:
    found = open_window(SPECS["shapes"])
    found.window.resize(1024, 640)
    return found


@pytest.fixture
def panel(opened: Opened) -> ShapesPanel:
    found = opened.window.panels["shapes"]
    assert isinstance(found, ShapesPanel)
    return found


def number(opened: Opened, id: str) -> float:
    return opened.services.document.sound.number(id)


def travel(opened: Opened, id: str) -> float:
    return opened.services.document.sound.parameter(id).travel(number(opened, id))


def test_every_parameter_of_the_table_has_a_control(panel: ShapesPanel) -> None:
    knobs = {each for group in panel.groups for each in group.knobs}
    choices = {each.id for each in panel.findChildren(Choice)}
    assert knobs | choices == {entry.id for entry in TABLE}
    assert not knobs & choices


def test_the_attack_is_dragged_in_one_step(opened: Opened, panel: ShapesPanel) -> None:
    before, at = opened.services.document.sound, travel(opened, "amp.attack")
    drag(panel.amp.view.attack, 20, 0)
    assert travel(opened, "amp.attack") == pytest.approx(at + 20 / (0.30 * panel.amp.view.box.width()), abs=0.01)
    assert panel.amp.knobs["amp.attack"].knob.number == number(opened, "amp.attack")
    opened.services.document.undo()
    assert opened.services.document.sound is before


def test_the_corner_moves_decay_and_sustain_in_one_step(opened: Opened, panel: ShapesPanel) -> None:
    before, handle = opened.services.document.sound, panel.amp.view.decay
    place = handle.pos()
    drag(handle, 15, -20)
    assert number(opened, "amp.decay") > before.number("amp.decay")
    assert number(opened, "amp.sustain") < before.number("amp.sustain")
    moved = handle.pos() - place
    assert (moved.x(), moved.y()) == (pytest.approx(15, abs=2), pytest.approx(20, abs=2))
    opened.services.document.undo()
    assert opened.services.document.sound is before
    assert handle.pos() == place


@pytest.mark.parametrize(
    ("key", "id", "sign"),
    [
        (Qt.Key.Key_Right, "amp.decay", 1),
        (Qt.Key.Key_Left, "amp.decay", -1),
        (Qt.Key.Key_Up, "amp.sustain", 1),
        (Qt.Key.Key_Down, "amp.sustain", -1),
    ],
)
def test_the_corner_moves_by_keys(opened: Opened, panel: ShapesPanel, key: Qt.Key, id: str, sign: int) -> None:
    at = travel(opened, id)
    QTest.keyClick(panel.amp.view.decay, key)
    assert travel(opened, id) == pytest.approx(at + 0.01 * sign)
    QTest.keyClick(panel.amp.view.decay, key, SHIFT)
    assert travel(opened, id) == pytest.approx(at + 0.011 * sign)


def test_delete_and_double_click_go_to_the_defaults(opened: Opened, panel: ShapesPanel) -> None:
    document = opened.services.document
    document.set_numbers({"env2.decay": 3.0, "env2.sustain": 0.1, "env2.release": 5.0})
    QTest.keyClick(panel.env2.view.decay, Qt.Key.Key_Delete)
    assert (number(opened, "env2.decay"), number(opened, "env2.sustain")) == (0.3, 0.7)
    QTest.mouseDClick(panel.env2.view.release, Qt.MouseButton.LeftButton)
    assert number(opened, "env2.release") == 0.2


def test_a_drag_stops_at_the_ends(opened: Opened, panel: ShapesPanel) -> None:
    drag(panel.amp.view.decay, 4000, 4000)
    assert (number(opened, "amp.decay"), number(opened, "amp.sustain")) == (20.0, 1.0)
    drag(panel.amp.view.release, -4000, 0)
    assert number(opened, "amp.release") == 0.005


def test_a_handle_tells_what_it_sets(panel: ShapesPanel) -> None:
    handle = panel.amp.view.decay
    handle.setFocus()
    assert panel.amp.view.readout == "300 ms   0.70"
    QTest.keyClick(handle, Qt.Key.Key_Down)
    assert panel.amp.view.readout == "300 ms   0.69"
    panel.amp.view.attack.setFocus()
    assert panel.amp.view.readout == "5.00 ms"
    assert handle.accessibleName() == "Loudness envelope: Decay, Sustain"


def test_dots_show_the_voices(opened: Opened, panel: ShapesPanel, engine: FakeEngine) -> None:
    opened.services.clock.stop()
    sound_on(engine)
    voices = engine.arrays["voices"]
    voices["stage"][:5] = [ATTACK, DECAY, SUSTAIN, RELEASE, len(STAGES) - 1]
    voices["env"][:5] = [0.5, 0.85, 0.7, 0.35, 0.2]
    panel.show_frame(frame(opened, 2))
    dots = sorted(panel.amp.view._dots)
    assert len(dots) == 4  # what was stolen is not shown
    assert [x for x, _ in dots] == sorted({x for x, _ in dots})
    box = panel.amp.view.box
    assert [y for _, y in dots] == [round(box.bottom() - level * box.height()) for level in (0.5, 0.85, 0.7, 0.35)]
    engine.arrays["voices"]["stage"] = 0
    panel.show_frame(frame(opened, 4))
    assert panel.amp.view._dots == ()


def test_the_second_envelopes_stage_is_guessed(panel: ShapesPanel) -> None:
    view = panel.env2.view
    levels = [(ATTACK, 0.2), (ATTACK, 0.6), (DECAY, 0.9), (DECAY, 0.8), (SUSTAIN, 0.7), (RELEASE, 0.3)]
    found = [STAGES[view.guessed(0, stage, level)[0]] for stage, level in levels]
    assert found == ["attack", "attack", "attack", "decay", "sustain", "release"]


def test_the_lfo_is_dragged_by_its_crest(opened: Opened, panel: ShapesPanel) -> None:
    view = panel.lfos["lfo1"].view
    before = opened.services.document.sound
    drag(view.crest, 0, -view.box.height() / 4)
    assert number(opened, "lfo1.depth") == pytest.approx(0.5, abs=0.02)
    drag(view.crest, -view.box.width() / CYCLES / 5, 0)
    assert number(opened, "lfo1.phase") == pytest.approx(0.2, abs=0.02)
    opened.services.document.undo()
    opened.services.document.undo()
    assert opened.services.document.sound is before


@pytest.mark.parametrize("shape", range(5), ids=SHAPES)
def test_the_lfos_dot_is_where_the_value_is(opened: Opened, panel: ShapesPanel, shape: int) -> None:
    opened.services.clock.stop()
    opened.services.document.set_number("lfo1.shape", float(shape))
    opened.services.document.set_number("lfo1.rate", 2.0)
    view = panel.lfos["lfo1"].view
    view.show_value(None, 1.0, 120.0, 0.0)
    for step in range(1, 40):
        position = 2.0 * step / 60
        view.show_value(float(lfo_points(shape, position)), 1.0, 120.0, 1 / 60)
        place = view.place_of(position, float(lfo_points(shape, position)))
        assert view._dots == ((pytest.approx(place.x(), abs=1), pytest.approx(place.y(), abs=1)),)


def test_the_lfo_follows_the_tempo(opened: Opened, panel: ShapesPanel) -> None:
    view = panel.lfos["lfo2"].view
    assert view.speed(90.0) == number(opened, "lfo2.rate")
    opened.services.document.set_number("lfo2.sync", 5.0)
    assert view.speed(90.0) == 1.5
    assert not panel.lfos["lfo2"].knobs["lfo2.rate"].knob.isEnabled()


def test_choices_are_one_step_each(opened: Opened, panel: ShapesPanel) -> None:
    document = opened.services.document
    mode = next(each for each in panel.findChildren(Choice) if each.id == "voice.mode")
    mono = next(each for each in mode.findChildren(QToolButton) if each.text() == "Mono")
    QTest.mouseClick(mono, Qt.MouseButton.LeftButton)
    assert number(opened, "voice.mode") == 1
    assert not panel.voice.knobs["voice.polyphony"].knob.isEnabled()
    document.undo()
    assert mode.text == "Poly"
    shape = next(each for each in panel.findChildren(Choice) if each.id == "lfo1.shape").findChild(DropList)
    assert shape is not None
    QTest.keyClick(shape, Qt.Key.Key_Down)
    assert number(opened, "lfo1.shape") == 1
    QTest.keyClick(shape, Qt.Key.Key_S)  # plays a note
    assert number(opened, "lfo1.shape") == 1
    choice = shape.parentWidget()
    assert isinstance(choice, Choice)
    choice.menu().actions()[0].trigger()
    assert number(opened, "lfo1.shape") == 0


def test_modulated_depth_has_a_ring(opened: Opened, panel: ShapesPanel, engine: FakeEngine) -> None:
    opened.services.clock.stop()
    opened.services.document.set_number("lfo1.depth", 0.0)
    opened.services.document.set_row(0, ModulationRow("wheel", "lfo1.depth", 0.5))
    sound_on(engine, wheel=0.5, lfo1=0.25)
    panel.show_frame(frame(opened, 2))
    assert panel.lfos["lfo1"].knobs["lfo1.depth"].knob._live == pytest.approx(0.25)
    assert panel._depth("lfo1", {"wheel": 0.5}) == pytest.approx(0.25)


def test_a_small_knob_says_its_value_while_it_is_looked_at(panel: ShapesPanel) -> None:
    knob = panel.amp.knobs["amp.decay"]
    assert knob.lines[0] == "Decay"
    knob.knob.setFocus()
    assert knob.lines[0] == "300 ms"
    QTest.keyClick(knob.knob, Qt.Key.Key_Home)
    assert knob.lines[0] == "5.00 ms"
    panel.amp.view.attack.setFocus()
    assert knob.lines[0] == "Decay"


def test_every_control_can_be_reached_and_read(opened: Opened) -> None:
    opened.services.document.set_numbers({"voice.mode": 2.0, "lfo1.scope": 1.0})
    assert unreachable(opened.window) == []
    assert unnamed(opened.window) == []


def test_moving_shapes_cost_a_millisecond_and_a_half_every_second_frame(
    opened: Opened, panel: ShapesPanel, engine: FakeEngine
) -> None:
    opened.services.clock.stop()
    sound_on(engine)
    voices = engine.arrays["voices"]
    voices["stage"][:6] = [ATTACK, DECAY, DECAY, SUSTAIN, RELEASE, RELEASE]

    def move(number: int) -> None:
        voices["env"][:6] = np.abs(np.sin(number / 9 + np.arange(6)))
        voices["env2"][:6] = np.abs(np.cos(number / 9 + np.arange(6)))
        engine.arrays["sources"][:13] = np.sin(number / 7 + np.arange(13))
        panel.show_frame(frame(opened, 2 * number))

    assert frame_seconds(move) < 1.5e-3


def test_nothing_is_painted_while_all_is_still(opened: Opened, panel: ShapesPanel) -> None:
    opened.services.clock.stop()
    views = [panel.amp.view, panel.env2.view, *(each.view for each in panel.lfos.values())]
    panel.show_frame(frame(opened, 2))
    updates = []
    for each in views:
        each.update = lambda *_: updates.append(1)  # type: ignore[method-assign]
    panel.show_frame(frame(opened, 4))
    assert updates == []


@pytest.mark.parametrize("mode", ["dark", "light"])
def test_it_looks_as_it_did(opened: Opened, panel: ShapesPanel, engine: FakeEngine, mode: str) -> None:
    opened.services.clock.stop()
    opened.services.theme.set_mode(mode)  # type: ignore[arg-type]
    document = opened.services.document
    document.set_numbers({"amp.attack": 0.05, "amp.decay": 0.8, "env2.sustain": 0.2, "lfo2.shape": 2.0})
    document.set_row(0, ModulationRow("lfo1", "voice.pitch", 0.1))
    sound_on(engine, lfo1=0.5, lfo2=-0.4)
    engine.arrays["voices"]["stage"][:2] = [DECAY, RELEASE]
    engine.arrays["voices"]["env"][:2] = [0.9, 0.4]
    engine.arrays["voices"]["env2"][:2] = [0.6, 0.1]
    panel.show_frame(frame(opened, 2))
    same_picture(panel, f"shapes_{mode}", QSize(1012, 216))

"""The matrix as a table: each row set, heard, cleared and undone; and all targets with their arcs beside it."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QSize, Qt
from PySide6.QtTest import QTest

from app.window.opened import Opened
from app.window.session.sound import NO_ROW
from app.window.sound.arming import Arming
from app.window.sound.drop_list import DropList
from app.window.sound.matrix_panel import MatrixPanel
from app.window.sound.routing import SOURCE_NAMES, target_of
from engine.events import Kind
from engine.patch import ModulationRow
from engine.vocabulary import SOURCES, target_names
from tests.app.window.checks import same_picture, unnamed, unreachable
from tests.app.window.conftest import Open
from tests.app.window.fake_engine import FakeEngine
from tests.app.window.sound.handling import ALT, SPECS, big_sound, drag, frame, frame_seconds, sound_on


@pytest.fixture
def opened(open_window: Open) -> Opened:
    found = open_window(SPECS["knobs"], SPECS["matrix"])
    found.window.resize(1024, 640)
    found.window.show_page("modulate")
    return found


@pytest.fixture
def panel(opened: Opened) -> MatrixPanel:
    found = opened.window.panels["matrix"]
    assert isinstance(found, MatrixPanel)
    return found


def choose(box: DropList, value: str) -> None:
    """As a person does who opens the list."""
    place = box.findData(value)
    assert place >= 0
    box.setCurrentIndex(place)
    box.activated.emit(place)


def test_all_sources_and_targets_can_be_chosen(panel: MatrixPanel) -> None:
    row = panel.rows[0]
    assert [row.source.itemData(place) for place in range(row.source.count())] == list(SOURCES)
    targets = {row.target.itemData(place) for place in range(row.target.count())}
    assert targets == set(target_names(["knob0", "knob1"]))
    assert {target_of(knob.id) for knob in panel._grid.knobs} == targets


def test_a_row_is_set_and_heard(opened: Opened, panel: MatrixPanel, engine: FakeEngine) -> None:
    row, document = panel.rows[2], opened.services.document
    before = document.sound
    choose(row.source, "lfo2")
    assert document.sound.rows[2] == ModulationRow("lfo2", "voice.pitch", 0.25)
    choose(row.target, "knob1")
    drag(row.amount, 0, 50)
    assert document.sound.rows[2] == ModulationRow("lfo2", "knob1", pytest.approx(0.75))
    assert (row.text.text(), row.accessibleName()) == ("+75 %", "LFO 2 → Knob 1 +75 %")
    kinds = {each[1] for each in engine.rows}
    assert kinds == {Kind.ROW_SOURCE, Kind.ROW_TARGET, Kind.ROW_AMOUNT}
    assert engine.arrays["rows"]["amount"][2] == pytest.approx(0.75)
    document.undo()
    assert row.text.text() == "+25 %"
    while document.undo_label is not None and document.sound != before:
        document.undo()
    assert row.source.currentData() == "none"


def test_a_row_is_cleared(opened: Opened, panel: MatrixPanel) -> None:
    row, document = panel.rows[0], opened.services.document
    document.set_row(0, ModulationRow("env2", "knob0", 0.5))
    QTest.mouseClick(row.clear, Qt.MouseButton.LeftButton)
    assert document.sound.rows[0] == NO_ROW
    document.undo()
    choose(row.source, "none")
    assert document.sound.rows[0] == NO_ROW
    assert not row.amount.isEnabled()


def test_arcs_and_rows_are_the_same(opened: Opened, panel: MatrixPanel) -> None:
    Arming.of(opened.services).arm("wheel")
    pitch = next(knob for knob in panel._grid.knobs if knob.target == "voice.pitch")
    drag(pitch.knob, 0, 20, ALT)
    assert panel.rows[0].row == ModulationRow("wheel", "voice.pitch", pytest.approx(0.1))
    assert panel.rows[0].text.text() == "+1.2 st"
    assert pitch.lines[1] == "Wheel +1.2 st"


def test_arming_is_the_windows_own(opened: Opened, panel: MatrixPanel) -> None:
    QTest.mouseClick(panel.chips.chips["key"], Qt.MouseButton.LeftButton)
    other = opened.window.panels["knobs"]
    assert other.chips.chips["key"].isChecked()  # type: ignore[attr-defined]
    QTest.keyClick(panel.chips.chips["key"], Qt.Key.Key_Return)
    assert Arming.of(opened.services).armed is None
    assert not other.chips.chips["key"].isChecked()  # type: ignore[attr-defined]


def test_bars_show_what_a_row_adds_now(opened: Opened, panel: MatrixPanel, engine: FakeEngine) -> None:
    opened.services.clock.stop()
    opened.services.document.set_row(0, ModulationRow("lfo1", "knob0", -0.5))
    sound_on(engine, lfo1=1.0)
    panel.show_frame(frame(opened))
    bar, middle = panel.rows[0].bar, panel.rows[0].bar.width() // 2
    assert bar._bar is not None
    assert bar._bar[0] < middle
    assert bar._bar[1] == pytest.approx(middle / 2, abs=2)
    assert panel.rows[1].bar._bar is None
    engine.sound(220.0, level=0.0)
    panel.show_frame(frame(opened))
    assert bar._bar is None


def test_another_model_brings_its_targets(opened: Opened, panel: MatrixPanel) -> None:
    opened.services.document.load(big_sound())
    row = panel.rows[0]
    assert (row.source.currentData(), row.target.currentData()) == ("env2", "shape")
    assert row.target.count() == 12 + 5
    assert len(panel._grid.knobs) == 12 + 5
    opened.services.document.undo()
    assert row.target.count() == 2 + 5


def test_every_control_can_be_reached_and_read(opened: Opened, panel: MatrixPanel) -> None:
    opened.services.document.load(big_sound())
    assert unreachable(panel) == []
    assert unnamed(opened.window) == []


def test_the_page_costs_less_than_four_milliseconds(opened: Opened, panel: MatrixPanel, engine: FakeEngine) -> None:
    opened.services.clock.stop()
    opened.services.document.load(big_sound())
    sound_on(engine, knobs=12)

    def move(number: int) -> None:
        engine.arrays["knobs_live"][:12] = 0.5 + 0.4 * np.sin(number / 5 + np.arange(12))
        engine.arrays["sources"][:13] = np.sin(number / 7 + np.arange(13))
        panel.show_frame(frame(opened, number))

    assert frame_seconds(move) < 4e-3


@pytest.mark.parametrize("mode", ["dark", "light"])
def test_it_looks_as_it_did(opened: Opened, panel: MatrixPanel, engine: FakeEngine, mode: str) -> None:
    opened.services.clock.stop()
    opened.services.theme.set_mode(mode)  # type: ignore[arg-type]
    opened.services.document.load(big_sound())
    opened.services.document.set_row(6, ModulationRow("lfo1", "voice.pitch", 0.02))
    sound_on(engine, 12, **{name: 0.9 - 0.12 * index for index, name in enumerate(SOURCE_NAMES)})
    engine.arrays["knobs_live"][:12] = np.linspace(0.2, 0.9, 12)
    panel.show_frame(frame(opened))
    same_picture(panel, f"matrix_{mode}", QSize(1012, 454))

"""Sources and targets find their rows, and setting an amount is one step that can be taken back."""

from __future__ import annotations

import pytest

from app.window.session.document import Document
from app.window.session.sound import NO_ROW
from app.window.sound.routing import (
    BIPOLAR,
    SOURCE_NAMES,
    amount_of,
    amount_text,
    carrier_of,
    free_row,
    remove,
    rows_for,
    set_amount,
    source_label,
    swing_of,
    target_label,
    target_of,
    travel_of,
)
from engine.patch import ModulationRow
from engine.vocabulary import SOURCES, TARGETS, target_names
from tests.app.window.session.sounds import Clock, sound


@pytest.fixture
def document() -> Document:
    return Document(sound(), clock=Clock())


def test_every_source_has_a_name() -> None:
    assert [*SOURCE_NAMES] == [name for name in SOURCES if name != "none"]
    assert {name for name, text in SOURCES.items() if "-1..1" in text} == BIPOLAR
    assert source_label("none") == "–"


def test_every_target_is_shown_by_one_control(document: Document) -> None:
    for target in target_names(["cut", "res"]):
        assert target_of(carrier_of(target)) == target
        document.sound.parameter(carrier_of(target))
        assert target_label(document.sound, target)
    assert target_of("amp.decay") is None


def test_setting_an_amount_takes_a_free_row_and_then_that_row(document: Document) -> None:
    assert set_amount(document, "lfo1", "cut", 0.25)
    assert set_amount(document, "lfo1", "cut", 0.5)
    assert rows_for(document.sound, "cut") == [(0, ModulationRow("lfo1", "cut", 0.5))]
    assert set_amount(document, "env2", "cut", -7.0)
    assert amount_of(document.sound, "env2", "cut") == -1.0
    assert free_row(document.sound) == 2


def test_a_gesture_is_one_step_also_when_it_ends_at_nothing(document: Document) -> None:
    before = document.sound
    with document.gesture():
        for amount in (0.1, 0.2, 0.0):
            set_amount(document, "lfo1", "cut", amount)
        remove(document, "lfo1", "cut")
    assert document.sound.rows[0] == NO_ROW
    document.undo()
    assert document.sound is before


def test_the_ninth_row_is_refused(document: Document) -> None:
    for index, source in enumerate(list(SOURCE_NAMES)[:8]):
        assert set_amount(document, source, "cut", 0.1 * index)
    assert free_row(document.sound) is None
    assert not set_amount(document, "random", "cut", 0.5)
    assert set_amount(document, "amp", "cut", 0.5)


def test_two_rows_add_up_and_go_in_one_step(document: Document) -> None:
    document.set_row(0, ModulationRow("lfo1", "cut", 0.25))
    document.set_row(3, ModulationRow("lfo1", "cut", 0.5))
    before = document.sound
    assert amount_of(before, "lfo1", "cut") == 0.75
    remove(document, "lfo1", "cut")
    assert rows_for(document.sound, "cut") == []
    document.undo()
    assert document.sound is before


def test_where_a_target_stands(document: Document) -> None:
    set_amount(document, "lfo1", "cut", 0.5)
    set_amount(document, "env2", "cut", 0.25)
    rows = [row for _, row in rows_for(document.sound, "cut")]
    assert travel_of(rows, 0.3, {"lfo1": -0.2, "env2": 1.0}) == pytest.approx(0.3 - 0.1 + 0.25)
    assert travel_of(rows, 0.3, {"env2": 100.0}) == 1.0
    assert travel_of([], 0.3, {"env2": 100.0}) == 0.3


@pytest.mark.parametrize(
    ("target", "amount", "swing", "text"),
    [
        ("cut", 0.5, 0.5, "+50 %"),
        ("voice.pan", 1.0, 0.5, "+100 %"),
        ("voice.pitch", 0.01, 0.06, "+12 ct"),
        ("voice.pitch", -1.0, -6.0, "-12.0 st"),
        ("voice.level", 1.0, 0.1003, "+100 %"),
        ("voice.level", -1.0, -1.0, "-100 %"),
    ],
)
def test_how_far_an_amount_goes(target: str, amount: float, swing: float, text: str) -> None:
    assert swing_of(target, amount) == pytest.approx(swing, abs=1e-3)
    assert amount_text(target, amount) == text


def test_the_fixed_targets_are_all_known() -> None:
    assert [target_of(carrier_of(name)) for name in TARGETS] == list(TARGETS)

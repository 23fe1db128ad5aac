"""Pairs of controllers, and parameter numbers."""

from __future__ import annotations

import pytest

from engine.event_check import first_refused
from engine.events import event_array
from engine.midi.numbers import Entry, ParameterNumbers
from engine.midi.rows import control, note_on
from engine.midi.wide import WITHIN, Wide, fourteen_bits


def test_the_fine_half_refines_and_the_coarse_half_acts_at_once() -> None:
    wide = Wide()
    assert wide.feed(control(0, 2, 1, 64)) == [control(0, 2, 1, 64)]
    assert wide.feed(control(9, 2, 33, 32)) == [control(9, 2, 1, fourteen_bits(64, 32))]
    # a known pair: the coarse half alone means a fine half of 0; the fine half may come alone, whenever
    assert wide.feed(control(100, 2, 1, 65)) == [control(100, 2, 1, fourteen_bits(65, 0))]
    assert wide.feed(control(10**9, 2, 33, 1)) == [control(10**9, 2, 1, fourteen_bits(65, 1))]


def test_all_16384_values_rise_over_the_whole_range() -> None:
    wide, values = Wide(), []
    wide.feed(control(0, 0, 20, 0))
    for high in range(128):
        wide.feed(control(0, 0, 20, high))
        values += [wide.feed(control(0, 0, 52, low))[0][4] for low in range(128)]
    assert values[0] == 0 and values[-1] == 127 and values == sorted(set(values))
    assert first_refused(event_array([control(0, 0, 20, value) for value in values])) == -1


@pytest.mark.parametrize(("coarse", "fine"), [(0, 32), (6, 38), (64, 96), (31, 64)])
def test_no_pair(coarse: int, fine: int) -> None:
    wide = Wide()
    for row in (control(0, 0, coarse, 5), control(0, 0, fine, 5)):
        assert wide.feed(row) == [row]


def test_a_fine_number_that_comes_alone_stays_a_controller_of_its_own() -> None:
    wide = Wide()
    for row in (
        control(0, 0, 40, 5),  # no coarse half at all
        control(0, 0, 8, 5),
        control(WITHIN + 1, 0, 40, 5),  # long ago
        control(WITHIN + 1, 1, 40, 5),  # on another channel
        note_on(0, 0, 33, 1),
    ):
        assert wide.feed(row) == [row]


def feed(numbers: ParameterNumbers, *pairs: tuple[int, int], channel: int = 0) -> list[Entry]:
    return [entry for pair in pairs if (entry := numbers.feed(control(0, channel, *pair))) is not None]


def test_parameter_numbers() -> None:
    numbers = ParameterNumbers()
    assert feed(numbers, (6, 1)) == []  # nothing selected
    assert feed(numbers, (101, 0), (100, 6), (6, 5), (38, 9)) == [Entry(True, 6, 5, None), Entry(True, 6, 5, 9)]
    assert feed(numbers, (6, 1), channel=1) == []
    assert numbers.registered(0) == (0, 6) and numbers.registered(1) == (127, 127)
    assert feed(numbers, (98, 3), (6, 1)) == []  # half an NRPN
    assert feed(numbers, (99, 2), (6, 1)) == [Entry(False, 2 * 128 + 3, 1, None)]
    assert numbers.registered(0) == (127, 127)
    assert feed(numbers, (101, 127), (100, 127), (6, 1)) == []  # the null parameter
    feed(numbers, (101, 0), (100, 0), (121, 0))
    assert feed(numbers, (6, 1)) == []

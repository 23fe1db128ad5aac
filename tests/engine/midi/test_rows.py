"""Channel messages as rows."""

from __future__ import annotations

from itertools import pairwise

import pytest

from engine.events import Kind
from engine.midi.rows import bend, channel_message


@pytest.mark.parametrize(
    ("message", "row"),
    [
        ((0x93, 60, 100), (7, Kind.NOTE_ON, 3, 60, 100.0)),
        ((0x93, 60, 0), (7, Kind.NOTE_OFF, 3, 60, 0.0)),
        ((0x80, 60, 64), (7, Kind.NOTE_OFF, 0, 60, 0.0)),
        ((0xAF, 61, 5), (7, Kind.KEY_PRESSURE, 15, 61, 5.0)),
        ((0xB0, 74, 127), (7, Kind.CONTROL, 0, 74, 127.0)),
        ((0xC1, 12, 0), (7, Kind.PROGRAM, 1, 12, 0.0)),
        ((0xD2, 90, 0), (7, Kind.PRESSURE, 2, 0, 90.0)),
        ((0xE4, 0, 64), (7, Kind.BEND, 4, 0, 0.0)),
        ((0xE4, 127, 127), (7, Kind.BEND, 4, 0, 1.0)),
        ((0xE4, 0, 0), (7, Kind.BEND, 4, 0, -1.0)),
    ],
)
def test_every_channel_message(message, row) -> None:
    assert channel_message(7, *message) == row


def test_bend_rises_with_its_word() -> None:
    values = [bend(0, 0, word)[4] for word in range(16384)]
    assert values[0] == -1 and values[8192] == 0 and values[-1] == 1
    assert all(a < b for a, b in pairwise(values))

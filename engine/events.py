"""The one form in which everything that happens reaches the block function: a record with a sample position.

Score files, live MIDI, control voltages and knobs on a screen all become these records, so a journal of them
replays a performance exactly.
"""

from __future__ import annotations

from enum import IntEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["ADDRESS_BITS", "EVENT", "SLOTS", "Kind", "addressed", "event_array"]


class Kind(IntEnum):
    """What happens. `index` and `value` of the record mean what each kind says."""

    NOTE_OFF = 0
    """Key up: index = note."""
    NOTE_ON = 1
    """Key down: index = note, value = velocity 0..127 (0 is a key up)."""
    CONTROL = 2
    """MIDI controller: index = number, value = 0..127."""
    BEND = 3
    """Pitch wheel: value -1..1."""
    PRESSURE = 4
    """Channel pressure: value 0..127."""
    KEY_PRESSURE = 5
    """Polyphonic pressure: index = note, value 0..127."""
    PROGRAM = 6
    """Program change: index = program 0..127. Handled above the block function, which ignores it."""
    TEMPO = 7
    """value = quarter notes per minute, for synced LFOs."""
    PARAMETER = 8
    """index = place in `parameters.TABLE`, value = stored number."""
    KNOB = 9
    """index = knob of the model, value 0..1."""
    CV_PITCH = 10
    """Pitch voltage that is added to every note: value in volts."""
    CV_LEVEL = 11
    """Factor on the loudness: value 0..1."""
    RELEASE_ALL = 12
    """Every key and pedal up, as at the end of a piece."""
    ROW_SOURCE = 13
    """Matrix: index = row, value = number of the source (`modulation.source_index`)."""
    ROW_TARGET = 14
    """Matrix: index = row, value = number of the target (`modulation.target_index`)."""
    ROW_AMOUNT = 15
    """Matrix: index = row, value = amount -1..1."""
    TUNE = 16
    """Tuning: index = key, value in volts."""
    ZONE = 17
    """MPE: the channel becomes a member of the zone whose master channel is `value`; -1 = of none, with the patch's
    bend range."""
    BEAT = 18
    """Position in the song: value in quarter notes. Synced LFOs that all notes share follow it."""
    OPEN = 64
    """To the deck: the part in slot `index` takes over. `value` = samples over which its predecessor fades out, or -1:
    that one rings until its keys are up. The channel field holds the serial number of the patch."""
    CLOSE = 65
    """To the deck: the part in slot `index` fades out over `value` samples. The channel field holds the serial number
    of its patch: a slot that holds another one by now is left alone."""
    GATE = 66
    """To the deck: the output's gain goes to `value`, 0..1, on a straight line of `index` samples."""


EVENT = np.dtype([("time", "<i8"), ("kind", "<i4"), ("channel", "<i4"), ("index", "<i4"), ("value", "<f8")], align=True)
"""time: sample position at 48 kHz since the start; channel: 0..15, and in the bits above an address (see `addressed`),
0 for all parts that hear it."""
ADDRESS_BITS = 8
"""Where in `channel` the address begins."""
SLOTS = 4
"""Parts that the deck holds at once."""


def addressed(channel: int, slot: int) -> int:
    """The `channel` of an event for the part in one slot of the deck only."""
    return channel | (slot + 1) << ADDRESS_BITS


def event_array(rows: list[tuple[int, int, int, int, float]]) -> NDArray[Any]:
    """Records from (time, kind, channel, index, value) rows, in their order (which must be that of time)."""
    return np.array(rows, EVENT) if rows else np.zeros(0, EVENT)

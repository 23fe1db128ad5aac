"""The one form in which everything that happens reaches the block function: a record with a sample position.

Score files, live MIDI, control voltages and knobs on a screen all become these records, so a journal of them
replays a performance exactly.
"""

from __future__ import annotations

from enum import IntEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["EVENT", "Kind", "event_array"]


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


EVENT = np.dtype([("time", "<i8"), ("kind", "<i4"), ("channel", "<i4"), ("index", "<i4"), ("value", "<f8")], align=True)
"""time: sample position at 48 kHz since the start; channel: 0..15."""


def event_array(rows: list[tuple[int, int, int, int, float]]) -> NDArray[Any]:
    """Records from (time, kind, channel, index, value) rows, in their order (which must be that of time)."""
    return np.array(rows, EVENT) if rows else np.zeros(0, EVENT)

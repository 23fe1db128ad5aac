"""Controllers of 14 bits: two that belong together become one, with a value between whole numbers.

Controllers 1 to 31 may be refined by 33 to 63 (MIDI 1.0, "Control Change"). The coarse half acts at once, since many
devices send no other; a fine half that follows refines it. Which pairs a device really uses is learnt from their
timing: a fine half pairs only if its coarse half came just before. So a knob box that uses all numbers for knobs of
their own keeps them. Bank select (0, 32) and data entry (6, 38) have a meaning of their own and pass.
"""

from __future__ import annotations

from dataclasses import dataclass

from accel.formats import RATE
from engine.events import Kind
from engine.midi.rows import Row, control

__all__ = ["Wide", "fourteen_bits"]

FINE = 32
"""From a controller to its fine half."""
PAIRED = frozenset(range(1, FINE)) - {6}
WITHIN = RATE // 20
"""Samples from a coarse half to its fine half that show that they are a pair: 50 ms."""
_TOP = 16383


def fourteen_bits(high: float, low: float) -> float:
    """Both halves, each 0..127, as a controller's value 0..127."""
    return (high * 128.0 + low) * 127.0 / _TOP


@dataclass(slots=True)
class _Pair:
    high: float
    time: int
    is_wide: bool = False


class Wide:
    """One port's pairs, by channel: at most 16 * 30."""

    def __init__(self) -> None:
        self._pairs: dict[tuple[int, int], _Pair] = {}

    def feed(self, row: Row) -> list[Row]:
        """The row, or what its controller is worth with its other half; rows in the order of their times."""
        time, kind, channel, number, value = row
        if kind != Kind.CONTROL:
            return [row]
        if number in PAIRED:
            return [self._coarse(row, channel, number)]
        pair = self._pairs.get((channel, number - FINE)) if number - FINE in PAIRED else None
        if pair is None or not (pair.is_wide or time - pair.time <= WITHIN):
            return [row]
        pair.is_wide = True
        return [control(time, channel, number - FINE, fourteen_bits(pair.high, value))]

    def _coarse(self, row: Row, channel: int, number: int) -> Row:
        time, value = row[0], row[4]
        pair = self._pairs.setdefault((channel, number), _Pair(value, time))
        pair.high, pair.time = value, time
        # A new coarse half puts the fine one to 0, says the specification.
        return control(time, channel, number, fourteen_bits(value, 0.0)) if pair.is_wide else row

"""Parameter numbers: controllers 98 to 101 select one, 6 and 38 give it a value (MIDI 1.0, "RPN and NRPN").

Only followed here, never changed: the engine itself answers to the registered numbers 0 to 2. Who needs others (MPE
zones, learning) asks this class what a data entry was for.
"""

from __future__ import annotations

from typing import NamedTuple

from engine.events import Kind
from engine.midi.rows import Row

__all__ = ["Entry", "ParameterNumbers"]

COARSE, DETAIL = 6, 38
UNSET, NULL = -1, 127
_SELECTORS = {98: (False, False), 99: (False, True), 100: (True, False), 101: (True, True)}
"""Controller -> (registered, high half)."""


class Entry(NamedTuple):
    """A value for a parameter number.

    Attributes:
        registered: an RPN, else an NRPN.
        number: 0..16382.
        high, low: data bytes 0..127; low None = the coarse half came, the fine one may follow.
    """

    registered: bool
    number: int
    high: float
    low: float | None


class _Selection:
    __slots__ = ("data", "high", "low", "registered")

    def __init__(self) -> None:
        self.registered, self.high, self.low, self.data = True, UNSET, UNSET, 0.0

    @property
    def is_open(self) -> bool:
        return UNSET not in (self.high, self.low) and not self.high == self.low == NULL


class ParameterNumbers:
    """What is selected on each of a port's 16 channels."""

    def __init__(self) -> None:
        self._channels = [_Selection() for _ in range(16)]

    def feed(self, row: Row) -> Entry | None:
        """Follow a row; what it enters, if it is a data entry for a selected number."""
        _, kind, channel, number, value = row
        if kind != Kind.CONTROL:
            return None
        selection = self._channels[channel]
        if number in _SELECTORS:
            self._select(selection, number, int(value))
        elif number in (COARSE, DETAIL) and selection.is_open:
            chosen = selection.high << 7 | selection.low
            if number == COARSE:
                selection.data = value
                return Entry(selection.registered, chosen, value, None)
            return Entry(selection.registered, chosen, selection.data, value)
        elif number == 121:
            self._channels[channel] = _Selection()
        return None

    def _select(self, selection: _Selection, number: int, value: int) -> None:
        registered, is_high = _SELECTORS[number]
        if registered != selection.registered:
            selection.registered, selection.high, selection.low = registered, UNSET, UNSET
        if is_high:
            selection.high = value
        else:
            selection.low = value
        selection.data = 0.0

    def registered(self, channel: int) -> tuple[int, int]:
        """High and low half of the RPN that is selected on a channel; 127, 127 if none is."""
        selection = self._channels[channel]
        return (selection.high, selection.low) if selection.registered and selection.is_open else (NULL, NULL)

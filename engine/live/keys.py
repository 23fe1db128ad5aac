"""Which keys are down, told from the events in the order in which they were played.

Needed when a part is replaced: the keys that are held are struck again on the new one. Between the moment when that
is decided and the moment when it happens a key may go up; its key-up is then before the new key-down, and the note
would never end. So each new strike is looked at again when it comes by, in the one order that counts, that of the
journal: if its key is up by then, a key-up follows.
"""

from __future__ import annotations

from typing import Any

from numpy.typing import NDArray

from engine.events import ADDRESS_BITS, Kind, addressed
from engine.midi.rows import Row

__all__ = ["Keys"]

AT_ONCE = 0
CHANNELS = 15  # mask
ALL_SOUND_OFF, ALL_NOTES_OFF = 120, 123
FOLLOWED = frozenset({Kind.NOTE_ON, Kind.NOTE_OFF, Kind.CONTROL, Kind.RELEASE_ALL, Kind.OPEN})


class Keys:
    """Follows the events that were played. One thread."""

    def __init__(self) -> None:
        self._down: dict[tuple[int, int], float] = {}
        self._replaced: set[int] = set()

    @property
    def down(self) -> list[tuple[int, int, float]]:
        """(channel, note, velocity) of the keys that are down, in the order in which they went down."""
        return [(channel, note, velocity) for (channel, note), velocity in self._down.items()]

    def replace(self, serial: int) -> None:
        """When the patch of that serial number opens, the keys that are down then are to be struck again on it."""
        self._replaced.add(serial)

    def follow(self, events: NDArray[Any]) -> list[Row]:
        """Take note of events, EVENT [n] in the order in which they were played; rows that they make necessary."""
        rows: list[Row] = []
        for _, kind, channel, index, value in events.tolist():
            if kind in FOLLOWED:
                self._follow(kind, channel, index, value, rows)
        return rows

    def _follow(self, kind: int, channel: int, index: int, value: float, rows: list[Row]) -> None:
        key = (channel & CHANNELS, index)
        if kind == Kind.OPEN:
            if channel in self._replaced:
                self._replaced.discard(channel)
                rows += [
                    (AT_ONCE, Kind.NOTE_ON, addressed(each, index), note, velocity)
                    for each, note, velocity in self.down
                ]
        elif kind == Kind.NOTE_ON and value > 0.0:
            if not channel >> ADDRESS_BITS:
                self._down.pop(key, None)  # struck again: it is now the last
                self._down[key] = value
            elif key not in self._down:
                rows.append((AT_ONCE, Kind.NOTE_OFF, key[0], index, 0.0))
        elif kind in (Kind.NOTE_ON, Kind.NOTE_OFF):
            self._down.pop(key, None)
        elif kind == Kind.RELEASE_ALL or index == ALL_SOUND_OFF or index >= ALL_NOTES_OFF:
            self._down.clear()

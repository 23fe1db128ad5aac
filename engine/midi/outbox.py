"""Rows on their way to the engine's ring, also when it is full: no key-up is ever lost, and memory stays bounded.

What does not fit waits. Of what waits, values are replaced by later ones of the same kind, and note-ons are dropped and
counted: a flood has long lost its music, but when it is over, every key must be up and every knob where it was left.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import islice

from engine.events import Kind
from engine.midi.numbers import COARSE, DETAIL
from engine.midi.rows import Row

__all__ = ["MOST_ENTRIES", "Outbox"]

MOST_ENTRIES = 4096
"""Controllers of parameter numbers that wait; their order matters, so none replaces another."""
_ENTRY = frozenset({COARSE, DETAIL, *range(96, 102)})
_RELEASES = (Kind.NOTE_OFF, Kind.RELEASE_ALL)
_Key = tuple[int, int, int, int]


class Outbox:
    """The end of all ports; not for several threads at once.

    Args:
        push: appends rows to the ring, as many from the first on as there is room for, and returns how many.

    Attributes:
        dropped: rows that were dropped for good: note-ons, and what a parameter number was given.
    """

    def __init__(self, push: Callable[[Sequence[Row]], int]) -> None:
        self._push = push
        self._releases: dict[_Key, Row] = {}
        self._values: dict[_Key, Row] = {}
        self._entries = 0
        self.dropped = 0

    @property
    def waiting(self) -> int:
        """Rows that found no room yet."""
        return len(self._releases) + len(self._values)

    def send(self, rows: Sequence[Row]) -> None:
        """Pass rows on, after those that wait."""
        self.retry()
        sent = 0 if self.waiting else self._push(rows)
        for row in rows[sent:]:
            self._keep(row)

    def retry(self) -> None:
        """Pass on what waits, as far as there is room now."""
        # Keys up first: what waits is late already, and a voice that is free costs nothing.
        if self._pass_on(self._releases) and self._pass_on(self._values):
            self._entries = 0

    def _pass_on(self, waiting: dict[_Key, Row]) -> bool:
        """Empty one of the two as far as there is room; whether all went. Costs little where there is none."""
        count = 1
        while waiting:
            some = list(islice(waiting.items(), count))
            sent = self._push([row for _, row in some])
            for key, _ in some[:sent]:
                del waiting[key]
            if sent < len(some):
                return False
            count *= 4
        return True

    def _keep(self, row: Row) -> None:
        _, kind, channel, index, value = row
        if kind == Kind.NOTE_ON and value > 0:
            self.dropped += 1
            return
        serial = 0
        if kind == Kind.CONTROL and index in _ENTRY:
            if self._entries >= MOST_ENTRIES:
                self.dropped += 1
                return
            serial = self._entries = self._entries + 1
        waiting = self._releases if kind in _RELEASES else self._values
        key = serial, kind, channel, index
        waiting.pop(key, None)  # at the end, where its time belongs
        waiting[key] = row

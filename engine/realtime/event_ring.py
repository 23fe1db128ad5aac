"""A ring of events as Python uses it, on either end; the other end may be compiled code or another process.

Plain Python has no ordered stores, hence the fences. No Numba here, since the window's process uses this too.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.events import EVENT, event_array
from engine.midi.rows import Row
from engine.realtime.fence import Fence

__all__ = ["EventRing"]


class EventRing:
    """One ring (see `ring`). Several threads of one process may push, or pop; they take turns.

    Args:
        records: EVENT [a power of two].
        heads, tails: int64; `which` is the index of this ring's counters in both.
    """

    def __init__(self, records: NDArray[Any], heads: NDArray[Any], tails: NDArray[Any], which: int = 0) -> None:
        if records.dtype != EVENT or records.ndim != 1 or len(records) & (len(records) - 1) or not len(records):
            raise ValueError("records: needed is an array of EVENT whose length is a power of two")
        self._records, self._heads, self._tails, self._which = records, heads, tails, which
        self._turn, self._fence = threading.Lock(), Fence()

    @property
    def waiting(self) -> int:
        """Records that were pushed and not yet popped."""
        return int(self._heads[self._which]) - int(self._tails[self._which])

    @property
    def free(self) -> int:
        """Records that can be pushed now."""
        return len(self._records) - self.waiting

    def push(self, rows: Sequence[Row] | NDArray[Any]) -> int:
        """Append rows, or EVENT records, as many from the first on as there is room for; returns how many."""
        events = rows if isinstance(rows, np.ndarray) else event_array(list(rows))
        with self._turn:
            count = min(len(events), self.free)
            head = int(self._heads[self._which])
            self._fence.order()  # the consumer's copies of what is overwritten lie before the tail that was read
            self._records[self._places(head, count)] = events[:count]
            self._fence.order()
            self._heads[self._which] = head + count
        return count

    def pop(self, limit: int | None = None) -> NDArray[Any]:
        """Take up to `limit` records, EVENT [n], in their order."""
        with self._turn:
            count = self.waiting if limit is None else min(self.waiting, limit)
            tail = int(self._tails[self._which])
            self._fence.order()
            taken: NDArray[Any] = self._records[self._places(tail, count)].copy()
            self._fence.order()
            self._tails[self._which] = tail + count
        return taken

    def _places(self, first: int, count: int) -> NDArray[np.int64]:
        return np.arange(first, first + count) & (len(self._records) - 1)

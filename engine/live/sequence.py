"""The reader of a sequence lock: copies of what compiled code writes, each of one moment, without stopping it.

The writer makes `seq` odd, writes, and makes it even (`engine.realtime.turn`). It may die half-way, and one that is
paused there takes long: a reader tries a few times and then keeps what it read last, which is old but never torn.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.realtime.fence import Fence

__all__ = ["SequenceReader"]

TRIES = 64


class SequenceReader:
    """Reads arrays of the shared block that one sequence lock covers. Any thread may.

    Args:
        arrays: the parts of the block by name (`layout.carve`).
        names: of those that are read; the first is a record array with the field `seq`.
    """

    def __init__(self, arrays: Mapping[str, NDArray[Any]], names: Sequence[str]) -> None:
        self._arrays = {name: arrays[name] for name in names}
        self._seq = self._arrays[names[0]]["seq"]
        self._fence = Fence()
        self._last = {name: np.zeros_like(array) for name, array in self._arrays.items()}

    def read(self) -> dict[str, NDArray[Any]]:
        """Copies by name, all of one moment: the last one at which the writer let go; zeros before any."""
        for _ in range(TRIES):
            before = int(self._seq[0])
            self._fence.order()
            found = {name: array.copy() for name, array in self._arrays.items()}
            self._fence.order()
            if before % 2 == 0 and int(self._seq[0]) == before:
                self._last = found
                break
        return self._last

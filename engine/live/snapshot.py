"""Copies of what the engine publishes in the shared block, each of one moment, taken without stopping anybody.

Where the writer of a sequence lock never lets go, what was read last stays (`sequence`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.live.layout import State
from engine.live.sequence import SequenceReader

__all__ = ["SOUND_PARTS", "Reader", "Snapshot", "latest"]

SOUND_PARTS = ("sound", "parameters", "knobs", "knobs_live", "sources", "rows", "held", "voices")
"""What the sequence lock of `sound` covers."""


@dataclass(frozen=True)
class Snapshot:
    """What the engine was doing.

    Attributes:
        state: of the process.
        restarts: times that a new process took over.
        clock, meters, counters: records as `layout` declares them, values by name.
        sound: the arrays of `SOUND_PARTS` by name; of a running engine from one moment.
    """

    state: State
    restarts: int
    clock: Mapping[str, float]
    meters: Mapping[str, float]
    counters: Mapping[str, int]
    sound: Mapping[str, NDArray[Any]]


def _record(array: NDArray[Any]) -> dict[str, Any]:
    return dict(zip(array.dtype.names or (), array[0].tolist(), strict=True))


class Reader:
    """Reads the arrays of a block (`layout.carve`). One thread at a time."""

    def __init__(self, arrays: Mapping[str, NDArray[Any]]) -> None:
        self._arrays = arrays
        self._clock = SequenceReader(arrays, ("clock",))
        self._sound = SequenceReader(arrays, SOUND_PARTS)

    def read(self) -> Snapshot:
        """What there is now."""
        header = self._arrays["header"][0]
        return Snapshot(
            state=State(int(header["state"])),
            restarts=int(header["restarts"]),
            clock=_record(self._clock.read()["clock"]),
            meters=_record(self._arrays["meters"].copy()),
            counters=_record(self._arrays["counters"].copy()),
            sound=self._sound.read(),
        )


def latest(ring: NDArray[Any], head: int, count: int) -> NDArray[Any]:
    """The last `count` records of a ring whose head is `head`, oldest first; zeros for what never was.

    Raises:
        ValueError: more than half of the ring, whose other half may be overwritten while it is copied.
    """
    if not 0 <= count <= len(ring) // 2:
        raise ValueError(f"{count} records: allowed: 0 to {len(ring) // 2}")
    places = np.arange(head - count, head)
    found: NDArray[Any] = ring[places & (len(ring) - 1)]
    found[places < 0] = 0
    return found

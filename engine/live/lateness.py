"""Whether blocks come late again and again, and what a person could do about it.

Two causes are told apart by the thread's own clock (`realtime.callback_log`): a sound that takes longer than its block,
and a machine that has no time for us.
"""

from __future__ import annotations

from typing import Any

__all__ = ["HEAVY_LINE", "LATE_LINE", "Lateness"]

LATE_SECONDS, LATE_BLOCKS = 10.0, 3
HEAVY_LINE = (
    "this sound often takes longer than its block: a larger block, fewer voices or a lower unison, or --safe would help"
)
LATE_LINE = "the machine often comes too late for a block: real-time priority, a larger block or --safe would help"


class Lateness:
    """Counts late blocks, of ten seconds at a time.

    Args:
        counters: record `layout.COUNTERS`.
    """

    def __init__(self, counters: Any) -> None:
        self._counters = counters
        self._until, self._late, self._heavy = 0.0, 0, 0

    @property
    def is_counting(self) -> bool:
        """`lines` was called since the start or the last `reset`."""
        return self._until > 0.0

    def reset(self) -> None:
        """Another stream plays: count anew."""
        self._until = 0.0

    def lines(self, now: float, *, is_direct: bool) -> list[str]:
        """What to propose at `now` (s of time.monotonic); is_direct: blocks are rendered when the device wants them."""
        late = int(self._counters["overruns_preempted"] + self._counters["late_starts"])
        heavy = int(self._counters["overruns_own"])
        if now > self._until:
            self._until, self._late, self._heavy = now + LATE_SECONDS, late, heavy
        lines = [HEAVY_LINE] if heavy - self._heavy >= LATE_BLOCKS else []
        return [*lines, LATE_LINE] if is_direct and late - self._late >= LATE_BLOCKS else lines

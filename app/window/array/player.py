"""The array slowed down until one can follow: a place in the frame that runs, stands, or goes by steps. No Qt here."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence

__all__ = ["SPEEDS", "SlowMotion", "slower"]

SPEEDS = (1.0, 0.25, 0.05, 0.01, 0.001, 0.0001)
"""Seconds that a cycle can last."""
LONGEST = 0.1
"""s of one frame of the window that are shown at most: after a pause it goes on where it was."""


def slower(seconds: float, clock: float) -> int:
    """How many times slower than an array with `clock` MHz, to two digits."""
    times = seconds * clock * 1e6
    digits = 10 ** max(0, len(str(int(times))) - 2)
    return round(times / digits) * digits


class SlowMotion:
    """A place in a frame of `cycles`; after the last cycle comes the first.

    Attributes:
        seconds: that a cycle lasts, one of `SPEEDS`.
        is_running: it goes by itself.
        span: the cycles that went by with the last movement, first and one after the last.
    """

    def __init__(self, cycles: int = 1) -> None:
        self.seconds, self.is_running = SPEEDS[2], False
        self.cycles, self._place = cycles, 0.0
        self.span = (0, 1)

    @property
    def cycle(self) -> int:
        """Where it is."""
        return int(self._place)

    def restart(self, cycles: int) -> None:
        """Another frame: to its first cycle."""
        self.cycles = cycles
        self.seek(0)

    def advance(self, seconds: float) -> bool:
        """Let time pass while it runs; whether another cycle came."""
        if not self.is_running:
            return False
        before = self.cycle
        self._place += min(seconds, LONGEST) / self.seconds
        wrapped = self._place >= self.cycles
        self._place %= self.cycles
        if self.cycle != before or wrapped:
            self.span = (0 if wrapped else before + 1, self.cycle + 1)
        return self.cycle != before or wrapped

    def seek(self, cycle: int) -> None:
        """Go to a cycle; outside the frame: to its nearest."""
        self._place = float(min(max(cycle, 0), self.cycles - 1))
        self.span = (self.cycle, self.cycle + 1)

    def step(self, cycles: int) -> None:
        """Go so many cycles on, or back, around the frame."""
        self.seek((self.cycle + cycles) % self.cycles)

    def to_start(self, starts: Sequence[int], direction: int) -> None:
        """Go to the next (1) or the previous (-1) of `starts`, which are in order, around the frame."""
        if not starts:
            return
        at = bisect_right(starts, self.cycle) if direction > 0 else bisect_left(starts, self.cycle) - 1
        self.seek(starts[at % len(starts)])

"""When a message came, and where in the sound it belongs.

Drivers tell the time from one message to the next, exactly, but not the time of the first; Python learns of a message
late, by an amount that varies. `Anchor` takes the best of both: the drivers' steps, on the zero that the quickest of
the recent deliveries implies. `Placement` turns times into sample positions by the clock that the sound thread
publishes, one constant delay later, so that an event's place does not depend on when its block is rendered.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from typing import Any

from numpy.typing import NDArray

from accel.formats import RATE
from engine.live.sequence import SequenceReader

__all__ = ["Anchor", "Placement"]

NS = 1_000_000_000
WINDOW, SLOTS = 10 * NS, 20
"""How long the quickest delivery counts, and in how many pieces it is forgotten."""
SLIDE = 1000
"""The zero moves later by at most 1/1000 of the time: 1 us per ms."""
SLACK = 24
"""Samples that a place by the system's clock lies later, for what jitter that clock's filter leaves: 0.5 ms. Frames of
JACK's need none."""
AHEAD = RATE // 10
"""Samples, or two blocks, that a place may lie beyond the clock at most, before its delay: while a device is changed
the clock stands still, and what is played then must not wait for as long afterwards."""
FRAMES = 1 << 32
"""JACK counts frames in 32 bits."""


class Anchor:
    """Absolute times of one port's messages, in ns of `time.perf_counter_ns`."""

    def __init__(self) -> None:
        self._elapsed = 0  # ns by the driver since the first message
        self._zero: int | None = None  # ns of the wall clock at elapsed = 0
        self._moved = 0  # arrival when the zero was moved last
        self._recent: deque[tuple[int, int]] = deque()  # (end of its piece of time, least arrival - elapsed in it)

    def absolute(self, delta: float, arrival_ns: int) -> int:
        """When a message came.

        Args:
            delta: seconds since the port's last message, by the driver; negative or not a number counts as 0.
            arrival_ns: when it reached us.

        Returns:
            ns, never later than `arrival_ns`.
        """
        self._elapsed += round(delta * NS) if 0.0 < delta < 1e9 else 0
        offset = arrival_ns - self._elapsed
        least = self._least(offset, arrival_ns)
        if self._zero is None or least <= self._zero:
            self._zero = least
        else:  # the driver's clock runs slower than ours
            self._zero = min(least, self._zero + (arrival_ns - self._moved) // SLIDE)
        self._moved = arrival_ns
        return min(self._zero + self._elapsed, arrival_ns)

    def _least(self, offset: int, now: int) -> int:
        """Least offset of the last ten seconds, kept by pieces of half a second."""
        if self._recent and now < self._recent[-1][0]:
            end, least = self._recent[-1]
            self._recent[-1] = end, min(least, offset)
        else:
            self._recent.append((now + WINDOW // SLOTS, offset))
        while len(self._recent) > SLOTS or self._recent[0][0] < now - WINDOW:
            self._recent.popleft()
        return min(least for _, least in self._recent)


class Placement:
    """Sample positions of times.

    Args:
        shared: the parts of the shared block by name (`layout.PARTS`); read is `clock`.
    """

    def __init__(self, shared: Mapping[str, NDArray[Any]]) -> None:
        self._reader = SequenceReader(shared, ("clock",))

    def _read(self) -> Any:
        """A copy of the clock's record, all of one moment."""
        return self._reader.read()["clock"][0]

    def at_time(self, ns: int) -> int:
        """Place of what happened at a time of `perf_counter_ns`; 0, at once, while no sound has run."""
        clock = self._read()
        if not clock["period"] > 0.0:
            return 0
        away = round((ns - int(clock["time"])) / float(clock["period"]))
        return self._place(clock, away) + SLACK

    def at_frame(self, frame: int) -> int:
        """Place of what happened at a frame of JACK's, 0..2^32-1, which begins anew after a day; 0 as in `at_time`."""
        clock = self._read()
        if not clock["period"] > 0.0:
            return 0
        away = (frame - int(clock["jack_frame"]) + FRAMES // 2) % FRAMES - FRAMES // 2
        return self._place(clock, round(away * RATE / (int(clock["rate"]) or RATE)))

    def _place(self, clock: Any, away: int) -> int:
        """The place of what happened so many samples after the clock's."""
        away = min(away, max(AHEAD, 2 * int(clock["block"])))
        return max(0, int(clock["sample"]) + away + int(clock["delay"]))

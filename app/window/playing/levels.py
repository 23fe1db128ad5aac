"""What the meters show, worked out of what the engine publishes: steady enough to be read. No Qt here."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

__all__ = ["BOTTOM", "LOST", "NATIVE", "Hold", "Losses", "decibels", "level_text", "lost_text", "part_of"]

BOTTOM = -60.0
"""dB at the left end of a level meter; 0 dB, full scale, is its right end."""
STAY_SECONDS, FALL = 1.5, 30.0
"""A peak is held so long, then falls by so many dB a second."""
NATIVE = 48_000
"""Hz at which the instrument computes."""
LOST = ("skipped_frames", "ahead_missing")
"""Counters of samples that should have been heard and were not."""


def decibels(peak: float) -> float:
    """dB of full scale of a peak 0..; never below -200."""
    return 20 * math.log10(max(peak, 1e-10))


def part_of(peak: float) -> float:
    """Where a peak lies on a meter, 0..1."""
    return min(1.0, max(0.0, 1 - decibels(peak) / BOTTOM))


@dataclass
class Hold:
    """The highest peak of late."""

    level: float = -200.0
    until: float = 0.0

    def push(self, level: float, now: float, passed: float) -> float:
        """Take a level in dB at `now`, `passed` seconds after the one before; the level to show."""
        if level >= self.level:
            self.level, self.until = level, now + STAY_SECONDS
        elif now > self.until:
            self.level = max(level, self.level - FALL * passed)
        return self.level


def level_text(level: float) -> str:
    """A level in dB for reading, in whole dB; a stroke for silence."""
    return "–" if level < BOTTOM else f"{level:.0f}".replace("-", "−")


class Losses:
    """Samples that were lost since the window opened, over all engines that have played since."""

    def __init__(self) -> None:
        self._now, self._forgiven = 0, 0

    def push(self, counters: Mapping[str, int]) -> int:
        """Take the counters of a snapshot, which go on when an engine is replaced; samples lost in all.

        They may fall by a block: that a callback was late and has lost nothing is seen one later.
        """
        self._now = sum(int(counters[name]) for name in LOST)
        return self.count

    @property
    def count(self) -> int:
        """Samples lost, but for those that were seen and forgiven."""
        return max(0, self._now - self._forgiven)

    def forgive(self) -> None:
        """Count from now on."""
        self._forgiven = self._now


def lost_text(samples: int, rate: float) -> str:
    """So many samples at `rate` Hz, for reading; 0: no engine tells, as between two of them."""
    seconds = samples / (rate or NATIVE)
    return f"{1000 * seconds:.0f} ms" if seconds < 1 else f"{seconds:.1f} s" if seconds < 100 else f"{seconds:.0f} s"

"""A gesture on the pad: where it went and when it sounded. Recorded, played in a loop, written as control voltages."""

from __future__ import annotations

import io
from bisect import bisect_right
from dataclasses import dataclass

import numpy as np

__all__ = ["LONGEST_SECONDS", "Gesture", "Touch"]

ROW_RATE = 750
"""Rows of control voltages a second, see docs/playing.md."""
LONGEST_SECONDS = 300.0


@dataclass(frozen=True)
class Touch:
    """A place on the pad, x and y 0..1, and whether it is pressed there."""

    x: float
    y: float
    is_down: bool


class Gesture:
    """Touches by their times. Between two of them it goes straight; pressing and letting go stay sharp."""

    def __init__(self) -> None:
        self._times: list[float] = []
        self._touches: list[Touch] = []

    @property
    def seconds(self) -> float:
        """Its length."""
        return self._times[-1] if self._times else 0.0

    @property
    def is_empty(self) -> bool:
        """There is nothing to be played."""
        return self.seconds <= 0.0

    @property
    def path(self) -> list[tuple[float, float]]:
        """All its places in order, for drawing."""
        return [(each.x, each.y) for each in self._touches]

    def record(self, time: float, touch: Touch) -> bool:
        """Add a touch `time` s after the beginning; False: it is too long by now, and was not added.

        Raises:
            ValueError: time goes backwards.
        """
        if self._times and time < self._times[-1]:
            raise ValueError("time goes backwards")
        if time > LONGEST_SECONDS:
            return False
        if self._times and time == self._times[-1]:
            self._touches[-1] = touch
        else:
            self._times.append(time)
            self._touches.append(touch)
        return True

    def at(self, time: float) -> Touch:
        """Where it is `time` s after the beginning; it begins anew at its end.

        Raises:
            ValueError: it is empty.
        """
        if self.is_empty:
            raise ValueError("an empty gesture")
        time %= self.seconds
        index = max(0, bisect_right(self._times, time) - 1)
        here, there = self._touches[index], self._touches[min(index + 1, len(self._touches) - 1)]
        span = self._times[min(index + 1, len(self._times) - 1)] - self._times[index]
        if span <= 0 or here.is_down != there.is_down:
            return here
        part = max(0.0, time - self._times[index]) / span
        return Touch(here.x + part * (there.x - here.x), here.y + part * (there.y - here.y), here.is_down)

    def csv(self, x: str, y: str, note: float, *, speed: float = 1.0) -> str:
        """One turn of it as the text of a CSV that `systole render` plays.

        Args:
            x, y: ids of the knobs; note: MIDI key that it plays; speed: times faster than recorded.
        """
        rows = max(2, int(np.ceil(self.seconds / speed * ROW_RATE)) + 1)
        last = np.nextafter(self.seconds, 0.0)
        text = io.StringIO()
        text.write(f"note,gate,{x},{y}\n")
        for row in range(rows):
            touch = self.at(min(row / ROW_RATE * speed, last))
            text.write(f"{note:g},{int(touch.is_down)},{touch.x:.5f},{touch.y:.5f}\n")
        return text.getvalue()

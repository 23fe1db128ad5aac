"""Records what is done on the pad and plays it again, in time with the frames. No Qt here."""

from __future__ import annotations

from typing import Literal

from app.window.timbre.gesture import Gesture, Touch

__all__ = ["SPEEDS", "Looper"]

SPEEDS = (0.25, 0.5, 1.0, 2.0, 4.0)


class Looper:
    """Idle, recording or looping.

    Attributes:
        gesture: the last one that was recorded.
        state: what it does.
        speed: times faster than recorded.
    """

    def __init__(self) -> None:
        self.gesture = Gesture()
        self.state: Literal["idle", "recording", "looping"] = "idle"
        self.speed = 1.0
        self._begin: float | None = None
        self._now = 0.0

    def record(self) -> None:
        """Wait for the first touch, and record from there."""
        self.state, self.gesture, self._begin = "recording", Gesture(), None

    def loop(self) -> bool:
        """Play it from its beginning; False: there is nothing to play."""
        if self.gesture.is_empty:
            return False
        self.state, self._now = "looping", 0.0
        return True

    def stop(self) -> None:
        """Neither record nor play."""
        self.state = "idle"

    def touch(self, time: float, touch: Touch) -> bool:
        """Something is done on the pad at `time` s of any clock; False: the recording is too long and has ended."""
        if self.state != "recording" or (self._begin is None and not touch.is_down):
            return True
        if self._begin is None:
            self._begin = time
        if not self.gesture.record(time - self._begin, touch):
            self.stop()
            return False
        return True

    def frame(self, passed: float) -> Touch | None:
        """Where the loop is after `passed` s more; None: it does not play."""
        if self.state != "looping":
            return None
        found = self.gesture.at(self._now)
        self._now = (self._now + passed * self.speed) % self.gesture.seconds
        return found

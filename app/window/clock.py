"""When the window looks at the engine and paints: sixty times a second while something moves, ten while all is still.

One timer for all panels, so one snapshot for a frame and no two panels that disagree. A machine that cannot keep up
is shown half as many frames instead of being kept from its music.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QObject, Qt, QTimer, Signal

from engine.live.snapshot import Snapshot

__all__ = ["ACTIVE_MS", "CALM_MS", "HIDDEN_MS", "IDLE_MS", "Frame", "FrameClock"]

ACTIVE_MS, CALM_MS, IDLE_MS, HIDDEN_MS = 16, 33, 100, 500
"""Between two frames: while it sounds, where frames are costly, while nothing moves, while nobody can see it."""
STAY_SECONDS = 1.5
"""It stays quick for so long after the last sound or touch."""
AUDIBLE = 1e-5
COSTLY_SECONDS = 0.010
"""A frame whose handlers take so long, on average, is shown half as often."""


@dataclass(frozen=True)
class Frame:
    """One look at the engine.

    Attributes:
        number: counts frames, so that a panel may take every second or sixth.
        time: s, of a clock that only goes forward; passed: s since the frame before.
        is_sounding: a voice plays, or something can be heard.
    """

    number: int
    time: float
    passed: float
    snapshot: Snapshot
    is_sounding: bool


class FrameClock(QObject):
    """Gives frames while it runs.

    Signals:
        frame: a Frame. Handlers only take note of what has changed and call `update`; Qt paints after them.

    Args:
        look: takes the snapshot.
        clock: seconds, of any clock that only goes forward.
    """

    frame = Signal(object)

    def __init__(
        self,
        look: Callable[[], Snapshot],
        parent: QObject | None = None,
        *,
        clock: Callable[[], float] = time.perf_counter,
    ) -> None:
        super().__init__(parent)
        self._look, self._clock = look, clock
        self._number, self._before, self._until = 0, clock(), 0.0
        self._cost, self._is_visible = 0.0, True
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self.tick)

    @property
    def interval(self) -> int:
        """ms between frames now."""
        return self._timer.interval()

    @property
    def cost(self) -> float:
        """s that the handlers of a frame take, averaged."""
        return self._cost

    def start(self) -> None:
        """Begin."""
        self._timer.start(IDLE_MS)

    def stop(self) -> None:
        """No more frames."""
        self._timer.stop()

    def wake(self) -> None:
        """Something is about to move: a key, a drag, an animation. Call it again while it lasts."""
        self._until = self._clock() + STAY_SECONDS
        self._pace(self._clock())

    def set_visible(self, is_visible: bool) -> None:
        """Whether anybody can see the window."""
        self._is_visible = is_visible
        self._pace(self._clock())

    def tick(self) -> None:
        """One frame; the timer calls it."""
        now = self._clock()
        snapshot = self._look()
        meters = snapshot.meters
        is_sounding = meters["voices"] > 0 or max(meters["peak_left"], meters["peak_right"]) > AUDIBLE
        if is_sounding:
            self._until = now + STAY_SECONDS
        self._number += 1
        frame = Frame(self._number, now, now - self._before, snapshot, is_sounding)
        self._before = now
        self.frame.emit(frame)
        self._cost += 0.1 * (self._clock() - now - self._cost)
        self._pace(self._clock())

    def _pace(self, now: float) -> None:
        if not self._is_visible:
            wanted = HIDDEN_MS
        elif now >= self._until:
            wanted = IDLE_MS
        else:
            wanted = CALM_MS if self._cost > COSTLY_SECONDS else ACTIVE_MS
        if self._timer.isActive() and wanted != self._timer.interval():
            self._timer.setInterval(wanted)

"""Cyclic garbage is collected in the thread of the window only, between two pieces of its work.

Python collects in whichever thread happens to allocate. There it may delete Qt objects that were part of a cycle, and
those may only be deleted by the thread that they live in: the process crashes, seldom and anywhere. So the automatic
collector is off while a window is open, and a timer does its work, by its thresholds: most turns cost a microsecond.
"""

from __future__ import annotations

import gc

from PySide6.QtCore import QObject, QTimer

__all__ = ["Collector"]

EVERY_MS = 250


class Collector(QObject):
    """Collects as long as it lives, from `start` to `stop`; `stop` puts things back as they were."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._was_enabled = False
        self._timer = QTimer(self, interval=EVERY_MS)
        self._timer.timeout.connect(self.collect)

    def start(self) -> None:
        """From now on only `collect` collects."""
        if not self._timer.isActive():
            self._was_enabled = gc.isenabled()
            gc.disable()
            self._timer.start()

    def collect(self) -> None:
        """Collect the oldest generation that is due."""
        counts, thresholds = gc.get_count(), gc.get_threshold()
        for generation in (2, 1, 0):
            if thresholds[generation] and counts[generation] > thresholds[generation]:
                gc.collect(generation)
                return

    def stop(self) -> None:
        """Let Python collect again, if it did before."""
        if self._timer.isActive():
            self._timer.stop()
            if self._was_enabled:
                gc.enable()

"""What a heavy window does to its process: sixty repaints a second, and bursts of garbage in cycles.

Both hold the GIL for milliseconds, as windows do; Qt paints offscreen, so no screen is needed.
"""

from __future__ import annotations

import gc
import os
import time
from collections.abc import Callable

import numpy as np

__all__ = ["run_heavy", "run_idle"]

FRAME_MS = 16
WIDTH, HEIGHT = 1280, 720
LINES = 12
BURST_SECONDS, BURST = 0.3, 40_000


class _Node:
    """A part of a ring that only the garbage collector can take away."""

    def __init__(self) -> None:
        self.other: object = self
        self.text = [str(id(self))]


class _Garbage:
    """A burst every third of a second, collected at once."""

    def __init__(self) -> None:
        self._due = time.monotonic()

    def maybe(self) -> None:
        if time.monotonic() < self._due:
            return
        self._due = time.monotonic() + BURST_SECONDS
        _ = [_Node() for _ in range(BURST)]
        del _
        gc.collect()


def run_heavy(scope: Callable[[int], np.ndarray], tick: Callable[[], bool]) -> int:
    """Paint and make garbage until `tick`, which is called with every frame, is false; frames that were painted.

    Args:
        scope: the last n samples of the sound, float32 [n, 2], which are drawn.
    """
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from PySide6.QtCore import QPointF, Qt, QTimer
    from PySide6.QtGui import QColor, QImage, QLinearGradient, QPainter, QPen, QPolygonF
    from PySide6.QtWidgets import QApplication

    application = QApplication.instance() or QApplication([])
    image, garbage, frames = QImage(WIDTH, HEIGHT, QImage.Format.Format_RGB32), _Garbage(), 0

    def paint() -> None:
        painter = QPainter(image)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        shade = QLinearGradient(0, 0, WIDTH, HEIGHT)
        shade.setColorAt(0, QColor(20, 24, 32))
        shade.setColorAt(1, QColor(60, 40, 90))
        painter.fillRect(image.rect(), shade)
        sound = scope(WIDTH // 2)
        for line in range(LINES):
            middle = HEIGHT * (line + 0.5) / LINES
            points = QPolygonF([QPointF(2 * x, middle + 25 * float(y)) for x, y in enumerate(sound[:, line % 2])])
            painter.setPen(QPen(QColor.fromHsv(30 * line % 360, 180, 240), 1))
            painter.drawPolyline(points)
        painter.setPen(Qt.GlobalColor.white)
        painter.drawText(20, 20, f"{frames} frames")
        painter.end()

    def frame() -> None:
        nonlocal frames
        paint()
        garbage.maybe()
        frames += 1
        if not tick():
            application.quit()

    timer = QTimer()
    timer.timeout.connect(frame)
    timer.start(FRAME_MS)
    application.exec()
    return frames


def run_idle(scope: Callable[[int], np.ndarray], tick: Callable[[], bool]) -> int:
    """Do nothing but `tick`, ten times a second, until it is false."""
    while tick():
        time.sleep(0.1)
    return 0

"""What a piece of work costs in seconds of a reference core, whatever core it runs on, and whatever else runs there.

The work and a yardstick, a fixed piece of painting and thinking, take turns, and their times are compared pair by pair.
A slow core, or one whose caches other processes use, slows both; so bars hold there, and stay sharp on a quick one.
Measured on 2 cores: at a load of 11 a panel seems up to 1.5 times as dear as in quiet, where processor time alone is up
to three times that. The price: every frame is measured with a yardstick, 0.7 ms, beside it.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPainterPath, QPen

__all__ = ["REFERENCE_SECONDS", "pace", "reference_seconds", "yardstick"]

REFERENCE_SECONDS = 0.68e-3
"""Of the yardstick on the reference core: one of an AMD EPYC (Zen 4, 2.6 GHz) that does nothing else."""


def yardstick() -> None:
    """Paint some knobs, a trace and labels, and think a little."""
    image = QImage(400, 300, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(Qt.GlobalColor.black)
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    for number in range(24):
        place = QRectF(10 + number % 8 * 48, 10 + number // 8 * 60, 40, 40)
        painter.setPen(QPen(QColor.fromHsv(number * 15, 160, 220), 4))
        painter.drawArc(place, 225 * 16, -(10 + number * 10) * 16)
        painter.setPen(QColor("white"))
        painter.drawText(place, Qt.AlignmentFlag.AlignCenter, f"{number / 7:.2f}")
    wave = 250 + 40 * np.sin(np.arange(400) / 9) * np.hanning(400)
    path = QPainterPath(QPointF(0, wave[0]))
    for x, y in enumerate(wave.tolist()):
        path.lineTo(x, y)
    painter.setPen(QPen(QColor("cyan"), 1))
    painter.drawPath(path)
    painter.end()
    np.abs(np.fft.rfft(np.resize(wave, 4096))).max()


def reference_seconds(work: Callable[[int], object], rounds: int = 60, *, each: int = 1) -> float:
    """The middle one of many comparisons of a piece of work with the yardstick.

    Args:
        work: called with 0, 1, 2 and so on; in this thread, whose processor time counts.
        rounds: comparisons, some tens; each: calls in one of them, for work that is not the same in every call.

    Returns:
        Seconds of one call, on the reference core.
    """
    yardstick()
    ratios = []
    for begin in range(0, rounds * each, each):
        ruled = spent = 0.0
        for number in range(begin, begin + each):
            began = time.thread_time()
            yardstick()
            between = time.thread_time()
            work(number)
            ruled += between - began
            spent += time.thread_time() - between
        ratios.append(spent / ruled)
    return statistics.median(ratios) * REFERENCE_SECONDS


def pace(looks: int = 15) -> float:
    """Seconds of the reference core that a second of this one is worth now: for what cannot take turns."""
    yardstick()
    times = []
    for _ in range(looks):
        began = time.thread_time()
        yardstick()
        times.append(time.thread_time() - began)
    return REFERENCE_SECONDS / statistics.median(times)

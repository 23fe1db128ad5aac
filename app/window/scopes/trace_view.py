"""The oscilloscope: a trace that stands still, over 1 to 80 ms, magnified so that a quiet sound can be seen."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QWheelEvent
from PySide6.QtWidgets import QWidget

from app.window.scopes.columns import ramp, reach_of_trace
from app.window.scopes.plot_view import PlotView
from app.window.scopes.trigger import LOOK, REACH, Trigger
from app.window.theme.theme import Theme

__all__ = ["LONGEST_MS", "SHORTEST_MS", "TraceView", "samples_needed"]

RATE = 48_000
SHORTEST_MS, LONGEST_MS = 1.0, 80.0
ZOOM = 2 ** (1 / 3)
"""One notch of the wheel, or one press of an arrow."""
DIVISIONS = 8
THICK = 1.6
"""Of the trace, in pixels of the layout."""
MOST_GAIN = 32.0
PATIENCE = 45
"""Frames for which a sound must have been quieter before it is magnified more."""


def samples_needed(span_ms: float) -> int:
    """Samples to show a span and find its place."""
    return max(round(span_ms * RATE / 1000), 2 * REACH + 32) + LOOK


class TraceView(PlotView):
    """Shows samples; the wheel and the arrows zoom.

    Signals:
        span_changed: ms over the whole width.
    """

    span_changed = Signal(float)

    def __init__(self, theme: Theme, parent: QWidget | None = None, *, span_ms: float = 20.0) -> None:
        super().__init__(theme, parent)
        self._trigger, self._span_ms, self._gain, self._quieter = Trigger(), span_ms, 1.0, 0
        self._samples: NDArray[np.float32] = np.zeros(samples_needed(span_ms), np.float32)
        self._shown: tuple[NDArray[np.float32], NDArray[np.float32]] | None = None
        self._place = len(self._samples) / 2
        self.setAccessibleName(self.tr("Oscilloscope"))
        self._say()

    @property
    def span_ms(self) -> float:
        """Over the whole width."""
        return self._span_ms

    @property
    def gain(self) -> float:
        """How much the trace is magnified: 1, 2, 4 and so on."""
        return self._gain

    @property
    def needed(self) -> int:
        """Samples that `show_samples` wants."""
        return samples_needed(self._span_ms)

    def set_span(self, span_ms: float) -> None:
        """Show so many ms, within 1 to 80."""
        span_ms = min(LONGEST_MS, max(SHORTEST_MS, span_ms))
        if span_ms != self._span_ms:
            self._span_ms = span_ms
            self._say()
            self.span_changed.emit(span_ms)
            self.refresh()

    def show_samples(self, samples: NDArray[np.float32]) -> None:
        """Show the newest samples, mono float32 [n]; more than `needed` may come, fewer are shown as they are."""
        self._samples = samples
        self._place = self._trigger.place(samples, self._span)
        self._magnify(float(np.abs(samples).max(initial=0.0)))
        self._draw()

    def refresh(self) -> None:
        """Another zoom, size or theme: the same samples again."""
        self._shown = None
        self._draw()
        self.update()

    @property
    def _span(self) -> int:
        return round(self._span_ms * RATE / 1000)

    def _say(self) -> None:
        text = self.tr("Oscilloscope: {0} ms wide. Wheel or arrows zoom, F6 freezes.").format(f"{self._span_ms:.3g}")
        self.setStatusTip(text)
        self.setAccessibleDescription(text)

    def _magnify(self, peak: float) -> None:
        """Less at once where it would be cut, more only after some time: nothing pumps."""
        best = MOST_GAIN if peak < 0.9 / MOST_GAIN else 2.0 ** math.floor(math.log2(max(0.9 / peak, 1.0)))
        if peak < 1e-4:
            best = self._gain
        self._quieter = self._quieter + 1 if best > self._gain else 0
        if best < self._gain or self._quieter > PATIENCE:
            self._gain, self._quieter = best, 0
            self.update()

    def _draw(self) -> None:
        raster = self.raster()
        if raster.width < 2:
            return
        begin = self._place - self._span / 2
        low, high = reach_of_trace(self._samples, begin, self._span, raster.width)
        middle, scale, half = raster.height / 2, -0.5 * raster.height * self._gain, THICK * raster.ratio / 2
        top = np.rint(4 * (middle + scale * high - half)) / 4
        bottom = np.rint(4 * (middle + scale * low + half)) / 4
        if self._shown is not None and np.array_equal(top, self._shown[0]) and np.array_equal(bottom, self._shown[1]):
            return
        self._shown = (top, bottom)
        colour = self.theme.colour("live")
        raster.clear()
        raster.draw_reach(top, bottom, ramp(colour.red(), colour.green(), colour.blue()))
        self.update()

    # Mouse and keys.

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Zoom in by turning it up."""
        notches = (event.angleDelta().y() or event.angleDelta().x()) / 120
        self.set_span(self._span_ms * ZOOM**-notches)
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Up and + zoom in, Down and - out, Home back to 20 ms."""
        key = event.key()
        if key in (Qt.Key.Key_Up, Qt.Key.Key_Plus):
            self.set_span(self._span_ms / ZOOM)
        elif key in (Qt.Key.Key_Down, Qt.Key.Key_Minus):
            self.set_span(self._span_ms * ZOOM)
        elif key == Qt.Key.Key_Home:
            self.set_span(20.0)
        else:
            super().keyPressEvent(event)

    # Paint.

    def draw_ground(self, painter: QPainter, plot: QRectF) -> None:
        """Zero and eight divisions of time."""
        painter.setPen(self.soft("line", 0.55))
        for part in range(1, DIVISIONS):
            x = plot.left() + plot.width() * part / DIVISIONS
            painter.drawLine(QPointF(x, plot.top() + 4), QPointF(x, plot.bottom() - 4))
        for quarter in (1, 3):
            y = plot.top() + plot.height() * quarter / 4
            painter.drawLine(QPointF(plot.left() + 4, y), QPointF(plot.right() - 4, y))
        painter.setPen(self.theme.colour("line"))
        middle = plot.center().y()
        painter.drawLine(QPointF(plot.left() + 4, middle), QPointF(plot.right() - 4, middle))
        painter.setPen(self.theme.colour("muted"))
        corners = plot.adjusted(7, 4, -7, -4)
        left, right = Qt.AlignmentFlag.AlignLeft, Qt.AlignmentFlag.AlignRight
        bottom = Qt.AlignmentFlag.AlignBottom
        painter.drawText(corners, right | bottom, f"{self._span_ms / DIVISIONS:.3g} ms / div")
        if self._gain != 1:
            painter.drawText(corners, left | bottom, f"x {self._gain:.0f}")

    def ground_key(self) -> tuple[object, ...]:
        """The figures in the corners."""
        return self._span_ms, self._gain

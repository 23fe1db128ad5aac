"""The spectrogram: ten seconds from left to right, frequency upwards, level as colour."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QMarginsF, QPointF, QRectF, Qt
from PySide6.QtGui import QImage, QMouseEvent, QPainter, QPen
from PySide6.QtWidgets import QWidget

from app.window.scopes.pitch_name import hz_text, pitch_text
from app.window.scopes.plot_view import PlotView
from app.window.scopes.spectrum import BANDS, band_of, hz_of
from app.window.scopes.waterfall import SECONDS, Waterfall
from app.window.theme.colours import Palette
from app.window.theme.fonts import font
from app.window.theme.oklab import scale
from app.window.theme.theme import Theme

__all__ = ["SpectrogramView", "level_colours"]

FREQUENCIES = ((100, "100"), (1000, "1k"), (10_000, "10k"))
WARM = {"dark": "#ffe9a8", "light": "#2a0f3d"}
"""The loudest, where `live` is the middle of the scale."""


def level_colours(palette: Palette) -> NDArray[np.uint8]:
    """From silence, the plot's ground, to full scale, uint8 [256, 3]: lightness goes one way only."""
    deep = {"dark": "#1d2b4f", "light": "#b9dcd9"}[palette.name]
    return scale([palette.ground, deep, palette.live, WARM[palette.name]])


class SpectrogramView(PlotView):
    """Shows the levels of a `Spectrum` as they come; under the mouse it says which frequency that is."""

    MARGINS = QMarginsF(34, 4, 4, 17)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self._fall: Waterfall | None = None
        self._image = QImage()
        self._mouse: QPointF | None = None
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setAccessibleName(self.tr("Spectrogram"))
        self.setStatusTip(self.tr("Spectrogram: the last ten seconds, high frequencies above, loud ones bright."))

    @property
    def waterfall(self) -> Waterfall | None:
        """What is shown; None before it has a size."""
        return self._fall

    def push(self, levels: NDArray[np.float32], passed: float) -> None:
        """Go on by `passed` seconds with levels in dB, float32 [BANDS]."""
        if self._fall is not None and self._fall.push(levels, passed):
            self.update(self.plot().toAlignedRect())

    def refresh(self) -> None:
        """Another size or theme."""
        ratio, plot = self.devicePixelRatioF(), self.plot()
        width, height = round(plot.width() * ratio), round(plot.height() * ratio)
        if width < 1 or height < 1:
            return
        colours = level_colours(self.theme.palette)
        self._fall = (self._fall or Waterfall(width, height, colours)).resized(width, height, colours)
        self._image = QImage(self._fall.pixels.data, width, height, 4 * width, QImage.Format.Format_RGB32)
        self._image.setDevicePixelRatio(ratio)
        self.update()

    def draw_moving(self, painter: QPainter, plot: QRectF) -> None:
        """The ring in two parts, the oldest first."""
        if self._fall is None:
            return
        ratio, head = self.devicePixelRatioF(), self._fall.head
        width, height = self._fall.width, self._fall.pixels.shape[0]
        old = QRectF(head, 0, width - head, height)
        painter.drawImage(plot.topLeft(), self._image, old)
        if head:
            at = QPointF(plot.left() + (width - head) / ratio, plot.top())
            painter.drawImage(at, self._image, QRectF(0, 0, head, height))
        self._read(painter, plot)

    def _read(self, painter: QPainter, plot: QRectF) -> None:
        if self._mouse is None or not plot.contains(self._mouse):
            return
        y = self._mouse.y()
        hz = hz_of((plot.bottom() - y) / plot.height() * (BANDS - 1))
        painter.setPen(QPen(self.soft("text", 0.6), 1))
        painter.drawLine(QPointF(plot.left(), y), QPointF(plot.right(), y))
        text = f"{hz_text(hz)}   {pitch_text(hz)}"
        painter.setFont(font("small"))
        width = painter.fontMetrics().horizontalAdvance(text) + 12
        top = y - 20 if y > plot.top() + 22 else y + 4
        box = QRectF(plot.right() - width - 4, top, width, 16)
        painter.fillRect(box, self.soft("ground", 0.8))
        painter.setPen(self.theme.colour("text"))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Read what is under the mouse."""
        self._mouse = event.position()
        self.update()

    def leaveEvent(self, event: QEvent) -> None:
        """Stop reading."""
        super().leaveEvent(event)
        self._mouse = None
        self.update()

    def draw_ground(self, painter: QPainter, plot: QRectF) -> None:
        """Figures for frequency and time."""
        painter.setPen(self.theme.colour("muted"))
        for hz, text in FREQUENCIES:
            y = plot.bottom() - plot.height() * band_of(hz) / (BANDS - 1)
            painter.drawText(QRectF(0, y - 8, plot.left() - 5, 16), Qt.AlignmentFlag.AlignRight, text)
        for seconds in (8, 6, 4, 2):
            x = plot.right() - plot.width() * seconds / SECONDS
            painter.drawText(QRectF(x - 20, plot.bottom() + 1, 40, 15), Qt.AlignmentFlag.AlignCenter, f"-{seconds} s")

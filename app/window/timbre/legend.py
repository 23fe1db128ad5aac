"""What the colours of the map mean: two small scales."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.window.theme.fonts import font
from app.window.theme.theme import Theme
from app.window.timbre.map_picture import shade

__all__ = ["Legend"]

STEPS = 48


class Legend(QWidget):
    """`dull [scale] bright`, and below it `tone [scale] noise`; hidden where there is no map."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setStatusTip(
            self.tr("Colours of the map: lighter is a brighter sound, amber is noisier. Other knobs at default.")
        )
        theme.changed.connect(self.update)

    def sizeHint(self) -> QSize:
        """Room for two lines of small text."""
        return QSize(126, 28)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Two scales with their ends named."""
        painter, ramp, half = QPainter(self), np.linspace(0.0, 1.0, STEPS), np.full(STEPS, 0.6)
        painter.setFont(font("small"))
        rows = ((self.tr("dull"), self.tr("bright"), ramp, 0 * half), (self.tr("tone"), self.tr("noise"), half, ramp))
        for number, (low, high, bright, noisy) in enumerate(rows):
            colours = np.ascontiguousarray(shade(bright, noisy, self._theme.palette)[None])
            picture = QImage(colours.data, STEPS, 1, 3 * STEPS, QImage.Format.Format_RGB888)
            top = 14.0 * number
            painter.drawImage(QRectF(30, top + 4, 50, 7), picture)
            painter.setPen(self._theme.colour("muted"))
            painter.drawText(QRectF(0, top, 26, 14), Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, low)
            painter.drawText(QRectF(85, top, 41, 14), Qt.AlignmentFlag.AlignVCenter, high)
        painter.end()

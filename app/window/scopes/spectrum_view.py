"""The spectrum on the scale of an ear: 20 Hz to 20 kHz by octaves, 100 dB, with peaks that stay for two seconds."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QMarginsF, QPointF, QRectF, Qt
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPen
from PySide6.QtWidgets import QWidget

from app.window.scopes.columns import ramp
from app.window.scopes.pitch_name import hz_text, pitch_text
from app.window.scopes.plot_view import PlotView
from app.window.scopes.spectrum import BANDS, FLOOR_DB, PER_OCTAVE, Spectrum, band_of, hz_of
from app.window.theme.fonts import font
from app.window.theme.theme import Theme

__all__ = ["SpectrumView"]

FREQUENCIES = (
    (50, "50"),
    (100, "100"),
    (200, "200"),
    (500, "500"),
    (1000, "1k"),
    (2000, "2k"),
    (5000, "5k"),
    (10_000, "10k"),
)
LEVELS = (-20, -40, -60, -80)
THICK, PEAK_THICK = 1.6, 1.0
FILL = 0.20
"""Opacity below the curve."""


class SpectrumView(PlotView):
    """Shows a `Spectrum`; it says what lies under the mouse, or where the arrows go."""

    MARGINS = QMarginsF(1, 1, 1, 17)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        floor = np.full(BANDS, FLOOR_DB, np.float32)
        self._levels, self._peaks = floor, floor
        self._shown: tuple[NDArray[np.float32], NDArray[np.float32]] | None = None
        self._cursor: int | None = None
        self._is_keyed = False
        self.setMouseTracking(True)
        self.setAccessibleName(self.tr("Spectrum"))
        self.setStatusTip(
            self.tr("Spectrum: level by frequency; the thin line holds peaks for 2 s. Left and right read a band.")
        )

    @property
    def cursor_band(self) -> int | None:
        """The band that is read, 0..239."""
        return self._cursor

    def show_spectrum(self, spectrum: Spectrum) -> None:
        """Show its levels and peaks."""
        self._levels, self._peaks = spectrum.levels, spectrum.peaks
        self._draw()

    def refresh(self) -> None:
        """Another size or theme: the same levels again."""
        self._shown = None
        self._draw()
        self.update()

    def reading(self) -> str:
        """What the cursor reads: frequency, key, level."""
        if self._cursor is None:
            return ""
        first = max(0, self._cursor - 1)
        near = self._levels[first : self._cursor + 2]
        hz, level = hz_of(self._cursor), float(near.max())
        text = f"{hz_text(hz)}   {pitch_text(hz)}"
        return f"{text}   {level:.1f} dB" if level > FLOOR_DB else text

    def _draw(self) -> None:
        raster = self.raster()
        if raster.width < 2:
            return
        top, peak = self._height_of(self._levels, raster.width), self._height_of(self._peaks, raster.width)
        if self._shown is not None and np.array_equal(top, self._shown[0]) and np.array_equal(peak, self._shown[1]):
            return
        self._shown = (top, peak)
        live, muted = self.theme.colour("live"), self.theme.colour("muted")
        raster.clear()
        below = np.arange(raster.height, dtype=np.float32)[:, None] >= top
        colour = ramp(live.red(), live.green(), live.blue())
        np.multiply(below, colour[round(255 * FILL)], out=raster.pixels, casting="unsafe")
        for line, thick, role in ((peak, PEAK_THICK, muted), (top, THICK, live)):
            self._line(line, thick * raster.ratio, ramp(role.red(), role.green(), role.blue()))
        self.update()

    def _height_of(self, levels: NDArray[np.float32], width: int) -> NDArray[np.float32]:
        """Pixels from the upper edge at the columns' borders, rounded to a quarter, float32 [width]."""
        height = self.raster().height
        found = np.interp(np.linspace(0, BANDS - 1, width), np.arange(BANDS), levels)
        return (np.rint(4 * height * found / FLOOR_DB) / 4).astype(np.float32)

    def _line(self, line: NDArray[np.float32], thick: float, colour: NDArray[np.uint32]) -> None:
        after = np.append(line[1:], line[-1])
        top, bottom = np.minimum(line, after) - thick / 2, np.maximum(line, after) + thick / 2
        quiet = line >= self.raster().height
        top, bottom = np.where(quiet, 0, top), np.where(quiet, 0, bottom)
        self.raster().draw_reach(top.astype(np.float32), bottom.astype(np.float32), colour)

    # Mouse and keys.

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Read what is under the mouse."""
        plot = self.plot()
        part = (event.position().x() - plot.left()) / max(1.0, plot.width())
        self._read(round(part * (BANDS - 1)), keyed=False)

    def leaveEvent(self, event: QEvent) -> None:
        """Stop reading."""
        super().leaveEvent(event)
        if not self._is_keyed:
            self._cursor = None
            self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Left and right a band, Page Up and Down an octave, Home the loudest, Escape none."""
        steps = {
            Qt.Key.Key_Left: -1,
            Qt.Key.Key_Right: 1,
            Qt.Key.Key_PageDown: -PER_OCTAVE,
            Qt.Key.Key_PageUp: PER_OCTAVE,
        }
        key = Qt.Key(event.key())
        if key in steps:
            begin = round(band_of(440)) if self._cursor is None else self._cursor
            self._read(begin + steps[key], keyed=True)
        elif key == Qt.Key.Key_Home:
            self._read(int(np.argmax(self._levels)), keyed=True)
        elif key == Qt.Key.Key_Escape and self._cursor is not None:
            self._cursor, self._is_keyed = None, False
            self.update()
        else:
            super().keyPressEvent(event)

    def _read(self, band: int, *, keyed: bool) -> None:
        self._cursor, self._is_keyed = min(BANDS - 1, max(0, band)), keyed
        self.setAccessibleDescription(self.reading())
        self.update()

    # Paint.

    def draw_moving(self, painter: QPainter, plot: QRectF) -> None:
        """The curve, and the cursor with what it reads."""
        super().draw_moving(painter, plot)
        if self._cursor is None:
            return
        x = plot.left() + plot.width() * self._cursor / (BANDS - 1)
        painter.setPen(QPen(self.soft("text", 0.5), 1))
        painter.drawLine(QPointF(x, plot.top()), QPointF(x, plot.bottom()))
        painter.setPen(self.theme.colour("text"))
        painter.setFont(font("small"))
        painter.drawText(plot.adjusted(8, 4, -8, 0), Qt.AlignmentFlag.AlignRight, self.reading())

    def draw_ground(self, painter: QPainter, plot: QRectF) -> None:
        """Frequencies as lines with figures, levels as lines."""
        for level in LEVELS:
            y = plot.top() + plot.height() * level / FLOOR_DB
            painter.setPen(self.soft("line", 0.55))
            painter.drawLine(QPointF(plot.left() + 4, y), QPointF(plot.right() - 4, y))
            if plot.height() > 130:
                painter.setPen(self.theme.colour("muted"))
                painter.drawText(QPointF(plot.left() + 7, y - 3), f"{level} dB")
        used = -1.0
        for hz, text in FREQUENCIES:
            x = plot.left() + plot.width() * band_of(hz) / (BANDS - 1)
            painter.setPen(self.soft("line", 0.55))
            painter.drawLine(QPointF(x, plot.top() + 4), QPointF(x, plot.bottom()))
            box = QRectF(x - 20, plot.bottom() + 1, 40, 15)
            half = painter.fontMetrics().horizontalAdvance(text) / 2
            if x - half > used:
                painter.setPen(self.theme.colour("muted"))
                painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)
                used = x + half + 8

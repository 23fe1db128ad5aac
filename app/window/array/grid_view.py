"""The array itself: a cell for each processing element, lit by what it multiplies.

A cell's colour is the kind of work, its brightness the part of the shown cycles in which it multiplies. A single cycle
also shows, from the bottom up, how much of its tile's sum each element has added up: the wave that runs from the top
left corner is the systolic array's heartbeat.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPoint, QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent, QPixmap
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.window.array.kinds import KINDS
from app.window.array.moment import row_names, sample_span
from app.window.array.occupation import Occupation
from app.window.theme.contrast import ratio
from app.window.theme.fonts import font
from app.window.theme.theme import Theme
from app.window.words import translate

__all__ = ["GridView"]

LEFT, TOP, BOTTOM = 64, 34, 24
"""Room for names of rows, of columns, and for the legend."""
DIM = 0.30
"""Brightness of what an element has not added up yet."""
NAMED = 40
"""Longer spans go through too many tiles for names of rows and columns."""
READ = 15
"""Height of a cell that has room for a figure."""
LEVELS = 32


class GridView(QWidget):
    """Shows a span of cycles of an occupation."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._occupation: Occupation | None = None
        self._light: NDArray[np.uint8] = np.zeros((1, 1, 3), np.uint8)
        self._fill: NDArray[np.int64] | None = None
        self._rows: list[str] = []
        self._columns: list[str] = []
        self._span, self._figures = (0, 1), False
        self._mask: tuple[object, QPixmap] | None = None
        self.setAccessibleName(self.tr("Processing elements"))
        self.setStatusTip(
            self.tr(
                "Each cell is a multiplier: coloured by what it works on, filled as its sum grows. "
                "Weights enter from the left, samples from above."
            )
        )
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        theme.changed.connect(self._look_again)

    def minimumSizeHint(self) -> QSize:
        """Cells stay big enough to see."""
        return QSize(340, 190)

    def show_occupation(self, occupation: Occupation | None) -> None:
        """Another array, or another program on it; None: none."""
        self._occupation = occupation
        self._mask = None
        self.show_span(0, 1)
        self.update()

    def show_span(self, begin: int, end: int) -> None:
        """Show the cycles `begin`..`end` - 1."""
        found, self._span = self._occupation, (begin, end)
        if found is None:
            return
        fill = np.round(found.cells(begin).progress * LEVELS).astype(np.int64) if end - begin == 1 else None
        light = self._colours(found.activity(begin, end))
        rows, columns = self._names(found, end - 1) if end - begin <= NAMED else ([], [])
        is_same_fill = fill is None if self._fill is None else fill is not None and np.array_equal(fill, self._fill)
        if is_same_fill and np.array_equal(light, self._light) and (rows, columns) == (self._rows, self._columns):
            return
        self._light, self._fill, self._rows, self._columns = light, fill, rows, columns
        self._figures = end - begin == found.cycles
        self.update()

    def _look_again(self) -> None:
        self._mask, self._light = None, np.zeros((1, 1, 3), np.uint8)
        self.show_span(*self._span)
        self.update()

    def _colours(self, activity: NDArray[np.float32]) -> NDArray[np.uint8]:
        """uint8 [rows, cols, 3]: the surface of a cell at rest, and each kind's colour by its part."""
        rest = _rgb(self._theme.colour("raised"))
        kinds = np.array([_rgb(QColor(kind.colours[self._theme.palette.name])) for kind in KINDS])
        mixed = rest + np.einsum("krc,kx->rcx", activity, kinds - rest)
        return np.ascontiguousarray(np.clip(np.round(mixed), 0, 255).astype(np.uint8))

    def _names(self, occupation: Occupation, cycle: int) -> tuple[list[str], list[str]]:
        """Of rows and columns, for the tile whose steps enter; those of the one before where none does."""
        tile = occupation.tile_of(occupation.slot_at(cycle))
        if tile is None:
            return [], []
        stage = occupation.stages[tile.stage]
        first, last = sample_span(occupation, tile)
        is_once = last - first + 1 > occupation.geometry.cols
        columns = ["once"] if is_once else [str(number) for number in range(first, last + 1)]
        return row_names(stage, tile), columns

    def _cells(self) -> tuple[QRect, int, int]:
        """Where the cells are, and the width and height of one with its gap."""
        assert self._occupation is not None
        geometry = self._occupation.geometry
        width = min(96, max(8, (self.width() - LEFT - 4) // geometry.cols))
        height = min(72, max(8, (self.height() - TOP - BOTTOM) // geometry.rows))
        return QRect(LEFT, TOP, width * geometry.cols, height * geometry.rows), width, height

    def paintEvent(self, event: QPaintEvent) -> None:
        """Light under a mask with the shapes of the cells, then fills and names."""
        if self._occupation is None:
            return
        painter = QPainter(self)
        where, width, height = self._cells()
        pixels = self._light if self._fill is None else self._filled()
        rows, cols = pixels.shape[:2]
        painter.drawImage(where, QImage(pixels.data, cols, rows, 3 * cols, QImage.Format.Format_RGB888))
        painter.drawPixmap(0, 0, self._shapes(where, width, height))
        self._paint_names(painter, where, width, height)
        if self._figures and height >= READ:
            self._paint_figures(painter, where.topLeft(), width, height)
        painter.end()

    def _paint_figures(self, painter: QPainter, at: QPoint, width: int, height: int) -> None:
        """Of the whole frame, how busy each element is."""
        assert self._occupation is not None
        palette = self._theme.palette
        painter.setFont(font("small"))
        for (row, col), part in np.ndenumerate(self._occupation.pe_activity(*self._span)):
            behind = QColor(*self._light[row, col].tolist()).name()
            painter.setPen(QColor(max(palette.ground, palette.text, key=lambda each: ratio(each, behind))))
            cell = QRect(at.x() + col * width, at.y() + row * height, width, height)
            painter.drawText(cell, Qt.AlignmentFlag.AlignCenter, f"{part:.0%}")

    def _filled(self) -> NDArray[np.uint8]:
        """Each cell as a column of LEVELS: dim, and from below as much of it bright as its sum is complete."""
        assert self._fill is not None
        rest = _rgb(self._theme.colour("raised"))
        bright = self._light[:, None].astype(np.float64)  # [rows, 1, cols, 3]
        height = np.where(self._fill > 0, np.maximum(self._fill, 2), 0)[:, None, :, None]
        is_bright = np.arange(LEVELS, 0, -1)[None, :, None, None] <= height
        pixels = np.where(is_bright, bright, rest + DIM * (bright - rest)).astype(np.uint8)
        return np.ascontiguousarray(pixels.reshape(-1, *pixels.shape[2:]))

    def _shapes(self, where: QRect, width: int, height: int) -> QPixmap:
        """The panel's surface with a hole for each cell, and the legend below: made once for a size and a look."""
        scale = self.devicePixelRatioF()
        key = (self.size(), scale, self._theme.palette.name, width, height)
        if self._mask is not None and self._mask[0] == key:
            return self._mask[1]
        picture = QPixmap(self.size() * scale)
        picture.setDevicePixelRatio(scale)
        picture.fill(Qt.GlobalColor.transparent)
        painter = QPainter(picture)
        painter.fillRect(where, self._theme.colour("surface"))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_Clear)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(Qt.GlobalColor.black)
        radius = min(4.0, height / 4)
        for top in range(where.top(), where.top() + where.height(), height):
            for left in range(where.left(), where.left() + where.width(), width):
                painter.drawRoundedRect(QRectF(left + 1, top + 1, width - 2, height - 2), radius, radius)
        painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_SourceOver)
        self._paint_legend(painter, where)
        painter.end()
        self._mask = (key, picture)
        return picture

    def _paint_legend(self, painter: QPainter, where: QRect) -> None:
        painter.setFont(font("small"))
        metrics, left = painter.fontMetrics(), where.left()
        top = where.top() + where.height() + 8
        for kind in KINDS:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(kind.colours[self._theme.palette.name]))
            painter.drawRoundedRect(QRectF(left, top + 2, 9, 9), 2, 2)
            painter.setPen(self._theme.colour("muted"))
            label = translate("Array", kind.label)
            painter.drawText(QPointF(left + 13, top + 11), label)
            left += 13 + metrics.horizontalAdvance(label) + 10

    def _paint_names(self, painter: QPainter, where: QRect, width: int, height: int) -> None:
        painter.setFont(font("small"))
        painter.setPen(self._theme.colour("muted"))
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        every = 1 if height >= 13 else 2
        for row, name in enumerate(self._rows[::every]):
            top = where.top() + row * every * height
            painter.drawText(QRect(0, top, LEFT - 8, height), right, name)
        middle = Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignBottom
        for col, name in enumerate(self._columns):
            painter.drawText(QRect(where.left() + col * width, 0, width, TOP - 4), middle, name)
        if len(self._columns) > 1:
            corner = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignBottom
            painter.drawText(QRect(0, 0, LEFT - 8, TOP - 4), corner, "sample")


def _rgb(colour: QColor) -> NDArray[np.float64]:
    return np.array([colour.red(), colour.green(), colour.blue()], np.float64)

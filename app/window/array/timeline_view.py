"""The frame as a line in time: all of it above, and slot by slot around the cursor below.

A slider of cycles, so that keys and screen readers know how to use it: arrows left and right step by cycles, up and
down by tiles, page up and down by layers.
"""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPoint, QPointF, QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QImage, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPixmap, QPolygonF
from PySide6.QtWidgets import QAbstractSlider, QSizePolicy, QWidget

from app.window.array.kinds import KINDS
from app.window.array.occupation import Occupation
from app.window.theme.fonts import font
from app.window.theme.theme import Theme

__all__ = ["TimelineView"]

FRAME_TOP, FRAME, GAP, SLOTS = 8, 22, 8, 30
"""Heights: of the cursor's head, of the strip with the whole frame, between them, of the strip with the slots."""
ZOOM = 4
"""Pixels of a cycle in the lower strip."""
WIDE = 46
"""Slots from this width on have a name."""


class TimelineView(QAbstractSlider):
    """A frame's slots and a cursor.

    Signals:
        sought: a cycle that the person wants to see.
        stepped: `cycle`, `tile` or `layer`, and 1 or -1.
    """

    sought = Signal(int)
    stepped = Signal(str, int)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._occupation: Occupation | None = None
        self._cycle = 0
        self._frame: tuple[object, QPixmap] | None = None
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setRange(0, 0)
        self.setOrientation(Qt.Orientation.Horizontal)
        self.setAccessibleName(self.tr("Cycle of the frame"))
        self.setStatusTip(
            self.tr(
                "One frame in cycles. Click or drag to a place; ← → step by a "
                "cycle, ↑ ↓ by a tile, Page Up and Down by a "
                "layer. Below: the tiles around it."
            )
        )
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self._look_again)

    def sizeHint(self) -> QSize:
        """As high as its two strips."""
        return QSize(600, FRAME_TOP + FRAME + GAP + SLOTS)

    def minimumSizeHint(self) -> QSize:
        """The same."""
        return self.sizeHint()

    def show_occupation(self, occupation: Occupation | None) -> None:
        """Another frame; None: none."""
        self._occupation, self._frame, self._cycle = occupation, None, 0
        self.setRange(0, 0 if occupation is None else occupation.cycles - 1)
        self.setValue(0)
        self.update()

    def show_cycle(self, cycle: int, *, is_told: bool) -> None:
        """Put the cursor there; `is_told`: screen readers hear of it (not while it runs)."""
        if is_told and self.value() != cycle:
            self.setValue(cycle)
        if cycle != self._cycle:
            self._cycle = cycle
            self.update()

    def _look_again(self) -> None:
        self._frame = None
        self.update()

    # What the person does.

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Steps; everything else is left to others."""
        steps = {
            Qt.Key.Key_Left: ("cycle", -1),
            Qt.Key.Key_Right: ("cycle", 1),
            Qt.Key.Key_Up: ("tile", -1),
            Qt.Key.Key_Down: ("tile", 1),
            Qt.Key.Key_PageUp: ("layer", -1),
            Qt.Key.Key_PageDown: ("layer", 1),
        }
        key = Qt.Key(event.key())
        if event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier:
            event.ignore()
        elif key in steps:
            self.stepped.emit(*steps[key])
        elif key in (Qt.Key.Key_Home, Qt.Key.Key_End):
            self.sought.emit(0 if key == Qt.Key.Key_Home else self.maximum())
        else:
            event.ignore()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """To the cycle under the mouse: of the whole frame above, of what is near below."""
        if event.button() == Qt.MouseButton.LeftButton:
            self._seek(event.position().toPoint())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Along the whole frame."""
        if event.buttons() & Qt.MouseButton.LeftButton and event.position().y() < FRAME_TOP + FRAME + GAP:
            self._seek(event.position().toPoint())

    def _seek(self, at: QPoint) -> None:
        if self._occupation is None:
            return
        if at.y() < FRAME_TOP + FRAME + GAP / 2:
            cycle = int(at.x() / max(1, self.width()) * self._occupation.cycles)
        else:
            cycle = self._cycle + round((at.x() - self._middle) / ZOOM - 0.5)
        self.sought.emit(min(max(cycle, 0), self._occupation.cycles - 1))

    @property
    def _middle(self) -> int:
        """Where the cursor's cycle begins in the lower strip: it stands still, the slots go by."""
        return self.width() // 2

    # How it looks.

    def paintEvent(self, event: QPaintEvent) -> None:
        """The strip of the whole frame is a picture; only the slots near the cursor are painted each time."""
        if self._occupation is None:
            return
        painter = QPainter(self)
        painter.drawPixmap(0, FRAME_TOP, self._strip())
        self._paint_slots(painter)
        self._paint_cursor(painter)
        if self.hasFocus():
            painter.setPen(self._theme.colour("focus"))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(0, FRAME_TOP - 1, self.width() - 1, FRAME + 1)
        painter.end()

    def _colour(self, kind: int) -> QColor:
        return QColor(KINDS[kind].colours[self._theme.palette.name])

    def _strip(self) -> QPixmap:
        """The whole frame: for each pixel the kinds of its cycles, piled up."""
        assert self._occupation is not None
        ratio = self.devicePixelRatioF()
        key = (self.width(), ratio, self._theme.palette.name)
        if self._frame is not None and self._frame[0] == key:
            return self._frame[1]
        width, height = max(1, round(self.width() * ratio)), max(1, round(FRAME * ratio))
        edges = np.linspace(0, self._occupation.cycles, width + 1).astype(np.int64)
        piled = np.cumsum(self._occupation.shares(edges), axis=1)  # [width, kinds]
        level = 1 - (np.arange(height) + 0.5) / height
        kind = (level[:, None, None] > piled[None]).sum(axis=2)  # [height, width]
        table = [self._colour(each) for each in range(len(KINDS))] + [self._theme.colour("raised")]
        colours = np.array([(c.red(), c.green(), c.blue()) for c in table], np.uint8)
        pixels = np.ascontiguousarray(colours[kind])
        image = QImage(pixels.data, width, height, 3 * width, QImage.Format.Format_RGB888)
        picture = QPixmap.fromImage(image.copy())
        picture.setDevicePixelRatio(ratio)
        self._frame = (key, picture)
        return picture

    def _paint_slots(self, painter: QPainter) -> None:
        found = self._occupation
        assert found is not None
        top, width = FRAME_TOP + FRAME + GAP, self.width()
        painter.fillRect(0, top, width, SLOTS, self._theme.colour("ground"))
        painter.setFont(font("small"))
        first = self._cycle - self._middle // ZOOM - 1
        last = self._cycle + (width - self._middle) // ZOOM + 1
        for slot in range(max(0, found.slot_at(first)), found.slot_at(last) + 1):
            self._paint_slot(painter, slot, top)

    def _paint_slot(self, painter: QPainter, slot: int, top: int) -> None:
        """The slot's room in grey, and as long as steps are issued, in the colour of their kind."""
        found = self._occupation
        assert found is not None

        def x(cycle: int) -> int:
            return self._middle + (cycle - self._cycle) * ZOOM

        left, right = x(int(found.begin[slot])), x(int(found.end[slot]) + 1)
        painter.fillRect(left, top, right - left - 1, SLOTS, self._theme.colour("raised"))
        tile = found.tile_of(slot)
        if tile is None:
            return
        start = x(int(found.start[slot]))
        work = int(found.depth[slot]) * ZOOM - 1
        painter.fillRect(start, top, work, SLOTS, self._colour(found.kind_of(slot)))
        if work >= WIDE:
            painter.setPen(self._theme.colour("ground"))
            stage = found.stages[tile.stage]
            text = f"{stage.number}.{tile.row + 1}" if work < 2 * WIDE else f"layer {stage.number}, rows {tile.row + 1}"
            text = text if stage.op in _NUMBERED else f"rows {tile.row + 1}"
            shown = QRect(start, top, work, SLOTS).intersected(self.rect())
            if painter.fontMetrics().horizontalAdvance(text) <= shown.width() - 7:
                painter.drawText(shown.adjusted(5, 0, -2, 0), Qt.AlignmentFlag.AlignVCenter, text)

    def _paint_cursor(self, painter: QPainter) -> None:
        assert self._occupation is not None
        x = self._cycle / self._occupation.cycles * self.width()
        painter.setPen(self._theme.colour("text"))
        painter.drawLine(QPointF(x, FRAME_TOP - 2), QPointF(x, FRAME_TOP + FRAME + 1))
        painter.setBrush(self._theme.colour("text"))
        painter.drawPolygon(QPolygonF([QPointF(x - 4, 1), QPointF(x + 4, 1), QPointF(x, FRAME_TOP - 2)]))
        top = FRAME_TOP + FRAME + GAP
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(self._middle - 1, top - 3, ZOOM + 1, SLOTS + 5)


_NUMBERED = {kind.op for kind in KINDS if kind.label in ("control", "convolution", "mix")}
"""Kinds of which there are several passes."""

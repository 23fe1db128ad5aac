"""One source of modulation as a chip: its name, its colour, a bar that shows what it gives now. Press: armed."""

from __future__ import annotations

from collections.abc import Hashable

from PySide6.QtCore import QMimeData, QPoint, QRectF, QSize, Qt
from PySide6.QtGui import QDrag, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QPixmap
from PySide6.QtWidgets import QAbstractButton, QApplication, QSizePolicy, QWidget

from app.window.sound.modulated_knob import SOURCE_MIME
from app.window.sound.routing import BIPOLAR, source_label
from app.window.theme.fonts import font
from app.window.theme.theme import Theme
from app.window.words import TABLE_CONTEXT, translate
from engine.vocabulary import SOURCES

__all__ = ["SourceChip"]

SIZE = QSize(53, 24)
EDGE = 5
"""Room beside the bar, px."""


class SourceChip(QAbstractButton):
    """Checkable; checked is armed. Can be dragged onto a knob."""

    def __init__(self, source: str, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.source, self._theme = source, theme
        self._bar: tuple[int, int] | None = None
        self._is_used = False
        self._press: QPoint | None = None
        self._picture: tuple[Hashable, QPixmap] | None = None
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setCheckable(True)
        self.setText(source_label(source))
        self.setFont(font("small"))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(self.tr("Modulation source {0}").format(self.text()))
        self.setStatusTip(
            self.tr("{0}: {1}. Press, then turn knobs with Alt held, or drag it onto a knob.").format(
                self.text(), translate(TABLE_CONTEXT, SOURCES[source])
            )
        )
        theme.changed.connect(self.update)

    def sizeHint(self) -> QSize:
        """Room for the longest name."""
        return SIZE

    def show_used(self, is_used: bool) -> None:
        """Whether it moves anything."""
        if is_used != self._is_used:
            self._is_used = is_used
            self.update()

    def show_value(self, value: float | None) -> None:
        """What it gives now, -1..1; None: nothing sounds. Repaints only for what can be seen."""
        bar = None if value is None else self._place(value)
        if bar != self._bar:
            self._bar = bar
            self.update(EDGE, self.height() - 7, self.width() - 2 * EDGE, 4)

    def _place(self, value: float) -> tuple[int, int]:
        """The bar's left end and width, px."""
        room = self.width() - 2 * EDGE
        if self.source not in BIPOLAR:
            return EDGE, round(room * min(1.0, max(0.0, value)))
        middle, reach = self.width() / 2, room / 2 * min(1.0, max(-1.0, value))
        left, right = sorted((middle, middle + reach))
        return round(left), max(1, round(right - left))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Perhaps a drag begins."""
        self._press = event.position().toPoint()
        super().mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Far enough: a drag."""
        far = QApplication.startDragDistance()
        moved = 0 if self._press is None else (event.position().toPoint() - self._press).manhattanLength()
        if moved >= far:
            self._press = None
            self.setDown(False)
            self._drag()
        else:
            super().mouseMoveEvent(event)

    def _drag(self) -> None:
        data = QMimeData()
        data.setData(SOURCE_MIME, self.source.encode())
        drag = QDrag(self)
        drag.setMimeData(data)
        drag.setPixmap(self.grab())
        drag.setHotSpot(QPoint(self.width() // 2, self.height() // 2))
        drag.exec(Qt.DropAction.LinkAction | Qt.DropAction.CopyAction, Qt.DropAction.CopyAction)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Return presses it, as Space does."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """The picture of what stands still, and the bar."""
        painter = QPainter(self)
        painter.drawPixmap(0, 0, self._still())
        if self._bar is not None:
            left, length = self._bar
            painter.fillRect(left, self.height() - 7, length, 4, self._theme.colour(f"source.{self.source}"))
        painter.end()

    def _still(self) -> QPixmap:
        theme, ratio = self._theme, self.devicePixelRatioF()
        state = (self.isChecked(), self.hasFocus(), self.underMouse(), self._is_used)
        key = (self.size().toTuple(), ratio, theme.palette.name, *state)
        if self._picture is None or self._picture[0] != key:
            picture = QPixmap(self.size() * ratio)
            picture.setDevicePixelRatio(ratio)
            picture.fill(theme.colour("surface"))
            painter = QPainter(picture)
            painter.setFont(self.font())
            self._draw(painter)
            painter.end()
            self._picture = (key, picture)
        return self._picture[1]

    def _draw(self, painter: QPainter) -> None:
        """Ground, name, and the bar's track; on the panel's own colour, so that nothing behind need be painted."""
        theme = self._theme
        colour, is_armed, has_focus = theme.colour(f"source.{self.source}"), self.isChecked(), self.hasFocus()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        width = 2.0 if is_armed or has_focus else 1.0
        box = QRectF(self.rect()).adjusted(width / 2, width / 2, -width / 2, -width / 2)
        edge = theme.colour("focus") if has_focus else colour if is_armed else theme.colour("border")
        is_quiet = not (is_armed or has_focus or self.underMouse())
        painter.setPen(Qt.PenStyle.NoPen if is_quiet else QPen(edge, width))
        painter.setBrush(theme.colour("raised"))
        painter.drawRoundedRect(box, 5, 5)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        painter.setPen(theme.colour("text" if self._is_used or is_armed else "muted"))
        painter.drawText(self.rect().adjusted(0, 0, 0, -4), Qt.AlignmentFlag.AlignCenter, self.text())
        painter.fillRect(EDGE, self.height() - 6, self.width() - 2 * EDGE, 2, theme.colour("line"))
        if self._is_used:
            painter.fillRect(0, 6, 3, self.height() - 12, colour)

"""How one sound looks in the list: its title, what it is, and a heart."""

from __future__ import annotations

from PySide6.QtCore import (
    QAbstractItemModel,
    QEvent,
    QModelIndex,
    QPersistentModelIndex,
    QRect,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QFontMetrics, QMouseEvent, QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from app.window.browser.entry import Entry
from app.window.browser.icons import draw_icon
from app.window.theme.fonts import font
from app.window.theme.theme import Theme

__all__ = ["ENTRY", "HEIGHT", "IS_CURRENT", "IS_LOVED", "PatchRow"]

ENTRY, IS_CURRENT, IS_LOVED = (int(Qt.ItemDataRole.UserRole) + number for number in range(3))
"""Roles of the model, beside the title."""
HEIGHT, HEART, LEFT = 42, 30, 12
Index = QModelIndex | QPersistentModelIndex


class PatchRow(QStyledItemDelegate):
    """Paints a row; only what is seen is painted, so a thousand cost what a dozen do.

    Signals:
        heart_pressed: the Entry whose heart was clicked.
    """

    heart_pressed = Signal(object)

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self._title, self._bold, self._small = font("text"), font("title"), font("small")

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """Two lines."""
        return QSize(100, HEIGHT)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Ground by state, two lines, heart. The loaded one is bold with a bar at its left."""
        entry: Entry = index.data(ENTRY)
        is_current, is_loved = bool(index.data(IS_CURRENT)), bool(index.data(IS_LOVED))
        state, box = option.state, option.rect
        is_hovered = bool(state & QStyle.StateFlag.State_MouseOver)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._ground(painter, box, state, is_hovered, is_current)
        self._lines(painter, box, entry, is_current)
        if is_loved or is_hovered:
            colour = self._theme.colour("accent" if is_loved else "border")
            draw_icon(painter, "heart", QRectF(self._heart(box).adjusted(8, 14, -8, -14)), colour, is_filled=is_loved)
        painter.restore()

    def _ground(
        self, painter: QPainter, box: QRect, state: QStyle.StateFlag, is_hovered: bool, is_current: bool
    ) -> None:
        inner = QRectF(box).adjusted(2.5, 1.5, -2.5, -1.5)
        painter.setPen(Qt.PenStyle.NoPen)
        if is_hovered or is_current or state & QStyle.StateFlag.State_Selected:
            painter.setBrush(self._theme.colour("raised"))
            painter.drawRoundedRect(inner, 5, 5)
        if is_current:
            painter.setBrush(self._theme.colour("accent"))
            painter.drawRoundedRect(QRectF(inner.left(), inner.top() + 5, 3, inner.height() - 10), 1.5, 1.5)
        if state & QStyle.StateFlag.State_Selected and state & QStyle.StateFlag.State_HasFocus:
            painter.setPen(self._theme.colour("focus"))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(inner, 5, 5)

    def _lines(self, painter: QPainter, box: QRect, entry: Entry, is_current: bool) -> None:
        width = box.width() - LEFT - HEART - 2
        is_broken = entry.error is not None
        painter.setFont(self._bold if is_current else self._title)
        painter.setPen(self._theme.colour("muted" if is_broken else "text"))
        title = QRect(box.left() + LEFT, box.top() + 4, width, 19)
        self._text(painter, title, entry.title)
        painter.setFont(self._small)
        painter.setPen(self._theme.colour("danger" if is_broken else "muted"))
        self._text(painter, QRect(box.left() + LEFT, box.top() + 22, width, 16), self._second(entry))

    @staticmethod
    def _text(painter: QPainter, box: QRect, text: str) -> None:
        elided = QFontMetrics(painter.font()).elidedText(text, Qt.TextElideMode.ElideRight, box.width())
        painter.drawText(box, int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter), elided)

    @staticmethod
    def _heart(box: QRect) -> QRect:
        return QRect(box.right() - HEART - 2, box.top(), HEART, box.height())

    def editorEvent(self, event: QEvent, model: QAbstractItemModel, option: QStyleOptionViewItem, index: Index) -> bool:
        """A click on the heart is not one on the row."""
        kinds = (QEvent.Type.MouseButtonPress, QEvent.Type.MouseButtonRelease, QEvent.Type.MouseButtonDblClick)
        if not isinstance(event, QMouseEvent) or event.type() not in kinds:
            return False
        box: QRect = option.rect
        if not self._heart(box).contains(event.position().toPoint()):
            return False
        if event.type() == QEvent.Type.MouseButtonPress and event.button() == Qt.MouseButton.LeftButton:
            self.heart_pressed.emit(index.data(ENTRY))
        return True

    def is_heart(self, box: QRect, x: int) -> bool:
        """Whether a place within a row is its heart."""
        return x >= self._heart(box).left()

    def _second(self, entry: Entry) -> str:
        """What it is, or why it cannot be played."""
        if entry.error is not None:
            return f"{entry.name}: {entry.error}" if entry.title != entry.name else entry.error
        if entry.kind == "model":
            model = self.tr("model")
            return f"{model} · {entry.description}" if entry.description else model
        mine = (self.tr("mine"),) if entry.origin == "user" else ()
        return " · ".join(each for each in (*mine, entry.model, ", ".join(entry.tags)) if each)

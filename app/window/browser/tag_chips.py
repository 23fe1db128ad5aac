"""Tags as chips that can be switched on: what is left has all of them. One stop for Tab, arrows within."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QKeyEvent, QPainter, QResizeEvent
from PySide6.QtWidgets import QFrame, QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from app.window.theme.fonts import font
from app.window.theme.theme import Theme

__all__ = ["THIN", "TagChips"]

HEIGHT, GAP, PAD = 24, 4, 9
THIN = "QScrollBar:vertical { width: 6px; } QScrollBar::handle:vertical { border-radius: 3px; }"
"""Style of a scroll bar that takes little room."""
Index = QModelIndex | QPersistentModelIndex
IS_ON = int(Qt.ItemDataRole.UserRole)


class _Model(QAbstractListModel):
    """Tags in order, how many sounds each would leave, and whether it is on."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.tags: list[tuple[str, int]] = []
        self.on: frozenset[str] = frozenset()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self.tags)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        tag, left = self.tags[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return tag
        if role == Qt.ItemDataRole.AccessibleDescriptionRole:
            text = self.tr("on, {0} sounds") if tag in self.on else self.tr("off, {0} sounds")
            return text.format(left)
        if role == Qt.ItemDataRole.StatusTipRole:
            return self.tr("Only sounds with the tag {0}: {1}").format(tag, left)
        return tag in self.on if role == IS_ON else None


class _Chip(QStyledItemDelegate):
    """Paints a chip, filled when on."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme, self._font = theme, font("small")
        self._metrics = QFontMetrics(self._font)

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(self._metrics.horizontalAdvance(str(index.data())) + 2 * PAD + GAP, HEIGHT + GAP)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        colour, is_on = self._theme.colour, bool(index.data(IS_ON))
        box = QRectF(option.rect).adjusted(0.5, 0.5, -GAP - 0.5, -GAP - 0.5)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        has_focus = bool(option.state & QStyle.StateFlag.State_HasFocus)
        is_hovered = bool(option.state & QStyle.StateFlag.State_MouseOver)
        edge = "focus" if has_focus else "border" if is_hovered else ""
        painter.setPen(colour(edge) if edge else Qt.PenStyle.NoPen)
        painter.setBrush(colour("accent" if is_on else "raised"))
        painter.drawRoundedRect(box, HEIGHT / 2 - 1, HEIGHT / 2 - 1)
        painter.setFont(self._font)
        painter.setPen(colour("on_accent" if is_on else "text"))
        painter.drawText(box, int(Qt.AlignmentFlag.AlignCenter), str(index.data()))
        painter.restore()


class TagChips(QListView):
    """As many rows of chips as are needed, up to `rows`; the rest scrolls.

    Signals:
        changed: the tags that are on, by a click, Return or Space.
    """

    changed = Signal(object)

    def __init__(self, theme: Theme, parent: QWidget | None = None, *, rows: int = 3) -> None:
        super().__init__(parent)
        self._tags, self._rows, self._tallest = _Model(self), rows, 0
        self.setModel(self._tags)
        self.setItemDelegate(_Chip(theme, self))
        self.setFlow(QListView.Flow.LeftToRight)
        self.setWrapping(True)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setMouseTracking(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setSelectionMode(QListView.SelectionMode.NoSelection)
        self.setStyleSheet("QListView { background: transparent; border: none; outline: 0; }" + THIN)
        self.setAccessibleName(self.tr("Tags"))
        self.setStatusTip(self.tr("Only sounds with all of these tags; arrows move, Return switches"))
        self.clicked.connect(self._toggle)
        theme.changed.connect(self.viewport().update)

    @property
    def on(self) -> frozenset[str]:
        """The tags that are on."""
        return self._tags.on

    def show_tags(self, tags: list[tuple[str, int]], on: frozenset[str], *, anew: bool = False) -> None:
        """Offer these, each with how many sounds it would leave.

        Args:
            anew: another shelf; only then the chips may become less high, so that nothing jumps while one types.
        """
        self._tallest = 0 if anew else self._tallest
        known, at = [tag for tag, _ in self._tags.tags], self.currentIndex().row()
        names = [tag for tag, _ in tags]
        if names != known:
            self._tags.beginResetModel()
            self._tags.tags, self._tags.on = tags, on
            self._tags.endResetModel()
            if at >= 0 and known[at] in names:  # the keyboard stays where it was
                self.setCurrentIndex(self._tags.index(names.index(known[at])))
        elif (tags, on) != (self._tags.tags, self._tags.on):
            self._tags.tags, self._tags.on = tags, on
            self.viewport().update()
        self._fit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows move, Return and Space switch; all else is left to playing."""
        key = event.key()
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space) and self.currentIndex().isValid():
            self._toggle(self.currentIndex())
        elif key in (Qt.Key.Key_Left, Qt.Key.Key_Right) and not event.modifiers():
            self._move(1 if key == Qt.Key.Key_Right else -1)
        elif key in (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_Home, Qt.Key.Key_End):
            super().keyPressEvent(event)
        else:
            event.ignore()

    def _move(self, by: int) -> None:
        """Left and right go through all rows."""
        count = self._tags.rowCount()
        if count:
            row = min(count - 1, max(0, self.currentIndex().row() + by))
            self.setCurrentIndex(self._tags.index(row))

    def _toggle(self, index: QModelIndex) -> None:
        tag, _ = self._tags.tags[index.row()]
        self.changed.emit(self.on ^ {tag})

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Another width, other rows."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        """As high as the chips are."""
        row, x, width = 1, 0, self.viewport().width()
        for number in range(self._tags.rowCount()):
            chip = self.sizeHintForIndex(self._tags.index(number)).width()
            if x and x + chip > width:
                row, x = row + 1, 0
            x += chip
        height = min(row, self._rows) * (HEIGHT + GAP) if self._tags.rowCount() else 0
        height = self._tallest = max(height, self._tallest)
        if height != self.height():
            self.setFixedHeight(height)

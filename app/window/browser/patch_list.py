"""The list of sounds: what the browser found, one row each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, QRect, Qt, QTimer, Signal
from PySide6.QtGui import QContextMenuEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QAbstractItemView, QListView, QWidget

from app.window.browser.collection import Collection
from app.window.browser.entry import Entry
from app.window.browser.patch_row import ENTRY, IS_CURRENT, IS_LOVED, PatchRow
from app.window.browser.tag_chips import THIN
from app.window.theme.fonts import font
from app.window.theme.theme import Theme

__all__ = ["PatchList", "PatchModel"]

Index = QModelIndex | QPersistentModelIndex
_MOVES = {Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown, Qt.Key.Key_Home, Qt.Key.Key_End}


class PatchModel(QAbstractListModel):
    """Entries in order; which of them is loaded, and which has a heart, is asked of the collection."""

    def __init__(self, collection: Collection) -> None:
        super().__init__(collection)
        self._collection = collection
        self.entries: Sequence[Entry] = ()

    def show(self, entries: Sequence[Entry]) -> None:
        """List these."""
        if list(entries) != list(self.entries):
            self.beginResetModel()
            self.entries = entries
            self.endResetModel()

    def touch(self) -> None:
        """Another one is loaded or has a heart."""
        if self.entries:
            self.dataChanged.emit(self.index(0), self.index(len(self.entries) - 1))

    def row(self, entry: Entry | None) -> int:
        """Where an entry is; -1: not listed."""
        return next((row for row, each in enumerate(self.entries) if entry is not None and each.path == entry.path), -1)

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """As Qt asks."""
        return 0 if parent.isValid() else len(self.entries)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """As Qt asks; a screen reader reads the title, then the rest."""
        entry = self.entries[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return entry.title
        if role == ENTRY:
            return entry
        if role == IS_CURRENT:
            return entry is self._collection.current
        if role == IS_LOVED:
            return self._collection.is_loved(entry)
        if role == Qt.ItemDataRole.StatusTipRole:
            return entry.error or entry.description
        if role == Qt.ItemDataRole.AccessibleDescriptionRole:
            return self._spoken(entry)
        return None

    def _spoken(self, entry: Entry) -> str:
        loved = self.tr("loved") if self._collection.is_loved(entry) else ""
        loaded = self.tr("loaded") if entry is self._collection.current else ""
        about = self.tr("broken: {0}").format(entry.error) if entry.error else ", ".join((entry.model, *entry.tags))
        return ", ".join(each for each in (loaded, loved, entry.origin, about) if each)


class PatchList(QListView):
    """Arrows choose, Return or a click loads; letters and Space are left to playing.

    Signals:
        wanted: an Entry to be loaded; chosen: an Entry, or None, to be told about; menu_wanted: an Entry and a place.
    """

    wanted = Signal(object)
    chosen = Signal(object)
    deleted = Signal(object)
    menu_wanted = Signal(object, object)

    def __init__(self, collection: Collection, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme, self.patches, self.empty_text = theme, PatchModel(collection), ""
        self.setModel(self.patches)
        self._row, self._is_heart = PatchRow(theme, self), False
        self._row.heart_pressed.connect(lambda entry: collection.love(entry, not collection.is_loved(entry)))
        self.setItemDelegate(self._row)
        self.setUniformItemSizes(True)
        self.setMouseTracking(True)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName(self.tr("Sounds"))
        self.setStatusTip(
            self.tr("Arrows choose, Return loads; Ctrl with left and right loads the one before and the next")
        )
        self.setStyleSheet("QListView { background: transparent; border: 1px solid transparent; outline: 0; }" + THIN)
        self.clicked.connect(self._clicked)
        theme.changed.connect(self.viewport().update)

    @property
    def entry(self) -> Entry | None:
        """The chosen one."""
        index = self.currentIndex()
        return self.patches.entries[index.row()] if index.isValid() else None

    def show_entries(self, entries: Sequence[Entry], chosen: Entry | None) -> None:
        """List these; `chosen` stays chosen and in sight if it is among them."""
        kept = self.entry or chosen
        self.patches.show(entries)
        self.choose(kept if self.patches.row(kept) >= 0 else chosen)
        self.viewport().update()

    def choose(self, entry: Entry | None) -> None:
        """Choose an entry without loading it."""
        row = self.patches.row(entry)
        index = self.patches.index(row) if row >= 0 else QModelIndex()
        if index != self.currentIndex():
            self.setCurrentIndex(index)
            self._bring_in_sight()
        if row < 0:
            self.chosen.emit(None)

    def _bring_in_sight(self) -> None:
        """The chosen one. Not while nobody sees it: a hidden list has no height to scroll by, and Qt would show help
        for whatever row lies where the mouse is.
        """
        if self.isVisible() and self.currentIndex().isValid():
            self.scrollTo(self.currentIndex())

    def showEvent(self, event: QShowEvent) -> None:
        """Begin where the chosen one is, as soon as there is a height."""
        super().showEvent(event)
        QTimer.singleShot(0, self, self._bring_in_sight)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Less height, as when tags come above it, leaves the chosen one in sight."""
        super().resizeEvent(event)
        if event.size().height() < event.oldSize().height():
            QTimer.singleShot(0, self, self._bring_in_sight)

    def currentChanged(self, current: Index, previous: Index) -> None:
        """Tell what was chosen."""
        super().currentChanged(current, previous)
        self.chosen.emit(self.entry)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Remember where: a click on a heart loads nothing."""
        place = event.position().toPoint()
        index = self.indexAt(place)
        self._is_heart = index.isValid() and self._row.is_heart(self.visualRect(index), place.x())
        super().mousePressEvent(event)

    def _clicked(self, index: QModelIndex) -> None:
        if self._is_heart:
            return
        self.wanted.emit(self.patches.entries[index.row()])

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """See the class."""
        entry = self.entry
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and entry is not None:
            self.wanted.emit(entry)
        elif event.key() == Qt.Key.Key_Delete and entry is not None:
            self.deleted.emit(entry)
        elif event.key() in _MOVES and not event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            super().keyPressEvent(event)
        else:
            event.ignore()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """For the entry under the mouse, or the chosen one where the menu key was pressed."""
        by_mouse = event.reason() == QContextMenuEvent.Reason.Mouse
        index = self.indexAt(event.pos()) if by_mouse else self.currentIndex()
        if index.isValid():
            where = event.globalPos()
            if not by_mouse:
                where = self.viewport().mapToGlobal(self.visualRect(index).center())
            self.menu_wanted.emit(self.patches.entries[index.row()], where)

    def paintEvent(self, event: QPaintEvent) -> None:
        """The rows, or why there are none."""
        super().paintEvent(event)
        if not self.patches.entries and self.empty_text:
            painter = QPainter(self.viewport())
            painter.setFont(font("text"))
            painter.setPen(self._theme.colour("muted"))
            box: QRect = self.viewport().rect().adjusted(16, 28, -16, -16)
            flags = Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop | Qt.TextFlag.TextWordWrap
            painter.drawText(box, int(flags), self.empty_text)

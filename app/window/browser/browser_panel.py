"""The browser: find a sound by words, tags and hearts, hear it by a click."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QLabel, QLineEdit, QToolButton, QVBoxLayout, QWidget

from app.window.browser.collection import collection_of
from app.window.browser.details import Details
from app.window.browser.entry import Entry
from app.window.browser.entry_menu import entry_menu
from app.window.browser.index import SHELVES, Query, Shelf
from app.window.browser.keeping import keeping_of
from app.window.browser.patch_list import PatchList
from app.window.browser.tag_chips import TagChips
from app.window.panel import Panel
from app.window.services import Services
from app.window.session.document import Change
from app.window.theme.fonts import font
from app.window.words import marked, translate

__all__ = ["BrowserPanel"]

_EMPTY: dict[Shelf, str] = {
    "all": marked("BrowserPanel", "There are no sounds."),
    "mine": marked(
        "BrowserPanel", "Your own sounds will be here.\n\nSave one with Ctrl+S, or drop a file into the window."
    ),
    "favourites": marked("BrowserPanel", "Press the heart beside a sound, and it will be here."),
    "models": marked("BrowserPanel", "There are no models."),
}


class _Search(QLineEdit):
    """Down goes to the list, Escape empties, Return loads the first."""

    left = Signal()
    given_up = Signal()
    taken = Signal()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """See the class."""
        if event.key() == Qt.Key.Key_Down:
            self.left.emit()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.taken.emit()
        elif event.key() == Qt.Key.Key_Escape and self.text():
            self.clear()
        elif event.key() == Qt.Key.Key_Escape:
            self.given_up.emit()
        else:
            super().keyPressEvent(event)


class BrowserPanel(Panel):
    """Shelves, search, tags, the list, and what is chosen in words."""

    def __init__(self, services: Services, parent: QWidget | None = None) -> None:
        super().__init__(services, parent)
        self.collection = collection_of(services)
        self.keeping = keeping_of(services, self.collection)
        self._query = Query()
        self.search, self.count = _Search(), QLabel()
        self.chips, self.list = TagChips(services.theme), PatchList(self.collection, services.theme)
        self.details = Details(services, self.collection)
        self._shelves = QButtonGroup(self)
        self._build()
        self.search.textChanged.connect(lambda text: self._look(text=text))
        self.search.left.connect(self._to_list)
        self.search.taken.connect(self._load_first)
        self.search.given_up.connect(self._give_up)
        self.chips.changed.connect(lambda tags: self._look(tags=tags))
        self.list.wanted.connect(self.collection.load)
        self.list.deleted.connect(self._delete)
        self.list.chosen.connect(self.details.show_entry)
        self.list.menu_wanted.connect(self._menu)
        self.details.menu_wanted.connect(self._menu)
        self.collection.index_changed.connect(lambda: self._show(anew=True))
        self.collection.hearts_changed.connect(lambda: self._show())
        services.actions.add("search", self.tr("Search the sounds"), "Ctrl+F", self.go_search)
        self._show()

    def _build(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(10, 10, 8, 8)
        column.setSpacing(8)
        self.search.setPlaceholderText(self.tr("Search name, tag, author, model"))
        self.search.setAccessibleName(self.tr("Search the sounds"))
        self.search.setStatusTip(
            self.tr("All words must occur; down goes to the list, Return loads the first and goes there")
        )
        self.search.setClearButtonEnabled(True)
        self.search.setFixedHeight(30)
        self.search.setAcceptDrops(False)  # a file that is dropped here is brought in, not searched for
        self.search.setTextMargins(4, 0, 2, 0)
        column.addWidget(self.search)
        column.addLayout(self._shelf_row())
        column.addWidget(self.chips)
        column.addWidget(self.list, 1)
        column.addWidget(self.details)

    def _shelf_row(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(3)
        for number, (label, tip) in enumerate(SHELVES.values()):
            button = QToolButton()
            button.setText(translate("Shelves", label))
            button.setCheckable(True)
            button.setProperty("segment", True)
            button.setChecked(number == 0)
            button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
            button.setStatusTip(translate("Shelves", tip))
            button.setFont(font("number"))
            self._shelves.addButton(button, number)
            row.addWidget(button)
        self._shelves.idClicked.connect(lambda number: self._look_at([*SHELVES][number]))
        row.addStretch(1)
        self.count.setFont(font("small"))
        self.count.setProperty("role", "muted")
        row.addWidget(self.count)
        return row

    def go_search(self) -> None:
        """Go to the search, opening the browser where it is closed."""
        show = getattr(self.window(), "show_side", None)
        if not self.isVisible() and show is not None:
            show(True)
        self.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.search.selectAll()

    def show_sound(self, change: Change | None) -> None:
        """Mark what is loaded, and choose it."""
        if change is None or change.before.path != change.after.path:
            self.list.patches.touch()
            self.list.choose(self.collection.current)

    def _look_at(self, shelf: Shelf) -> None:
        self._shelves.button([*SHELVES].index(shelf)).setChecked(True)
        self._look(shelf=shelf, tags=frozenset())

    def _look(self, *, text: str | None = None, tags: frozenset[str] | None = None, shelf: Shelf | None = None) -> None:
        query = self._query
        self._query = Query(
            query.text if text is None else text, query.tags if tags is None else tags, shelf or query.shelf
        )
        self._show(anew=shelf is not None)

    def _show(self, *, anew: bool = False) -> None:
        """What the query finds, in the list, on the chips and as a number."""
        index, hearts = self.collection.index, self.services.remembered.value.favourites
        query = Query(self._query.text, self._query.tags, self._query.shelf, hearts)
        found = index.find(query)
        self.collection.order = found.entries
        self.list.empty_text = self._nothing(query)
        self.list.show_entries(found.entries, self.collection.current)
        self.list.patches.touch()
        self.chips.show_tags(found.tags, query.tags, anew=anew)
        text = f"{len(found.entries)} / {found.total}" if query.narrows else str(found.total)
        if text != self.count.text():
            self.count.setText(text)

    def _nothing(self, query: Query) -> str:
        if not self.collection.is_read:
            return self.tr("Reading the sounds …")
        if query.narrows:
            return self.tr("Nothing here has all of that.\n\nEscape in the search clears it.")
        return self.tr(_EMPTY[query.shelf])

    def _to_list(self) -> None:
        if self.list.entry is None and self.list.patches.entries:
            self.list.choose(self.list.patches.entries[0])
        self.list.setFocus(Qt.FocusReason.TabFocusReason)

    def _give_up(self) -> None:
        """Letters are notes again; a browser that lies over the pages makes room."""
        self._to_list()
        if getattr(self.window(), "side_floats", False):
            self.window().show_side(False)  # type: ignore[attr-defined]

    def _load_first(self) -> None:
        """And play it: letters are notes again, and arrows lead on to the next."""
        if self.list.patches.entries:
            self.collection.load(self.list.patches.entries[0])
            self.list.choose(self.list.patches.entries[0])
            self._to_list()

    def _delete(self, entry: Entry) -> None:
        if entry.origin == "user":
            self.keeping.delete(entry)
        else:
            self.services.notices.say("info", self.tr("Sounds of the factory cannot be deleted"))

    def _menu(self, entry: Entry, where: QPoint) -> None:
        entry_menu(self.services, self.collection, self.keeping, entry, self).popup(where)

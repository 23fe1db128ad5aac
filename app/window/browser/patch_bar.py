"""The left of the header: what plays, the way to the next sound, A and B, the way back, and chance."""

from __future__ import annotations

import random
from typing import Any

from PySide6.QtCore import QPoint, Qt, QTimer
from PySide6.QtGui import QAction, QActionGroup, QContextMenuEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QMenu, QWidget

from app.window.browser.collection import collection_of
from app.window.browser.compare_button import CompareButton
from app.window.browser.drop import Dropping
from app.window.browser.entry_menu import ask_export, ask_import, ask_texts, show_folder
from app.window.browser.icon_button import IconButton
from app.window.browser.keeping import keeping_of
from app.window.browser.name_button import NameButton
from app.window.browser.recovery import offer_leftovers
from app.window.panel import Panel
from app.window.services import Services
from app.window.session.document import Change
from app.window.session.random_sound import AMOUNTS, lowered, random_patch
from app.window.words import translate
from engine.live.protocol import MeasureLoudness
from engine.patch import patch_text

__all__ = ["PatchBar"]

ROOM_FOR_HEART = 380
"""Pixels of the bar from which on it has a heart; it is in the menu, too."""
OFFER_MS = 800
MEASURE_SECONDS = 60.0
"""Of a model that was never played before; else some tenths."""


class PatchBar(Panel):
    """Makes the keys and the menu for all that concerns whole sounds, too."""

    def __init__(self, services: Services, parent: QWidget | None = None) -> None:
        super().__init__(services, parent)
        self.collection = collection_of(services)
        self.keeping = keeping_of(services, self.collection)
        self._dropping: Dropping | None = None
        self._rolls = 0
        self._amount, self._seeds = "Some", random.SystemRandom()
        theme = services.theme
        before = self.tr("The sound before in the browser's list (Ctrl+←)")
        self.previous = IconButton(theme, "previous", self.tr("Previous sound"), before)
        self.name = NameButton(theme)
        self.next = IconButton(
            theme, "next", self.tr("Next sound"), self.tr("The next sound in the browser's list (Ctrl+→)")
        )
        self.heart = IconButton(
            theme, "heart", self.tr("Heart"), self.tr("Give this sound a heart (Ctrl+L)"), fills=True
        )
        self.compare = CompareButton(services.document)
        self.undo = IconButton(theme, "undo", self.tr("Undo"), self.tr("Undo (Ctrl+Z)"))
        self.redo = IconButton(theme, "redo", self.tr("Redo"), self.tr("Redo (Ctrl+Shift+Z)"))
        chance = self.tr("A variation of this sound, in tune and at its level (Ctrl+R). Right button: how far")
        self.dice = IconButton(theme, "dice", self.tr("Random variation"), chance)
        about = self.tr("Save, rename, export, bring in, compare")
        self.more = IconButton(theme, "more", self.tr("Menu of the sound"), about)
        self._build()
        self._connect()
        self._act()
        QTimer.singleShot(OFFER_MS, self, lambda: offer_leftovers(services))

    def _build(self) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(3, 2, 3, 2)
        row.setSpacing(2)
        self.heart.setCheckable(True)
        for each in (self.previous, self.name, self.next, self.heart):
            row.addWidget(each, 1 if each is self.name else 0)
        row.addSpacing(4)
        row.addWidget(self.compare)
        row.addSpacing(4)
        for button in (self.undo, self.redo, self.dice, self.more):
            row.addWidget(button)

    def _connect(self) -> None:
        document = self.services.document
        self.previous.clicked.connect(lambda: self.collection.step(-1))
        self.next.clicked.connect(lambda: self.collection.step(1))
        self.name.clicked.connect(self.toggle_browser)
        self.heart.clicked.connect(self._love)
        self.undo.clicked.connect(document.undo)
        self.redo.clicked.connect(document.redo)
        self.dice.clicked.connect(self.roll)
        self.dice.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.dice.customContextMenuRequested.connect(lambda _: self._popup(self._amounts(QMenu(self)), self.dice))
        self.more.clicked.connect(lambda: self._popup(self.menu(), self.more))
        self.keeping.texts_wanted.connect(self.save_as)
        self.collection.index_changed.connect(lambda: self.show_sound(None))
        self.collection.hearts_changed.connect(lambda: self.show_sound(None))

    def _act(self) -> None:
        add, document = self.services.actions.add, self.services.document
        add("sound.previous", self.tr("Previous sound"), "Ctrl+Left", lambda: self.collection.step(-1))
        add("sound.next", self.tr("Next sound"), "Ctrl+Right", lambda: self.collection.step(1))
        add("sound.love", self.tr("Give or take a heart"), "Ctrl+L", self._love)
        add("sound.save", self.tr("Save"), "Ctrl+S", self.keeping.save)
        add("sound.save_as", self.tr("Save as …"), "Ctrl+Shift+S", self.save_as)
        add("sound.import", self.tr("Bring in sounds and models …"), "Ctrl+O", lambda: ask_import(self.keeping, self))
        add("sound.export", self.tr("Export …"), "Ctrl+Shift+E", self._export)
        add("sound.random", self.tr("Random variation"), "Ctrl+R", self.roll)
        add("sound.compare", self.tr("Compare A and B"), "Ctrl+D", document.flip)
        add("sound.copy", self.tr("Copy to the other of A and B"), "Ctrl+Shift+D", document.copy_to_other)
        add("browser", self.tr("Show or hide the browser"), "F5", self.toggle_browser)

    def show_sound(self, change: Change | None) -> None:
        """Name, dot, heart, sides, and what can be taken back."""
        document, entry = self.services.document, self.collection.current
        patch = document.sound.patch
        about = " · ".join(each for each in (patch.model, patch.author) if each)
        self.name.show_name(patch.name, about, document.is_dirty)
        self.heart.setEnabled(entry is not None)
        is_loved = entry is not None and self.collection.is_loved(entry)
        if is_loved != self.heart.isChecked():
            self.heart.setChecked(is_loved)
        self.compare.show_side()
        for button, word, label, keys in (
            (self.undo, self.tr("Undo"), document.undo_label, "Ctrl+Z"),
            (self.redo, self.tr("Redo"), document.redo_label, "Ctrl+Shift+Z"),
        ):
            button.setEnabled(label is not None)
            text = word if label is None else f"{word}: {label}"
            if button.accessibleName() != text:
                button.name_it(text, f"{text} ({keys})")

    def roll(self) -> None:
        """A random variation of the sound, never louder: one step, as soon as the engine has measured both."""
        document, link = self.services.document, self.services.link
        others = [each.patch for each in self.collection.index.entries if each.patch is not None]
        before = document.sound
        patch = random_patch(before, others, AMOUNTS[self._amount], self._seeds.getrandbits(32))
        self._rolls += 1
        roll = self._rolls

        def measured(result: Any) -> None:
            if roll == self._rolls and document.sound is before:  # else the person has gone on
                levels = result if isinstance(result, list) else [None, None]
                document.replace_patch(lowered(patch, *levels), self.tr("Random variation"))

        request = MeasureLoudness(texts=[patch_text(before.patch), patch_text(patch)])
        link.ask(request, measured, timeout=MEASURE_SECONDS)

    def toggle_browser(self) -> None:
        """Open or close the browser, and remember it."""
        window = self.window()
        side = getattr(window, "panels", {}).get("browser")
        if side is not None:
            is_shown = not side.isVisible()
            window.show_side(is_shown)  # type: ignore[attr-defined]
            if not window.side_floats:  # type: ignore[attr-defined]
                self.services.remembered.change(browser=is_shown)

    def save_as(self) -> None:
        """Ask for the name of a new file."""
        ask_texts(self.services, self.collection, self.keeping, self, None)

    def _export(self) -> None:
        ask_export(self.keeping, self, None, self.services.document.sound.patch.name)

    def _love(self) -> None:
        entry = self.collection.current
        if entry is not None:
            self.collection.love(entry, not self.collection.is_loved(entry))

    def menu(self) -> QMenu:
        """All that concerns the sound as a whole."""
        menu, actions, entry = QMenu(self), self.services.actions, self.collection.current
        for name in ("sound.save", "sound.save_as"):
            menu.addAction(actions[name])
        about = menu.addAction(
            self.tr("Name, tags and description …"),
            lambda: ask_texts(self.services, self.collection, self.keeping, self, entry),
        )
        about.setEnabled(entry is not None and entry.origin == "user" and entry.patch is not None)
        menu.addAction(actions["sound.love"])
        menu.addSeparator()
        for name in ("sound.import", "sound.export"):
            menu.addAction(actions[name])
        menu.addAction(self.tr("Open the folder of my sounds"), lambda: show_folder())
        menu.addSeparator()
        for name in ("sound.compare", "sound.copy", "sound.random"):
            menu.addAction(actions[name])
        menu.addMenu(self._amounts(QMenu(self.tr("How far random goes"), menu)))
        menu.addSeparator()
        menu.addAction(actions["browser"])
        return menu

    def _amounts(self, menu: QMenu) -> QMenu:
        group = QActionGroup(menu)
        for name in AMOUNTS:
            action = menu.addAction(translate("Random", name))
            action.setData(name)
            action.setCheckable(True)
            action.setChecked(name == self._amount)
            group.addAction(action)
        group.triggered.connect(self._set_amount)
        return menu

    def _set_amount(self, action: QAction) -> None:
        self._amount = action.data()

    def _popup(self, menu: QMenu, button: IconButton) -> None:
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(button.mapToGlobal(QPoint(0, button.height() + 2)))

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """The same menu under the right button."""
        menu = self.menu()
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(event.globalPos())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """A narrow bar has no heart."""
        super().resizeEvent(event)
        has_room = event.size().width() >= ROOM_FOR_HEART
        if has_room == self.heart.isHidden():
            self.heart.setVisible(has_room)

    def showEvent(self, event: QShowEvent) -> None:
        """From now on files may be dropped on the window."""
        super().showEvent(event)
        if self._dropping is None:
            self._dropping = Dropping(self.window(), self.services.theme, self.keeping)

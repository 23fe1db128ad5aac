"""What can be done with one entry of the browser, as a menu."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QFileDialog, QMenu, QWidget

from app.window.browser.collection import Collection
from app.window.browser.entry import Entry
from app.window.browser.files import Texts, file_name, is_own
from app.window.browser.keeping import Keeping
from app.window.browser.texts_dialog import TextsDialog
from app.window.services import Services
from app.window.words import translate
from engine.library import user_folder

__all__ = ["ask_export", "ask_import", "ask_texts", "entry_menu", "show_folder"]


def entry_menu(services: Services, collection: Collection, keeping: Keeping, entry: Entry, owner: QWidget) -> QMenu:
    """A menu that is gone when it is closed."""
    menu = QMenu(owner)
    menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    can_play, is_patch, is_mine = entry.error is None, entry.patch is not None, entry.origin == "user"
    loved = collection.is_loved(entry)

    def add(text: str, call: object, is_enabled: bool = True) -> None:
        menu.addAction(text, call).setEnabled(is_enabled)  # type: ignore[call-overload]

    add(translate("EntryMenu", "Load"), lambda: collection.load(entry), can_play)
    add(
        translate("EntryMenu", "Take the heart away") if loved else translate("EntryMenu", "Give it a heart"),
        lambda: collection.love(entry, not loved),
    )
    menu.addSeparator()
    rename = translate("EntryMenu", "Name, tags and description …")
    add(rename, lambda: ask_texts(services, collection, keeping, owner, entry), is_mine and is_patch)
    add(translate("EntryMenu", "Export …"), lambda: ask_export(keeping, owner, entry), is_patch)
    add(translate("EntryMenu", "Show in its folder"), lambda: show_folder(entry.path.parent))
    menu.addSeparator()
    add(translate("EntryMenu", "Move to the trash"), lambda: keeping.delete(entry), is_mine)
    return menu


def ask_texts(
    services: Services, collection: Collection, keeping: Keeping, owner: QWidget, entry: Entry | None
) -> TextsDialog:
    """Ask what an own sound is to be called from now on; None: the current one, as a new file."""
    tags = collection.index.all_tags
    if entry is not None and entry.patch is not None:
        dialog = TextsDialog(services.theme, Texts.of(entry.patch), tags, owner.window(), own=entry.path)
        dialog.answered.connect(lambda texts: dialog.finish(keeping.rename(entry, texts)))
    else:
        texts = Texts.of(services.document.sound.patch)
        if not is_own(services.document.sound.path):
            texts = replace(texts, author=collection.index.own_author)  # what one saves is one's own
        dialog = TextsDialog(services.theme, texts, tags, owner.window())
        dialog.answered.connect(lambda texts: dialog.finish(keeping.save_as(texts)))
    dialog.show()
    dialog.raise_()
    return dialog


def ask_export(keeping: Keeping, owner: QWidget, entry: Entry | None, title: str = "") -> QFileDialog:
    """Ask where to; None: the current sound as it is."""
    name = f"{file_name(entry.title if entry is not None else title)}.toml"
    dialog = QFileDialog(
        owner.window(),
        translate("EntryMenu", "Export a sound"),
        str(Path.home() / name),
        translate("EntryMenu", "Sounds (*.toml)"),
    )
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.setDefaultSuffix("toml")
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.fileSelected.connect(lambda path: keeping.export(entry, Path(path)))
    dialog.open()
    return dialog


def ask_import(keeping: Keeping, owner: QWidget) -> QFileDialog:
    """Ask what to bring in."""
    kinds = translate("EntryMenu", "Sounds and models (*.toml *.safetensors)")
    dialog = QFileDialog(owner.window(), translate("EntryMenu", "Bring in sounds and models"), str(Path.home()), kinds)
    dialog.setFileMode(QFileDialog.FileMode.ExistingFiles)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.filesSelected.connect(lambda paths: keeping.bring_in([Path(path) for path in paths]))
    dialog.open()
    return dialog


def show_folder(folder: Path | None = None) -> None:
    """In the system's file manager; without one that of the user's sounds."""
    QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder or user_folder() / "patches")))

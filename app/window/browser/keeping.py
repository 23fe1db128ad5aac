"""What a person does with sounds that are files, and what is said about it: each step has its way back as a button."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from accel.errors import SystoleError
from app.window.browser import files
from app.window.browser.collection import Collection
from app.window.browser.entry import Entry
from app.window.browser.files import Imported, Texts, Trashed
from app.window.services import Services
from app.window.words import translate
from engine.patch import Patch
from engine.text import plain

__all__ = ["Keeping", "keeping_of"]

MOST_FILES = 1000
"""Brought in at once."""


def keeping_of(services: Services, collection: Collection) -> Keeping:
    """The one of these services."""
    found = collection.findChild(Keeping)
    return found if isinstance(found, Keeping) else Keeping(services, collection)


class Keeping(QObject):
    """One for a window.

    Signals:
        texts_wanted: the current sound has no file of its own yet, so somebody must ask for its name.
    """

    texts_wanted = Signal()

    def __init__(self, services: Services, collection: Collection) -> None:
        super().__init__(collection)
        self._services, self._collection = services, collection

    def save(self) -> None:
        """Write the current sound to its file, or ask what the new one is to be called."""
        document = self._services.document
        path = document.sound.path
        if path is None or not files.is_own(path):
            self.texts_wanted.emit()
            return
        aside: list[Trashed | None] = []
        if self._try(lambda: aside.append(files.save(document.sound.patch, path, document.saved))):
            document.saved_as(path)
            line = (
                translate("Keeping", "Saved {0}")
                if aside[0] is None
                else translate("Keeping", "Saved {0}; what else was written there is in the trash")
            )
            self._say(line.format(document.sound.patch.name))

    def save_as(self, texts: Texts) -> bool:
        """Write it to a new file of the user's; False: refused, with a line."""
        document, saved = self._services.document, []
        patch = texts.on(document.sound.patch)
        if not self._try(lambda: saved.append(files.save_as(patch))):
            return False
        document.saved_as(*saved[0])
        self._say(translate("Keeping", "Saved as {0}, among your own sounds").format(saved[0][1].name))
        return True

    def rename(self, entry: Entry, texts: Texts) -> bool:
        """Say something else about one of the user's sounds; False: refused, with a line."""
        before, renamed = None if entry.patch is None else Texts.of(entry.patch), list[tuple[Path, Patch]]()
        if texts == before:
            return True
        if not self._try(lambda: renamed.append(files.rename(entry.path, texts))):
            return False
        path, patch = renamed[0]
        self._services.document.file_moved(entry.path, path, patch)
        self._collection.move_heart(entry.key, path.stem)
        if before is not None:
            again = Entry("patch", path.stem, path, "user", patch.name, patch=patch)
            line = (
                translate("Keeping", "{0} is now {1}")
                if before.name != patch.name
                else translate("Keeping", "Changed what is said about {1}")
            )
            self._say(
                line.format(before.name, patch.name), translate("Keeping", "Undo"), lambda: self.rename(again, before)
            )
        return True

    def delete(self, entry: Entry) -> None:
        """Throw one of the user's files away; the line has a button that takes it back."""
        thrown: list[Trashed] = []
        if self._try(lambda: thrown.append(files.trash(entry.path))):
            if entry.kind == "patch":
                self._services.document.file_holds(entry.path, None)
            line = translate("Keeping", "{0} is in the trash").format(entry.title)
            self._say(line, translate("Keeping", "Take it back"), lambda: self._restore(entry, thrown[0]))

    def _restore(self, entry: Entry, thrown: Trashed) -> None:
        back: list[Path] = []
        if self._try(lambda: back.append(files.restore(thrown))):
            if entry.patch is not None:
                self._services.document.file_holds(back[0], entry.patch)
            self._say(translate("Keeping", "{0} is back").format(entry.title))

    def export(self, entry: Entry | None, path: Path) -> None:
        """Write an entry's sound, or the current one as it is, anywhere."""
        patch = self._services.document.sound.patch if entry is None else entry.patch
        written: list[Path] = []
        if patch is not None and self._try(lambda: written.append(files.export(patch, path))):
            self._say(translate("Keeping", "{0} is written to {1}").format(patch.name, plain(written[0])))

    def bring_in(self, paths: Sequence[Path]) -> None:
        """Bring files in, and what lies in folders, beside the music; a single sound is loaded then."""
        self._collection.work.run(
            lambda: _bring(paths), self._brought, lambda line: self._services.notices.say("error", line)
        )

    def _brought(self, result: tuple[list[Imported], list[str]]) -> None:
        found, lines = result
        self._collection.refresh()
        for line in lines[:3]:
            self._services.notices.say("warning", line)
        if len(lines) > 3:
            self._services.notices.say(
                "warning", translate("Keeping", "{0} files cannot be brought in").format(len(lines))
            )
        new = [each for each in found if each.is_new]
        if len(new) > 1:
            self._say(translate("Keeping", "{0} new files among your sounds and models").format(len(new)))
        elif len(found) == 1:
            line = (
                translate("Keeping", "{0} is now among your own")
                if new
                else translate("Keeping", "{0} was there already")
            )
            self._say(line.format(found[0].path.stem))
        if len(found) == 1:
            self._collection.load_file(found[0].path)

    def _try(self, call: Callable[[], object]) -> bool:
        try:
            call()
        except SystoleError as error:
            self._services.notices.say("warning", str(error))
            return False
        self._collection.refresh()
        return True

    def _say(self, text: str, label: str | None = None, call: Callable[[], object] | None = None) -> None:
        def go() -> None:
            assert call is not None
            call()

        self._services.notices.say("info", text, label, None if call is None else go)


def _bring(paths: Sequence[Path]) -> tuple[list[Imported], list[str]]:
    """What could be brought in, and a line for each file that could not. Models first: sounds may need them."""
    wanted: list[Path] = []
    for path in paths:
        inside = [each for suffix in (".toml", ".safetensors") for each in path.glob(f"*{suffix}")]
        wanted += sorted(inside) if path.is_dir() else [path]
    wanted.sort(key=lambda path: path.suffix.lower() != ".safetensors")
    found, lines = list[Imported](), list[str]()
    for path in wanted[:MOST_FILES]:
        try:
            found.append(files.import_file(path))
        except SystoleError as error:
            lines.append(str(error))
    if not wanted:
        lines.append(translate("Keeping", "There is neither a sound nor a model in there"))
    return found, lines

"""What there is to choose, for all of the window: the index, kept fresh, the hearts, and what is loaded.

The patch bar and the browser share one, which lives as long as the window.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QFileSystemWatcher, QObject, QTimer, Signal

from accel.errors import SystoleError
from app.window.browser.entry import Entry
from app.window.browser.index import Index, Query
from app.window.browser.reading import FOLDERS, Reader
from app.window.browser.work import Work
from app.window.services import Services
from app.window.session.document import Change
from app.window.session.reading import sound_from_path
from app.window.session.sound import plain_sound
from engine.library import find_model, model_knobs, user_folder

__all__ = ["Collection", "collection_of"]

SETTLE_MS = 200
"""After a change in a folder, until it is read: who copies many files copies them one after the other."""
START_MS = 150
"""So long the first reading waits: first of all the window is seen."""
PAUSE_SECONDS = 0.0005


def collection_of(services: Services) -> Collection:
    """The one of these services."""
    found = services.actions.findChild(Collection)
    return found if isinstance(found, Collection) else Collection(services)


class Collection(QObject):
    """Reads in a thread; everything else in the window's.

    Signals:
        index_changed: files came, went or changed.
        hearts_changed: a favourite more or less.

    Attributes:
        index: all entries; empty until the first reading is over (`is_read`).
        order: what the browser lists now, for previous and next.
    """

    index_changed = Signal()
    hearts_changed = Signal()

    def __init__(self, services: Services) -> None:
        super().__init__(services.actions)
        self._services, self._reader = services, Reader(PAUSE_SECONDS)
        self.index, self.is_read = Index(), False
        self.order: Sequence[Entry] = ()
        self.work = Work(self)
        self._is_reading = self._is_stale = False
        self._wanted: Path | None = None
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.refresh)
        self._watcher = QFileSystemWatcher(self)
        self._watcher.directoryChanged.connect(lambda _: self._timer.start(SETTLE_MS))
        services.document.subscribe(self._changed)
        self._timer.start(START_MS)

    def refresh(self) -> None:
        """Read what has changed; `index_changed` follows if anything has."""
        self._is_stale = self._is_reading
        if self._is_reading:
            return
        self._is_reading = True
        known = set(self._watcher.directories())
        folders = [str(user_folder() / folder) for folder, _ in FOLDERS.values()]
        fresh = [folder for folder in folders if folder not in known]
        if fresh:
            self._watcher.addPaths(fresh)
        first, work = not self.is_read, self.work

        def read() -> Index:
            return self._reader.read((lambda part: work.tell(self._took_part, part)) if first else None)

        work.run(read, self._took, self._failed)

    def _took(self, index: Index) -> None:
        is_other = not self.is_read or list(index.entries) != list(self.index.entries)
        self.index, self.is_read, self._is_reading = index, True, False
        if self._is_stale:
            self.refresh()
        if is_other:
            self._find_file()
            self.index_changed.emit()
        if self._wanted is not None:
            self.load_file(self._wanted)

    def _took_part(self, index: Index) -> None:
        """The first reading of many files goes on, and these can be played already."""
        if not self.is_read:
            self.index = index
            self.index_changed.emit()

    def _failed(self, line: str) -> None:
        self._is_reading = False
        self._services.notices.say("error", self.tr("The sounds cannot be listed: {0}").format(line))

    def _changed(self, change: Change) -> None:
        if change.cause in ("follow", "load") and change.after.path is None:
            QTimer.singleShot(0, self, self._find_file)  # after all have heard of the change itself

    def _find_file(self) -> None:
        """A sound that came without its file (a program change, a start by name) may be that of one."""
        document = self._services.document
        if document.sound.path is None:
            found = self.index.of_patch(document.sound.patch)
            if found is not None and found.patch is not None:
                document.belongs_to(found.path, found.patch)

    @property
    def current(self) -> Entry | None:
        """What is loaded, if it has a file."""
        return self.index.at(self._services.document.sound.path)

    def load(self, entry: Entry) -> None:
        """Load it, as its file has it now; one that cannot be played is a line. A step of undo."""
        document = self._services.document
        if entry is self.current and not document.is_dirty:
            return
        try:
            if entry.error is not None and entry.kind == "model":
                raise SystoleError(f"{entry.title}: {entry.error}")
            if entry.kind == "model":
                document.load(plain_sound(entry.name, tuple(model_knobs(entry.path))))
            else:
                document.load(sound_from_path(entry.path))
        except SystoleError as error:
            self._cannot_load(entry, str(error))

    def _cannot_load(self, entry: Entry, line: str) -> None:
        """Say why; a model that is missing can be brought in, after which the sound can be played."""
        notices, actions = self._services.notices, self._services.actions
        if entry.kind == "patch" and entry.model and not _is_there(entry.model) and "sound.import" in actions:
            notices.say("warning", line, self.tr("Bring in its model …"), actions["sound.import"].trigger)
        else:
            notices.say("warning", line)
        self.refresh()

    def load_file(self, path: Path) -> None:
        """Load the entry of a file as soon as there is one."""
        entry = self.index.at(path)
        self._wanted = path if entry is None and self._is_reading else None
        if entry is not None:
            self.load(entry)

    def step(self, by: int) -> None:
        """Load the next (1) or the one before (-1) of what the browser lists, from either end to the other."""
        entries = [each for each in self.order or self.index.find(Query()).entries if each.error is None]
        if not entries:
            return
        current = self.current
        if current in entries:
            at = entries.index(current) + by
        else:
            at = 0 if by > 0 else -1
        self.load(entries[at % len(entries)])

    def is_loved(self, entry: Entry) -> bool:
        """Whether it has a heart."""
        return entry.key in self._services.remembered.value.favourites

    def love(self, entry: Entry, is_loved: bool) -> None:
        """Give it a heart or take it; kept at once."""
        hearts, remembered = self._services.remembered.value.favourites, self._services.remembered
        remembered.change(favourites=hearts | {entry.key} if is_loved else hearts - {entry.key})
        self.hearts_changed.emit()
        self.work.run(remembered.save, lambda _: None, lambda line: self._services.notices.say("warning", line))

    def move_heart(self, old: str, new: str) -> None:
        """A file has another name."""
        hearts = self._services.remembered.value.favourites
        if old in hearts:
            self._services.remembered.change(favourites=hearts - {old} | {new})


def _is_there(model: str) -> bool:
    try:
        find_model(model)
    except SystoleError:
        return False
    return True

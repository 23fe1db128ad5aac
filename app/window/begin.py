"""What the window begins with: the patch that was asked for, else the session that was kept, else the first sound.

Each window has a session file of its own. The first to open takes `session.json`, a second one beside it the next
name, so two windows never overwrite each other; the lock of one that crashed is void.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from PySide6.QtCore import QLockFile

from accel.errors import SystoleError
from app.window.session.autosave import KeptSession, revived
from app.window.session.document import Desk
from app.window.session.leftover import BEFORE
from app.window.session.reading import sound_from_patch, sound_from_text, sound_to_begin
from app.window.session.sound import Sound
from app.window.store import put_aside, read_kept
from app.window.words import translate
from engine.library import user_folder
from engine.patch import Patch, load_patch, patch_text

__all__ = ["Beginning", "begin"]

MOST_WINDOWS = 8


@dataclass
class Beginning:
    """How to begin.

    Attributes:
        desk: the sounds; files: what their files hold.
        path: where the session is kept from now on, None: nowhere; lock: held as long as this lives.
        lines: for the person.
    """

    desk: Desk
    files: list[tuple[Path, Patch]]
    path: Path | None
    lock: QLockFile | None
    lines: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        """The patch that the engine is started with."""
        return patch_text(self.desk.current.patch)


def begin(wanted: Patch | None) -> Beginning:
    """Find out what to begin with.

    Args:
        wanted: the patch that was asked for; None: go on where the last session ended.

    Raises:
        SystoleError: what was asked for, or the first sound of all, cannot be played.
    """
    path, lock = _claim()
    lines = []
    if path is None:
        lines.append(translate("Begin", "The session is not kept: no file for it can be locked"))
    if lock is not None and path is not None and path.name != _name(0):
        lines.append(translate("Begin", "Another window is open: this one keeps a session of its own"))
    desk = None
    if wanted is not None:
        _make_room(path)
        sound = sound_from_patch(wanted)
        desk = Desk(sound, sound)
    elif path is not None:
        desk = _kept(path, lines)
    if desk is None:
        sound = sound_to_begin()
        desk = Desk(sound, sound)
    return Beginning(desk, list(_files(desk)), path, lock, lines)


def _name(number: int) -> str:
    return "session.json" if not number else f"session-{number + 1}.json"


def _claim() -> tuple[Path | None, QLockFile | None]:
    folder = user_folder()
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        return None, None
    for number in range(MOST_WINDOWS):
        path = folder / _name(number)
        lock = QLockFile(str(path) + ".lock")
        lock.setStaleLockTime(0)  # only the death of its owner makes it void
        if lock.tryLock(0):
            return path, lock
    return None, None


def _make_room(path: Path | None) -> None:
    """What the last session kept is about to be overwritten by another sound: it goes beside, and is offered."""
    if path is not None and path.exists():
        with contextlib.suppress(OSError):
            path.replace(path.with_name(BEFORE + path.name))


def _kept(path: Path, lines: list[str]) -> Desk | None:
    instead = translate("Begin", "this one begins with the first sound")
    kept, line = read_kept(path, KeptSession, instead)
    if line is not None:
        lines.append(line)
    if kept is None:
        return None
    try:
        return revived(kept, lambda text: sound_from_text(text, translate("Begin", "the last session")))
    except SystoleError as error:
        lines.append(put_aside(path, str(error), instead, BEFORE + path.name))  # and offered when its model is back
        return None


def _files(desk: Desk) -> Iterator[tuple[Path, Patch]]:
    """What the files of a desk's sounds hold now; one that is gone or broken is as if never saved."""

    def read(sound: Sound) -> Iterator[tuple[Path, Patch]]:
        if sound.path is not None:
            try:
                yield sound.path, load_patch(sound.path)
            except SystoleError:
                return

    yield from read(desk.current)
    yield from read(desk.other)

"""Sessions that nobody has gone on with: of a second window that crashed, or of the time before a patch was asked for.

The first window's own session simply goes on (see `begin`); these would otherwise lie there unheard.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from accel.errors import SystoleError
from app.window.session.autosave import KeptSession, revived
from app.window.session.document import Desk
from app.window.session.sound import Sound, same_sound
from app.window.store import read_kept
from engine.patch import load_patch

__all__ = ["BEFORE", "Leftover", "leftovers"]

BEFORE = "before-"
"""Begins the name of a session that made room for a patch that was asked for."""
_NAME = re.compile(rf"(?:{BEFORE})?session(?:-\d+)?\.json")


@dataclass(frozen=True)
class Leftover:
    """A kept session with something in it that no file holds; `time`: of its last change, s since the epoch."""

    path: Path
    desk: Desk
    time: float

    @property
    def title(self) -> str:
        """Of the sound that was being edited."""
        return self.desk.current.patch.name


def leftovers(folder: Path, was_left: Callable[[Path], bool], read: Callable[[str], Sound]) -> Iterator[Leftover]:
    """Kept sessions that are worth going on with, the newest first.

    Args:
        was_left: whether the window of a session's file ended without closing it, and no window has it now.
        read: makes a sound of TOML; may raise SystoleError.
    """
    found = []
    for path in folder.glob("*session*.json"):
        if _NAME.fullmatch(path.name) and (path.name.startswith(BEFORE) or was_left(path)):
            each = _leftover(path, read)
            if each is not None and any(map(_is_unsaved, (each.desk.current, each.desk.other))):
                found.append(each)
    yield from sorted(found, key=lambda each: -each.time)


def _leftover(path: Path, read: Callable[[str], Sound]) -> Leftover | None:
    """None: it cannot be read, or its model is gone."""
    kept, _ = read_kept(path, KeptSession)
    if kept is None:
        return None
    try:
        return Leftover(path, revived(kept, read), path.stat().st_mtime)
    except (SystoleError, OSError):
        return None


def _is_unsaved(sound: Sound) -> bool:
    if sound.path is None:
        return True
    try:
        return not same_sound(sound, replace(sound, patch=load_patch(sound.path)))
    except SystoleError:
        return True

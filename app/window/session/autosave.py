"""The session as a file, written a moment after each change, so that a crash or a lost power supply costs seconds.

What is kept is the sounds' text, not the history: undo begins anew. A session whose model has vanished is not thrown
away but put aside, and a line says so.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Literal

import msgspec

from accel.errors import SystoleError
from app.window.session.document import Change, Desk, Document
from app.window.session.sound import Sound
from app.window.store import SCHEMA, write_kept
from app.window.words import translate
from engine.patch import patch_text

__all__ = ["Autosave", "KeptSession", "KeptSound", "kept_session", "revived"]

QUIET_SECONDS, MOST_SECONDS = 1.0, 5.0
"""It is written after so long without a change, or so long after the first unwritten one."""


class KeptSound(msgspec.Struct, frozen=True):
    """A sound as its patch's TOML and the path of its file."""

    text: str
    path: str | None = None


class KeptSession(msgspec.Struct, frozen=True, kw_only=True):
    """A document's desk."""

    schema: int = SCHEMA
    current: KeptSound
    other: KeptSound
    side: Literal["A", "B"] = "A"


def kept_session(desk: Desk) -> KeptSession:
    """A desk for a file."""

    def kept(sound: Sound) -> KeptSound:
        return KeptSound(patch_text(sound.patch), None if sound.path is None else str(sound.path))

    return KeptSession(current=kept(desk.current), other=kept(desk.other), side=desk.side)


def revived(kept: KeptSession, read: Callable[[str], Sound]) -> Desk:
    """The desk from a file; where only the other sound cannot be had any more, the current one takes its place.

    Args:
        read: makes a sound of TOML.

    Raises:
        SystoleError: the current sound is not valid, or its model is gone.
    """

    def sound(each: KeptSound) -> Sound:
        return replace(read(each.text), path=None if each.path is None else Path(each.path))

    current = sound(kept.current)
    try:
        other = sound(kept.other)
    except SystoleError:
        other = current
    return Desk(current, other, kept.side)


class Autosave:
    """Writes a document's session to a file soon after it has changed.

    Args:
        path: of the file; None keeps nothing.
        complain: told once, should writing fail; a later success is silent.
        clock: seconds, of any clock that only goes forward.
    """

    def __init__(
        self,
        document: Document,
        path: Path | None,
        complain: Callable[[str], None],
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._document, self._path, self._complain, self._clock = document, path, complain, clock
        self._first: float | None = None
        self._last = 0.0
        self._failed = False
        document.subscribe(self._changed)

    def _changed(self, change: Change) -> None:
        self._last = self._clock()
        self._first = self._last if self._first is None else self._first

    def tick(self) -> None:
        """Write if it is time to; call it about once a second."""
        if self._first is None:
            return
        now = self._clock()
        if now - self._last >= QUIET_SECONDS or now - self._first >= MOST_SECONDS:
            self.flush()

    def flush(self) -> None:
        """Write now what is not yet written."""
        if self._first is None or self._path is None:
            return
        self._first = None
        try:
            write_kept(self._path, kept_session(self._document.desk))
            self._failed = False
        except SystoleError as error:
            if not self._failed:
                self._complain(translate("Begin", "The session is not kept: {0}").format(error))
            self._failed = True

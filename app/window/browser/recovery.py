"""Offers what a crashed second window left, or what lay there before a patch was asked for: a line with a button."""

from __future__ import annotations

import contextlib
import os
from datetime import datetime
from pathlib import Path

from PySide6.QtCore import QLockFile

from accel.errors import SystoleError
from app.window.browser.placing import made, place
from app.window.services import Services
from app.window.session.leftover import Leftover, leftovers
from app.window.session.reading import sound_from_text
from app.window.words import translate
from engine.library import user_folder

__all__ = ["offer_leftovers"]


def offer_leftovers(services: Services) -> None:
    """Offer the newest of them, if there is one. Its lock is held meanwhile, so that no other window offers it too."""
    locks: dict[Path, QLockFile] = {}

    def was_left(path: Path) -> bool:
        """A window that closes removes its lock; one that crashed leaves it, void."""
        lock = QLockFile(f"{path}.lock")
        lock.setStaleLockTime(0)  # only the death of its owner makes it void
        if not os.path.lexists(f"{path}.lock") or not lock.tryLock(0):
            return False
        locks[path] = lock
        return True

    found = next(
        leftovers(user_folder(), was_left, lambda text: sound_from_text(text, translate("Recovery", "a kept session"))),
        None,
    )
    for path, lock in locks.items():
        if found is None or path != found.path:
            lock.unlock()
    if found is not None:
        _offer(services, found, locks.get(found.path))


def _offer(services: Services, found: Leftover, lock: QLockFile | None) -> None:
    def open_it() -> None:
        services.document.adopt(found.desk, translate("Recovery", "Open the kept session"))
        with contextlib.suppress(OSError, SystoleError):  # then it is offered again, which harms nobody
            place(found.path, made(user_folder() / "trash"), found.path.stem, ".json")
        if lock is not None:
            lock.unlock()

    when = datetime.fromtimestamp(found.time).strftime("%d.%m. %H:%M")
    text = translate("Recovery", "Unsaved work of another session was kept: {0}, {1}").format(found.title, when)
    services.notices.say("info", text, translate("Recovery", "Open it"), open_it)

"""What every panel is given: the session, the engine, the clock, the look, and where to say something."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import msgspec

from app.window.actions import Actions
from app.window.clock import FrameClock
from app.window.link.link import EngineLink
from app.window.notices import Notices
from app.window.preferences import Preferences, load_preferences, merged, save_preferences
from app.window.session.document import Document
from app.window.theme.theme import Theme

if TYPE_CHECKING:
    from app.window.session.sync import Sync

__all__ = ["Remembered", "Services"]


class Remembered:
    """The preferences of this window, as they are by now. Saved when the window closes, and where it matters before.

    Any thread may call `save`; `change` belongs to the window's.
    """

    def __init__(self, value: Preferences) -> None:
        self.value = self._begun = value
        self._turn = threading.Lock()

    def change(self, **fields: Any) -> None:
        """Set some of them."""
        self.value = msgspec.structs.replace(self.value, **fields)

    def save(self) -> None:
        """Keep what this window has changed, beside what other windows have.

        Raises:
            SystoleError: see `store.write_kept`.
        """
        with self._turn:
            now = self.value
            there, _ = load_preferences()
            save_preferences(merged(self._begun, now, there))
            self._begun = now


@dataclass(frozen=True)
class Services:
    """One for a window. Panels talk to each other only through these."""

    document: Document
    link: EngineLink
    sync: Sync
    clock: FrameClock
    theme: Theme
    notices: Notices
    actions: Actions
    remembered: Remembered

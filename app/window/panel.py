"""What every panel is: a widget that is told of frames and of changes while it can be seen, and of nothing else.

A panel that fails is switched off with a line instead of taking the instrument along.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any, ClassVar

from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QFrame, QWidget

from app.window.clock import Frame
from app.window.services import Services
from app.window.session.document import Change

__all__ = ["Panel"]


class Panel(QFrame):
    """Base of all panels.

    Attributes:
        EVERY: takes one frame in so many; 1: sixty a second, 6: ten.
    """

    EVERY: ClassVar[int] = 1

    def __init__(self, services: Services, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.services = services
        self._is_stale, self._is_broken = True, False
        self.setProperty("panel", True)
        services.clock.frame.connect(self._frame)
        services.document.subscribe(self._changed)

    def show_frame(self, frame: Frame) -> None:
        """Take note of what the engine does now, and call `update` on what looks different. To be overridden."""

    def show_sound(self, change: Change | None) -> None:
        """Show the document's sound: what changed of it, or (None) all of it. To be overridden."""

    @property
    def is_broken(self) -> bool:
        """It failed, and is told of nothing any more."""
        return self._is_broken

    def showEvent(self, event: QShowEvent) -> None:
        """Catch up with what happened while nobody could see it."""
        super().showEvent(event)
        if self._is_stale:
            self._is_stale = False
            self._guarded(self.show_sound, None)

    def _frame(self, frame: Frame) -> None:
        if self.isVisible() and frame.number % self.EVERY == 0:
            self._guarded(self.show_frame, frame)

    def _changed(self, change: Change) -> None:
        if self.isVisible():
            self._guarded(self.show_sound, change)
        else:
            self._is_stale = True

    def _guarded(self, call: Callable[[Any], None], value: object) -> None:
        if self._is_broken:
            return
        try:
            call(value)
        except Exception as error:  # a fault of one panel must not end the instrument
            self._is_broken = True
            logging.getLogger(__name__).exception("%s", type(self).__name__)
            name = self.windowTitle() or type(self).__name__
            self.services.notices.say(
                "error",
                self.tr("{0} has failed and is switched off: {1}: {2}").format(name, type(error).__name__, error),
            )

"""Where the sound goes now: asked for when an engine is ready, and kept up to date by what it says from then on."""

from __future__ import annotations

from typing import Any

import msgspec
from PySide6.QtCore import QObject, Signal

from app.window.link.link import EngineLink
from engine.live.protocol import DescribeStream, StreamChanged

__all__ = ["StreamWatch"]

ASK_SECONDS = 40.0
"""It may be opening one."""


class StreamWatch(QObject):
    """One for a window; the engine may have been playing for long.

    Signals:
        changed: the sound goes elsewhere.

    Attributes:
        last: what was said last; None: nothing yet, as for an engine that was told to play to no device.
    """

    changed = Signal()

    def __init__(self, link: EngineLink, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.last: StreamChanged | None = None
        self._link, self._count = link, 0
        link.stream_changed.connect(self._heard)
        link.ready.connect(self._ask)
        if link.is_ready:
            self._ask()

    def _heard(self, notice: StreamChanged) -> None:
        self._count += 1
        self.last = notice
        self.changed.emit()

    def _ask(self) -> None:
        count = self._count
        self._link.ask(DescribeStream(), lambda result: self._told(result, count), lambda _: None, timeout=ASK_SECONDS)

    def _told(self, result: Any, count: int) -> None:
        """An answer takes another way than notices: one that came meanwhile is newer."""
        if result is not None and count == self._count:
            self._heard(msgspec.convert(result, StreamChanged))

    @property
    def is_heard(self) -> bool:
        """The sound goes to a device."""
        return self.last is not None and self.last.device is not None

    @property
    def sentence(self) -> str:
        """For a person."""
        if self.last is None or self.last.device is None:
            return self.tr("The sound goes nowhere: no device is open")
        return self.tr("The sound goes to {0}").format(self.last.device.name)

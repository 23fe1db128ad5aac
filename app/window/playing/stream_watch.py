"""Where the sound goes now, remembered from what the engine said last: panels that are made later want to know."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from app.window.link.link import EngineLink
from engine.live.protocol import StreamChanged

__all__ = ["StreamWatch"]


class StreamWatch(QObject):
    """One for a window, made before the engine starts.

    Signals:
        changed: the sound goes elsewhere.

    Attributes:
        last: what was said last; None: nothing yet, as for an engine that was told to play to no device.
    """

    changed = Signal()

    def __init__(self, link: EngineLink, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.last: StreamChanged | None = None
        link.stream_changed.connect(self._heard)

    def _heard(self, notice: StreamChanged) -> None:
        self.last = notice
        self.changed.emit()

    @property
    def is_heard(self) -> bool:
        """The sound goes to a device."""
        return self.last is not None and self.last.device is not None

    @property
    def sentence(self) -> str:
        """For a person."""
        if self.last is None or self.last.device is None:
            return "The sound goes nowhere: no device is open"
        return f"The sound goes to {self.last.device.name}"

"""Which source is armed: whose amounts all knobs show, and an Alt-drag sets."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from app.window.services import Services
from app.window.sound.shared import shared

__all__ = ["Arming"]


class Arming(QObject):
    """One for a window, see `of`.

    Signals:
        changed: another source is armed, or none.
    """

    changed = Signal()

    def __init__(self, services: Services, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.armed: str | None = None

    @staticmethod
    def of(services: Services) -> Arming:
        """The window's."""
        return shared(Arming, services)

    def arm(self, source: str | None) -> None:
        """Arm a source, or none."""
        if source != self.armed:
            self.armed = source
            self.changed.emit()

    def toggle(self, source: str) -> None:
        """Arm it, or none if it is armed."""
        self.arm(None if source == self.armed else source)

"""From any thread into the window's own: a call and its value are handed over, and done there, in order.

A thread must not touch an object of Qt while the window's thread deletes it, and looking first whether it is still
there does not help: it may go in between. So handing over and closing take turns by a lock. Nobody waits in it: what
is handed over is only put into a queue.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, Qt, Signal

__all__ = ["Handover"]


class _Door:
    """Of one handover, and all that is left of it once Qt has deleted it."""

    def __init__(self) -> None:
        self.lock, self.is_open = threading.Lock(), True

    def close(self) -> None:
        with self.lock:
            self.is_open = False


class Handover(QObject):
    """Open until `close`, or until its parent is deleted; what is handed over after that is dropped."""

    _handed = Signal(object, object)

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._door = _Door()
        self._handed.connect(lambda call, value: call(value), Qt.ConnectionType.QueuedConnection)
        self.destroyed.connect(self._door.close)

    def hand(self, call: Callable[[Any], object], value: Any) -> None:
        """Do `call` with a value in the thread of the window, soon; any thread may say so."""
        with self._door.lock, contextlib.suppress(RuntimeError):  # being deleted, and not yet told of it
            if self._door.is_open:
                self._handed.emit(call, value)

    def close(self) -> None:
        """Take nothing more. What was handed over before is still done."""
        self._door.close()

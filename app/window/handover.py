"""From any thread into the window's own: a call and its value are handed over, and done there, in order.

A thread must not touch an object of Qt while the window's thread deletes it: not even a lock that its end waits for
helps, since PySide has taken it apart before Qt says that it is going. So all threads use one object, which lasts
until Python ends, and whether a receiver is still there is asked in the window's thread, where it cannot go meanwhile.
"""

from __future__ import annotations

import atexit
import threading
from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, Qt, Signal

__all__ = ["Handover"]


class _Door:
    """Of one handover; looked at and shut in the window's thread."""

    is_open = True

    def shut(self) -> None:
        self.is_open = False

    def take(self, call: Callable[[Any], object], value: Any) -> None:
        if self.is_open:
            call(value)


class _Post(QObject):
    """What all threads hand to. Made in the window's thread, never deleted while it is open."""

    handed = Signal(object, object, object)

    def __init__(self) -> None:
        super().__init__()
        self._lock, self._is_open = threading.Lock(), True
        self.handed.connect(lambda door, call, value: door.take(call, value), Qt.ConnectionType.QueuedConnection)
        atexit.register(self._close)  # after PySide's own, so it comes before it

    def hand(self, door: _Door, call: Callable[[Any], object], value: Any) -> None:
        with self._lock:  # nobody waits in it: this only puts it into a queue
            if self._is_open:
                self.handed.emit(door, call, value)

    def _close(self) -> None:
        with self._lock:
            self._is_open = False


_posts: list[_Post] = []


class Handover:
    """Open until `close`, or until its parent is deleted; what arrives after that is dropped.

    Args:
        parent: whose end ends this; of the window's thread, in which this is made, too.
    """

    def __init__(self, parent: QObject) -> None:
        if not _posts:
            _posts.append(_Post())
        self._post, self._door = _posts[0], _Door()
        parent.destroyed.connect(self._door.shut)

    def hand(self, call: Callable[[Any], object], value: Any) -> None:
        """Do `call` with a value in the thread of the window, soon; any thread may say so."""
        if self._door.is_open:
            self._post.hand(self._door, call, value)

    def close(self) -> None:
        """Let nothing arrive any more, nor what is on its way."""
        self._door.shut()

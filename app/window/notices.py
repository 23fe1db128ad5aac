"""What the person should know: one line at a time, with the way on. Never a dialog in the way of playing."""

from __future__ import annotations

import logging
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from PySide6.QtCore import QObject, Signal

__all__ = ["Level", "Message", "Notices"]

Level = Literal["info", "warning", "error"]
HISTORY = 200


@dataclass(frozen=True)
class Message:
    """A line.

    Attributes:
        time: s since the epoch; count: times that it was said in a row.
        label, call: the way on, as a button; None: there is nothing to do.
        is_kept: it comes back after others that go by themselves, until somebody has closed it.
    """

    level: Level
    text: str
    time: float
    label: str | None = None
    call: Callable[[], None] | None = None
    count: int = 1
    is_kept: bool = False


class Notices(QObject):
    """All lines of this session, the newest last.

    Signals:
        said: a Message; one that repeats the last comes again with a higher count.
    """

    said = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.history: deque[Message] = deque(maxlen=HISTORY)

    def say(
        self,
        level: Level,
        text: str,
        label: str | None = None,
        call: Callable[[], None] | None = None,
        *,
        is_kept: bool = False,
    ) -> None:
        """Say a line, perhaps with a button for the way on; see `Message`."""
        line, count = " ".join(text.split()), 1
        if self.history and (self.history[-1].level, self.history[-1].text) == (level, line):
            count = self.history.pop().count + 1
        message = Message(level, line, time.time(), label, call, count, is_kept)
        self.history.append(message)
        logging.getLogger("systole.window").debug("%s: %s", level, line)
        self.said.emit(message)

"""What the engine says goes out through a thread of its own: an owner that hangs makes nobody here wait.

What it has not read is kept up to a bound; beyond that the oldest notice is dropped. Answers are never dropped in
favour of notices: the owner counts its unanswered requests, so there are few. What cannot be put into a message is a
fault of ours, and costs that one message: a request is refused instead, a notice is dropped, and both are logged.
"""

from __future__ import annotations

import contextlib
import logging
import threading
from collections import deque
from typing import Any

from engine.live.protocol import Answer, Done, Refused, encode
from engine.text import plain

__all__ = ["Mailbox"]

MOST = 256


def encode_safely(answer: Answer) -> bytes | None:
    """The answer as a message, a refusal where it is none that could be sent; None: nothing is to be sent."""
    try:
        return encode(answer)
    except Exception as error:  # text with half a character, an object that JSON does not know: of whatever kind
        logging.getLogger(__name__).exception("%s cannot be sent", type(answer).__name__)
        if isinstance(answer, Done | Refused):
            return encode(Refused(answer.id, plain(f"internal error: the answer cannot be sent: {error}")))
        return None


class Mailbox:
    """Sends messages over a connection (multiprocessing's Connection). Any thread may post."""

    def __init__(self, connection: Any) -> None:
        self._connection = connection
        self._queue: deque[Answer] = deque()
        self._changed = threading.Condition()
        self._closed = False
        self._thread = threading.Thread(target=self._run, name="systole-mailbox", daemon=True)
        self._thread.start()

    def post(self, answer: Answer) -> None:
        """Send an answer or a notice soon; after `close`, or once the owner is gone, never."""
        with self._changed:
            if self._closed:
                return
            if len(self._queue) >= MOST:
                notices = (at for at, each in enumerate(self._queue) if not isinstance(each, Done | Refused))
                del self._queue[next(notices, 0)]
            self._queue.append(answer)
            self._changed.notify()

    def close(self, timeout: float) -> None:
        """Send what is left, for at most `timeout` seconds."""
        with self._changed:
            self._closed = True
            self._changed.notify()
        self._thread.join(timeout)

    def _run(self) -> None:
        with contextlib.suppress(OSError, ValueError):
            while True:
                with self._changed:
                    while not self._queue and not self._closed:
                        self._changed.wait()
                    if not self._queue:
                        return
                    answer = self._queue.popleft()
                data = encode_safely(answer)
                if data is not None:
                    self._connection.send_bytes(data)
        with self._changed:
            self._closed = True
            self._queue.clear()

"""Requests on their way: which answers are waited for, for how long, and what was asked where the answer comes late."""

from __future__ import annotations

import threading
from concurrent.futures import Future
from typing import Any

from accel.errors import SystoleError
from engine.live import protocol
from engine.live.protocol import Done, Refused, Request, encode
from engine.text import plain

__all__ = ["MOST_WAITING", "Requests", "message", "seconds_for"]

MOST_WAITING = 64
SECONDS = 10.0
SLOW_SECONDS: dict[type, float] = {
    protocol.OpenStream: 40.0,  # PortAudio looks for devices, and then opens one
    protocol.CloseStream: 20.0,
    protocol.ListDevices: 40.0,
    protocol.DescribeStream: 40.0,  # behind whatever is being opened
    protocol.ListCv: 40.0,
    protocol.DescribeRecording: 30.0,  # behind a WAV that is being finished
    protocol.SetCv: 40.0,  # may open the stream anew
    protocol.CalibrateCv: 20.0,
    protocol.SetPatch: 30.0,  # of a model that was never played before
    protocol.MeasureLoudness: 60.0,  # of a model that was never played before
    protocol.StopRecording: 30.0,
    protocol.SaveJournal: 120.0,
}


def seconds_for(command: Request) -> float:
    """How long such a request may take."""
    return SLOW_SECONDS.get(type(command), SECONDS)


def message(command: Request) -> bytes:
    """A request as it is sent.

    Raises:
        SystoleError: larger than the engine takes, or no text that could be sent.
    """
    name = type(command).__name__
    try:
        data = encode(command)
    except (TypeError, ValueError) as error:
        raise SystoleError(f"{name}: {plain(error)}") from None
    if len(data) > protocol.MAX_BYTES:
        raise SystoleError(f"{name}: {len(data)} bytes; allowed: {protocol.MAX_BYTES}")
    return data


class Requests:
    """Finds who asked; any thread."""

    def __init__(self) -> None:
        self._turn = threading.Lock()
        self._waiting: dict[int, tuple[Future[Any], Request]] = {}
        self._late: dict[int, Request] = {}  # nobody waits for them any more, but they may be carried out yet
        self._ids = 0

    @property
    def waiting(self) -> int:
        """Answers that somebody waits for."""
        return len(self._waiting)

    def begin(self, command: Request) -> tuple[int, Future[Any]]:
        """A number for a request, and what will hold the answer.

        Raises:
            SystoleError: too many are waited for.
        """
        future: Future[Any] = Future()
        with self._turn:
            if len(self._waiting) >= MOST_WAITING:
                raise SystoleError(f"the engine has not answered {MOST_WAITING} requests: it takes no more")
            self._ids += 1
            self._waiting[self._ids] = future, command
            return self._ids, future

    def end(self, number: int, *, is_late: bool) -> None:
        """Nobody waits for it any more; is_late: it was sent, and its answer has not come."""
        with self._turn:
            found = self._waiting.pop(number, None)
            if is_late and found is not None:
                self._late[number] = found[1]
                while len(self._late) > MOST_WAITING:
                    self._late.pop(next(iter(self._late)))

    def find(self, answer: Done | Refused) -> tuple[Future[Any] | None, Request | None]:
        """What holds this answer, unless nobody waits for it, and what was asked, as far as that is known."""
        with self._turn:
            if answer.id in self._waiting:
                return self._waiting[answer.id]
            return None, self._late.pop(answer.id, None)

    def fail(self, line: str) -> None:
        """Nobody will answer what was asked."""
        with self._turn:
            waiting = [future for future, _ in self._waiting.values()]
            self._late.clear()
        for future in waiting:
            if not future.done():
                future.set_result(Refused(0, line))

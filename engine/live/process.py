"""The engine process: what it is made of, its start, its main loop and its end.

The main thread only listens, beats and hands on; starting up, with all its compiling, is done by another, so that an
owner that goes meanwhile is noticed. The end of the connection is the owner's death, or its wish: then the sound fades
out, a recording is finished, and the process goes, if need be by force. So it does after a fault of ours, and when the
system wants it to end: as that tells the owner too, the owner may first finish what it wants from us.
"""

from __future__ import annotations

import gc
import os
import signal
import sys
import threading
import time
import traceback
from typing import TYPE_CHECKING, Any

from accel.errors import SystoleError
from engine.live.deadline import RESTART
from engine.live.layout import State
from engine.live.mailbox import Mailbox
from engine.live.options import Options, decode_options
from engine.live.protocol import MAX_BYTES, Line, Ready, Refused, decode_request, request_id
from engine.live.shared import SharedBlock
from engine.live.supervisor import FATAL
from engine.text import plain

if TYPE_CHECKING:
    from engine.live.control import Control

__all__ = ["run"]

TICK_SECONDS = 0.01
MANY_MESSAGES = 64
END_SECONDS = 6.0
TERM_SECONDS = 3.0
FAILED, TERMINATED = 1, 128 + signal.SIGTERM


class _EndedError(Exception):
    """The owner hung up."""


def _is_too_long(error: BaseException) -> bool:
    """Whether a message was too long to be received: the system has no number for that, unlike for its own faults."""
    return isinstance(error, OSError) and error.errno is None


def _line(error: BaseException) -> str:
    """One line for whatever went wrong."""
    return str(error) if isinstance(error, SystoleError) else plain(f"internal error: {type(error).__name__}: {error}")


class _Process:
    """One engine. `began`: time.monotonic when the process started."""

    def __init__(self, connection: Any, block: SharedBlock, began: float) -> None:
        self._connection, self._block, self._began = connection, block, began
        self._header = block.arrays["header"]
        self._header["engine"] = os.getpid()
        self._mail = Mailbox(connection)
        self._control: Control | None = None
        self._failure: int | None = None
        self._parent = os.getppid()
        self._told: float | None = None  # time.monotonic when the system told us to end

    def run(self) -> int:
        """Play until told to end, or nobody is there any more; the exit status."""
        try:
            data = self._connection.recv_bytes(MAX_BYTES)
        except (EOFError, OSError) as error:
            return self._refuse_start() if _is_too_long(error) else 0
        signal.signal(signal.SIGTERM, self._tell)
        threading.Thread(target=self._start, args=(data,), name="systole-start", daemon=True).start()
        early: list[bytes] = []
        status: int | None = None
        while status is None:
            try:
                self._listen(early)
                status = self._turn(early)
            except _EndedError:
                status = 0
            except Exception as error:
                traceback.print_exc()
                self._mail.post(Line("warning", _line(error)))
                status = FAILED
        return self._end(status)

    def _refuse_start(self) -> int:
        self._mail.post(Line("error", f"options: more than the {MAX_BYTES} bytes that are allowed"))
        return self._end(FATAL)

    def _tell(self, *_: object) -> None:
        """SIGTERM: runs between two steps of the main thread."""
        if self._told is None:
            self._told = time.monotonic()

    def _turn(self, early: list[bytes]) -> int | None:
        """What is to be done again and again; an exit status if it is over."""
        self._header["heartbeat"] = time.perf_counter_ns()
        if self._failure is not None:
            return self._failure
        if self._told is not None and time.monotonic() > self._told + TERM_SECONDS:
            self._mail.post(Line("warning", "the engine was told to end by a SIGTERM"))
            return TERMINATED
        control = self._control
        if control is None:
            return None
        while early:
            self._handle(control, early.pop(0))
        control.tick()
        if control.is_stuck:
            self._mail.post(Line("warning", "the sound library does not answer any more: starting the engine again"))
            return RESTART
        return 0 if control.is_stopping else None

    def _listen(self, early: list[bytes]) -> None:
        """Take the messages that are there, waiting a moment for one; those before the start is done are kept."""
        try:
            for number in range(MANY_MESSAGES):
                if not self._connection.poll(TICK_SECONDS if number == 0 else 0):
                    break
                early.append(self._connection.recv_bytes(MAX_BYTES))
        except (EOFError, OSError) as error:
            if _is_too_long(error):
                raise SystoleError(f"request: more than the {MAX_BYTES} bytes that are allowed") from None
            raise _EndedError from None
        if os.name == "posix" and os.getppid() != self._parent:
            raise _EndedError  # a copy of the owner's end may live on in a process that it forked

    def _handle(self, control: Control, data: bytes) -> None:
        try:
            request = decode_request(data)
        except SystoleError as error:
            self._mail.post(Refused(request_id(data), str(error)))
            return
        control.handle(request)

    def _start(self, data: bytes) -> None:
        """In a thread of its own: everything up to the first sound."""
        try:
            self._make(decode_options(data))
        except SystoleError as error:
            self._mail.post(Line("error", str(error)))
            self._failure = FATAL
        except BaseException as error:
            traceback.print_exc()
            self._mail.post(Line("error", _line(error)))
            self._failure = FAILED

    def _make(self, options: Options) -> None:
        # Where SciPy is installed, Numba looks for its BLAS: an eighth of the start, for nothing that is used here.
        sys.modules.setdefault("scipy", None)  # type: ignore[arg-type]
        from engine.live.assembly import assemble  # everything heavy

        control, play = assemble(self._block.arrays, options, self._mail.post)
        play()
        self._control = control
        self._mail.post(Ready(round(time.monotonic() - self._began, 3)))
        gc.collect()
        gc.freeze()  # what is here now stays: no collection need look at it again

    def _end(self, status: int) -> int:
        """Fade out and finish what is being written, but not for longer than the owner waits."""
        guard = threading.Timer(END_SECONDS, os._exit, (status,))
        guard.daemon = True
        guard.start()
        if self._control is not None:
            try:
                self._control.close()
            except Exception:
                traceback.print_exc()
        self._header["state"] = State.FAILED if status == FATAL else State.STOPPED
        self._mail.close(1.0)
        sys.stderr.flush()
        guard.cancel()
        return status


def run(connection: Any, block: SharedBlock, began: float) -> int:
    """Be an engine for whoever is at the other end of a connection (multiprocessing's) and shares the block.

    Args:
        began: time.monotonic at the start of the process.

    Returns:
        The exit status that the process must end with, at once: a sound library may still hang.
    """
    return _Process(connection, block, began).run()

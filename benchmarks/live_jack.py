"""A sound server without hardware, for tests and benchmarks."""

from __future__ import annotations

import contextlib
import ctypes
import fcntl
import os
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from engine.midi.jack_library import NO_START, jack_library
from engine.realtime.jack_process import silent_address

__all__ = ["JackServer", "end_with_parent", "jack_server", "may_be_realtime", "wait_for"]

MOST_SERVERS = 6
"""At once, of all test runs on this machine."""


def wait_for(condition: Callable[[], Any], seconds: float = 10.0, what: str = "") -> Any:
    """The first true value of `condition`, asked a hundred times a second."""
    end = time.monotonic() + seconds
    while not (value := condition()):
        assert time.monotonic() < end, f"waited {seconds} s in vain: {what}"
        time.sleep(0.01)
    return value


def end_with_parent() -> None:
    """In the child: end when the tests do, however they end (PR_SET_PDEATHSIG)."""
    ctypes.CDLL(None).prctl(1, signal.SIGTERM)


def may_be_realtime() -> bool:
    """Whether we may have real-time priority, and so may JACK's threads."""
    if not hasattr(os, "sched_setscheduler"):
        return False
    policy, parameters = os.sched_getscheduler(0), os.sched_getparam(0)
    try:
        os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(1))
    except OSError:
        return False
    os.sched_setscheduler(0, policy, parameters)
    return True


class JackServer:
    """A `jackd -d dummy` of its own name: nobody else's server is touched, and no hardware.

    Args:
        is_realtime: its threads and its clients' get real-time priority, as on a musician's machine.
    """

    def __init__(self, name: str, rate: int, period: int, log: Path, *, is_realtime: bool = False) -> None:
        self.name, self.rate, self.period, self.log = name, rate, period, log
        self._priority = ["-R", "-P", "80"] if is_realtime else ["-r"]
        self._process: subprocess.Popen[bytes] | None = None
        self._was_killed = False

    def start(self) -> None:
        """Start it, and wait until clients can be opened."""
        command = ["jackd", "-n", self.name, *self._priority]
        command += ["-d", "dummy", "-r", str(self.rate), "-p", str(self.period)]
        environment = {**os.environ, "JACK_NO_AUDIO_RESERVATION": "1"}
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                command,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                preexec_fn=end_with_parent,
            )
        wait_for(self._answers, 15, f"{' '.join(command)}: {self.log.read_text()}")

    def _answers(self) -> bool:
        assert self._process is not None
        assert self._process.poll() is None, self.log.read_text()
        library = jack_library()
        client = library.jack_client_open(b"hello", NO_START, ctypes.byref(ctypes.c_int()))
        if client:
            library.jack_client_close(client)
        return bool(client)

    def kill(self) -> None:
        """As a crash or an unplugged interface would."""
        assert self._process is not None
        self._process.kill()
        self._process.wait()
        self._process, self._was_killed = None, True

    def stop(self) -> None:
        """End it, and remove what killed servers and clients have left."""
        if self._was_killed and self._process is None:
            self.start()  # JACK remembers eight servers in all, and forgets a killed one when its name comes again
        if self._process is None:
            return
        self._process.terminate()
        try:
            self._process.wait(5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process = None
        for left in (
            *Path("/dev/shm").glob(f"jack_sem.*_{self.name}_*"),
            *Path("/dev/shm").glob(f"jack_{self.name}_*"),
        ):
            left.unlink(missing_ok=True)


@contextlib.contextmanager
def _free_name() -> Iterator[str]:
    """A name that nobody uses now, of few: JACK knows eight, and forgets a dead server when its name comes again."""
    for number in range(MOST_SERVERS):
        with (Path(tempfile.gettempdir()) / f"systole-jack-{os.getuid()}-{number}.lock").open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                continue
            yield f"systole-test-{number}"
            return
    raise AssertionError(f"{MOST_SERVERS} such servers are running already")


@contextlib.contextmanager
def jack_server(
    folder: Path, rate: int = 48_000, period: int = 128, *, is_realtime: bool = False
) -> Iterator[JackServer]:
    """A running server; meanwhile it is the one that this process and its children find."""
    library = jack_library()
    library.jack_set_error_function(silent_address())
    library.jack_set_info_function(silent_address())
    before = os.environ.get("JACK_DEFAULT_SERVER")
    with _free_name() as name:
        server = JackServer(name, rate, period, folder / "jackd.log", is_realtime=is_realtime)
        os.environ["JACK_DEFAULT_SERVER"] = server.name
        try:
            server.start()
            yield server
        finally:
            server.stop()
            if before is None:
                del os.environ["JACK_DEFAULT_SERVER"]
            else:
                os.environ["JACK_DEFAULT_SERVER"] = before

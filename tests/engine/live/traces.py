"""What a process leaves behind, if it is not careful: counted before and after."""

from __future__ import annotations

import ctypes
import gc
import os
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil

from engine.midi.jack_library import NO_START, jack_library, names

__all__ = ["Traces", "is_gone", "leave_orphans_to_us", "ports", "shared_names", "traces"]

ADOPT = 36  # PR_SET_CHILD_SUBREAPER


@dataclass(frozen=True)
class Traces:
    """What there is: child processes, threads and descriptors of this one, names of shared memory, ports of JACK."""

    children: frozenset[int]
    threads: frozenset[str]
    descriptors: int
    shared: frozenset[str]
    ports: frozenset[str]


def ports() -> frozenset[str]:
    """Every port of the JACK server that clients of this process find."""
    library = jack_library()
    client = library.jack_client_open(b"counter", NO_START, ctypes.byref(ctypes.c_int()))
    assert client, "no server"
    try:
        return frozenset(names(library, library.jack_get_ports(client, None, None, 0)))
    finally:
        library.jack_client_close(client)


def shared_names(server: str) -> frozenset[str]:
    """Shared memory with a name, but for that of other JACK servers than `server`."""
    found = {path.name for path in Path("/dev/shm").iterdir()}
    return frozenset(name for name in found if not name.startswith("jack") or f"_{server}_" in name)


def traces(server: str) -> Traces:
    """What there is now, with clients of the JACK server `server`."""
    gc.collect()
    return Traces(
        frozenset(child.pid for child in psutil.Process().children(recursive=True)),
        frozenset(thread.name for thread in threading.enumerate()),
        len(list(Path("/proc/self/fd").iterdir())),
        shared_names(server),
        ports(),
    )


def leave_orphans_to_us() -> Iterator[None]:
    """From here on, a process whose parent dies becomes a child of ours, and so is counted (a fixture's body)."""
    library = ctypes.CDLL(None)
    library.prctl(ADOPT, 1, 0, 0, 0)
    yield
    library.prctl(ADOPT, 0, 0, 0, 0)


def is_gone(pid: int) -> bool:
    """Whether a process has ended; one that became ours and is a zombie is buried."""
    try:
        os.waitpid(pid, os.WNOHANG)
    except ChildProcessError:
        return not psutil.pid_exists(pid)
    return not psutil.pid_exists(pid)

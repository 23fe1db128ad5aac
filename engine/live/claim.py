"""A file that one engine writes at a time: two that record to the same name would write over each other.

The lock is the system's (flock), so it ends with the process that holds it, however that ends. Where there are no such
locks (Windows, some network drives) the file is opened without one.
"""

from __future__ import annotations

import contextlib
import os
import sys
from pathlib import Path
from typing import BinaryIO, cast

from accel.errors import SystoleError
from engine.text import plain

if sys.platform != "win32":
    import fcntl

__all__ = ["open_alone"]


def _lock(file: BinaryIO, path: Path) -> bool:
    """Whether nobody else has the file, and it still has its name."""
    if sys.platform == "win32":
        return True
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:  # a file system without locks
        return True
    with contextlib.suppress(FileNotFoundError):  # finished by another, just before we had the lock
        return os.path.samestat(os.fstat(file.fileno()), path.stat())
    return False


def open_alone(path: Path) -> BinaryIO:
    """Open a file for writing, emptied and unbuffered, that nobody else opens by this function until it is closed.

    Raises:
        SystoleError: somebody else writes it.
        OSError: it cannot be written.
    """
    handle = os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_BINARY", 0), 0o666)
    file = cast(BinaryIO, os.fdopen(handle, "r+b", buffering=0))
    if not _lock(file, path):
        file.close()
        raise SystoleError(f"{plain(path)}: another engine is recording to it; choose another name")
    file.truncate(0)
    return file

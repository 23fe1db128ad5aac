"""Silence for C libraries that print to stderr whatever they try: a dozen lines of ALSA for a machine without sound."""

from __future__ import annotations

import contextlib
import os
import threading
from collections.abc import Iterator

__all__ = ["quiet_stderr"]

_turn = threading.RLock()
_depth = 0


@contextlib.contextmanager
def quiet_stderr() -> Iterator[None]:
    """Drop what is written to descriptor 2 meanwhile, by the whole process; may be nested, threads take turns.

    So it is for short calls only, and a traceback of another thread may be lost with the rest.
    """
    global _depth
    with _turn:
        saved = None
        if _depth == 0:
            with contextlib.suppress(OSError):  # no stderr at all: nothing to silence
                saved = os.dup(2)
        _depth += 1
        try:
            if saved is not None:
                with open(os.devnull, "wb", buffering=0) as nowhere:  # noqa: PTH123 (a device, by descriptor)
                    os.dup2(nowhere.fileno(), 2)
            yield
        finally:
            _depth -= 1
            if saved is not None:
                os.dup2(saved, 2)
                os.close(saved)

"""How time is taken everywhere here: processor time of this thread, block by block, without garbage collection."""

from __future__ import annotations

import contextlib
import gc
import time
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["Say", "calm", "quiet", "times_of"]

Say = Callable[[str], None]
"""Progress: called with what is being measured now."""


def quiet(_: str) -> None:
    """Progress for nobody."""


@contextlib.contextmanager
def calm() -> Iterator[None]:
    """No garbage collection meanwhile."""
    was_enabled = gc.isenabled()
    gc.collect()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def times_of(action: Callable[[], Any], *, seconds: float, least: int = 3, most: int = 100_000) -> NDArray[np.float64]:
    """CPU seconds of each call, for about `seconds` of CPU time in all, at least `least` and at most `most` calls."""
    found: list[float] = []
    clock = time.thread_time
    end = clock() + seconds
    while len(found) < least or (len(found) < most and clock() < end):
        began = clock()
        action()
        found.append(clock() - began)
    return np.array(found)

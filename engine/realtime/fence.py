"""Order of memory for plain Python, which has no ordered loads and stores.

A lock taken and released twice is a full fence: nothing moves down past the first release or up past the second
acquire. On x86 none would be needed; it costs a fraction of a microsecond. No Numba here, since the window's process
uses this too.
"""

from __future__ import annotations

import threading

__all__ = ["Fence"]


class Fence:
    """Any thread may use it; none waits for longer than another takes to pass."""

    def __init__(self) -> None:
        self._lock = threading.Lock()

    def order(self) -> None:
        """What was read and written before is so before anything that follows."""
        for _ in range(2):
            with self._lock:
                pass

"""Of the jobs that wait, only the newest is done.

A keyboard may send a thousand program changes a second, and each would read a file: all but the last are out of date
before their turn comes. So one job runs, one waits, and a new one takes the place of that which waits; memory and
delay are bounded whatever is sent.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Executor

__all__ = ["Newest"]


class Newest:
    """Hands jobs to an executor, at most one at a time to wait there.

    Args:
        executor: runs them in its own thread; jobs of others may stand between.
    """

    def __init__(self, executor: Executor) -> None:
        self._executor = executor
        self._lock = threading.Lock()
        self._job: Callable[[], object] | None = None

    def submit(self, job: Callable[[], object]) -> None:
        """Do this soon, unless another job is submitted before its turn; returns at once."""
        with self._lock:
            is_waiting, self._job = self._job is not None, job
        if not is_waiting:
            self._executor.submit(self._run)

    def _run(self) -> None:
        with self._lock:
            job, self._job = self._job, None
        if job is not None:
            job()

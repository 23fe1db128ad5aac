"""A limit of time for tests that start processes: what was started is killed when it has passed, whatever waits for it.

Killing is what ends a wait inside a library, too, as JACK's for its server; should even that not help, the whole run
ends (with `-s` it shows the stacks of all threads), since a run that hangs says nothing at all.
"""

from __future__ import annotations

import contextlib
import faulthandler
import threading
from collections.abc import Iterator

import psutil

__all__ = ["end_all", "time_limit"]

LAST_SECONDS = 60.0
"""From the killing to the end of the run."""
END_SECONDS = 10.0


def end_all(processes: list[psutil.Process], seconds: float = END_SECONDS) -> list[str]:
    """Give these processes time to end by themselves, then kill them; command lines of those that had to be."""
    _, left = psutil.wait_procs(processes, seconds)
    names = []
    for process in left:
        with contextlib.suppress(psutil.NoSuchProcess):
            names.append(" ".join(process.cmdline()))
            process.kill()
    psutil.wait_procs(left, seconds)
    return names


def _is_tracker(process: psutil.Process) -> bool:
    """Python's own, of shared memory, which lives as long as we do."""
    try:
        return any("resource_tracker" in word for word in process.cmdline())
    except psutil.Error:
        return False


@contextlib.contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    """Kill what was started inside when it takes longer than that; afterwards, what is left over.

    Raises:
        AssertionError: the time was up.
    """
    me, killed = psutil.Process(), list[str]()
    before = set(me.children(recursive=True))

    def ours() -> list[psutil.Process]:
        return [each for each in me.children(recursive=True) if each not in before and not _is_tracker(each)]

    def stop() -> None:
        killed.extend(end_all(ours(), 0) or ["nothing"])

    timer = threading.Timer(seconds, stop)
    timer.daemon = True
    timer.start()
    faulthandler.dump_traceback_later(seconds + LAST_SECONDS, exit=True)
    try:
        yield
    finally:
        timer.cancel()
        faulthandler.cancel_dump_traceback_later()
        end_all(ours(), 0)
        if killed:
            raise AssertionError(f"not done after {seconds:g} s: killed {'; '.join(killed)}")

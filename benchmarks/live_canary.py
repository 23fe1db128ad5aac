"""Threads that only sleep, one tied to each core: what wakes them late delays the sound as well, whoever is at fault.

They have the priority that the sound has. A block that began late while they woke late, or while its own thread was
taken off its core, is the machine's fault; where they saw nothing, it is ours.
"""

from __future__ import annotations

import contextlib
import os
import threading
from types import TracebackType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from accel.emulator.entry import address_of
from engine.jit import compiled
from engine.live.priority import raise_thread
from engine.realtime.native import load_acquire, native_words, now_ns, sleep_us
from engine.realtime.rig import WORD_AT

__all__ = ["NOTED_NS", "Canaries"]

PRIORITY = 75
"""Between JACK's clients (70) and its server (80)."""
SLEEP_US = 500
NOTED_NS = 250_000
"""Who wakes up that much late was kept from it."""
LENGTH = 1 << 20


@compiled
def _watch(words: Any, control: Any, noted: Any) -> None:
    """Sleep until control[0] is not 0; of late awakenings, their time and lateness go into `noted`, int64 [n, 2]."""
    while load_acquire(address_of(control)) == 0:
        before = now_ns(words)
        sleep_us(words, SLEEP_US)
        now = now_ns(words)
        late = now - before - SLEEP_US * 1000
        count = control[1]
        if late > NOTED_NS and count < noted.shape[0]:
            noted[count, 0], noted[count, 1] = now, late
            control[1] = count + 1


class Canaries:
    """One thread per core of this machine; context manager.

    Attributes:
        are_raised: whether they have real-time priority.
    """

    def __init__(self) -> None:
        self._words = np.zeros(len(WORD_AT), np.int64)
        for name, value in native_words().items():
            self._words[WORD_AT[name]] = value
        self.are_raised = True
        self._threads: list[tuple[threading.Thread, NDArray[Any], NDArray[Any]]] = []
        cores = sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else [-1]
        for core in cores:
            control, noted = np.zeros(2, np.int64), np.zeros((LENGTH // len(cores), 2), np.int64)
            thread = threading.Thread(target=self._run, args=(core, control, noted), daemon=True)
            self._threads.append((thread, control, noted))

    def _run(self, core: int, control: NDArray[Any], noted: NDArray[Any]) -> None:
        if core >= 0:
            with contextlib.suppress(OSError):
                os.sched_setaffinity(0, {core})
        if raise_thread(threading.get_native_id(), PRIORITY) is not None:
            self.are_raised = False
        _watch(self._words, control, noted)

    @property
    def late(self) -> NDArray[np.int64]:
        """Late awakenings of all cores so far, by time: ns of time.perf_counter_ns, ns of lateness; int64 [n, 2]."""
        found = np.concatenate([noted[: int(control[1])] for _, control, noted in self._threads])
        return found[np.argsort(found[:, 0])]

    def __enter__(self) -> Canaries:
        for thread, _, _ in self._threads:
            thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for thread, control, _ in self._threads:
            control[0] = 1
            thread.join()

"""Threads that only sleep, one tied to each core: what wakes them late delays the sound as well, whoever is at fault.

They have a higher priority than the sound, so it cannot be what keeps them waiting. After each sleep they do the same
sum over the same memory, as the sound goes through that of its voices, and note where it takes longer than it usually
does (`live_witness`): a core that runs slower, or a cache that others use, slows the sound as well.
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
from benchmarks.live_witness import NOTED_NS, WITNESS, witnesses
from engine.jit import compiled
from engine.live.priority import raise_thread
from engine.realtime.native import load_acquire, native_words, now_ns, sleep_us, thread_ns
from engine.realtime.rig import WORD_AT

__all__ = ["Canaries"]

PRIORITY = 75
"""Between JACK's clients (70) and its server (80)."""
SLEEP_US = 500
NOTED_SLOW = 1.25
"""A sum that took so many times as long as usual is noted."""
WORDS, LINE = 16_384, 8
"""Of the memory, 128 KiB; of a line in the cache, of which one is added: some 10 us."""
STEP_NS = 16
"""By which what is usual, a running median, follows each sum."""
LENGTH = 1 << 20


@compiled
def _sum(memory: Any, seed: int) -> int:
    """Steps that each need the one before."""
    found = seed
    for at in range(0, memory.shape[0], LINE):
        found = (found * 6364136223846793005 + memory[at]) ^ (found >> 29)
    return found


@compiled
def _watch(words: Any, control: Any, noted: Any, memory: Any) -> None:
    """Sleep until control[0] is not 0; note time, lateness and the sum's time, ns, in `noted`, int64 [n, 3].

    control[1] counts the notes, control[2] is the usual time of the sum, control[3] its result; memory: int64 [WORDS].
    """
    while load_acquire(address_of(control)) == 0:
        before = now_ns(words)
        sleep_us(words, SLEEP_US)
        now, spent = now_ns(words), thread_ns(words)
        control[3] = _sum(memory, control[3])
        took = thread_ns(words) - spent
        control[2] += STEP_NS if took > control[2] else -STEP_NS
        late, count = now - before - SLEEP_US * 1000, control[1]
        if (late > NOTED_NS or took > NOTED_SLOW * control[2]) and count < noted.shape[0]:
            noted[count, 0], noted[count, 1], noted[count, 2] = now, late, took
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
        self._threads: list[tuple[threading.Thread, int, NDArray[Any], NDArray[Any]]] = []
        cores = sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else [-1]
        for core in cores:
            control, noted = np.array([0, 0, 10_000, 1]), np.zeros((LENGTH // len(cores), 3), np.int64)
            thread = threading.Thread(target=self._run, args=(core, control, noted), daemon=True)
            self._threads.append((thread, core, control, noted))

    def _run(self, core: int, control: NDArray[Any], noted: NDArray[Any]) -> None:
        if core >= 0:
            with contextlib.suppress(OSError):
                os.sched_setaffinity(0, {core})
        if raise_thread(threading.get_native_id(), PRIORITY) is not None:
            self.are_raised = False
        _watch(self._words, control, noted, np.zeros(WORDS, np.int64))

    @property
    def seen(self) -> NDArray[np.void]:
        """What was noted on all cores so far, `live_witness.WITNESS`, by core and time."""
        found = [np.zeros(0, WITNESS)]
        for _, core, control, noted in self._threads:
            part = noted[: int(control[1])].copy()
            records = witnesses(part[:, 0], part[:, 1], core)
            records["slow"] = np.maximum(part[:, 2] / control[2], 1.0)
            found.append(records)
        return np.concatenate(found)

    def __enter__(self) -> Canaries:
        for thread, *_ in self._threads:
            thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for thread, _, control, _ in self._threads:
            control[0] = 1
            thread.join()

"""Clocks, thread numbers and calls by address, from compiled code."""

from __future__ import annotations

import ctypes
import os
import threading
import time

import numba
import numpy as np
import pytest

from engine.realtime.native import (
    NATIVE_AT,
    call_u32,
    call_words,
    core_number,
    load_acquire,
    native_words,
    now_ns,
    sleep_us,
    store_release,
    thread_id,
    thread_ns,
)


@pytest.fixture
def words() -> np.ndarray:
    found = np.zeros(len(NATIVE_AT), np.int64)
    for name, value in native_words().items():
        found[NATIVE_AT[name]] = value
    return found


def test_the_wall_clock_is_pythons(words) -> None:
    for _ in range(100):
        before = time.perf_counter_ns()
        now = now_ns(words)
        assert before <= now <= time.perf_counter_ns()


def test_a_counter_of_another_rate_becomes_nanoseconds(words) -> None:
    """The branch for Windows, with a stand-in for its counter."""

    @ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_int64))
    def counter(out) -> int:
        out[0] = 30_000_000_000_001
        return 1

    words[NATIVE_AT["clock"]] = ctypes.cast(counter, ctypes.c_void_p).value
    words[NATIVE_AT["ticks"]] = 10_000_000
    assert now_ns(words) == thread_ns(words) == 3_000_000_000_000_100


def test_the_core_is_one_that_we_may_use(words) -> None:
    if not words[NATIVE_AT["core"]]:
        assert core_number(words) == -1
        return
    allowed = os.sched_getaffinity(0)
    assert core_number(words) in allowed
    words[NATIVE_AT["core"]] = 0
    assert core_number(words) == -1


def test_a_thread_that_sleeps_uses_no_processor(words) -> None:
    sleep_us(words, 0)  # compiled
    wall, own = now_ns(words), thread_ns(words)
    sleep_us(words, 30_000)
    assert now_ns(words) - wall >= 30_000_000
    assert thread_ns(words) - own < 15_000_000


def test_the_number_of_a_thread(words) -> None:
    if not words[NATIVE_AT["thread_id"]]:
        assert thread_id(words) == 0
        return
    found = []
    worker = threading.Thread(target=lambda: found.append((thread_id(words), threading.get_native_id())))
    worker.start()
    worker.join()
    assert found[0][0] == found[0][1] != thread_id(words)


@numba.njit
def _call_both(wide, narrow, value):
    return call_words(wide, value), call_u32(narrow, value)


def test_calls_by_address() -> None:
    wide = ctypes.CFUNCTYPE(ctypes.c_int64, ctypes.c_int64)(lambda value: -3 * value)
    narrow = ctypes.CFUNCTYPE(ctypes.c_uint32, ctypes.c_void_p)(lambda pointer: 0xFFFFFFF0 + (pointer or 0))
    addresses = [ctypes.cast(each, ctypes.c_void_p).value for each in (wide, narrow)]
    assert _call_both(*addresses, 5) == (-15, 0xFFFFFFF5)


@numba.njit
def _count_up(address):
    store_release(address, load_acquire(address) + 1)


def test_ordered_words_are_words() -> None:
    word = np.array([41, 7])
    _count_up(word.ctypes.data)
    assert word.tolist() == [42, 7]

"""Turns and sequence locks between threads."""

from __future__ import annotations

import threading

import numba
import numpy as np

from engine.realtime.native import load_acquire
from engine.realtime.turn import begin_write, end_write, give_turn, take_turn


@numba.njit(nogil=True)
def _count(address, total, rounds):
    """Raise a counter, in two steps, whenever it is our turn."""
    got = 0
    for _ in range(rounds):
        if take_turn(address):
            before = total[0]
            total[1] += 1
            total[0] = before + 1
            got += 1
            give_turn(address)
    return got


def test_one_at_a_time() -> None:
    word, total, got = np.zeros(1, np.int64), np.zeros(2, np.int64), []
    _count(word.ctypes.data, total, 0)
    threads = [threading.Thread(target=lambda: got.append(_count(word.ctypes.data, total, 300_000))) for _ in range(4)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert total[0] == total[1] == sum(got) > 0 and word[0] == 0
    assert take_turn(word.ctypes.data) and not take_turn(word.ctypes.data)


@numba.njit(nogil=True)
def _write(address, seq, values, rounds):
    for number in range(1, rounds + 1):
        begin_write(address, seq[0])
        for index in range(values.shape[0]):
            values[index] = number
        end_write(address, seq[0])


@numba.njit(nogil=True)
def _read(address, values, last):
    """Copies that the lock calls good but that are mixed; ends when `last` was seen."""
    torn = seen = 0
    while seen < last:
        before = load_acquire(address)
        low = high = values[0]
        for index in range(values.shape[0]):
            low, high = min(low, values[index]), max(high, values[index])
        if before == load_acquire(address) and before % 2 == 0:
            torn += 1 if low != high else 0
            seen = high
    return torn


def test_what_is_read_between_two_equal_even_numbers_is_whole() -> None:
    seq, values, rounds, torn = np.zeros(1, np.int64), np.zeros(300, np.int64), 20_000, []
    _write(seq.ctypes.data, seq, values, 0)
    reader = threading.Thread(target=lambda: torn.append(_read(seq.ctypes.data, values, rounds)))
    reader.start()
    _write(seq.ctypes.data, seq, values, rounds)
    reader.join(timeout=60)
    assert torn == [0] and seq[0] == 2 * rounds


def test_a_lock_that_was_left_odd_is_right_after_the_next_write() -> None:
    seq = np.full(1, 7)
    begin_write(seq.ctypes.data, 7)
    assert seq[0] % 2 == 1
    end_write(seq.ctypes.data, 7)
    assert seq[0] == 8

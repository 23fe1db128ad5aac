"""Rings of events: nothing is lost, nothing is seen before it is whole, from Python and from compiled code."""

from __future__ import annotations

import subprocess
import sys
import threading
from pathlib import Path

import numba
import numpy as np
import pytest

from accel.emulator.entry import address_of
from engine.events import EVENT, event_array
from engine.jit import compiled
from engine.realtime.event_ring import EventRing
from engine.realtime.native import store_release
from engine.realtime.ring import push, waiting

SIZE = 16


def ring(which: int = 0) -> tuple[np.ndarray, np.ndarray, np.ndarray, int]:
    return np.zeros(SIZE, EVENT), np.zeros(16, np.int64), np.zeros(16, np.int64), which


def rows(first: int, count: int) -> list[tuple[int, int, int, int, float]]:
    return [(n, n % 13, n % 16, n % 128, float(-n)) for n in range(first, first + count)]


def test_python_to_python_around_the_end_of_the_array() -> None:
    both = EventRing(*ring())
    for first in range(0, 1000, 11):
        assert both.push(rows(first, 11)) == 11
        assert both.waiting == 11 and both.free == SIZE - 11
        assert both.pop().tolist() == rows(first, 11)
    assert both.pop().tolist() == []


def test_a_full_ring_takes_the_first_and_says_so() -> None:
    full = EventRing(*ring())
    assert full.push(rows(0, 20)) == SIZE
    assert full.push(rows(20, 1)) == 0
    assert full.pop(3).tolist() == rows(0, 3)
    assert full.push(rows(16, 9)) == 3
    assert full.pop().tolist() == rows(3, 16)


def test_records_as_they_are() -> None:
    given = event_array(rows(5, 4))
    both = EventRing(*ring())
    both.push(given)
    assert np.array_equal(both.pop(), given)


@pytest.mark.parametrize("records", [np.zeros(12, EVENT), np.zeros(0, EVENT), np.zeros(16)])
def test_an_array_that_is_no_ring_is_refused(records) -> None:
    with pytest.raises(ValueError, match="power of two"):
        EventRing(records, np.zeros(1, np.int64), np.zeros(1, np.int64))


@compiled
def pop_into(records, heads, tails, which, out, start):
    """Move records into out[start:] until the ring is empty or `out` is full, as consumers do; how many."""
    tail = tails[which]
    count = min(waiting(heads, tails, which), out.shape[0] - start)
    for i in range(count):
        out[start + i] = records[(tail + i) & (records.shape[0] - 1)]
    store_release(address_of(tails) + 8 * which, tail + count)
    return count


def test_compiled_to_compiled_and_to_python() -> None:
    records, heads, tails, which = ring(8)
    given, taken = event_array(rows(0, 40)), np.zeros(40, EVENT)
    python = EventRing(records, heads, tails, which)
    done = 0
    for each in given:
        if not push(records, heads, tails, which, each):
            assert waiting(heads, tails, which) == SIZE
            done += pop_into(records, heads, tails, which, taken[:30], done)
            assert push(records, heads, tails, which, each)
    assert done == 30 and waiting(heads, tails, which) == 10  # what did not fit into 30 stayed
    assert np.array_equal(np.concatenate([taken[:30], python.pop()]), given)
    assert heads[8] == tails[8] == 40 and not heads[:8].any()


@numba.njit(nogil=True)
def _consume(records, heads, tails, total):
    """Read until `total` records came; -1 or the first that is not what it should be."""
    buffer = np.zeros(8, records.dtype)
    seen = 0
    while seen < total:
        count = pop_into(records, heads, tails, 0, buffer, 0)
        for i in range(count):
            each = buffer[i]
            n = seen + i
            if each.time != n or each.kind != n % 13 or each.index != n % 128 or each.value != -n:
                return n
        seen += count
    return -1


@numba.njit
def _compile_only(records, heads, tails):
    return _consume(records, heads, tails, 0)


def test_python_to_a_compiled_thread() -> None:
    records, heads, tails, _ = ring()
    _compile_only(records, heads, tails)
    wrong = []
    worker = threading.Thread(target=lambda: wrong.append(_consume(records, heads, tails, 20_000)))
    worker.start()
    producer, sent = EventRing(records, heads, tails), 0
    while sent < 20_000:
        sent += producer.push(rows(sent, min(5, 20_000 - sent)))
    worker.join(timeout=60)
    assert wrong == [-1]


PRODUCER = """
import sys
import numpy as np
from engine.events import EVENT
from engine.realtime.event_ring import EventRing
memory = np.memmap(sys.argv[1], np.uint8, "r+")
ring = EventRing(memory[128:].view(EVENT), memory[:64].view(np.int64), memory[64:128].view(np.int64))
sent = 0
while sent < 20_000:
    rows = [(n, n % 13, n % 16, n % 128, float(-n)) for n in range(sent, min(sent + 7, 20_000))]
    sent += ring.push(rows)
assert "numba" not in sys.modules
"""


def test_another_process_to_compiled_code(tmp_path: Path) -> None:
    file = tmp_path / "ring"
    file.write_bytes(bytes(128 + SIZE * EVENT.itemsize))
    memory = np.memmap(file, np.uint8, "r+")
    heads, tails = memory[:64].view(np.int64), memory[64:128].view(np.int64)
    records = memory[128:].view(EVENT)
    arrays = [np.asarray(each) for each in (records, heads, tails)]
    producer = subprocess.Popen([sys.executable, "-c", PRODUCER, str(file)])
    try:
        assert _consume(*arrays, 20_000) == -1
        assert producer.wait(timeout=60) == 0
    finally:
        producer.kill()

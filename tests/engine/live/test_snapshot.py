"""Copies of one moment, whatever the writer does meanwhile."""

from __future__ import annotations

import threading
import time

import numpy as np
import pytest

from engine.live.layout import BYTES, State, carve, prepare
from engine.live.snapshot import Reader, latest


@pytest.fixture
def arrays() -> dict[str, np.ndarray]:
    found = carve(np.zeros(BYTES, np.uint8))
    prepare(found, 1)
    return found


def test_everything_that_is_published_is_read(arrays: dict[str, np.ndarray]) -> None:
    arrays["header"]["state"], arrays["header"]["restarts"] = State.PLAYING, 2
    arrays["clock"]["sample"], arrays["clock"]["period"] = 480, 20833.3
    arrays["meters"]["load"], arrays["counters"]["notes"] = 0.5, 3
    arrays["knobs"][:2] = (0.1, 0.9)
    found = Reader(arrays).read()
    assert (found.state, found.restarts) == (State.PLAYING, 2)
    assert (found.clock["sample"], found.clock["period"]) == (480, 20833.3)
    assert (found.meters["load"], found.counters["notes"]) == (0.5, 3)
    assert found.sound["knobs"][:2].tolist() == [0.1, 0.9]


def test_a_writer_that_died_half_way_leaves_the_last_whole_state(arrays: dict[str, np.ndarray]) -> None:
    reader = Reader(arrays)
    arrays["knobs"][0] = 0.25
    assert reader.read().sound["knobs"][0] == 0.25
    arrays["sound"]["seq"] = 1
    arrays["knobs"][0] = 0.75
    assert reader.read().sound["knobs"][0] == 0.25
    arrays["sound"]["seq"] = 2
    assert reader.read().sound["knobs"][0] == 0.75


def test_no_copy_is_half_old_and_half_new(arrays: dict[str, np.ndarray]) -> None:
    stop = threading.Event()

    def write() -> None:
        number = 0
        while not stop.is_set():
            number += 1
            arrays["sound"]["seq"] += 1
            arrays["parameters"][:] = number
            arrays["knobs"][:] = number
            arrays["sound"]["seq"] += 1

    writer = threading.Thread(target=write)
    writer.start()
    reader, seen = Reader(arrays), set()
    until = time.monotonic() + 60
    while len(seen) < 20 and time.monotonic() < until:
        sound = reader.read().sound
        seen.add(float(sound["parameters"][0]))
        assert set(sound["parameters"]) == set(sound["knobs"][: len(sound["parameters"])]) == {sound["knobs"][0]}
    stop.set()
    writer.join()
    assert len(seen) > 1


def test_the_end_of_a_ring_comes_in_order_and_zeros_where_nothing_was() -> None:
    ring = np.zeros(8, np.int64)
    for number in range(11):
        ring[number & 7] = number
    assert latest(ring, 11, 4).tolist() == [7, 8, 9, 10]
    ring[:] = 5
    assert latest(ring, 2, 4).tolist() == [0, 0, 5, 5]
    with pytest.raises(ValueError, match="0 to 4"):
        latest(ring, 11, 5)

"""Copies of one moment, however often and however badly it is written."""

from __future__ import annotations

import threading

import numpy as np
import pytest

from engine.live.layout import BYTES, carve
from engine.live.sequence import SequenceReader


@pytest.fixture
def arrays() -> dict[str, np.ndarray]:
    return carve(np.zeros(BYTES, np.uint8))


def test_before_any_writing_there_are_zeros(arrays: dict[str, np.ndarray]) -> None:
    arrays["clock"]["seq"], arrays["clock"]["sample"] = 1, 5
    reader = SequenceReader(arrays, ("clock",))
    assert reader.read()["clock"]["sample"][0] == 0
    arrays["clock"]["seq"] = 2
    assert reader.read()["clock"]["sample"][0] == 5


def test_a_copy_stays_as_it_was(arrays: dict[str, np.ndarray]) -> None:
    reader = SequenceReader(arrays, ("sound", "knobs"))
    arrays["knobs"][:] = 0.25
    found = reader.read()
    arrays["knobs"][:] = 0.5
    assert set(found) == {"sound", "knobs"} and (found["knobs"] == 0.25).all()
    arrays["sound"]["seq"] = 3
    assert (reader.read()["knobs"] == 0.25).all()


def test_several_threads_may_read(arrays: dict[str, np.ndarray]) -> None:
    reader, stop, torn = SequenceReader(arrays, ("clock",)), threading.Event(), []

    def read() -> None:
        while not stop.is_set():
            clock = reader.read()["clock"][0]
            if clock["sample"] != clock["time"]:
                torn.append(clock)

    threads = [threading.Thread(target=read) for _ in range(3)]
    for thread in threads:
        thread.start()
    clock = arrays["clock"]
    for number in range(3000):
        clock["seq"] += 1
        clock["sample"] = number
        clock["time"] = number
        clock["seq"] += 1
    stop.set()
    for thread in threads:
        thread.join()
    assert torn == [] and reader.read()["clock"]["sample"][0] == 2999

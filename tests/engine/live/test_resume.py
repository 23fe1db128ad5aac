"""What a dead engine leaves in the block becomes the events that bring the next one there; rubbish in it does not."""

from __future__ import annotations

import math

import numpy as np
import pytest

from engine.event_check import first_refused
from engine.events import EVENT, Kind, event_array
from engine.live.layout import BYTES, State, carve, prepare
from engine.live.resume import read_state, reset
from engine.midi.rows import Row
from engine.parameters import TABLE
from engine.vocabulary import SOURCES


@pytest.fixture
def arrays() -> dict[str, np.ndarray]:
    found = carve(np.zeros(BYTES, np.uint8))
    prepare(found, 1)
    found["sound"]["seq"], found["sound"]["knobs_used"], found["sound"]["patch"] = 2, 3, 4
    found["parameters"][: len(TABLE)] = [entry.high for entry in TABLE]
    found["knobs"][:3] = (0.0, 0.5, 1.0)
    found["rows"][1] = (2, 4, -0.5)
    found["sources"][list(SOURCES).index("wheel")] = 1.0
    found["meters"]["tempo"] = 90.0
    return found


def of(rows: list[Row], kind: Kind) -> list[tuple[int, float]]:
    return [(row[3], row[4]) for row in rows if row[1] == kind]


def test_everything_that_was_turned_comes_back(arrays: dict[str, np.ndarray]) -> None:
    rows = read_state(arrays, 4)
    assert of(rows, Kind.PARAMETER) == [(index, entry.high) for index, entry in enumerate(TABLE)]
    assert of(rows, Kind.KNOB) == [(0, 0.0), (1, 0.5), (2, 1.0)]
    assert (of(rows, Kind.ROW_SOURCE)[1], of(rows, Kind.ROW_TARGET)[1]) == ((1, 2.0), (1, 4.0))
    assert of(rows, Kind.ROW_AMOUNT)[1] == (1, -0.5)
    assert of(rows, Kind.CONTROL) == [(1, 127.0), (11, 0.0)]
    assert of(rows, Kind.TEMPO) == [(0, 90.0)]
    assert first_refused(event_array(rows)) == -1


def test_of_another_patch_only_the_controllers_come_back(arrays: dict[str, np.ndarray]) -> None:
    rows = read_state(arrays, 5)
    assert {row[1] for row in rows} == {Kind.CONTROL, Kind.TEMPO}
    assert of(rows, Kind.CONTROL) == [(1, 127.0), (11, 0.0)]


def test_keys_do_not_come_back(arrays: dict[str, np.ndarray]) -> None:
    arrays["held"][60] = 1
    assert not of(read_state(arrays, 4), Kind.NOTE_ON)


def test_an_engine_that_never_played_leaves_nothing(arrays: dict[str, np.ndarray]) -> None:
    arrays["sound"]["seq"] = 0
    assert read_state(arrays, 4) == []


def test_whatever_bytes_are_there_only_allowed_events_come_out(arrays: dict[str, np.ndarray]) -> None:
    rng = np.random.default_rng(5)
    for _ in range(50):
        for name in ("parameters", "knobs", "rows", "sources", "meters", "sound"):
            view = arrays[name].view(np.uint8)
            view[...] = rng.integers(0, 256, view.shape)
        arrays["sound"]["patch"] = 4
        arrays["sound"]["knobs_used"] = int(rng.integers(-(1 << 40), 1 << 40))
        arrays["parameters"][::2], arrays["knobs"][::3] = math.nan, math.inf
        assert first_refused(event_array(read_state(arrays, 4))) == -1


def test_reset_keeps_what_the_owner_pushes_and_drops_what_nobody_will_read(arrays: dict[str, np.ndarray]) -> None:
    arrays["heads"][0], arrays["tails"][0] = 70, 65
    arrays["events"][70 & 4095] = np.array((1, 2, 3, 4, 5.0), EVENT)
    reset(arrays, 9, 3)
    assert (arrays["heads"][0], arrays["tails"][0]) == (70, 70)
    header = arrays["header"][0]
    assert (header["owner"], header["restarts"], header["state"], header["heartbeat"]) == (9, 3, State.STARTING, 0)
    assert not arrays["parameters"].any() and not arrays["sound"]["seq"].any()
    assert arrays["events"][70 & 4095]["value"] == 5.0

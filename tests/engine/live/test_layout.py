"""The shared block: every part on lines of its own, nothing overlaps, and both sides see the same."""

from __future__ import annotations

import os

import numpy as np
import pytest

from accel.program_check import MAX_KNOBS
from engine.live.layout import BYTES, CANARY, CHECK, LINE, MAGIC, PAGE, PARTS, State, carve, prepare
from engine.parameters import TABLE
from engine.state import MAX_SPARE
from engine.vocabulary import ROWS, SOURCES


def test_parts_lie_apart_and_on_lines() -> None:
    memory = np.zeros(BYTES, np.uint8)
    arrays = carve(memory)
    assert list(arrays) == list(PARTS) and BYTES % PAGE == 0
    for array in arrays.values():
        assert (array.ctypes.data - memory.ctypes.data) % LINE == 0
        assert not array.view(np.uint8).any(), "overlaps one before"
        array.view(np.uint8)[:] = 0xFF


def test_both_sides_see_the_same() -> None:
    memory = np.zeros(BYTES, np.uint8)
    ours, theirs = carve(memory), carve(memory)
    ours["sound"]["patch"] = 5
    ours["scope"][3] = (0.25, -0.25)
    assert theirs["sound"]["patch"][0] == 5 and theirs["scope"][3].tolist() == [0.25, -0.25]


def test_the_header_tells_what_it_is() -> None:
    arrays = carve(np.zeros(BYTES, np.uint8))
    prepare(arrays, os.getpid())
    header = arrays["header"][0]
    assert (header["magic"], header["layout"], header["bytes"]) == (MAGIC, CHECK, BYTES)
    assert header["owner"] == os.getpid() and header["canary"] == CANARY and header["state"] == State.STARTING
    assert header["magic"].tobytes() == b"\x01SYSTOLE"


@pytest.mark.parametrize("memory", [np.zeros(BYTES - 1, np.uint8), np.zeros(BYTES)])
def test_memory_of_another_kind_is_refused(memory) -> None:
    with pytest.raises(ValueError, match=f"needed are {BYTES} bytes"):
        carve(memory)


def test_there_is_room_for_what_the_engine_has() -> None:
    size = {name: shape[0] for name, (_, shape) in PARTS.items()}
    assert len(TABLE) <= size["parameters"] and MAX_KNOBS <= size["knobs"]
    assert len(SOURCES) <= size["sources"] and size["rows"] == ROWS
    polyphony = next(int(entry.high) for entry in TABLE if entry.id == "voice.polyphony")
    assert polyphony + MAX_SPARE <= size["voices"]

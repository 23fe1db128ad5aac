"""The block function by address: the same bits as when Numba calls it, without allocation, and kept on disk."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from accel.errors import SystoleError
from accel.program import Program
from engine import entry
from engine.block import render_block
from engine.entry import Call, can_enter, part_words, render_address
from engine.events import Kind, event_array
from engine.part import Part
from engine.patch import Patch
from tests.engine.machine_code import allocators


def random_events(seed: int, samples: int) -> np.ndarray:
    rng = np.random.default_rng(seed)
    rows = []
    for time in sorted(rng.integers(0, samples, 120).tolist()):
        kind = int(rng.choice([Kind.NOTE_ON, Kind.NOTE_OFF, Kind.CONTROL, Kind.BEND, Kind.KNOB, Kind.PRESSURE]))
        index = int(rng.choice([1, 7, 64, 74])) if kind == Kind.CONTROL else int(rng.integers(50, 62))
        value = float(rng.uniform(0, 1)) if kind in (Kind.BEND, Kind.KNOB) else float(rng.integers(0, 128))
        rows.append((time, kind, 0, index % 2 if kind == Kind.KNOB else index, value))
    return event_array(rows)


def sound() -> Patch:
    return Patch("test", "tiny", parameters={"voice.polyphony": 4, "voice.unison": 2, "lfo1.depth": 1.0})


@pytest.mark.parametrize("seed", [1, 2])
def test_equals_the_block_function(tiny: Program, seed: int) -> None:
    events, samples = random_events(seed, 9000), 9000
    numba, by_address = Part(sound(), tiny, seed=3), Part(sound(), tiny, seed=3)
    call = Call(by_address)
    wanted, got = np.zeros((samples, 2), np.float32), np.zeros((samples, 2), np.float32)
    first = last = 0
    rng = np.random.default_rng(seed)
    now = 0
    while now < samples:
        size = min(int(rng.integers(1, 700)), samples - now)
        first = render_block(
            numba.packed, numba.states, numba.state, numba.values, events, first, now, wanted[now : now + size], size
        )
        last = call.render(events, last, now, got[now : now + size])
        assert first == last
        now += size
    assert np.abs(wanted).max() > 0.001
    assert np.array_equal(wanted, got)


def test_nothing_is_allocated() -> None:
    render_address()
    assert allocators(entry._compiled()) == []


def test_it_is_loaded_and_not_compiled_again() -> None:
    render_address()
    code = "from engine import entry; entry.render_address(); print(entry._compiled()._cache_hits)"
    root = Path(entry.__file__).parents[1]
    done = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["1"]


def test_arrays_of_another_kind_are_refused(tiny: Program) -> None:
    part = Part(sound(), tiny, seed=1)
    none, out = event_array([]), np.zeros((8, 2), np.float32)
    locked = out.copy()
    locked.flags.writeable = False
    for events, target, first in (
        (none, np.zeros((8, 2)), 0),
        (none, np.zeros((2, 8), np.float32).T, 0),
        (none, np.zeros(16, np.float32), 0),
        (none, locked, 0),
        (np.zeros(3), out, 0),
        (np.repeat(none, 2)[::2], out, -1),
    ):
        with pytest.raises(ValueError, match="needed: events"):
            part.render(events, first, 0, target)


def test_a_program_for_the_exact_form_cannot_be_called_by_address(tiny: Program, monkeypatch) -> None:
    monkeypatch.setenv("SYSTOLE_EMULATOR", "exact")
    from engine import part as module

    monkeypatch.setattr(module, "_packed", module._packed.__wrapped__)
    part = Part(sound(), tiny, seed=1)
    assert not can_enter(part)
    with pytest.raises(SystoleError, match="exact form only"):
        part_words(part)

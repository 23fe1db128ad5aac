"""A part with room for more than its patch needs sounds the same, to the bit."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from accel.program import Program
from engine.events import Kind, event_array
from engine.parameters import TABLE
from engine.part import Part
from engine.patch import Patch

INDEX = {entry.id: place for place, entry in enumerate(TABLE)}
SAMPLES = 24_000


def crowd(seed: int) -> np.ndarray:
    """Far more notes than the polyphony, so that many are stolen while others fade."""
    rng = np.random.default_rng(seed)
    rows: list[tuple[int, int, int, int, float]] = []
    for time in sorted(rng.integers(0, SAMPLES, 240).tolist()):
        kind = int(rng.choice([Kind.NOTE_ON, Kind.NOTE_ON, Kind.NOTE_OFF, Kind.CONTROL]))
        index = 64 if kind == Kind.CONTROL else int(rng.integers(40, 90))
        rows.append((time, kind, int(rng.integers(0, 2)), index, float(rng.integers(0, 128))))
    return event_array(rows)


def render(patch: Patch, program: Program, events: np.ndarray, room: tuple[int, int] | None) -> np.ndarray:
    part, out, first = Part(patch, program, seed=9, room=room), np.zeros((SAMPLES, 2), np.float32), 0
    for now in range(0, SAMPLES, 480):
        first = part.render(events, first, now, out[now : now + 480])
    return out


@pytest.mark.parametrize(
    "settings",
    [
        {"voice.polyphony": 3},
        {"voice.polyphony": 12, "voice.unison": 3, "amp.release": 1.0},
        {"voice.mode": "mono", "voice.glide": 0.05},
        {"voice.mode": "legato", "voice.unison": 2},
        {"voice.polyphony": 1},
    ],
)
def test_room_changes_no_bit(tiny: Program, settings: dict[str, Any]) -> None:
    patch = Patch("test", "tiny", parameters={"amp.release": 0.3, **settings})
    events = crowd(len(str(settings)))
    own = render(patch, tiny, events, None)
    assert np.abs(own).max() > 0.001
    assert np.array_equal(render(patch, tiny, events, (32, 8)), own)


def test_with_room_the_parameters_reach_as_far_as_the_table(tiny: Program) -> None:
    patch = Patch("test", "tiny", parameters={"voice.polyphony": 2, "amp.release": 1.0})
    part = Part(patch, tiny, seed=1, room=(32, 8))
    rows: list[tuple[int, int, int, int, float]] = [
        (0, Kind.PARAMETER, 0, INDEX["voice.polyphony"], 32.0),
        (0, Kind.PARAMETER, 0, INDEX["voice.unison"], 8.0),
        *((10 + note, Kind.NOTE_ON, 0, 40 + note, 100.0) for note in range(40)),
    ]
    part.render(event_array(rows), 0, 0, np.zeros((64, 2), np.float32))
    voices = part.state.voices
    assert np.count_nonzero(voices["down"]) == 32 and voices["lanes"].max() == 8


def test_polyphony_up_and_down_while_it_plays_never_runs_out_of_slots(tiny: Program) -> None:
    rng = np.random.default_rng(5)
    patch = Patch("test", "tiny", parameters={"voice.polyphony": 32, "amp.release": 2.0})
    part = Part(patch, tiny, seed=1, room=(32, 8))
    rows: list[tuple[int, int, int, int, float]] = []
    for time in range(0, 6000, 9):
        if rng.random() < 0.1:
            rows.append((time, Kind.PARAMETER, 0, INDEX["voice.polyphony"], float(rng.integers(1, 33))))
        if rng.random() < 0.05:
            rows.append((time, Kind.PARAMETER, 0, INDEX["voice.mode"], float(rng.integers(0, 3))))
        rows.append((time, Kind.NOTE_ON, 0, int(rng.integers(0, 128)), 100.0))
    events, out = event_array(rows), np.zeros((64, 2), np.float32)
    first = 0
    for now in range(0, 6400, 64):
        first = part.render(events, first, now, out)
        active = np.count_nonzero(part.state.voices["stage"])
        assert part.state.part["active"][0] == active and np.isfinite(out).all()


def test_less_room_than_the_patch_asks_for_is_kept_to(tiny: Program) -> None:
    patch = Patch("test", "tiny", parameters={"voice.polyphony": 32, "voice.unison": 8, "amp.release": 1.0})
    out = render(patch, tiny, crowd(3), (2, 1))
    lower = Patch("test", "tiny", parameters={"voice.polyphony": 2, "voice.unison": 1, "amp.release": 1.0})
    assert np.array_equal(out, render(lower, tiny, crowd(3), None))

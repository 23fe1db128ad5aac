"""A part that takes over finds the player's controllers, and nothing of the old sound."""

from __future__ import annotations

import numpy as np
import pytest

from accel.program import Program
from engine.adopt import adopt
from engine.controllers import beat_at
from engine.events import Kind, event_array
from engine.part import Part
from engine.patch import Patch

SETTINGS = [
    (0, Kind.CONTROL, 0, 7, 60.0), (0, Kind.CONTROL, 0, 11, 90.0), (0, Kind.CONTROL, 0, 10, 100.0),
    (0, Kind.CONTROL, 0, 1, 33.0), (0, Kind.CONTROL, 0, 64, 127.0), (0, Kind.CONTROL, 0, 66, 127.0),
    (0, Kind.CONTROL, 2, 101, 0.0), (0, Kind.CONTROL, 2, 100, 0.0), (0, Kind.CONTROL, 2, 6, 12.0),
    (0, Kind.BEND, 2, 0, 0.5), (0, Kind.PRESSURE, 2, 0, 70.0), (0, Kind.KEY_PRESSURE, 2, 61, 20.0),
    (0, Kind.CONTROL, 2, 74, 100.0), (0, Kind.ZONE, 2, 0, 0.0), (0, Kind.TUNE, 0, 64, 0.3),
    (0, Kind.CV_PITCH, 0, 0, 0.1), (0, Kind.CV_LEVEL, 0, 0, 0.6), (0, Kind.TEMPO, 0, 0, 90.0),
    (0, Kind.BEAT, 0, 0, 4.0),
]  # fmt: skip
NOTE = (480, Kind.NOTE_ON, 2, 64, 100.0)


def test_after_adopting_a_part_sounds_as_if_it_had_heard_everything(tiny: Program) -> None:
    """Global and synced LFOs included."""
    patch = Patch("x", "tiny", parameters={"lfo1.sync": "1/4", "lfo1.scope": "global"})
    settings, note = event_array(SETTINGS), event_array([NOTE])
    old, young = Part(Patch("old", "tiny"), tiny, seed=1), Part(patch, tiny, seed=2)
    grown = Part(patch, tiny, seed=2)
    for part in (old, grown):
        part.skip(settings, 1)
    adopt(young.state, old.state, 480)
    out = np.zeros((2, 4000, 2), np.float32)
    for part, each in zip((young, grown), out, strict=True):
        part.render(note, 0, 480, each)
    assert np.abs(out[0]).max() > 1e-4
    assert np.array_equal(*out)
    state = young.state.part[0]
    assert beat_at(state, 480) == pytest.approx(4 + 480 * 90 / 60 / 48_000)


def test_the_sound_and_the_notes_stay_behind(tiny: Program) -> None:
    old = Part(Patch("old", "tiny", knobs={"knob0": 0.9}, parameters={"amp.release": 2.0}), tiny, seed=1)
    young = Part(Patch("young", "tiny", knobs={"knob0": 0.2}), tiny, seed=2)
    before = young.values.copy()
    old.render(event_array([(0, Kind.NOTE_ON, 0, 60, 100.0)]), 0, 0, np.zeros((100, 2), np.float32))
    adopt(young.state, old.state, 100)
    assert np.array_equal(young.values, before) and young.state.knobs[0] == 0.2
    assert young.is_silent and not young.state.held.any() and young.state.part["serial"][0] == 0

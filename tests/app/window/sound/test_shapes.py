"""What is drawn is what the engine plays, and a level is found again at its place."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.window.sound.shapes import (
    ATTACK_BEYOND,
    FALL_BEYOND,
    SHAPES,
    STAGES,
    Envelope,
    Segment,
    lfo_phase,
    lfo_points,
)
from engine import envelope, lfo
from engine.parameters import LFO_SHAPES
from engine.state import COEFFICIENTS, VOICE

RATE = 48_000
ENVELOPES = (
    Envelope(0.005, 0.3, 0.7, 0.2),
    Envelope(0.05, 0.01, 0.0, 0.05),
    Envelope(0.001, 0.1, 1.0, 0.005),
    Envelope(0.3, 1.0, 0.2, 0.4),
)


def played(shape: Envelope, held: float, seconds: float) -> np.ndarray:
    """What the engine's loudness envelope gives, sample by sample."""
    voice = np.rec.array(np.zeros(1, VOICE))[0]
    step = np.rec.array(np.zeros(1, COEFFICIENTS))[0]
    step.amp_attack = envelope.coefficient(shape.attack, RATE, ATTACK_BEYOND)
    step.amp_decay = envelope.coefficient(shape.decay, RATE, FALL_BEYOND)
    step.amp_release = envelope.coefficient(shape.release, RATE, FALL_BEYOND)
    count, down = round(seconds * RATE), round(held * RATE)
    out = np.zeros(count)
    voice.stage = envelope.ATTACK
    plays = envelope.amplitude.py_func
    plays(voice, step, shape.sustain, out[:down], down)
    if voice.stage != envelope.IDLE:
        voice.stage = envelope.RELEASE
        plays(voice, step, shape.sustain, out[down:], count - down)
    return out


@pytest.mark.parametrize("shape", ENVELOPES, ids=str)
def test_an_envelope_is_drawn_as_it_is_played(shape: Envelope) -> None:
    held, seconds = 0.4, 0.9
    wanted = played(shape, held, seconds)
    times = (np.arange(len(wanted)) + 1) / RATE
    found = shape.at(times, held)
    assert np.abs(found - wanted).max() < 2.5e-2  # a sample's move in the shortest attack
    assert np.abs(found - wanted).mean() < 1e-3


def test_the_second_envelope_is_drawn_as_it_is_played() -> None:
    shape, frames = Envelope(0.1, 0.5, 0.4, 0.3), 750
    voice, step = np.rec.array(np.zeros(1, VOICE))[0], np.rec.array(np.zeros(1, COEFFICIENTS))[0]
    step.env2_attack = envelope.coefficient(shape.attack, frames, ATTACK_BEYOND)
    step.env2_decay = envelope.coefficient(shape.decay, frames, FALL_BEYOND)
    step.env2_release = envelope.coefficient(shape.release, frames, FALL_BEYOND)
    voice.env2_stage, wanted = envelope.ATTACK, []
    for number in range(frames):
        if number == 600:
            voice.env2_stage = envelope.RELEASE
        envelope.advance_env2.py_func(voice, step, shape.sustain)
        wanted.append(float(voice.env2))
    found = shape.at((np.arange(frames) + 1) / frames, 600 / frames)
    assert np.abs(found - wanted).max() < 2e-2


def test_the_numbers_are_the_engines() -> None:
    assert (ATTACK_BEYOND, FALL_BEYOND) == (envelope.ATTACK_BEYOND, envelope.FALL_BEYOND)
    assert [getattr(envelope, name.upper()) for name in STAGES] == list(range(len(STAGES)))
    assert SHAPES == LFO_SHAPES


@pytest.mark.parametrize("shape", range(4), ids=SHAPES[:4])
def test_an_lfo_is_drawn_as_it_is_played(shape: int) -> None:
    cycles = np.linspace(-1.3, 2.7, 1001)
    wanted = [lfo.lfo_value.py_func(shape, each, 0) for each in cycles]
    assert np.allclose(lfo_points(shape, cycles), wanted, atol=1e-12)


def test_random_is_one_draw_per_cycle() -> None:
    values = lfo_points(4, np.linspace(0, 3, 300, endpoint=False)).reshape(3, 100)
    assert len(np.unique(values)) == 3
    assert np.all(values == values[:, :1])


@given(
    st.sampled_from(ENVELOPES),
    st.sampled_from(["attack", "decay", "release"]),
    st.floats(0, 1),
)
def test_a_level_is_found_where_it_is(shape: Envelope, segment: Segment, part: float) -> None:
    curve = {"attack": shape.rise, "decay": shape.fall, "release": shape.end}[segment]
    level = float(curve(part))
    assert float(curve(shape.part_of(segment, level))) == pytest.approx(level, abs=1e-6)
    assert 0 <= shape.part_of(segment, level) <= 1 + 1e-12


@pytest.mark.parametrize("level", [-1.0, 0.0, 0.5, 1.0, 2.0])
@pytest.mark.parametrize("segment", ["attack", "decay", "sustain", "release"])
def test_every_level_has_a_place(segment: Segment, level: float) -> None:
    for shape in ENVELOPES:
        assert -1e-9 <= shape.part_of(segment, level) <= 1 + 1e-9


@given(st.integers(0, 2), st.floats(0, 0.999))
def test_an_lfo_is_found_where_it_is(shape: int, phase: float) -> None:
    value = float(lfo_points(shape, phase))
    found = lfo_phase(shape, value, phase)
    assert float(lfo_points(shape, found)) == pytest.approx(value, abs=1e-6) or abs(value) > 0.999
    assert min(abs(found - phase), 1 - abs(found - phase)) < 1e-3


def test_a_square_keeps_its_guess_within_the_half_that_it_shows() -> None:
    assert lfo_phase(3, 1.0, 0.3) == 0.3
    assert lfo_phase(3, -1.0, 0.3) == pytest.approx(0.5)
    assert lfo_phase(4, 0.2, 0.77) == pytest.approx(0.77)

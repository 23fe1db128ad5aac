"""Levels of harmonics are found in sums of them, whatever their phases, whether the pitch rests or glides."""

import numpy as np
import pytest

from training.data.dataset import Dataset
from training.data.harmonic_levels import TOP_HZ, harmonic_levels

ROWS = 151
SAMPLES = (ROWS - 1) * 64
AMPLITUDES = np.array([0.5, 0.02, 0.2, 0.003, 0.1])


def clip(note: np.ndarray, swell: float = 0.0) -> np.ndarray:
    """Harmonics 1 to 5 at AMPLITUDES and odd phases, from a note at the rows; they grow by `swell` over the clip."""
    at = np.arange(SAMPLES) / 64
    step = 440 * 2 ** ((np.interp(at, np.arange(ROWS), note) - 69) / 12) / 48000
    phase = np.cumsum(step) - step
    tones = (a * np.sin(2 * np.pi * k * phase + k * k) for k, a in enumerate(AMPLITUDES, 1))
    return sum(tones) * (1 + swell * at / ROWS)


def measured(note: np.ndarray, swell: float = 0.0, every: int = 4) -> tuple[np.ndarray, np.ndarray]:
    control = np.stack([note, np.full(ROWS, 0.5)], 1)[None]
    audio = clip(note, swell)[None].astype(np.float32)
    data = Dataset("x", ("knob",), control, audio, ("static",), np.zeros(1, int), None)
    rows, levels = harmonic_levels(data, (1, 2, 3, 4, 5), every)
    return rows[0], levels[0]


@pytest.mark.parametrize("note", [30.0, 48.3, 72.0, 90.0])
@pytest.mark.parametrize("semitones", [0.0, 5.0, -7.0])
def test_known_amplitudes_are_found(note, semitones):
    rows, levels = measured(note + 12 + semitones * np.linspace(0, 1, ROWS))
    known = np.isfinite(levels).all(1)
    assert known.sum() >= 8
    assert np.abs(20 * np.log10(levels[known] / AMPLITUDES)).max() < 0.2
    assert len(rows) == len(levels) == 38


def test_they_are_followed_as_they_move():
    rows, levels = measured(np.full(ROWS, 60.0), swell=1.0, every=1)
    wanted = AMPLITUDES * (1 + np.arange(ROWS - 1)[:, None] / ROWS)
    known = np.isfinite(levels[:, 0])
    assert np.abs(20 * np.log10(levels / wanted)[known]).max() < 0.2
    assert rows.shape == (150, 2)


def test_nothing_is_said_at_the_ends_and_above_what_is_heard():
    note = np.full(ROWS, 100.0)  # 2637 Hz
    _, levels = measured(note - 60)
    half = 2 * 48000 / 82.4069
    inside = (np.arange(38) * 256 >= half) & (np.arange(38) * 256 < SAMPLES - half)
    np.testing.assert_array_equal(np.isfinite(levels).all(1), inside)
    _, levels = measured(note + 12)
    heard = 5274 * np.arange(1, 6) <= TOP_HZ
    np.testing.assert_array_equal(np.isfinite(levels[10]), heard)
    assert not np.isfinite(measured(np.full(ROWS, 12.0))[1][:10]).any()

"""Frequencies and levels are true; peaks stay and fall as promised."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from app.window.scopes.pitch_name import hz_text, pitch_text
from app.window.scopes.spectrum import BANDS, FLOOR_DB, PER_OCTAVE, WINDOW, Spectrum, band_of, hz_of

RATE = 48_000


def sine(hz: float, level: float, phase: float = 0.3) -> NDArray[np.float32]:
    return (level * np.sin(2 * np.pi * hz / RATE * np.arange(WINDOW) + phase)).astype(np.float32)


@settings(max_examples=300, deadline=None)
@given(st.floats(27.5, 19_500.0), st.floats(-70.0, 0.0), st.floats(0.0, 6.28))
def test_a_sine_is_found_within_a_band_and_half_a_decibel(hz: float, level: float, phase: float) -> None:
    spectrum = Spectrum()
    spectrum.push(sine(hz, 10 ** (level / 20), phase), 0.03)
    best = int(np.argmax(spectrum.levels))
    assert abs(best - band_of(hz)) <= 1.0
    assert float(spectrum.levels[best]) == pytest.approx(level, abs=0.5)


def test_bands_are_a_twenty_fourth_of_an_octave_from_20_hz() -> None:
    assert hz_of(0) == 20
    assert hz_of(PER_OCTAVE) == 40
    assert hz_of(BANDS - 1) > 19_500
    assert band_of(hz_of(100)) == pytest.approx(100)


def test_peaks_stay_two_seconds_then_fall_twenty_decibels_a_second() -> None:
    spectrum = Spectrum()
    spectrum.push(sine(1000, 0.5), 0.03)
    band, silence = round(band_of(1000)), np.zeros(WINDOW, np.float32)
    high = float(spectrum.peaks[band])
    for _ in range(19):
        spectrum.push(silence, 0.1)
    assert float(spectrum.levels[band]) == FLOOR_DB
    assert float(spectrum.peaks[band]) == high
    for _ in range(11):
        spectrum.push(silence, 0.1)
    assert float(spectrum.peaks[band]) == pytest.approx(high - 20, abs=0.1)
    assert not spectrum.is_still
    for _ in range(60):
        spectrum.push(silence, 0.1)
    assert spectrum.is_still


def test_a_peak_never_lies_below_its_level() -> None:
    spectrum, random = Spectrum(), np.random.default_rng(3)
    for _ in range(30):
        spectrum.push((random.uniform(0, 0.3) * random.standard_normal(WINDOW)).astype(np.float32), 0.3)
        assert np.all(spectrum.peaks >= spectrum.levels)


@pytest.mark.parametrize(
    ("hz", "text", "pitch"),
    [
        (440, "440 Hz", "A4 +0 ct"),
        (27.5, "27.5 Hz", "A0 +0 ct"),
        (1250, "1.25 kHz", "D♯6 +8 ct"),
        (12_345, "12.3 kHz", "G9 -28 ct"),
    ],
)
def test_frequencies_can_be_read(hz: float, text: str, pitch: str) -> None:
    assert hz_text(hz) == text
    assert pitch_text(hz) == pitch

"""The converter beside soxr, and cut into any blocks."""

from __future__ import annotations

import numpy as np
import pytest
import soxr

from accel.errors import SystoleError
from engine.realtime.convert import Converter, allocate_converter, convert, most_frames, needed

RATE = 48_000


def run(rate: int, sound: np.ndarray, sizes: list[int]) -> np.ndarray:
    """Convert with blocks of these sizes in turn, as the callback does, until the sound is used up."""
    converter, heard, taken, turn = allocate_converter(rate), [], 0, 0
    most = most_frames(converter)
    while True:
        frames = min(sizes[turn % len(sizes)], most)
        turn += 1
        took = needed(converter, frames)
        if taken + took > len(sound):
            return np.concatenate(heard)
        at = int(converter.ratio["filled"][0])
        assert at + took <= len(converter.history)
        converter.history[at : at + took] = sound[taken : taken + took]
        out = np.full((frames + 2, 2), 7.0, np.float32)
        convert(converter, took, out, 1, frames)
        assert (out[[0, -1]] == 7).all()
        heard.append(out[1:-1])
        taken += took


def music(seconds: float, top: float) -> np.ndarray:
    """Noise up to `top` Hz, another in each channel, beginning and ending in silence."""
    rng, length = np.random.default_rng(6), int(seconds * RATE)
    spectrum = np.fft.rfft(rng.normal(size=(length, 2)), axis=0)
    spectrum[np.fft.rfftfreq(length, 1 / RATE) > top] = 0
    sound = np.fft.irfft(spectrum, length, axis=0) * np.hanning(length)[:, None]
    return (0.3 * sound / np.abs(sound).max()).astype(np.float32)


@pytest.mark.parametrize("rate", [44_100, 88_200, 96_000, 176_400, 192_000])
def test_beside_soxr(rate: int) -> None:
    sound = music(1.0, 18_000.0)
    converted = run(rate, sound, [512])
    wanted = soxr.resample(sound.astype(np.float64), RATE, rate, quality="VHQ")
    count = min(len(converted), len(wanted))
    error = converted[:count] - wanted[:count]
    assert count > 0.95 * len(wanted)
    assert 10 * np.log10((wanted**2).sum() / (error**2).sum()) > 100.0


@pytest.mark.parametrize("rate", [8000, 11_025, 22_050, 32_000])
def test_lower_rates_keep_what_fits_and_nothing_folds(rate: int) -> None:
    time, top = np.arange(RATE) / RATE, 0.4 * rate
    tone = np.sin(2 * np.pi * top * time)
    above = np.sin(2 * np.pi * min(0.7 * rate, 23_000.0) * time)
    for sound, wanted in ((tone, 1.0), (above, 0.0)):
        out = run(rate, np.stack([sound, sound], axis=1).astype(np.float32), [256])
        out = out[rate // 4 :][: rate // 20 * 5]  # whole cycles
        assert np.sqrt(2 * (out**2).mean()) == pytest.approx(wanted, abs=2e-5)


@pytest.mark.parametrize("rate", [8000, 44_100, 96_000, 192_000])
def test_blocks_change_nothing(rate: int) -> None:
    sound = music(0.4, 20_000.0)
    whole = run(rate, sound, [1024])
    for sizes in ([1], [64], [1, 2, 3, 500, 31], [100_000]):
        cut = run(rate, sound, sizes)
        count = min(len(cut), len(whole))
        assert count > 0.9 * len(sound) * rate / RATE
        assert np.array_equal(cut[:count], whole[:count])


def test_one_call_takes_in_at_most_what_there_is_room_for() -> None:
    for rate in (8000, 44_100, 768_000):
        converter = allocate_converter(rate)
        for _ in range(3):
            took = needed(converter, most_frames(converter))
            assert 0 < took <= 1024 + converter.taps.shape[1] // 2 + 1
            convert(converter, took, np.zeros((most_frames(converter), 2), np.float32), 0, most_frames(converter))


def test_latency_is_that_of_the_window() -> None:
    converter = allocate_converter(96_000)
    assert isinstance(converter, Converter) and 0 < converter.latency < 48
    click = np.zeros((2000, 2), np.float32)
    click[500] = 1.0
    assert np.argmax(run(96_000, click, [64])[:, 0]) == 1000


@pytest.mark.parametrize("rate", [0, -48_000, 4000, 47_999, 44_101])
def test_rates_that_stand_in_no_simple_ratio_are_refused(rate: int) -> None:
    with pytest.raises(SystoleError, match=r"allowed: 8000 Hz or more in a simple ratio to 48000"):
        allocate_converter(rate)

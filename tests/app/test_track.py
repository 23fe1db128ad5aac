"""Rate conversion while streaming: right length, no delay, nothing that depends on the block length."""

from __future__ import annotations

import io

import numpy as np
import pytest
import soundfile

from app.rendering.destination import Sink
from app.rendering.track import Track
from engine.wav import SampleFormat, WavWriter


def converted(frames: np.ndarray, rate_in: int, rate_out: int, block: int) -> np.ndarray:
    stream = io.BytesIO()
    writer = WavWriter(
        Sink(stream, "memory"),
        rate=rate_out,
        channels=frames.shape[1],
        sample_format=SampleFormat.FLOAT,
        seekable=True,
    )
    track = Track(writer, channels=frames.shape[1], rate_in=rate_in, rate_out=rate_out, dtype=frames.dtype.type)
    for start in range(0, len(frames), block):
        track.add(frames[start : start + block])
    track.finish()
    return soundfile.read(io.BytesIO(stream.getvalue()), dtype="float32", always_2d=True)[0]


@pytest.mark.parametrize("rate_out", [44_100, 96_000])
@pytest.mark.parametrize("length", [0, 1, 8192, 50_001])
def test_length(rate_out: int, length: int) -> None:
    out = converted(np.ones((length, 2), np.float32), 48_000, rate_out, 1000)
    assert abs(len(out) - length * rate_out / 48_000) <= 0.5


@pytest.mark.parametrize(("rate_in", "rate_out"), [(48_000, 44_100), (48_000, 96_000), (24_000, 48_000)])
def test_a_sine_keeps_its_time_and_level(rate_in: int, rate_out: int) -> None:
    frequency = 997.0
    wave_in = 0.5 * np.sin(2 * np.pi * frequency * np.arange(rate_in) / rate_in)
    out = converted(wave_in[:, None].astype(np.float32), rate_in, rate_out, 333)[:, 0]
    expected = 0.5 * np.sin(2 * np.pi * frequency * np.arange(len(out)) / rate_out)
    middle = slice(len(out) // 10, -len(out) // 10)
    assert np.abs(out - expected)[middle].max() < 1e-5


@pytest.mark.parametrize("rate_out", [44_100, 48_000])
def test_the_block_length_changes_nothing(rate_out: int) -> None:
    frames = np.random.default_rng(2).uniform(-1, 1, (20_000, 2)).astype(np.float32)
    whole = converted(frames, 48_000, rate_out, 20_000)
    for block in (7, 64, 4096):
        assert np.array_equal(whole, converted(frames, 48_000, rate_out, block))


def test_the_native_rate_passes_int16_untouched() -> None:
    frames = np.arange(-32768, 32768, dtype=np.int16)[:, None]
    assert np.array_equal(converted(frames, 48_000, 48_000, 1000)[:, 0] * 32768, frames[:, 0])

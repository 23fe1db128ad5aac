"""WAV bytes: read back by libsndfile and Python's `wave`, exact where they can be."""

from __future__ import annotations

import io
import wave
from typing import Any

import numpy as np
import pytest
import soundfile

from accel.errors import SystoleError
from app.rendering.destination import Sink
from engine import wav
from engine.wav import SampleFormat, WavWriter, encode

SUBTYPES = {SampleFormat.PCM16: "PCM_16", SampleFormat.PCM24: "PCM_24", SampleFormat.FLOAT: "FLOAT"}


def written(frames: np.ndarray, sample_format: SampleFormat, *, seekable: bool = True, rate: int = 48_000) -> bytes:
    stream = io.BytesIO()
    writer = WavWriter(
        Sink(stream, "memory"), rate=rate, channels=frames.shape[1], sample_format=sample_format, seekable=seekable
    )
    for part in np.array_split(frames, 3):
        writer.write(part)
    writer.finish()
    return stream.getvalue()


@pytest.mark.parametrize("seekable", [True, False])
@pytest.mark.parametrize("channels", [1, 2])
@pytest.mark.parametrize("sample_format", SampleFormat)
def test_libsndfile_reads_what_was_written(sample_format: SampleFormat, channels: int, seekable: bool) -> None:
    frames = np.random.default_rng(1).uniform(-1, 1, (777, channels)).astype(np.float32)
    data = written(frames, sample_format, seekable=seekable, rate=44_100)
    file = soundfile.SoundFile(io.BytesIO(data))
    assert (file.samplerate, file.channels, file.subtype) == (44_100, channels, SUBTYPES[sample_format])
    read = file.read(always_2d=True)
    assert read.shape == frames.shape
    step = {SampleFormat.PCM16: 2.0**-16, SampleFormat.PCM24: 2.0**-24, SampleFormat.FLOAT: 0}[sample_format]
    clipped = np.minimum(frames.astype(float), 1 - 2 * step) if step else frames
    assert np.abs(read - clipped).max() <= step


@pytest.mark.parametrize("sample_format", SampleFormat)
def test_int16_is_exact_in_every_format(sample_format: SampleFormat) -> None:
    frames = np.arange(-32768, 32768, dtype=np.int16)[:, None]
    read, _ = soundfile.read(io.BytesIO(written(frames, sample_format)), dtype="float64")
    assert np.array_equal(read * 32768, frames[:, 0])


def test_pythons_own_reader_sees_the_sizes() -> None:
    with wave.open(io.BytesIO(written(np.zeros((5, 1), np.int16), SampleFormat.PCM24))) as file:
        assert (file.getnframes(), file.getsampwidth()) == (5, 3)


def test_an_odd_number_of_bytes_is_padded() -> None:
    data = written(np.zeros((5, 1), np.int16), SampleFormat.PCM24)
    assert len(data) == 44 + 15 + 1
    assert int.from_bytes(data[4:8], "little") == len(data) - 8
    assert int.from_bytes(data[40:44], "little") == 15


def test_rounding_is_to_nearest_and_clips() -> None:
    frames = np.array([[-2.0, -1.0, 0.4 / 32768, 0.6 / 32768, 1.0, 2.0]], np.float32)
    assert np.frombuffer(encode(frames, SampleFormat.PCM16), "<i2").tolist() == [-32768, -32768, 0, 1, 32767, 32767]


def test_no_frames_is_a_valid_file() -> None:
    read, rate = soundfile.read(io.BytesIO(written(np.zeros((0, 2), np.float32), SampleFormat.FLOAT)))
    assert (len(read), rate) == (0, 48_000)


def test_a_file_that_outgrows_the_format_is_refused(monkeypatch: Any) -> None:
    monkeypatch.setattr(wav, "_LIMIT", 1000)
    with pytest.raises(SystoleError, match="4 GiB"):
        written(np.zeros((600, 1), np.int16), SampleFormat.PCM16)
    written(np.zeros((600, 1), np.int16), SampleFormat.PCM16, seekable=False)

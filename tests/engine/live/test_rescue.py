"""What a dead engine left of a recording opens in full, and nothing that was there before is written over."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile

from engine.live.rescue import file_number, part_of, rescue
from engine.wav import SampleFormat, WavWriter

FRAMES = 1000


def leave(path: Path, sample_format: SampleFormat = SampleFormat.PCM24, spare: bytes = b"") -> np.ndarray:
    """A file as a process leaves it that was killed: the header still knows nothing."""
    sound = np.linspace(-0.5, 0.5, 2 * FRAMES, dtype=np.float32).reshape(-1, 2)
    with path.open("wb") as file:
        writer = WavWriter(_Sink(file), rate=48_000, channels=2, sample_format=sample_format, seekable=True)
        writer.write(sound)
        file.write(spare)
    return sound


class _Sink:
    def __init__(self, file) -> None:
        self.write, self.flush = file.write, file.flush

    def rewind(self) -> None:
        raise AssertionError


@pytest.mark.parametrize("sample_format", list(SampleFormat))
def test_all_that_was_written_counts(tmp_path: Path, sample_format: SampleFormat) -> None:
    path = tmp_path / "a.wav"
    sound = leave(part_of(path), sample_format, spare=b"abc")
    found = rescue(path)
    assert found == ([str(path)], FRAMES / 48_000, 2)
    assert not part_of(path).exists()
    heard, rate = soundfile.read(path, dtype="float32")
    assert rate == 48_000 and np.abs(heard - sound).max() < 1e-4 and len(heard) == FRAMES
    assert soundfile.info(path).frames == FRAMES


def test_a_recording_in_several_files(tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    leave(path)
    leave(part_of(file_number(path, 2)))
    assert rescue(path) == ([str(path), str(tmp_path / "a-2.wav")], 2 * FRAMES / 48_000, 3)


def test_files_of_another_day_are_neither_counted_nor_written_over(tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    leave(path)
    leave(part_of(path))
    leave(tmp_path / "a-2.wav")
    other = (tmp_path / "a-2.wav").read_bytes()
    assert rescue(path) == ([str(path)], FRAMES / 48_000, 3)
    assert (tmp_path / "a-2.wav").read_bytes() == other


def test_nothing_left_and_what_is_no_recording(tmp_path: Path) -> None:
    assert rescue(tmp_path / "a.wav") == ([], 0.0, 1)
    part_of(tmp_path / "b.wav").write_bytes(b"RIFF")
    assert rescue(tmp_path / "b.wav") == ([str(tmp_path / "b.wav")], 0.0, 2)

"""What was heard is in the file, sample for sample, and whatever ends a recording leaves a file that can be opened."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

from accel.errors import SystoleError
from engine.live import recorder as module
from engine.live.recorder import MARGIN, Recorder, Summary
from engine.wav import SampleFormat

ROOT = Path(__file__).parents[3]
SIZE = 1 << 17


class Tape:
    """Sound as the engine leaves it: a ramp that tells each sample's position."""

    def __init__(self) -> None:
        self.ring = np.zeros((SIZE, 2), np.float32)
        self.head = 0
        self.lost: list[int] = []
        self.ended: list[Summary] = []

    def play(self, count: int) -> None:
        places = np.arange(self.head, self.head + count)
        self.ring[places % SIZE] = self.sound(self.head, count)
        self.head += count

    @staticmethod
    def sound(first: int, count: int) -> np.ndarray:
        ramp = (np.arange(first, first + count) % 30_000 / 32_768).astype(np.float32)
        return np.stack([ramp, -ramp], axis=1)

    def recorder(self, **options: Any) -> Recorder:
        return Recorder(self.ring, lambda: self.head, lost=self.lost.append, ended=self.ended.append, **options)


@pytest.fixture
def tape() -> Tape:
    return Tape()


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "TURN_SECONDS", 0.01)
    monkeypatch.setattr(module, "RENEW_SECONDS", 0.02)


def eventually(is_so: Callable[[], bool], seconds: float = 10) -> None:
    until = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < until
        time.sleep(0.005)


@pytest.mark.parametrize("sample_format", list(SampleFormat))
def test_every_sample_from_start_to_stop_is_there(tape: Tape, tmp_path: Path, sample_format: SampleFormat) -> None:
    tape.play(1000)
    recorder = tape.recorder()
    recorder.start(str(tmp_path / "a.wav"), sample_format)
    assert recorder.is_recording
    for count in (1, 4095, 33_000, 7):
        tape.play(count)
        time.sleep(0.03)
    found = recorder.stop()
    assert found == Summary((str(tmp_path / "a.wav"),), 37_103 / 48_000)
    sound, rate = soundfile.read(tmp_path / "a.wav", dtype="float32")
    assert rate == 48_000
    assert np.array_equal(sound, tape.sound(1000, 37_103))
    assert [path.name for path in tmp_path.iterdir()] == ["a.wav"]
    assert not recorder.is_recording and not tape.lost and not tape.ended


def test_what_is_recorded_can_be_asked(tape: Tape, tmp_path: Path) -> None:
    recorder = tape.recorder()
    assert recorder.status is None
    recorder.start(str(tmp_path / "a.wav"), SampleFormat.PCM16)
    assert recorder.status == (str(tmp_path / "a.wav"), 0.0)
    tape.play(24_000)
    until = time.monotonic() + 10
    while recorder.status != (str(tmp_path / "a.wav"), 0.5):
        assert time.monotonic() < until, recorder.status
        time.sleep(0.005)
    recorder.stop()
    assert recorder.status is None


def test_one_at_a_time_and_again_afterwards(tape: Tape, tmp_path: Path) -> None:
    recorder = tape.recorder()
    with pytest.raises(SystoleError, match="nothing is being recorded"):
        recorder.stop()
    recorder.start(str(tmp_path / "a.wav"), SampleFormat.PCM16)
    with pytest.raises(SystoleError, match=r"a\.wav: is being recorded"):
        recorder.start(str(tmp_path / "b.wav"), SampleFormat.PCM16)
    recorder.stop()
    recorder.start(str(tmp_path / "a.wav"), SampleFormat.PCM16)
    tape.play(10)
    assert recorder.stop().seconds == 10 / 48_000


def test_what_was_overwritten_is_silence_so_that_time_stays_true(tape: Tape, tmp_path: Path) -> None:
    recorder = tape.recorder()
    recorder._thread = None
    recorder.start(str(tmp_path / "a.wav"), SampleFormat.FLOAT)
    tape.play(100)
    eventually(lambda: recorder._at == 100)
    late = SIZE - MARGIN + 500
    head = tape.head
    places = np.arange(head, head + late)
    tape.ring[places % SIZE] = tape.sound(head, late)
    tape.head += late  # all at once, as after a disk that slept
    recorder.stop()
    sound, _ = soundfile.read(tmp_path / "a.wav", dtype="float32")
    assert tape.lost == [500]
    assert np.array_equal(sound[:100], tape.sound(0, 100))
    assert not sound[100:600].any()
    assert np.array_equal(sound[600:], tape.sound(600, 100 + late - 600))


def test_what_is_overwritten_while_the_disk_sleeps_is_silence_too(
    tape: Tape, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A write that takes so long that the ring comes round, in the middle of what is being taken out."""
    write, pieces = module._File.write, []

    def sleep(self: Any, data: bytes) -> None:
        write(self, data)
        if len(data) == 8 * module.PIECE:
            pieces.append(1)
            if len(pieces) == 1:
                tape.play(SIZE // 2)
                tape.play(SIZE // 2)

    monkeypatch.setattr(module._File, "write", sleep)
    recorder = tape.recorder()
    tape.play(2 * module.PIECE)
    recorder._head = lambda: 0
    recorder.start(str(tmp_path / "a.wav"), SampleFormat.FLOAT)
    recorder._head = lambda: tape.head
    eventually(lambda: tape.head > SIZE and recorder._at == tape.head)
    recorder.stop()
    sound, _ = soundfile.read(tmp_path / "a.wav", dtype="float32")
    total, first = 2 * module.PIECE + SIZE, module.PIECE
    lost = total - first - (SIZE - MARGIN)
    assert len(sound) == total and tape.lost == [lost]
    assert np.array_equal(sound[:first], tape.sound(0, first))
    assert not sound[first : first + lost].any()
    assert np.array_equal(sound[first + lost :], tape.sound(first + lost, total - first - lost))


def test_what_is_overwritten_while_it_is_copied_is_not_taken_for_sound(tape: Tape, tmp_path: Path) -> None:
    recorder = tape.recorder()
    recorder.start(str(tmp_path / "a.wav"), SampleFormat.FLOAT)
    recorder._stop.set()
    recorder._thread.join()
    recorder._thread, recorder._stop, recorder._summary = None, module.threading.Event(), None
    tape.play(1000)

    class Sleepy(np.ndarray):
        """The sound comes round between two looks at the head."""

        def __getitem__(self, places: Any) -> np.ndarray:
            found = np.asarray(self)[places].copy()
            if tape.head == 1000:
                for _ in range(4):
                    tape.play(SIZE // 4)
            return found

    recorder._tape = tape.ring.view(Sleepy)
    recorder._open(tmp_path / "b.wav")
    recorder._take()
    recorder._take()
    recorder._close()
    sound, _ = soundfile.read(tmp_path / "b.wav", dtype="float32")
    lost = 1000 + SIZE - (SIZE - MARGIN)
    assert tape.lost == [lost] and not sound[:lost].any()
    assert np.array_equal(sound[lost:], tape.sound(lost, 1000 + SIZE - lost))


def test_two_that_record_to_one_name_do_not_write_over_each_other(tape: Tape, tmp_path: Path) -> None:
    first, second, path = tape.recorder(), Tape().recorder(), tmp_path / "a.wav"
    first.start(str(path), SampleFormat.PCM16)
    with pytest.raises(SystoleError, match=r"a\.wav\.part: another engine is recording to it"):
        second.start(str(path), SampleFormat.PCM16)
    tape.play(5_000)
    first.stop()
    sound, _ = soundfile.read(path, dtype="float32")
    assert np.array_equal(sound, tape.sound(0, 5_000))
    second.start(str(path), SampleFormat.PCM16)  # the name is free again
    second.stop()


def test_a_next_file_that_cannot_be_ends_the_recording_with_a_line(tape: Tape, tmp_path: Path) -> None:
    (tmp_path / "a-2.wav").mkdir()
    recorder = tape.recorder(largest=100_000)
    recorder.start(str(tmp_path / "a.wav"), SampleFormat.PCM16)
    tape.play(40_000)
    eventually(lambda: bool(tape.ended))
    (line,) = [summary.line for summary in tape.ended]
    assert (
        line is not None and line.startswith(f"{tmp_path}/a.wav: recording stopped after 0:00: ") and "a-2.wav" in line
    )
    assert len(soundfile.read(tmp_path / "a.wav")[0]) == 0
    assert not recorder.is_recording


def test_a_full_disk_ends_the_recording_and_keeps_it(
    tape: Tape, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write = module._File.write

    def until_full(self: Any, data: bytes) -> None:
        if self._file.tell() + len(data) > 200_000:
            write(self, data[: max(0, 200_000 - self._file.tell())])  # what still fits, as disks do
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        write(self, data)

    monkeypatch.setattr(module._File, "write", until_full)
    recorder = tape.recorder()
    recorder.start(str(tmp_path / "a.wav"), SampleFormat.PCM16)
    for _ in range(6):
        tape.play(10_000)
        time.sleep(0.05)
    eventually(lambda: bool(tape.ended))
    assert tape.ended[0].line == f"{tmp_path}/a.wav: recording stopped after 0:00: No space left on device"
    assert not recorder.is_recording
    sound, _ = soundfile.read(tmp_path / "a.wav", dtype="float32")
    assert len(sound) > 10_000
    assert np.array_equal(sound, tape.sound(0, len(sound)))
    with pytest.raises(SystoleError, match="nothing is being recorded"):
        recorder.stop()


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 1 MiB."""
    folder = tmp_path / "disk"
    folder.mkdir()
    done = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "none", str(folder)], capture_output=True)
    if done.returncode:
        pytest.skip("needs the right to mount")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


def test_a_disk_that_is_really_full(tape: Tape, small_disk: Path) -> None:
    recorder = tape.recorder()
    recorder.start(str(small_disk / "a.wav"), SampleFormat.FLOAT)
    for _ in range(30):
        tape.play(10_000)
        time.sleep(0.02)
    eventually(lambda: bool(tape.ended))
    assert "No space left" in (tape.ended[0].line or "")
    sound, _ = soundfile.read(small_disk / "a.wav", dtype="float32")
    assert len(sound) > 80_000
    assert np.array_equal(sound, tape.sound(0, len(sound)))


def test_a_file_that_grows_too_large_goes_on_in_another_without_a_gap(tape: Tape, tmp_path: Path) -> None:
    recorder = tape.recorder(largest=100_000)
    recorder.start(str(tmp_path / "a.wav"), SampleFormat.PCM16)
    for _ in range(6):
        tape.play(10_000)
        time.sleep(0.03)
    found = recorder.stop()
    assert [Path(path).name for path in found.paths] == ["a.wav", "a-2.wav", "a-3.wav"]
    parts = [soundfile.read(path, dtype="float32")[0] for path in found.paths]
    assert np.array_equal(np.concatenate(parts), tape.sound(0, 60_000))


@pytest.mark.parametrize("path", ["no/a.wav", ".", "pipe"])
def test_what_is_no_file_is_one_line(tape: Tape, tmp_path: Path, path: str) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(SystoleError, match=r"cannot be written|not a file"):
        tape.recorder().start(str(tmp_path / path), SampleFormat.PCM16)
    assert [each.name for each in tmp_path.iterdir()] == ["pipe"]


KILLED = """
import sys, time
import numpy as np
from engine.live import recorder
from engine.wav import SampleFormat
recorder.TURN_SECONDS, recorder.RENEW_SECONDS = 0.01, 0.05
ring, head = np.full((1 << 17, 2), 0.25, np.float32), [0]
it = recorder.Recorder(ring, lambda: head[0], lost=print, ended=print)
it.start(sys.argv[1], SampleFormat.PCM24)
while True:
    head[0] += 480
    time.sleep(0.01)
    if head[0] == 48000: print("now", flush=True)
"""


def test_a_killed_process_leaves_a_file_that_can_be_opened(tmp_path: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", KILLED, str(tmp_path / "a.wav")], cwd=ROOT, stdout=subprocess.PIPE
    )
    assert process.stdout is not None and process.stdout.readline() == b"now\n"
    process.send_signal(signal.SIGKILL)
    process.wait()
    process.stdout.close()
    with (tmp_path / "a.wav.part").open("rb") as file:
        sound, _ = soundfile.read(file)
    assert len(sound) > 24_000
    assert (sound == 0.25).all()


def test_another_engine_goes_on_with_what_a_dead_one_left(tape: Tape, tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    first = tape.recorder()
    first.start(str(path), SampleFormat.FLOAT)
    tape.play(9600)
    first.stop()
    path.rename(tmp_path / "a.wav.part")
    later = Tape()
    second = later.recorder()
    assert second.resume(str(path), SampleFormat.FLOAT) == (str(tmp_path / "a-2.wav"), str(path))
    with pytest.raises(SystoleError, match="is being recorded"):
        second.resume(str(path), SampleFormat.FLOAT)
    later.play(4800)
    summary = second.stop()
    assert summary == Summary((str(path), str(tmp_path / "a-2.wav")), 0.3)
    assert np.array_equal(soundfile.read(path, dtype="float32")[0], tape.sound(0, 9600))
    assert np.array_equal(soundfile.read(tmp_path / "a-2.wav", dtype="float32")[0], later.sound(0, 4800))


def test_a_recording_that_cannot_go_on_is_one_line(tape: Tape, tmp_path: Path) -> None:
    with pytest.raises(SystoleError, match="cannot be written"):
        tape.recorder().resume(str(tmp_path / "gone" / "a.wav"), SampleFormat.FLOAT)

"""What is heard, written to a WAV by a thread of its own that the sound never waits for.

The sound's thread leaves the last eleven seconds in a ring; every tenth of a second they are taken out and written.
The file is called NAME.part until it is finished, and its sizes are renewed every second: what a killed process leaves
behind can be opened as it is. A full disk ends the recording, not the music. At 4 GiB, all that a WAV can hold, the
recording goes on in another file without a gap.
"""

from __future__ import annotations

import os
import struct
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from accel.errors import SystoleError
from accel.formats import RATE
from engine.live.claim import open_alone
from engine.live.rescue import Rescued, file_number, part_of, rescue
from engine.text import plain
from engine.wav import SampleFormat, WavWriter

__all__ = ["Recorder", "Summary"]

TURN_SECONDS, RENEW_SECONDS = 0.1, 1.0
PIECE = 32_768
MARGIN = 48_000
"""Samples of the ring that may be written while they are read: so far behind is too far."""
LARGEST = (4 << 30) - (1 << 20)
STOP_SECONDS = 10.0


@dataclass(frozen=True)
class Summary:
    """A finished recording; `line` says why it ended, where nobody asked for it."""

    paths: tuple[str, ...]
    seconds: float
    line: str | None = None


class _File:
    """A `wav.Sink` on an unbuffered file, which knows where its header keeps the sizes."""

    def __init__(self, path: Path) -> None:
        if path.exists() and not path.is_file():
            raise SystoleError(f"{plain(path)}: is there and not a file")
        self.path, self.part = path, part_of(path)
        self._file = open_alone(self.part)
        self._head = b""

    def write(self, data: bytes) -> None:
        """See `wav.Sink`."""
        if not self._head:
            self._head = data
        rest = memoryview(data)
        while rest:
            rest = rest[self._file.write(rest) :]

    def rewind(self) -> None:
        """See `wav.Sink`."""
        self._file.seek(0)

    def flush(self) -> None:
        """See `wav.Sink`."""
        self._file.flush()

    def renew(self, data: int, frames: int) -> None:
        """Put the sizes as they are now, in bytes and frames, into the header."""
        length = len(self._head)
        head = bytearray(self._head)
        struct.pack_into("<I", head, 4, length - 8 + data)
        struct.pack_into("<I", head, length - 4, data)
        at = head.find(b"fact")
        if at >= 0:
            struct.pack_into("<I", head, at + 8, frames)
        self._file.seek(0)
        self.write(bytes(head))
        self._file.seek(0, os.SEEK_END)

    def close(self, length: int) -> None:
        """Cut what was written only in part, and give the file its name."""
        try:
            self._file.truncate(len(self._head) + length)
            if os.name == "posix":  # while it is ours: another may want the .part at once
                self.part.replace(self.path)
        finally:
            self._file.close()
        if os.name != "posix":
            self.part.replace(self.path)


class Recorder:
    """Records what a ring of sound holds.

    Args:
        tape: float32 [a power of two, 2], written by the sound without looking at us.
        head: tells the position of the next sample to be written; positions only grow.
        lost: called with the number of samples that were overwritten before we came.
        ended: called with the summary where a recording ends by itself.
        largest: bytes of one file.
    """

    def __init__(
        self,
        tape: NDArray[np.float32],
        head: Callable[[], int],
        *,
        lost: Callable[[int], None],
        ended: Callable[[Summary], None],
        largest: int = LARGEST,
    ) -> None:
        self._tape, self._head, self._lost, self._ended, self._largest = tape, head, lost, ended, largest
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None
        self._summary: Summary | None = None
        self._at = self._first = 0
        self._format = SampleFormat.PCM24
        self._path = Path()
        self._file: _File | None = None
        self._writer: WavWriter | None = None
        self._finished: list[str] = []
        self._number = 1

    @property
    def is_recording(self) -> bool:
        """Something is being written."""
        return self._thread is not None and self._thread.is_alive()

    @property
    def status(self) -> tuple[str, float] | None:
        """The file that grows now, and the seconds so far, with those of the files before it; None: there is none."""
        if not self.is_recording:
            return None
        return str(file_number(self._path, self._number)), (self._at - self._first) / RATE

    def start(self, path: str, sample_format: SampleFormat) -> None:
        """Begin a WAV with the sound of this moment.

        Raises:
            SystoleError: one is being recorded already, or the file cannot be written.
        """
        if self.is_recording:
            raise SystoleError(f"{plain(self._path)}: is being recorded; stop that first")
        self._begin(path, sample_format, Rescued([], 0.0, 1))

    def resume(self, path: str, sample_format: SampleFormat) -> tuple[str, str]:
        """Go on with what an engine that died was recording to `path`: finish that, and begin the next file.

        Returns:
            The file that goes on, and that which ended, empty if nothing was left of it.

        Raises:
            SystoleError: as `start`.
        """
        if self.is_recording:
            raise SystoleError(f"{plain(self._path)}: is being recorded; stop that first")
        try:
            found = rescue(Path(path))
        except OSError as error:
            raise SystoleError(f"{plain(path)}: cannot be finished: {error.strerror or error}") from None
        self._begin(path, sample_format, found)
        return str(file_number(self._path, found.number)), found.paths[-1] if found.paths else ""

    def _begin(self, path: str, sample_format: SampleFormat, before: Rescued) -> None:
        self._path, self._format, self._finished = Path(path), sample_format, before.paths
        self._at = self._head()
        self._first = self._at - round(before.seconds * RATE)
        try:
            self._number = before.number
            self._open(file_number(self._path, self._number))
        except OSError as error:
            raise SystoleError(f"{plain(path)}: cannot be written: {error.strerror or error}") from None
        self._stop.clear()
        self._summary = None
        self._thread = threading.Thread(target=self._run, name="systole-recorder", daemon=True)
        self._thread.start()

    def stop(self) -> Summary:
        """Write what is left, finish the file.

        Raises:
            SystoleError: nothing is being recorded; or the disk does not take the rest in ten seconds.
        """
        if self._thread is None or (self._summary is not None and self._summary.line is not None):
            raise SystoleError("nothing is being recorded")
        self._stop.set()
        self._thread.join(STOP_SECONDS)
        if self._summary is None:
            raise SystoleError(f"{plain(self._path)}: the disk does not answer; the sound so far is in the .part file")
        self._thread = None
        return self._summary

    def _open(self, path: Path) -> None:
        self._file = _File(path)
        self._writer = WavWriter(self._file, rate=RATE, channels=2, sample_format=self._format, seekable=True)

    def _run(self) -> None:
        line = None
        try:
            renewed = time.monotonic()
            while not self._stop.wait(TURN_SECONDS):
                self._take()
                if time.monotonic() > renewed + RENEW_SECONDS:
                    renewed = time.monotonic()
                    self._renew()
            self._take()
        except OSError as error:
            line = f"{self._ending()}: {error.strerror or error}"
        except Exception as error:  # such as a folder that has the name of the next file
            text = str(error) if isinstance(error, SystoleError) else plain(f"{type(error).__name__}: {error}")
            line = f"{self._ending()}: {text}"
        line = self._close() or line
        self._summary = Summary(tuple(self._finished), (self._at - self._first) / RATE, line)
        if line is not None:
            self._ended(self._summary)

    def _ending(self) -> str:
        minutes, seconds = divmod((self._at - self._first) // RATE, 60)
        return f"{plain(self._path)}: recording stopped after {minutes}:{seconds:02d}"

    def _take(self) -> None:
        """Write all that has come since; what was overwritten, even while it was copied, is silence."""
        end = self._head()
        while self._at < end:
            if self._missed():
                self._skip(self._missed())
                continue
            places = np.arange(self._at, min(end, self._at + PIECE)) & (len(self._tape) - 1)
            frames = self._tape[places]
            if not self._missed():  # a disk that took seconds for the last piece, or a machine that slept
                self._write(frames)

    def _missed(self) -> int:
        """Samples from the next one on that may be overwritten by now."""
        return max(self._head() - self._at - (len(self._tape) - MARGIN), 0)

    def _skip(self, count: int) -> None:
        self._lost(count)
        while count > 0:
            count -= self._write(np.zeros((min(count, PIECE), 2), np.float32))

    def _write(self, frames: NDArray[Any]) -> int:
        assert self._writer is not None
        width = 2 * self._format.width
        if (self._writer.frames + len(frames)) * width > self._largest:
            self._next_file()
        self._writer.write(frames)
        self._at += len(frames)
        return len(frames)

    def _next_file(self) -> None:
        line = self._close()
        if line is not None:
            raise OSError(line)
        self._number += 1
        self._open(file_number(self._path, self._number))

    def _renew(self) -> None:
        assert self._file is not None and self._writer is not None
        self._file.renew(self._writer.frames * 2 * self._format.width, self._writer.frames)

    def _close(self) -> str | None:
        """Finish the file that is open; what went wrong, if anything."""
        file, writer = self._file, self._writer
        if file is None or writer is None:
            return None
        self._file = self._writer = None
        try:
            writer.finish()
            file.close(writer.frames * 2 * self._format.width)
        except OSError as error:
            self._finished.append(str(file.part))
            return f"{plain(file.part)}: could not be finished: {error.strerror or error}"
        self._finished.append(str(file.path))
        return None

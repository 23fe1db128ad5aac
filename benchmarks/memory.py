"""Memory of a long render: the command as a user calls it, on pieces of different length, watched from outside."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from benchmarks.timing import Say, quiet

__all__ = ["COMMAND", "Memory", "measure_memory", "peak_of", "write_piece"]

ROOT = Path(__file__).resolve().parents[1]
COMMAND = (sys.executable, "-c", "from app.cli import main; main()")
_POLL = 0.02
_TICKS = 480
_NOTES = (48, 55, 60, 64, 67, 72)


@dataclass(frozen=True)
class Memory:
    """Peak resident bytes of `systole render` on a short and on a long piece, and the long one's seconds."""

    short_minutes: float
    short_bytes: int
    long_minutes: float
    long_bytes: int
    long_seconds: float


def write_piece(path: Path, minutes: float) -> None:
    """A MIDI file of that length: one note a second (120 quarter notes a minute), a little overlap."""
    import mido

    file = mido.MidiFile(ticks_per_beat=_TICKS)
    track = mido.MidiTrack()
    file.tracks.append(track)
    overlap = _TICKS // 4
    for index in range(max(1, round(minutes * 60))):
        note, before = _NOTES[index % len(_NOTES)], _NOTES[(index - 1) % len(_NOTES)]
        track.append(mido.Message("note_on", note=note, velocity=90, time=2 * _TICKS - overlap if index else 0))
        if index:
            track.append(mido.Message("note_off", note=before, time=overlap))
    track.append(mido.Message("note_off", note=note, time=2 * _TICKS))
    file.save(path)


def peak_of(arguments: list[str]) -> tuple[int, float]:
    """(peak resident bytes, seconds) of a process whose standard output nobody needs.

    Raises:
        RuntimeError: it failed; with its message.
    """
    import psutil

    began, peak = time.perf_counter(), 0
    with tempfile.TemporaryFile() as errors:
        child = subprocess.Popen(arguments, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=errors)
        watched = psutil.Process(child.pid)
        while child.poll() is None:
            try:
                peak = max(peak, watched.memory_info().rss)
            except psutil.Error:
                break
            time.sleep(_POLL)
        if child.wait():
            errors.seek(0)
            raise RuntimeError(f"{arguments[-3:]}: {errors.read().decode(errors='replace').strip()}")
    return peak, time.perf_counter() - began


def measure_memory(minutes: float = 60.0, short: float = 1.0, *, say: Say = quiet) -> Memory:
    """Render a piece of `minutes` and one of `short` through the default patch, to a pipe."""
    found = []
    with tempfile.TemporaryDirectory() as folder:
        for length in (short, minutes):
            say(f"memory: rendering {length:g} minutes")
            piece = Path(folder) / "piece.mid"
            write_piece(piece, length)
            found.append(peak_of([*COMMAND, "render", str(piece), "--quiet", "-o", "-"]))
    (short_bytes, _), (long_bytes, seconds) = found
    return Memory(short, short_bytes, minutes, long_bytes, seconds)

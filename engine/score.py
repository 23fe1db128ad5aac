"""MIDI files as scores: every message at its sample position at 48 kHz, all tracks merged, one tempo map.

Positions come from whole numbers (microseconds times ticks), so the thousandth bar is as exact as the first.
Format 2 holds independent patterns; they are played one after another, as players commonly do.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from accel.errors import SystoleError
from accel.formats import RATE
from engine.events import Kind, event_array
from engine.midi.rows import Row, channel_message
from engine.midi_file import Message, MidiFile, Track, parse_midi
from engine.text import plain

__all__ = ["MAX_SECONDS", "Score", "load_midi", "read_midi"]

MAX_SECONDS = 24 * 3600
"""A piece is cut here: a damaged delta time can otherwise ask for days of silence."""
MAX_BYTES = 64 << 20
PEDALS, PEDAL_DOWN = (64, 66), 64
"""Sustain and sostenuto; values from 64 hold."""
HELD_SECONDS = 30
"""How long a note sounds that no key-up or pedal-up ends, at most to the end of its track."""
_DEFAULT_TEMPO = 500_000


@dataclass(frozen=True)
class Score:
    """What is to be played.

    Attributes:
        events: records of `events.EVENT` in the order of time; TEMPO events are on channel 0.
        end: sample position at which every key is let go; ringing out comes after it.
        channels: MIDI channels (0..15) that have notes, ascending.
        warnings: one line each; nothing is printed here.
    """

    events: NDArray[Any]
    end: int
    channels: tuple[int, ...]
    warnings: tuple[str, ...] = ()


class _Clock:
    """Ticks to samples by a tempo map, in whole numbers; ticks must not fall."""

    def __init__(self, file: MidiFile, tempos: list[tuple[int, int]]) -> None:
        self.division = file.division
        self.tempos = sorted(tempos, key=lambda change: change[0])
        self.next, self.tick, self.elapsed, self.tempo = 0, 0, 0, _DEFAULT_TEMPO

    def sample(self, tick: int) -> int:
        if self.division.per_second is not None:
            return round(tick / self.division.per_second * RATE)
        while self.next < len(self.tempos) and self.tempos[self.next][0] <= tick:
            change, tempo = self.tempos[self.next]
            self.elapsed += (change - self.tick) * self.tempo
            self.tick, self.tempo = change, tempo
            self.next += 1
        elapsed = self.elapsed + (tick - self.tick) * self.tempo
        whole = 1_000_000 * self.division.per_quarter
        return (elapsed * RATE + whole // 2) // whole


def _in_sequence(tracks: list[Track]) -> list[Track]:
    """The patterns of a format-2 file, each beginning where its predecessor ends, at the default tempo."""
    start, moved = 0, []
    for track in tracks:
        messages = [message._replace(tick=message.tick + start) for message in track.messages]
        tempos = [(start, _DEFAULT_TEMPO), *((tick + start, tempo) for tick, tempo in track.tempos)]
        moved.append(Track(messages, tempos, track.end + start))
        start += track.end
    return moved


def _end(rows: list[Row], last_tick_sample: int) -> int:
    """Where all keys are let go: at the last key or pedal, or later if a key or pedal is still down there."""
    held: set[tuple[int, int, int]] = set()
    last = 0
    for time, kind, channel, index, value in rows:
        if kind == Kind.CONTROL and index in PEDALS:
            down = value >= PEDAL_DOWN
            if not down and (kind, channel, index) in held:
                last = max(last, min(time, last + HELD_SECONDS * RATE))
            (held.add if down else held.discard)((kind, channel, index))
        if kind == Kind.NOTE_ON:
            held.add((Kind.NOTE_ON, channel, index))
        elif kind == Kind.NOTE_OFF:
            held.discard((Kind.NOTE_ON, channel, index))
        if kind in (Kind.NOTE_ON, Kind.NOTE_OFF):
            last = time
    if not held:
        return last
    return max(last, min(last_tick_sample, last + HELD_SECONDS * RATE))


def read_midi(data: bytes, where: str) -> Score:
    """Score of a Standard MIDI File's bytes.

    Raises:
        SystoleError: not a MIDI file, or one without a single note.
    """
    file = parse_midi(data, where)
    warnings = list(file.warnings)
    tracks = file.tracks
    if file.format == 2 and len(tracks) > 1:
        tracks = _in_sequence(tracks)
        warnings.append(f"{where}: format 2; its {len(tracks)} patterns are played one after another")
    clock = _Clock(file, [change for track in tracks for change in track.tempos])
    merged: list[tuple[int, int, Message | int]] = []
    for number, track in enumerate(tracks):
        merged += [(tick, -1, tempo) for tick, tempo in track.tempos]
        merged += [(message.tick, number, message) for message in track.messages]
    merged.sort(key=lambda item: item[:2])
    rows: list[Row] = []
    for tick, _, item in merged:
        time = clock.sample(tick)
        if time > MAX_SECONDS * RATE:
            warnings.append(f"{where}: everything after {MAX_SECONDS // 3600} hours is left out")
            break
        if isinstance(item, int):
            rows.append((time, Kind.TEMPO, 0, 0, 60e6 / item))
        else:
            rows.append(channel_message(time, item.status, item.first, item.second))
    channels = sorted({row[2] for row in rows if row[1] == Kind.NOTE_ON})
    if not channels:
        damage = f" ({file.warnings[0].removeprefix(where + ': ')})" if file.warnings else ""
        raise SystoleError(f"{where}: no notes to play{damage}")
    last_tick = max(max(track.end for track in tracks), max(item[0] for item in merged))
    end = _end(rows, clock.sample(last_tick))
    return Score(event_array(rows), end, tuple(channels), tuple(warnings))


def load_midi(path: str | os.PathLike[str]) -> Score:
    """Read a MIDI file (formats 0, 1, 2; musical or SMPTE time).

    Raises:
        SystoleError: missing, unreadable, not MIDI, or without notes; one line.
    """
    file = Path(path)
    try:
        with file.open("rb") as stream:
            data = stream.read(MAX_BYTES + 1)
    except OSError as error:
        raise SystoleError(f"{plain(file)}: cannot be read: {error.strerror or error}") from None
    if len(data) > MAX_BYTES:
        raise SystoleError(f"{plain(file)}: larger than {MAX_BYTES >> 20} MiB; no MIDI file is")
    return read_midi(data, plain(file))

"""Standard MIDI files as they are found: a reader that keeps what lies before the damage.

mido, which serves live MIDI, drops a whole file at its first bad byte and takes SMPTE division for a negative
tempo. Players do better, and a person expects their file to play: hence a small scanner of our own, held against
mido on well-formed files by the tests. Structure after "Standard MIDI Files 1.0" (MIDI Association, RP-001).
"""

from __future__ import annotations

import struct
from dataclasses import dataclass, field
from typing import NamedTuple

from accel.errors import SystoleError

__all__ = ["Division", "Message", "MidiFile", "Track", "parse_midi"]

SEARCH_BYTES = 4096
"""How far into a file its header may begin (RIFF and MacBinary wrappers)."""
_META, _SYSEX, _ESCAPE = 0xFF, 0xF0, 0xF7
_META_TEMPO, _META_END = 0x51, 0x2F
_SYSTEM_SIZES = {0xF1: 1, 0xF2: 2, 0xF3: 1}
_SMPTE_RATES = {24: 24.0, 25: 25.0, 29: 30000 / 1001, 30: 30.0}


class Message(NamedTuple):
    """A channel message at an absolute tick; `second` is 0 where the message has one data byte."""

    tick: int
    status: int
    first: int
    second: int


@dataclass
class Track:
    """Channel messages, (tick, microseconds per quarter) tempo changes, and the tick where the track ends."""

    messages: list[Message] = field(default_factory=list)
    tempos: list[tuple[int, int]] = field(default_factory=list)
    end: int = 0


class Division(NamedTuple):
    """Meaning of a tick: a fraction of a quarter note, or (SMPTE) of a second."""

    per_quarter: int
    per_second: float | None


@dataclass
class MidiFile:
    """A parsed file; `warnings` say what could not be played."""

    format: int
    division: Division
    tracks: list[Track]
    warnings: list[str]


class _DamageError(Exception):
    """The track cannot be read on from here."""


class _Cursor:
    def __init__(self, data: bytes, start: int, end: int) -> None:
        self.data, self.at, self.end = data, start, end

    def byte(self) -> int:
        if self.at >= self.end:
            raise _DamageError("ends in the middle of an event")
        self.at += 1
        return self.data[self.at - 1]

    def length(self) -> int:
        """A variable-length quantity: seven bits a byte, at most four bytes."""
        value = 0
        for _ in range(4):
            byte = self.byte()
            value = value << 7 | byte & 0x7F
            if byte < 0x80:
                return value
        raise _DamageError("number longer than four bytes")

    def data_byte(self, first: int | None = None) -> int:
        byte = self.byte() if first is None else first
        if byte > 0x7F:
            raise _DamageError(f"data byte 0x{byte:02x} out of range")
        return byte

    def take(self, count: int) -> bytes:
        if count > self.end - self.at:
            raise _DamageError("ends in the middle of an event")
        self.at += count
        return self.data[self.at - count : self.at]


def _read_event(cursor: _Cursor, tick: int, running: int, track: Track) -> tuple[int, bool]:
    """Read one event after its delta time; returns the running status and whether the track goes on."""
    status = cursor.byte()
    first: int | None = None
    if status < 0x80:
        if not running:
            raise _DamageError("data without a status byte")
        status, first = running, status
    if status < 0xF0:
        a = cursor.data_byte(first)
        b = 0 if status & 0xE0 == 0xC0 else cursor.data_byte()
        track.messages.append(Message(tick, status, a, b))
        return status, True
    if status == _META:
        kind = cursor.byte()
        data = cursor.take(cursor.length())
        if kind == _META_TEMPO and len(data) == 3 and any(data):
            track.tempos.append((tick, int.from_bytes(data, "big")))
        return running, kind != _META_END
    if status in (_SYSEX, _ESCAPE):
        cursor.take(cursor.length())
    else:
        cursor.take(_SYSTEM_SIZES.get(status, 0))
    return running, True


def _is_chunk(data: bytes, at: int) -> bool:
    """Whether a chunk may begin here: a name of four ASCII characters and a length that the file can hold."""
    if at + 8 > len(data):
        return False
    name, length = struct.unpack_from(">4sL", data, at)
    return name.isascii() and name.decode("ascii").isprintable() and length <= len(data) - at - 8


def _limit(data: bytes, end: int) -> int:
    """How far a track may be read whose header says `end`.

    Real files have wrong lengths. A chunk at `end` confirms it; else End-of-Track decides, and the next track's header
    at the latest.
    """
    if _is_chunk(data, end):
        return end
    following = data.find(b"MTrk", end)
    return len(data) if following < 0 else following


def _read_events(cursor: _Cursor, track: Track, end: int) -> bool:
    """Read events into `track`, whose header says `end`; returns whether its End-of-Track was among them."""
    running, goes_on = 0, True
    while goes_on and cursor.at < cursor.end:
        if cursor.data.startswith(b"MTrk", cursor.at) and _is_chunk(cursor.data, cursor.at):
            return False  # the length was too long, and no End-of-Track said so
        if cursor.at == end and not cursor.data[end:].strip(b"\0"):
            return False  # nothing but padding follows
        tick = track.end + cursor.length()
        running, goes_on = _read_event(cursor, tick, running, track)
        track.end = tick
    return not goes_on


def _read_track(data: bytes, begin: int, end: int) -> tuple[Track, str | None, int]:
    """The track at `begin` whose header says that it ends at `end`.

    Returns:
        The track, what is wrong with it, and where to look for the next one.
    """
    track, cursor = Track(), _Cursor(data, begin, _limit(data, end))
    try:
        is_ended = _read_events(cursor, track, end)
    except _DamageError as damage:
        found = end if _is_chunk(data, end) else cursor.at
        return track, f"{damage} (byte {cursor.at}); played up to there", found
    if is_ended and cursor.at != end and not _is_chunk(data, end):
        declared = f"its header says {end - begin} bytes, its End-of-Track comes after {cursor.at - begin}"
        return track, f"has a wrong length ({declared}); played to its End-of-Track", cursor.at
    if not is_ended:
        wrong = "is cut off" if end > len(data) else "has no End-of-Track"
        return track, f"{wrong}; played up to there (byte {cursor.at})", cursor.at
    return track, None, cursor.at


def _division(word: int, where: str) -> Division:
    if word < 0x8000:
        if word == 0:
            raise SystoleError(f"{where}: the header's division is 0 ticks per quarter note; allowed: 1 to 32767")
        return Division(word, None)
    frames, ticks = 256 - (word >> 8), word & 0xFF
    if frames not in _SMPTE_RATES or ticks == 0:
        raise SystoleError(f"{where}: SMPTE time of {frames} frames of {ticks} ticks; allowed: 24, 25, 29 or 30")
    return Division(0, _SMPTE_RATES[frames] * ticks)


def parse_midi(data: bytes, where: str) -> MidiFile:
    """Read a Standard MIDI File of format 0, 1 or 2.

    Damaged or truncated tracks are kept up to the damage and reported in `warnings`; where a track's length and its
    End-of-Track disagree, End-of-Track is believed.

    Args:
        data: the file's bytes.
        where: name that every message begins with.

    Raises:
        SystoleError: not a MIDI file at all, or its header makes no sense.
    """
    if not data:
        raise SystoleError(f"{where}: the file is empty (0 bytes); needed: a Standard MIDI File")
    start = data.find(b"MThd", 0, SEARCH_BYTES)
    if start < 0:
        raise SystoleError(f"{where}: not a MIDI file (no MThd header)")
    if len(data) < start + 14:
        raise SystoleError(f"{where}: the MIDI header is cut off")
    size, kind, count, word = struct.unpack_from(">LHHH", data, start + 4)
    if kind > 2:
        raise SystoleError(f"{where}: MIDI file of format {kind}; allowed: 0, 1 or 2")
    file = MidiFile(kind, _division(word, where), [], [])
    at = start + 8 + max(size, 6)
    while (at := data.find(b"MTrk", at)) >= 0 and at + 8 <= len(data):
        length = struct.unpack_from(">L", data, at + 4)[0]
        begin, end = at + 8, at + 8 + length
        track, damage, at = _read_track(data, begin, end)
        file.tracks.append(track)
        if damage is not None:
            file.warnings.append(f"{where}: track {len(file.tracks)} {damage}")
    if len(file.tracks) < count:
        file.warnings.append(f"{where}: {count} tracks announced, {len(file.tracks)} found")
    return file

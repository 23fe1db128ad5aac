"""MIDI's channel messages as rows of `events.EVENT`: one meaning for files, ports and keys on a screen.

Rows are plain tuples (time, kind, channel, index, value), cheap to make one by one; `events.event_array` packs them.
"""

from __future__ import annotations

from engine.events import Kind

__all__ = ["Row", "bend", "channel_message", "control", "key_pressure", "note_off", "note_on", "pressure", "program"]

Row = tuple[int, int, int, int, float]
"""time (sample position), kind, channel, index, value."""

BEND_CENTRE = 8192


def note_on(time: int, channel: int, note: int, velocity: float) -> Row:
    """Key down: note 0..127, velocity above 0 to 127."""
    return time, Kind.NOTE_ON, channel, note, velocity


def note_off(time: int, channel: int, note: int) -> Row:
    """Key up; how fast it went up is not used."""
    return time, Kind.NOTE_OFF, channel, note, 0.0


def control(time: int, channel: int, number: int, value: float) -> Row:
    """Controller 0..127 to 0..127; between whole numbers where 14 bits came."""
    return time, Kind.CONTROL, channel, number, value


def bend(time: int, channel: int, word: int) -> Row:
    """Pitch wheel from its 14 bits: 0 is all down (-1), 8192 the middle (0), 16383 all up (1)."""
    away = word - BEND_CENTRE
    return time, Kind.BEND, channel, 0, away / (BEND_CENTRE - 1 if away > 0 else BEND_CENTRE)


def pressure(time: int, channel: int, value: float) -> Row:
    """Channel pressure 0..127."""
    return time, Kind.PRESSURE, channel, 0, value


def key_pressure(time: int, channel: int, note: int, value: float) -> Row:
    """Polyphonic pressure 0..127 of one key."""
    return time, Kind.KEY_PRESSURE, channel, note, value


def program(time: int, channel: int, number: int) -> Row:
    """Program change 0..127."""
    return time, Kind.PROGRAM, channel, number, 0.0


def channel_message(time: int, status: int, first: int, second: int) -> Row:
    """A channel message (MIDI 1.0): status 0x80..0xEF and its data bytes 0..127; `second` is 0 where there is none."""
    kind, channel = status & 0xF0, status & 0x0F
    if kind == 0x90 and second:
        return note_on(time, channel, first, second)
    if kind in (0x80, 0x90):
        return note_off(time, channel, first)
    if kind == 0xA0:
        return key_pressure(time, channel, first, second)
    if kind == 0xB0:
        return control(time, channel, first, second)
    if kind == 0xC0:
        return program(time, channel, first)
    if kind == 0xD0:
        return pressure(time, channel, first)
    return bend(time, channel, second << 7 | first)

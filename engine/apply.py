"""Events applied to a part at their sample: what each kind of `events.Kind` does.

A number that points outside its table changes nothing: what comes live is checked on its way in (`event_check`), but
how many knobs there are only the part knows.
"""

from __future__ import annotations

from typing import Any

from engine.controllers import SEVEN_BIT, beat_at, derive, follow_beat, turn_control
from engine.events import Kind
from engine.jit import compiled
from engine.parameters import TABLE
from engine.state import PATCH_RANGE
from engine.voices import keep_to_polyphony, key_off, key_on, release_keys_and_pedals

__all__ = ["apply_event", "apply_until"]

NOTE_OFF, NOTE_ON, CONTROL, BEND = int(Kind.NOTE_OFF), int(Kind.NOTE_ON), int(Kind.CONTROL), int(Kind.BEND)
PRESSURE, KEY_PRESSURE, TEMPO = int(Kind.PRESSURE), int(Kind.KEY_PRESSURE), int(Kind.TEMPO)
PARAMETER, KNOB, RELEASE_ALL = int(Kind.PARAMETER), int(Kind.KNOB), int(Kind.RELEASE_ALL)
CV_PITCH, CV_LEVEL = int(Kind.CV_PITCH), int(Kind.CV_LEVEL)
ROW_SOURCE, ROW_TARGET, ROW_AMOUNT = int(Kind.ROW_SOURCE), int(Kind.ROW_TARGET), int(Kind.ROW_AMOUNT)
TUNE, ZONE, BEAT = int(Kind.TUNE), int(Kind.ZONE), int(Kind.BEAT)
CHANNELS = 15  # mask
NO_ZONE = -1.0
POLYPHONY, MODE = ([entry.id for entry in TABLE].index(name) for name in ("voice.polyphony", "voice.mode"))


@compiled
def _set_row(state: Any, kind: int, index: int, value: float) -> None:
    """One field of a row of the modulation matrix."""
    if not 0 <= index < state.rows.shape[0]:
        return
    row, number = state.rows[index], int(value)
    if kind == ROW_AMOUNT:
        row.amount = value
    elif kind == ROW_SOURCE and 0 <= number < state.source.shape[0]:
        row.source = number
    elif kind == ROW_TARGET and 0 <= number < state.amounts.shape[0]:
        row.target = number


@compiled
def _set_time(state: Any, kind: int, value: float, now: int) -> None:
    """Tempo, or position in the song."""
    part = state.part[0]
    if kind == BEAT:
        part.beat, part.beat_time = value, now
        follow_beat(state, now)
    elif value > 0.0:
        part.beat, part.beat_time = beat_at(part, now), now
        part.tempo = value
        derive(state, now)


@compiled
def _set_channel(state: Any, kind: int, channel: int, value: float) -> None:
    """What one MIDI channel carries."""
    if kind == BEND:
        state.channels[channel].bend = value
    elif kind == PRESSURE:
        state.channels[channel].pressure = value / SEVEN_BIT
    elif kind == ZONE:
        master = int(value)
        is_member = 0 <= master <= CHANNELS and master != channel
        state.channels[channel].parent = master if is_member else -1
        if value == NO_ZONE:  # the bend range was the zone's, too
            state.channels[channel].range_semitones, state.channels[channel].range_cents = PATCH_RANGE, 0.0


@compiled
def _set(state: Any, values: Any, kind: int, index: int, value: float, now: int) -> None:
    """Events that set one value of the part; `values` is the parameter record seen as float64 [parameters]."""
    if kind == KEY_PRESSURE:
        state.key_pressure[index & 127] = value / SEVEN_BIT
    elif kind == CV_PITCH:
        state.part[0].cv_pitch = value
    elif kind == CV_LEVEL:
        state.part[0].cv_level = value
    elif kind == KNOB and 0 <= index < state.knobs.shape[0]:
        state.knobs[index] = value
    elif kind == TUNE and 0 <= index < state.tuning.shape[0]:
        state.tuning[index] = value
    elif kind == PARAMETER and 0 <= index < values.shape[0]:
        values[index] = value
        derive(state, now)
        if index in (POLYPHONY, MODE):
            keep_to_polyphony(state)
    elif ROW_SOURCE <= kind <= ROW_AMOUNT:
        _set_row(state, kind, index, value)


@compiled
def apply_event(state: Any, values: Any, event: Any, now: int) -> None:
    """Apply one record of `events.EVENT` at sample position `now`; changes `state`, never a network."""
    part, kind, note, channel = state.part[0], event.kind, event.index & 127, event.channel & CHANNELS
    if kind == NOTE_ON and event.value > 0.0:
        if part.notes_from <= event.time < part.notes_until:
            key_on(state, note, event.value, channel, now)
    elif kind in (NOTE_OFF, NOTE_ON):
        key_off(state, note, channel, now)
    elif kind == CONTROL:
        turn_control(state, event.index, event.value, channel)
    elif kind == RELEASE_ALL:
        release_keys_and_pedals(state)
    elif kind in (TEMPO, BEAT):
        _set_time(state, kind, event.value, now)
    elif kind in (BEND, PRESSURE, ZONE):
        _set_channel(state, kind, channel, event.value)
    else:
        _set(state, values, kind, event.index, event.value, now)


@compiled
def apply_until(state: Any, values: Any, events: Any, until: int) -> None:
    """Apply all events before sample position `until`, each at its own; they must hold no note to play."""
    for index in range(events.shape[0]):
        if events[index].time >= until:
            break
        apply_event(state, values, events[index], events[index].time)

"""What a window, the recorder and MIDI learn see of the sound: written after each block, read without a lock.

The state of the sound is copied at most every 256 samples, or when an event came: a window asks 60 times a second, and
blocks may be short.
"""

from __future__ import annotations

import math
from typing import Any

from accel.emulator.entry import address_of
from accel.formats import KNOB_COUNTS, RATE
from engine.controllers import beat_at
from engine.deck import PLAYS
from engine.envelope import IDLE
from engine.jit import compiled, inlined
from engine.limiter import CEILING, THRESHOLD
from engine.modulation import EXPRESSION, WHEEL
from engine.realtime.governor import UNLIMITED, lanes_limit, part_at, running_lanes
from engine.realtime.native import store_release
from engine.realtime.rig import RING_AT
from engine.realtime.turn import begin_write, end_write

__all__ = ["publish_meters", "publish_sound", "write_tape"]

WORD = 8
TAPE = RING_AT["tape"]
SHOWN_EVERY = 256
PEAK_FALL = 1.0 / (0.3 * RATE)
RMS_MEMORY = 1.0 / (0.1 * RATE)
FAINT = 1e-12


@compiled
def write_tape(rig: Any, out: Any, now: int, count: int) -> None:
    """Append out[:count], samples from position `now`, to the recorder's tape and to the scope."""
    tape, scope = rig.tape, rig.scope
    for i in range(count):
        place = (now + i) & (tape.shape[0] - 1)
        tape[place, 0], tape[place, 1] = out[i, 0], out[i, 1]
        place = (now + i) & (scope.shape[0] - 1)
        scope[place, 0], scope[place, 1] = out[i, 0], out[i, 1]
    store_release(address_of(rig.ring_heads) + WORD * TAPE, now + count)
    store_release(address_of(rig.scope_head), now + count)


@inlined
def _levels(rig: Any, out: Any, count: int) -> None:
    """Peaks that fall within a third of a second, and means over a tenth."""
    play, meters = rig.play[0], rig.meters[0]
    left = right = square_left = square_right = 0.0
    for i in range(count):
        left, right = max(left, abs(float(out[i, 0]))), max(right, abs(float(out[i, 1])))
        square_left += float(out[i, 0]) ** 2
        square_right += float(out[i, 1]) ** 2
    fall, keep = math.exp(-count * PEAK_FALL), math.exp(-count * RMS_MEMORY)
    left, right = max(left, meters.peak_left * fall), max(right, meters.peak_right * fall)
    meters.peak_left = left if left > FAINT else 0.0
    meters.peak_right = right if right > FAINT else 0.0
    square_left = play.square_left * keep + square_left / count * (1.0 - keep)
    square_right = play.square_right * keep + square_right / count * (1.0 - keep)
    play.square_left = square_left if square_left > FAINT else 0.0
    play.square_right = square_right if square_right > FAINT else 0.0
    meters.rms_left, meters.rms_right = math.sqrt(play.square_left), math.sqrt(play.square_right)


@inlined
def _reduction(level: float) -> float:
    """dB by which the limiter turns a level down."""
    if level <= THRESHOLD:
        return 0.0
    beyond = (level - THRESHOLD) / (CEILING - THRESHOLD)
    return 20.0 * math.log10(level / (THRESHOLD + (CEILING - THRESHOLD) * beyond / (1.0 + beyond)))


@compiled
def publish_meters(rig: Any, deck: Any, out: Any, count: int) -> None:
    """Levels of out[:count], and what runs; `Rig.play` is already at the next block."""
    play, meters, current = rig.play[0], rig.meters[0], deck.deck[0].current
    _levels(rig, out, count)
    meters.reduction = _reduction(deck.level[0])
    voices = 0
    for slot in range(deck.slots.shape[0]):
        if deck.states[slot] >= PLAYS:
            voices += part_at(deck.slots[slot].table).part[0].active
    meters.voices, meters.lanes = voices, running_lanes(deck)
    limit = lanes_limit(rig)
    meters.lanes_limit = limit if limit < UNLIMITED else 0
    meters.midi_count = rig.counters[0].midi_messages & 0x7FFFFFFF
    if current >= 0:
        part = part_at(deck.slots[current].table).part[0]
        meters.tempo, meters.beat = part.tempo, beat_at(part, play.now)


@inlined
def _copy_sound(rig: Any, state: Any) -> None:
    """The current part's knobs, matrix, keys and voices."""
    knobs, is_playing = state.knobs.shape[0], state.part[0].active > 0
    rig.sound[0].knobs_used = knobs
    for index in range(knobs):
        rig.knobs[index] = state.knobs[index]
        # The counts are those of the voice that was last given its controls.
        rig.knobs_live[index] = state.counts[index] / KNOB_COUNTS if is_playing else state.knobs[index]
    for index in range(state.source.shape[0]):
        rig.sources[index] = state.source[index] if is_playing else 0.0
    # These two are the player's and not a voice's: they stand where they stand, and are read by who takes over.
    rig.sources[WHEEL], rig.sources[EXPRESSION] = state.part[0].wheel, state.part[0].expression
    for index in range(state.rows.shape[0]):
        rig.rows[index] = state.rows[index]
    held = 0
    for key in range(state.held.shape[0]):
        rig.held[key] = 1 if state.held[key] > 0 else 0
        held += rig.held[key]
    rig.meters[0].notes_held = held
    for index in range(rig.voices.shape[0]):
        shown = rig.voices[index]
        shown.stage = IDLE
        if index < state.voices.shape[0]:
            voice = state.voices[index]
            shown.stage, shown.note, shown.env, shown.env2 = voice.stage, voice.note, voice.env, voice.env2


@compiled
def publish_sound(rig: Any, deck: Any, values: Any) -> None:
    """Copy the state of the current part, whose parameters are `values`, under its sequence lock."""
    lock, number = address_of(rig.sound), rig.sound[0].seq
    current = deck.deck[0].current
    begin_write(lock, number)
    rig.sound[0].patch = deck.slots[current].patch
    for index in range(values.shape[0]):
        rig.parameters[index] = values[index]
    _copy_sound(rig, part_at(deck.slots[current].table))
    end_write(lock, number)

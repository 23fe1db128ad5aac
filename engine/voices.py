"""Which voice plays which note: start, steal, release, mono and legato.

A stolen voice fades in a spare slot over 3 ms while its successor starts elsewhere, on its exact sample. A key
that is pressed again releases the older voice of that key: so one key-up always suffices, and a pedal does not
pile up copies of a note.
"""

from __future__ import annotations

import math
from typing import Any

from engine.control import glide_volts, note_volts
from engine.envelope import ATTACK, DECAY, FADE, IDLE, RELEASE
from engine.jit import compiled
from engine.lfo import unit_random
from engine.state import MAX_SPARE, QUANTUM

__all__ = [
    "keep_to_polyphony",
    "key_off",
    "key_on",
    "release_keys",
    "release_keys_and_pedals",
    "release_unheld",
    "silence",
]

POLY, MONO, LEGATO = range(3)
GLIDE_LEGATO = 1


@compiled
def _release(voice: Any) -> None:
    if voice.stage not in (IDLE, FADE):
        voice.stage = voice.env2_stage = RELEASE
    voice.down = voice.sostenuto = 0


@compiled
def _fade(voice: Any) -> None:
    if voice.stage != IDLE:
        voice.stage = FADE
    voice.down = voice.sostenuto = 0


@compiled
def _rank(voice: Any) -> int:
    """How readily a sounding voice is stolen: 0 = released, 1 = held by a pedal only, 2 = its key is down."""
    if voice.stage == RELEASE:
        return 0
    return 1 if voice.down == 0 else 2


@compiled
def _victim(state: Any) -> int:
    """Slot of the voice to be stolen next: the most readily stolen, among equals the oldest; -1 if none sounds."""
    victim = -1
    for slot in range(state.voices.shape[0]):
        voice = state.voices[slot]
        if voice.stage in (IDLE, FADE):
            continue
        if victim < 0:
            victim = slot
            continue
        rank, other = _rank(voice), _rank(state.voices[victim])
        if rank < other or (rank == other and voice.order < state.voices[victim].order):
            victim = slot
    return victim


@compiled
def _limit(state: Any) -> int:
    """Most notes at once, as the parameters stand."""
    if int(state.parameters[0].voice_mode) != POLY:
        return 1
    return min(state.part[0].polyphony, max(1, int(state.parameters[0].voice_polyphony)))


@compiled
def _fade_beyond(state: Any, most: int) -> None:
    """Fade voices until at most so many sound."""
    sounding = 0
    for slot in range(state.voices.shape[0]):
        if state.voices[slot].stage not in (IDLE, FADE):
            sounding += 1
    while sounding > most:
        _fade(state.voices[_victim(state)])
        sounding -= 1


@compiled
def keep_to_polyphony(state: Any) -> None:
    """The polyphony or the mode was changed: what is beyond it fades at once, so that it can be lowered to save time.

    In the modes of one voice no key up would ever reach the others: it is the key pressed last that stays.
    """
    _fade_beyond(state, _limit(state))


@compiled
def _free_slot(state: Any) -> int:
    """An idle slot, else the faintest of those that fade; what that one still gave leaks away on the bus.

    Of a part with room for more, no more slots are looked at than a part of just the needed polyphony has: so both
    steal alike, and what was played live sounds the same again. Notes beyond the polyphony fade by now, so one is
    found.
    """
    best, limit = -1, max(_limit(state), state.part[0].asked)
    for slot in range(limit + min(limit, MAX_SPARE)):
        voice = state.voices[slot]
        if voice.stage == IDLE:
            return slot
        if voice.stage == FADE and (best < 0 or voice.env < state.voices[best].env):
            best = slot
    part, voice = state.part[0], state.voices[best]
    part.leak_left += voice.last_left
    part.leak_right += voice.last_right
    part.active -= 1
    voice.stage = IDLE
    return best


@compiled
def _start_envelopes(state: Any, slot: int, now: int) -> None:
    """Both envelopes towards their peaks from where they are; per-voice LFOs from their start."""
    voice, coefficients = state.voices[slot], state.coefficients[0]
    voice.stage = voice.env2_stage = ATTACK
    if coefficients.env2_attack > 0.99:  # shorter than a control frame: the peak belongs to the first frame
        voice.env2, voice.env2_stage = 1.0, DECAY
    voice.gate_time = voice.lfo1_time = voice.lfo2_time = now
    voice.lfo1_cycles = voice.lfo2_cycles = 0.0


@compiled
def _set_velocity(state: Any, slot: int, velocity: float) -> None:
    voice = state.voices[slot]
    voice.velocity = velocity / 127.0
    voice.gain = math.pow(voice.velocity, 2.0 * state.parameters[0].voice_velocity)


@compiled
def _set_glide(state: Any, slot: int, origin: float, overlapping: bool, now: int) -> None:
    """Let the voice slide from `origin` volts if the patch wants it to."""
    voice, parameters = state.voices[slot], state.parameters[0]
    wanted = parameters.voice_glide > 0.0 and state.part[0].serial > 1
    if int(parameters.voice_glide_mode) == GLIDE_LEGATO and not overlapping:
        wanted = False
    voice.glide_start = now if wanted else -1
    voice.glide_from = origin
    state.part[0].last_volts = note_volts(state, voice.note)


@compiled
def _start(state: Any, note: int, velocity: float, channel: int, overlapping: bool, now: int) -> None:
    """A new voice for a note, at sample position `now`; the block function starts its networks next."""
    slot, part = _free_slot(state), state.part[0]
    if part.active == 0:
        part.left, part.right = part.left_to, part.right_to  # nothing sounds, so nothing needs smoothing
    part.active += 1
    voice = state.voices[slot]
    voice.note, voice.channel, voice.order, voice.born = note, channel, part.serial, now
    voice.down, voice.sostenuto = 1, 0
    voice.env = voice.env2 = voice.last_left = voice.last_right = 0.0
    voice.random = unit_random(part.seed, -voice.order)
    origin = part.last_volts
    _set_velocity(state, slot, velocity)
    _set_glide(state, slot, origin, overlapping, now)
    _start_envelopes(state, slot, now)
    part.starting = slot + 1
    voice.frame, voice.ready = part.hop, QUANTUM  # a frame and a quantum are due


@compiled
def _last_key(state: Any) -> int:
    """The key pressed last among those that are down, -1 if none is."""
    last = -1
    for note in range(128):
        if state.held[note] > 0 and (last < 0 or state.held[note] > state.held[last]):
            last = note
    return last


@compiled
def _mono_voice(state: Any) -> int:
    """Slot of the voice that a mono part plays on, -1 if it is silent."""
    best = -1
    for slot in range(state.voices.shape[0]):
        voice = state.voices[slot]
        if voice.stage not in (IDLE, FADE) and (best < 0 or voice.order > state.voices[best].order):
            best = slot
    return best


@compiled
def _retarget(state: Any, slot: int, note: int, overlapping: bool, now: int) -> None:
    """Move a sounding voice to the note of a key that is down, gliding from the pitch where it is."""
    origin = glide_volts(state, slot, now)
    voice = state.voices[slot]
    voice.note, voice.order, voice.down = note, state.part[0].serial, 1
    voice.channel = state.held_channel[note]
    _set_glide(state, slot, origin, overlapping, now)


@compiled
def key_on(state: Any, note: int, velocity: float, channel: int, now: int) -> None:
    """A key goes down with velocity 1..127 at sample position `now`."""
    part, mode = state.part[0], int(state.parameters[0].voice_mode)
    overlapping = _last_key(state) >= 0
    part.serial += 1
    state.held[note], state.held_channel[note] = part.serial, channel
    state.key_pressure[note] = 0.0
    if mode == POLY:
        for slot in range(state.voices.shape[0]):
            voice = state.voices[slot]
            if voice.note == note and voice.channel == channel and voice.stage != IDLE:
                _release(voice)
        _fade_beyond(state, _limit(state) - 1)
        _start(state, note, velocity, channel, overlapping, now)
        return
    slot = _mono_voice(state)
    if slot < 0:
        _start(state, note, velocity, channel, overlapping, now)
        return
    voice = state.voices[slot]
    restart = mode == MONO or voice.down == 0 or voice.stage == RELEASE
    _retarget(state, slot, note, overlapping, now)
    if restart:
        _set_velocity(state, slot, velocity)
        _start_envelopes(state, slot, now)


@compiled
def _leave(state: Any, voice: Any) -> None:
    """The key of a voice goes up; pedals may hold it."""
    voice.down = 0
    if not state.part[0].sustain and not voice.sostenuto:
        _release(voice)


@compiled
def _mono_key_off(state: Any, note: int, channel: int, now: int) -> None:
    """A key goes up where there is one voice: the key pressed last of those still down takes it, from any channel.

    A note that two channels hold is one key, that of the channel which pressed it last.
    """
    if state.held[note] > 0 and state.held_channel[note] != channel:
        return
    state.held[note] = 0
    slot = _mono_voice(state)
    if slot < 0 or state.voices[slot].note != note:
        return
    last = _last_key(state)
    if last >= 0:
        _retarget(state, slot, last, True, now)
    elif state.voices[slot].down:
        _leave(state, state.voices[slot])


@compiled
def key_off(state: Any, note: int, channel: int, now: int) -> None:
    """A key goes up; pedals may hold what it played."""
    if int(state.parameters[0].voice_mode) != POLY:
        _mono_key_off(state, note, channel, now)
        return
    state.held[note] = 0
    for slot in range(state.voices.shape[0]):
        voice = state.voices[slot]
        if voice.down and voice.note == note and voice.channel == channel:
            _leave(state, voice)


@compiled
def release_unheld(state: Any) -> None:
    """Release every voice that neither a key nor a pedal holds (a pedal has just gone up)."""
    for slot in range(state.voices.shape[0]):
        voice = state.voices[slot]
        held = voice.down or state.part[0].sustain or voice.sostenuto
        if voice.stage not in (IDLE, RELEASE, FADE) and not held:
            _release(voice)


@compiled
def release_keys(state: Any) -> None:
    """Every key up; what the pedals hold stays."""
    state.held[:] = 0
    for slot in range(state.voices.shape[0]):
        state.voices[slot].down = 0
    release_unheld(state)


@compiled
def release_keys_and_pedals(state: Any) -> None:
    """Every key and every pedal up."""
    state.part[0].sustain = state.part[0].sostenuto = 0
    for slot in range(state.voices.shape[0]):
        state.voices[slot].sostenuto = 0
    release_keys(state)


@compiled
def silence(state: Any) -> None:
    """Fade every voice at once, as "all sound off" asks."""
    state.held[:] = 0
    for slot in range(state.voices.shape[0]):
        _fade(state.voices[slot])

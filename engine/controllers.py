"""MIDI controllers, and what a part derives from its parameters, tempo and channels.

Semantics after the MIDI 1.0 specification and RP-015 (reset all controllers). Registered parameters: 0 bend range,
1 fine and 2 coarse tuning; the null parameter (127, 127) and any NRPN close the data entry.
"""

from __future__ import annotations

import math
from typing import Any

from accel.formats import RATE
from engine.envelope import ATTACK_BEYOND, FADE, FALL_BEYOND, IDLE, coefficient
from engine.jit import compiled
from engine.parameters import KNOB_CC, LFO_BEATS
from engine.state import PATCH_RANGE
from engine.voices import release_keys, release_unheld, silence

__all__ = ["SEVEN_BIT", "aim_bus", "beat_at", "derive", "follow_beat", "reset_part", "turn_control"]

FIRST_KNOB_CC, LAST_KNOB_CC = KNOB_CC[0], KNOB_CC[-1]
DEFAULT_VOLUME = 100 / 127
FADE_SECONDS = 0.003
SEVEN_BIT = 127.0
NULL = 127
FULL_SCALE = 32768.0
SAMPLES_PER_SECOND = float(RATE)


@compiled
def aim_bus(part: Any) -> None:
    """Gains of the part's bus from volume, expression (both squared, as GM recommends) and pan (constant power)."""
    gain = part.volume * part.volume * part.expression * part.expression * math.sqrt(2.0)
    angle = (part.pan + 1.0) * (math.pi / 4.0)
    part.left_to, part.right_to = gain * math.cos(angle), gain * math.sin(angle)


@compiled
def _anchor_lfos(state: Any, now: int) -> None:
    """Move the LFOs' reference to `now`, so that a change of speed keeps their phase."""
    step, part = state.coefficients[0], state.part[0]
    part.lfo1_cycles += (now - part.lfo1_time) * step.lfo1_step
    part.lfo2_cycles += (now - part.lfo2_time) * step.lfo2_step
    part.lfo1_time = part.lfo2_time = now
    for slot in range(state.voices.shape[0]):
        voice = state.voices[slot]
        voice.lfo1_cycles += (now - voice.lfo1_time) * step.lfo1_step
        voice.lfo2_cycles += (now - voice.lfo2_time) * step.lfo2_step
        voice.lfo1_time = voice.lfo2_time = now


@compiled
def _lfo_step(rate: float, sync: int, tempo: float) -> float:
    """Cycles per sample."""
    if sync == 0:
        return rate / RATE
    return tempo / 60.0 / LFO_BEATS[sync] / RATE


@compiled
def derive(state: Any, now: int) -> None:
    """Compute what follows from parameters and tempo; to be called after either changes."""
    _anchor_lfos(state, now)
    p, c, part = state.parameters[0], state.coefficients[0], state.part[0]
    frames = SAMPLES_PER_SECOND / part.hop
    c.amp_attack = coefficient(p.amp_attack, SAMPLES_PER_SECOND, ATTACK_BEYOND)
    c.amp_decay = coefficient(p.amp_decay, SAMPLES_PER_SECOND, FALL_BEYOND)
    c.amp_release = coefficient(p.amp_release, SAMPLES_PER_SECOND, FALL_BEYOND)
    c.env2_attack = coefficient(p.env2_attack, frames, ATTACK_BEYOND)
    if p.env2_attack * frames <= 1.0:
        c.env2_attack = 1.0
    c.env2_decay = coefficient(p.env2_decay, frames, FALL_BEYOND)
    c.env2_release = coefficient(p.env2_release, frames, FALL_BEYOND)
    c.lfo1_step = _lfo_step(p.lfo1_rate, int(p.lfo1_sync), part.tempo)
    c.lfo2_step = _lfo_step(p.lfo2_rate, int(p.lfo2_sync), part.tempo)
    c.level = math.pow(10.0, p.voice_level / 20.0) / FULL_SCALE
    c.fade = 1.0 / (FADE_SECONDS * RATE)


@compiled
def beat_at(part: Any, now: int) -> float:
    """Position in the song at sample position `now`, in quarter notes."""
    beat: float = part.beat + (now - part.beat_time) * (part.tempo / (60.0 * RATE))
    return beat


@compiled
def follow_beat(state: Any, now: int) -> None:
    """Bring synced LFOs that all notes share to where they belong at the song's position.

    Those of single notes begin with their notes and stay as they are.
    """
    part, parameters, beat = state.part[0], state.parameters[0], beat_at(state.part[0], now)
    first, second = int(parameters.lfo1_sync), int(parameters.lfo2_sync)
    if first:
        part.lfo1_cycles, part.lfo1_time = beat / LFO_BEATS[first], now
    if second:
        part.lfo2_cycles, part.lfo2_time = beat / LFO_BEATS[second], now


@compiled
def _reset_channel(channel: Any) -> None:
    channel.bend = channel.pressure = 0.0
    channel.rpn_high = channel.rpn_low = NULL


@compiled
def _reset_controllers(state: Any, channel: int) -> None:
    """Controller 121, after RP-015: volume, pan and brightness stay."""
    part = state.part[0]
    _reset_channel(state.channels[channel])
    part.wheel, part.expression = 0.0, 1.0
    part.sustain = part.sostenuto = 0
    for slot in range(state.voices.shape[0]):
        state.voices[slot].sostenuto = 0
    state.key_pressure[:] = 0.0
    aim_bus(part)
    release_unheld(state)


@compiled
def reset_part(state: Any) -> None:
    """Controllers and channels as at power-on; parameters and knobs must be set before."""
    part = state.part[0]
    part.volume, part.expression, part.pan, part.wheel = DEFAULT_VOLUME, 1.0, 0.0, 0.0
    part.cv_pitch, part.cv_level, part.tempo = 0.0, 1.0, 120.0
    for index in range(state.channels.shape[0]):
        channel = state.channels[index]
        _reset_channel(channel)
        channel.range_semitones, channel.range_cents = PATCH_RANGE, 0.0
        channel.coarse = channel.fine = channel.brightness = 0.0
        channel.parent = -1
    derive(state, part.lfo1_time)
    aim_bus(part)
    part.left, part.right = part.left_to, part.right_to


@compiled
def _data_entry(channel: Any, value: float, coarse: bool) -> None:
    """Controllers 6 and 38 for the open registered parameter."""
    if channel.rpn_high != 0:
        return
    if channel.rpn_low == 0:
        if coarse:
            channel.range_semitones, channel.range_cents = value, 0.0
        else:
            channel.range_cents = min(value, 100.0)
    elif channel.rpn_low == 1:  # 14 bits over +-1 semitone, 64 * 128 in the middle
        if coarse:
            channel.fine = (value - 64.0) / 64.0
        else:
            channel.fine = math.floor(channel.fine * 64.0) / 64.0 + value / 8192.0
    elif channel.rpn_low == 2 and coarse:
        channel.coarse = value - 64.0


@compiled
def _pedal(state: Any, number: int, down: bool) -> None:
    part = state.part[0]
    if number == 64:
        part.sustain = 1 if down else 0
    elif down and not part.sostenuto:
        part.sostenuto = 1
        for slot in range(state.voices.shape[0]):
            voice = state.voices[slot]
            if voice.down and voice.stage not in (IDLE, FADE):
                voice.sostenuto = 1
    elif not down:
        part.sostenuto = 0
        for slot in range(state.voices.shape[0]):
            state.voices[slot].sostenuto = 0
    if not down:
        release_unheld(state)


@compiled
def _parameter_number(channel: Any, number: int, value: int) -> None:
    """Controllers 98 to 101: open a registered parameter, or close it."""
    if number == 100:
        channel.rpn_low = value
    elif number == 101:
        channel.rpn_high = value
    else:
        channel.rpn_low = channel.rpn_high = NULL


@compiled
def _mix_control(state: Any, channel: Any, number: int, value: float) -> None:
    """Controllers that set a level, a place or a source."""
    part, unit = state.part[0], value / SEVEN_BIT
    if number == 1:
        part.wheel = unit
    elif number == 7:
        part.volume = unit
    elif number == 10:
        part.pan = max((value - 64.0) / 63.0, -1.0)
    elif number == 11:
        part.expression = unit
    elif number == 74:
        channel.brightness = max((value - 64.0) / 63.0, -1.0)
    elif FIRST_KNOB_CC <= number <= LAST_KNOB_CC and number - FIRST_KNOB_CC < state.knobs.shape[0]:
        state.knobs[number - FIRST_KNOB_CC] = unit
    aim_bus(part)


@compiled
def _mode_message(state: Any, number: int, channel: int) -> None:
    """Controllers 120 to 127."""
    if number == 120:
        silence(state)
    elif number == 121:
        _reset_controllers(state, channel)
    elif number >= 123:
        release_keys(state)


@compiled
def turn_control(state: Any, number: int, value: float, channel: int) -> None:
    """A controller goes to 0..127."""
    if number >= 120:
        _mode_message(state, number, channel)
    elif number in (64, 66):
        _pedal(state, number, value >= 64.0)
    elif number in (6, 38):
        _data_entry(state.channels[channel], value, number == 6)
    elif 98 <= number <= 101:
        _parameter_number(state.channels[channel], number, int(value))
    else:
        _mix_control(state, state.channels[channel], number, value)

"""What a voice's controls are at one moment: modulation sources, the matrix, pitch, knobs and stereo gains.

Evaluated when a note starts and at each boundary of the voice's own control frames. The values reached at a
boundary are where the frame that begins there ends: a change is heard from the next boundary on (0 to `hop`
samples later) and complete one frame after it (at 48 kHz and 64 samples: 1.3 to 2.7 ms).
"""

from __future__ import annotations

import math
from typing import Any

from accel.emulator.kernels import voice_control, voice_reset
from accel.formats import C4_HZ, COUNTS_PER_VOLT, KNOB_COUNTS, PITCH_FRACTION, PITCH_LIMIT, RATE
from engine import modulation
from engine.jit import compiled
from engine.lfo import hash32, lfo_seed, lfo_value, unit_random
from engine.state import BUS_CHUNK, PATCH_RANGE, QUANTUM

__all__ = ["glide_volts", "note_volts", "set_controls", "start_networks", "voice_volts"]

assert BUS_CHUNK % QUANTUM == 0
PITCH_UNITS = COUNTS_PER_VOLT << PITCH_FRACTION
GLOBAL = 1
PHASE_RESET = 1
SERIAL_STRIDE = 64  # keeps the draws of one note apart from those of the next
VOLTS_PER_SEMITONE = 1.0 / 12.0
KEY_SPAN = 60.0
PITCH, LEVEL, PAN = modulation.PITCH, modulation.LEVEL, modulation.PAN
LFO1_DEPTH, LFO2_DEPTH = modulation.LFO1_DEPTH, modulation.LFO2_DEPTH
FIXED_TARGETS = modulation.FIXED_TARGETS
AMP, ENV2, LFO1, LFO2 = modulation.AMP, modulation.ENV2, modulation.LFO1, modulation.LFO2
VELOCITY, KEY, WHEEL, PRESSURE = modulation.VELOCITY, modulation.KEY, modulation.WHEEL, modulation.PRESSURE
BRIGHTNESS, EXPRESSION = modulation.BRIGHTNESS, modulation.EXPRESSION
BEND, RANDOM = modulation.BEND, modulation.RANDOM
sum_rows = modulation.sum_rows


@compiled
def note_volts(state: Any, note: int) -> float:
    """Volts of a key after transposition, by the tuning; beyond the 128 keys by semitones."""
    key = note + int(state.parameters[0].voice_transpose)
    inside = min(max(key, 0), 127)
    return state.tuning[inside] + (key - inside) * VOLTS_PER_SEMITONE


@compiled
def glide_volts(state: Any, slot: int, now: int) -> float:
    """Volts of a voice's note on its way from the last note: a straight line of `voice.glide` seconds."""
    voice = state.voices[slot]
    target = note_volts(state, voice.note)
    length = state.parameters[0].voice_glide * RATE
    elapsed = now - voice.glide_start
    if voice.glide_start < 0 or elapsed >= length:
        return target
    return target + (voice.glide_from - target) * (1.0 - elapsed / length)


@compiled
def _wheel_semitones(state: Any, channel: Any) -> float:
    """Semitones that a channel's pitch wheel stands for now."""
    reach = channel.range_semitones
    if reach == PATCH_RANGE:
        reach = state.parameters[0].voice_bend_range
    semitones: float = channel.bend * (reach + channel.range_cents / 100.0)
    return semitones


@compiled
def voice_volts(state: Any, slot: int, now: int) -> float:
    """Volts of a voice without unison detune and modulation."""
    parameters, channel = state.parameters[0], state.channels[state.voices[slot].channel]
    semitones = _wheel_semitones(state, channel)
    if channel.parent >= 0:
        semitones += _wheel_semitones(state, state.channels[channel.parent])
    semitones += channel.coarse + channel.fine + parameters.voice_tune / 100.0
    return glide_volts(state, slot, now) + state.part[0].cv_pitch + semitones * VOLTS_PER_SEMITONE


@compiled
def _clamp(value: float, low: float, high: float) -> float:
    return min(max(value, low), high)


@compiled
def _lfo_depth(depth: float, fade: float, born: int, now: int) -> float:
    """Depth 0..1 of an LFO with its fade-in since `born`."""
    if fade <= 0.0:
        return _clamp(depth, 0.0, 1.0)
    return _clamp(depth, 0.0, 1.0) * _clamp((now - born) / (fade * RATE), 0.0, 1.0)


@compiled
def _lfos(state: Any, slot: int, now: int) -> None:
    """Fill both LFO sources; the matrix rows that aim at their depths are in `amounts` already."""
    part, parameters, step = state.part[0], state.parameters[0], state.coefficients[0]
    voice = state.voices[slot]
    depth = _lfo_depth(parameters.lfo1_depth + state.amounts[LFO1_DEPTH], parameters.lfo1_fade, voice.gate_time, now)
    cycles, order = voice.lfo1_cycles + (now - voice.lfo1_time) * step.lfo1_step, voice.order
    if int(parameters.lfo1_scope) == GLOBAL:
        cycles, order = part.lfo1_cycles + (now - part.lfo1_time) * step.lfo1_step, 0
    seed = lfo_seed(part.seed, LFO1, order)
    state.source[LFO1] = depth * lfo_value(int(parameters.lfo1_shape), cycles + parameters.lfo1_phase, seed)

    depth = _lfo_depth(parameters.lfo2_depth + state.amounts[LFO2_DEPTH], parameters.lfo2_fade, voice.gate_time, now)
    cycles, order = voice.lfo2_cycles + (now - voice.lfo2_time) * step.lfo2_step, voice.order
    if int(parameters.lfo2_scope) == GLOBAL:
        cycles, order = part.lfo2_cycles + (now - part.lfo2_time) * step.lfo2_step, 0
    seed = lfo_seed(part.seed, LFO2, order)
    state.source[LFO2] = depth * lfo_value(int(parameters.lfo2_shape), cycles + parameters.lfo2_phase, seed)


@compiled
def _sources(state: Any, slot: int, now: int) -> None:
    """Fill `source` and `amounts` for a voice."""
    part, voice, source = state.part[0], state.voices[slot], state.source
    channel = state.channels[voice.channel]
    source[AMP], source[ENV2] = voice.env, voice.env2
    source[LFO1] = source[LFO2] = 0.0
    source[VELOCITY] = voice.velocity
    source[KEY] = (voice.note - KEY_SPAN) / KEY_SPAN
    source[WHEEL], source[EXPRESSION] = part.wheel, part.expression
    source[PRESSURE] = max(channel.pressure, state.key_pressure[voice.note])
    source[BRIGHTNESS], source[BEND], source[RANDOM] = channel.brightness, channel.bend, voice.random
    if channel.parent >= 0:  # a finger's own channel, and what the zone's master says for all of them
        master = state.channels[channel.parent]
        source[PRESSURE] = max(source[PRESSURE], master.pressure)
        source[BRIGHTNESS] = _clamp(channel.brightness + master.brightness, -1.0, 1.0)
        source[BEND] = _clamp(channel.bend + master.bend, -1.0, 1.0)
    state.amounts[:] = 0.0
    for depths in range(1, -1, -1):
        sum_rows(state.rows, source, state.amounts, depths == 1)
        if depths:
            _lfos(state, slot, now)


@compiled
def set_controls(packed: Any, states: Any, state: Any, slot: int, now: int, fresh: bool) -> None:
    """Evaluate a voice's controls at sample position `now` and hand them to its networks and its gains.

    Args:
        fresh: the note starts here: there is no previous value to ramp from.
    """
    _sources(state, slot, now)
    part, parameters, voice = state.part[0], state.parameters[0], state.voices[slot]
    for knob in range(state.knobs.shape[0]):
        position = _clamp(state.knobs[knob] + state.amounts[FIXED_TARGETS + knob], 0.0, 1.0)
        state.counts[knob] = math.floor(position * KNOB_COUNTS + 0.5)
    volts = voice_volts(state, slot, now) + state.amounts[PITCH]
    level = state.coefficients[0].level * voice.gain / math.sqrt(voice.lanes)
    level *= _clamp(1.0 + state.amounts[LEVEL], 0.0, 2.0) * part.cv_level
    pan = parameters.voice_pan + state.amounts[PAN]
    stride = state.lanes.shape[1]
    for index in range(voice.lanes):
        lane = state.lanes[slot, index]
        word = math.floor((volts + lane.detune * parameters.voice_detune) * PITCH_UNITS + 0.5)
        word = _clamp(word, -PITCH_LIMIT, PITCH_LIMIT)
        voice_control(packed, states, slot * stride + index, int(word), state.counts)
        angle = (_clamp(pan + lane.place * parameters.voice_spread, -1.0, 1.0) + 1.0) * (math.pi / 4.0)
        lane.left, lane.right = lane.left_to, lane.right_to
        lane.left_to = level * math.sqrt(2.0) * math.cos(angle)
        lane.right_to = level * math.sqrt(2.0) * math.sin(angle)
        if fresh:
            lane.left, lane.right = lane.left_to, lane.right_to


@compiled
def start_networks(packed: Any, states: Any, state: Any, slot: int, now: int) -> None:
    """Reset the networks of a new note's unison copies: seeds, start phases, detune and place.

    The oscillators start as much before their phase as the warm-up will turn them.
    """
    part, parameters, voice = state.part[0], state.parameters[0], state.voices[slot]
    stride = state.lanes.shape[1]
    turns = C4_HZ / RATE * 2.0 ** voice_volts(state, slot, now) * (part.warm_frames * part.hop)
    back = int((turns - math.floor(turns)) * 4294967296.0)
    voice.lanes = min(max(int(parameters.voice_unison), 1), stride)
    for index in range(voice.lanes):
        lane = state.lanes[slot, index]
        draw = voice.order * SERIAL_STRIDE + index
        phase = hash32(part.seed, 2 * draw)
        if int(parameters.voice_phase) == PHASE_RESET:
            phase = hash32(part.seed, index) if index else 0
        voice_reset(packed, states, slot * stride + index, max(hash32(part.seed, 2 * draw + 1), 1), phase - back)
        lane.detune, lane.place = 0.0, unit_random(part.seed, draw + SERIAL_STRIDE // 2)
        if voice.lanes > 1:
            # Neighbours in pitch sit on opposite sides; the places are a permutation, so their middle is 0.
            order = index // 2 if index % 2 == 0 else voice.lanes - 1 - index // 2
            lane.detune = (index / (voice.lanes - 1) - 0.5) / 1200.0
            lane.place = 2.0 * order / (voice.lanes - 1) - 1.0

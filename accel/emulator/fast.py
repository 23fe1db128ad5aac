"""One voice of a proven program through the vector tiles: the same calls and the same bits as exact.py.

A walk computes up to CHUNK samples layer by layer. The residual stream of a layer is its history ring itself, so
that nothing is copied; a ring's first rows are mirrored behind its end, so that a tile never wraps.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from accel.emulator.arithmetic import increment, requantise
from accel.emulator.fast_pack import CHUNK, HEADER_AT, MIRROR, TONES, WORD_AT
from accel.emulator.registers import REGISTER_AT
from accel.emulator.tiles import (
    copy_bytes,
    dense_vector,
    gate_tile,
    gate_tile_pair,
    head_vector,
    residual_vector,
    scaled_residual_vector,
    skip_vector,
    sum_tile,
    sum_tile_pair,
    sum_tile_single,
    sum_tile_single_pair,
)
from accel.emulator.tones import join_vector, tone_vector
from accel.formats import LFSR_SHIFTS, PITCH_FRACTION, UNITY, Source
from accel.jit import INLINE, JIT

__all__ = ["control", "render", "reset"]

PHASE, LFSR, TIME, RAMP = (REGISTER_AT[name] for name in ("phase", "lfsr", "time", "ramp"))
PITCH_PREVIOUS, PITCH_CURRENT = REGISTER_AT["pitch_previous"], REGISTER_AT["pitch_current"]
FRESH = REGISTER_AT["fresh"]
HOP, HOP_BITS, CONTROLS, LAYERS = (HEADER_AT[name] for name in ("hop", "hop_bits", "controls", "layers"))
CHANNELS, SKIP, CONDITIONS = HEADER_AT["channels"], HEADER_AT["skip"], HEADER_AT["conditions"]
EXCITATIONS = HEADER_AT["excitations"]
KNOBS, LANES, STEPS = HEADER_AT["knobs"], HEADER_AT["lanes"], HEADER_AT["steps"]
EXPONENT_SHIFT, EXPONENT_OFFSET = HEADER_AT["exponent_shift"], HEADER_AT["exponent_offset"]
VECTORS, PAIRS, TAPS, DILATION = (WORD_AT[name] for name in ("vectors", "pairs", "taps", "dilation"))
ACTIVATION, SPLIT, MULTIPLIER = WORD_AT["activation"], WORD_AT["split"], WORD_AT["multiplier"]
PRE_SHIFT, WEIGHT_AT, ROW_AT = WORD_AT["pre_shift"], WORD_AT["weight_at"], WORD_AT["row_at"]
RING_AT, RING_MASK, CONDITION_AT = WORD_AT["ring_at"], WORD_AT["ring_mask"], WORD_AT["condition_at"]
NOISE, COSINE = int(Source.NOISE), int(Source.COSINE)
L0, L1, L2, L3 = LFSR_SHIFTS
PITCH_BITS = np.int32(PITCH_FRACTION)
ONE = int(UNITY)


@njit(**INLINE)
def _sums(packed, states, word, row, stride, gap, count):
    """1x1 of `count` rows at `row` -> shifted sums in `wide`, [count][vectors * lanes].

    Bytes: a sample is `stride`, a pair of columns `gap` further on.
    """
    lanes, steps, vectors, pairs = packed.header[LANES], packed.header[STEPS], word[VECTORS], word[PAIRS]
    weight = packed.weights.ctypes.data + 2 * word[WEIGHT_AT]
    base, shift = packed.bases.ctypes.data + 4 * word[ROW_AT], packed.shifts.ctypes.data + 4 * word[ROW_AT]
    out, out_stride = states.wide.ctypes.data, 4 * vectors * lanes
    rows = states.rows.ctypes.data
    for vector in range(0, vectors, 2):
        both = vector + 1 < vectors
        at, done = 4 * vector * lanes, 0
        first, amount = base + at, shift + at
        while done < count:
            states.rows[0] = row + done * stride
            to = out + at + done * out_stride
            large = count - done >= steps
            if both and large:
                sum_tile(packed, rows, stride, gap, weight, pairs, first, amount, to, out_stride)
            elif both:
                sum_tile_pair(packed, rows, stride, gap, weight, pairs, first, amount, to, out_stride)
            elif large:
                sum_tile_single(packed, rows, stride, gap, weight, pairs, first, amount, to, out_stride)
            else:
                sum_tile_single_pair(packed, rows, stride, gap, weight, pairs, first, amount, to, out_stride)
            done += steps if large else 2
        weight += 8 * lanes * pairs


@njit(**JIT)
def _dense(packed, states, word, row, stride, gap, count, out, out_stride):
    """A 1x1 pass with its activation: int16 rows at `row` -> int16 rows at `out`."""
    _sums(packed, states, word, row, stride, gap, count)
    lanes, vectors, wide = packed.header[LANES], word[VECTORS], states.wide.ctypes.data
    for step in range(count):
        for vector in range(vectors):
            source = wide + 4 * (step * vectors + vector) * lanes
            dense_vector(packed, source, out + step * out_stride + 2 * vector * lanes, word[ACTIVATION])


@njit(**INLINE)
def _walk(packed, registers, tones, count):
    """NCO and LFSR of `count` samples -> phases, steps and noise (tones[0..2]); advances them."""
    header, hop = packed.header, packed.header[HOP]
    phase, state, ramp = registers[PHASE], registers[LFSR], registers[RAMP]
    for sample in range(count):
        position = ramp + sample
        pitch = registers[PITCH_PREVIOUS] * (hop - position) + registers[PITCH_CURRENT] * position
        step = increment(pitch, header[EXPONENT_SHIFT], header[EXPONENT_OFFSET])
        noise = ((state >> L0) ^ (state >> L1) ^ (state >> L2) ^ (state >> L3)) & 0xFFFF
        state = ((state << 16) | noise) & 0xFFFFFFFF
        tones[0, sample], tones[1, sample], tones[2, sample] = phase, step, noise
        phase = (phase + step) & 0xFFFFFFFF
    registers[PHASE], registers[LFSR] = phase, state


@njit(**INLINE)
def _excite(packed, states, voice, count):
    """Excitation of `count` samples, words of two channels: excitation[pair][TONES]."""
    tones, codes, lanes = states.tones, packed.codes, packed.header[LANES]
    _walk(packed, states.registers[voice], tones, count)
    start, row = tones.ctypes.data, 4 * TONES
    noise, rom, out = start + 2 * row, packed.sine.ctypes.data, states.excitation.ctypes.data
    for pair in range(packed.header[EXCITATIONS] // 2):
        for at in range(0, 4 * count, 4 * lanes):
            for side in range(2):
                code = codes[2 * pair + side]
                turn = 1 << 30 if code & 255 == COSINE else 0
                if code & 255 != NOISE:
                    tone_vector(
                        packed, start + at, start + row + at, code >> 8, turn, rom, start + (3 + side) * row + at
                    )
            left = noise if codes[2 * pair] & 255 == NOISE else start + 3 * row
            right = noise if codes[2 * pair + 1] & 255 == NOISE else start + 4 * row
            join_vector(packed, left + at, right + at, out + pair * row + at)


@njit(**INLINE)
def _mirror(history, word, channels, first, count):
    """Repeat what was written at rows first.. of a ring: behind its end, or from behind its end at its start."""
    ring, size = word[RING_AT], word[RING_MASK] + 1
    end = ring + size * channels
    start, end = history.ctypes.data + 2 * ring, history.ctypes.data + 2 * (ring + size * channels)
    if first + count > size:
        copy_bytes(start, end, 2 * (first + count - size) * channels)
    if first < MIRROR:
        at = 2 * first * channels
        copy_bytes(end + at, start + at, 2 * min(first + count, MIRROR, size) * channels - at)


@njit(**INLINE)
def _gated(packed, states, voice, word, count):
    """Gated pass of a layer: ring -> gate[count][C]."""
    header, registers = packed.header, states.registers[voice]
    lanes, steps, taps, pairs = header[LANES], header[STEPS], word[TAPS], word[PAIRS]
    stride = 2 * header[CHANNELS]
    ring = states.history[voice].ctypes.data + 2 * word[RING_AT]
    weight = packed.weights.ctypes.data + 2 * word[WEIGHT_AT]
    shift = packed.shifts.ctypes.data + 4 * word[ROW_AT]
    base = states.base[voice].ctypes.data + 4 * word[CONDITION_AT]
    delta = states.delta[voice].ctypes.data + 4 * word[CONDITION_AT]
    rows, out, rom = states.rows.ctypes.data, states.gate.ctypes.data, packed.rom.ctypes.data
    for group in range(word[VECTORS] // 2):
        at, done = 8 * group * lanes, 0
        while done < count:
            for tap in range(taps):
                row = (registers[TIME] + done - (taps - 1 - tap) * word[DILATION]) & word[RING_MASK]
                states.rows[tap] = ring + row * stride
            target, ramp = out + 2 * group * lanes + done * stride, registers[RAMP] + done
            start, step, amount = base + at, delta + at, shift + at
            if count - done >= steps:
                gate_tile(packed, rows, stride, weight, pairs, taps, start, step, ramp, amount, rom, target)
                done += steps
            else:
                gate_tile_pair(packed, rows, stride, weight, pairs, taps, start, step, ramp, amount, rom, target)
                done += 2
        weight += 8 * lanes * pairs * taps


@njit(**INLINE)
def _mix(packed, states, voice, word, ring, next_ring, count):
    """Residual and skip 1x1 of the gate: this layer's ring + residual -> the next layer's ring; skip sums."""
    header, history = packed.header, states.history[voice]
    lanes, channels, vectors, split = header[LANES], header[CHANNELS], word[VECTORS], word[SPLIT]
    _sums(packed, states, word, states.gate.ctypes.data, 2 * channels, 4, count)
    wide, skip, time = states.wide.ctypes.data, states.skip.ctypes.data, states.registers[voice, TIME]
    here, first = time & ring[RING_MASK], time & next_ring[RING_MASK]
    source = history.ctypes.data + 2 * (ring[RING_AT] + here * channels)
    target = history.ctypes.data + 2 * (next_ring[RING_AT] + first * channels)
    multiplier = word[MULTIPLIER]
    for step in range(count):
        sums, at = wide + 4 * step * vectors * lanes, 2 * step * channels
        for vector in range(split):
            lane = vector * lanes
            if multiplier == ONE:
                residual_vector(packed, sums + 4 * lane, source + at + 2 * lane, target + at + 2 * lane, multiplier)
            else:
                scaled_residual_vector(
                    packed, sums + 4 * lane, source + at + 2 * lane, target + at + 2 * lane, multiplier
                )
        kept = skip + 4 * step * header[SKIP]
        for vector in range(split, vectors):
            skip_vector(packed, sums + 4 * vector * lanes, kept + 4 * (vector - split) * lanes)
    if split:
        _mirror(history, next_ring, channels, first, count)


@njit(**JIT)
def _chunk(packed, states, voice, count, out, start):
    """Render up to CHUNK samples inside one control frame."""
    header, registers, table = packed.header, states.registers[voice], packed.table
    history, lanes, channels, skip = states.history[voice], header[LANES], header[CHANNELS], header[SKIP]
    first = header[CONTROLS]
    _excite(packed, states, voice, count)
    ring = table[first + 1]
    row = registers[TIME] & ring[RING_MASK]
    target = history.ctypes.data + 2 * (ring[RING_AT] + row * channels)
    excitation = states.excitation.ctypes.data
    _dense(packed, states, table[first], excitation, 4, 4 * TONES, count, target, 2 * channels)
    _mirror(history, ring, channels, row, count)
    states.skip[: count * skip] = 0
    for layer in range(header[LAYERS]):
        at = first + 1 + 2 * layer
        _gated(packed, states, voice, table[at], count)
        following = table[at + 2] if layer + 1 < header[LAYERS] else table[at]
        _mix(packed, states, voice, table[at + 1], table[at], following, count)
    head = table[first + 1 + 2 * header[LAYERS]]
    hidden, spare = states.hidden.ctypes.data, states.spare.ctypes.data
    for index in range(0, count * skip, lanes):
        head_vector(packed, states.skip.ctypes.data + 4 * index, head[PRE_SHIFT], hidden + 2 * index)
    output = table[first + 2 + 2 * header[LAYERS]]
    width = 2 * head[VECTORS] * lanes
    _dense(packed, states, head, hidden, 2 * skip, 4, count, spare, width)
    _dense(packed, states, output, spare, width, 4, count, hidden, 2 * lanes)
    for sample in range(count):
        out[start + sample] = states.hidden[sample * lanes]
    registers[TIME] += count
    registers[RAMP] += count


@njit(**JIT)
def reset(packed, states, voice, seed, phase):
    """As kernels.voice_reset."""
    states.history[voice, :] = 0
    registers = states.registers[voice]
    registers[:] = 0
    registers[LFSR] = np.int64(seed) & 0xFFFFFFFF
    registers[PHASE] = np.int64(phase) & 0xFFFFFFFF
    registers[FRESH] = 1


@njit(**INLINE)
def _ramps(packed, states, voice):
    """The frame's accumulator starts and steps from the conditioning at its two ends."""
    header, base, delta = packed.header, states.base[voice], states.delta[voice]
    condition = states.condition[voice]
    for layer in range(header[LAYERS]):
        word = packed.table[header[CONTROLS] + 1 + 2 * layer]
        at, row_at = word[CONDITION_AT], word[ROW_AT]
        for lane in range(word[VECTORS] * header[LANES]):
            before, after = np.int32(condition[0, at + lane]), np.int32(condition[1, at + lane])
            ramp = packed.ramps[row_at + lane]
            base[at + lane] = packed.bases[row_at + lane] + (before << (header[HOP_BITS] + ramp))
            delta[at + lane] = (after - before) << ramp


@njit(**JIT)
def control(packed, states, voice, pitch, knobs):
    """As kernels.voice_control."""
    registers, header, inputs = states.registers[voice], packed.header, states.hidden
    before, after = states.condition[voice, 0], states.condition[voice, 1]
    inputs[0] = requantise(np.int32(pitch), PITCH_BITS)
    for index in range(header[KNOBS]):
        inputs[1 + index] = knobs[index]
    inputs[1 + header[KNOBS]] = 0
    registers[PITCH_PREVIOUS] = registers[PITCH_CURRENT]
    registers[PITCH_CURRENT] = pitch
    row, out = states.hidden.ctypes.data, states.spare.ctypes.data
    count = header[CONTROLS]
    for index in range(count - 1):
        _dense(packed, states, packed.table[index], row, 0, 4, 1, out, 0)
        row, out = out, row
    before[:] = after
    _dense(packed, states, packed.table[count - 1], row, 0, 4, 1, after.ctypes.data, 0)
    if registers[FRESH]:
        registers[PITCH_PREVIOUS] = pitch
        before[:] = after
        registers[FRESH] = 0
    _ramps(packed, states, voice)
    registers[RAMP] = 0


@njit(**JIT)
def render(packed, states, voice, count, out, start):
    """As kernels.voice_render."""
    done = 0
    while done < count:
        part = min(CHUNK, count - done)
        _chunk(packed, states, voice, part, out, start + done)
        done += part

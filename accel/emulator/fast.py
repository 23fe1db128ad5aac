"""One voice of a proven program through the vector tiles: the same calls and the same bits as exact.py.

A walk computes up to CHUNK samples layer by layer. The residual stream of a layer is its history ring itself, so
that nothing is copied; a ring's first rows are mirrored behind its end, so that a tile never wraps. Kernels know a
program and its voices by one address, `handle` (fast_state.STATE_AT), and the form by the type of a token.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from accel.emulator.arithmetic import requantise
from accel.emulator.excite import excite, new_ratios, start_oscillators
from accel.emulator.fast_pack import HEADER_AT, IMAGE_AT, MIRROR, TONES, WORD_AT, WORDS
from accel.emulator.fast_state import STATE_AT
from accel.emulator.memory import clear_bytes, copy_bytes, peek, peek16, poke, poke16
from accel.emulator.registers import CHUNK, REGISTER_AT, REGISTERS
from accel.emulator.tiles import (
    dense_tile,
    dense_tile_pair,
    dense_tile_single,
    dense_tile_single_pair,
    gate_tile,
    gate_tile_pair,
    head_vector,
    ramp_vector,
    residual_skip_tile,
    residual_skip_tile_pair,
    residual_tile,
    residual_tile_pair,
    skip_tile,
    skip_tile_pair,
)
from accel.formats import PITCH_FRACTION
from accel.jit import INLINE, JIT

__all__ = ["CONTROL", "RENDER", "RESET", "enter"]

RESET, CONTROL, RENDER = range(3)
"""What `enter` shall do."""

LFSR, TIME, RAMP = (REGISTER_AT[name] for name in ("lfsr", "time", "ramp"))
PITCH_PREVIOUS, PITCH_CURRENT = REGISTER_AT["pitch_previous"], REGISTER_AT["pitch_current"]
FRESH, ROW = REGISTER_AT["fresh"], REGISTER_AT["row"]
REGISTER_BYTES = 8 * len(REGISTERS)
HOP, HOP_BITS, CONTROLS, LAYERS = (HEADER_AT[name] for name in ("hop", "hop_bits", "controls", "layers"))
CHANNELS, SKIP = HEADER_AT["channels"], HEADER_AT["skip"]
CONDITION_MASK = HEADER_AT["condition_mask"]
KNOBS, LANES, STEPS = HEADER_AT["knobs"], HEADER_AT["lanes"], HEADER_AT["steps"]
TABLE, WEIGHTS, BASES, SHIFTS = (IMAGE_AT[name] for name in ("table", "weights", "bases", "shifts"))
RAMPS, ROM = IMAGE_AT["ramps"], IMAGE_AT["rom"]
VOICES, HISTORY, HISTORY_STRIDE = STATE_AT["registers"], STATE_AT["history"], STATE_AT["history_stride"]
CONDITION, CONDITION_STRIDE = STATE_AT["condition"], STATE_AT["condition_stride"]
BASE, DELTA, RAMP_STRIDE = STATE_AT["base"], STATE_AT["delta"], STATE_AT["ramp_stride"]
LATE, LATE_STRIDE = STATE_AT["late"], STATE_AT["late_stride"]
EXCITATION, GATE = STATE_AT["excitation"], STATE_AT["gate"]
HIDDEN, SPARE, SKIPS, ROWS = STATE_AT["hidden"], STATE_AT["spare"], STATE_AT["skip"], STATE_AT["rows"]
VECTORS, PAIRS, TAPS, DILATION = (WORD_AT[name] for name in ("vectors", "pairs", "taps", "dilation"))
ACTIVATION, RESIDUALS, SKIP_VECTORS = WORD_AT["activation"], WORD_AT["residuals"], WORD_AT["skips"]
MULTIPLIER, PRE_SHIFT = WORD_AT["multiplier"], WORD_AT["pre_shift"]
WEIGHT_AT, ROW_AT, RING_AT = WORD_AT["weight_at"], WORD_AT["row_at"], WORD_AT["ring_at"]
RING_MASK, CONDITION_AT = WORD_AT["ring_mask"], WORD_AT["condition_at"]
LAG, NEWEST, DELAY = WORD_AT["lag"], WORD_AT["newest"], WORD_AT["delay"]
LATE_AT, LATE_MASK = WORD_AT["late_at"], WORD_AT["late_mask"]
WORD_BYTES = 8 * len(WORDS)
PITCH_BITS = np.int32(PITCH_FRACTION)
NONE, SINGLE, PAIR_BYTES = np.int64(0), np.int64(1), np.int64(4)
"""Arguments of `_dense`, which Numba would compile anew for each literal."""


@njit(**JIT)
def _dense(form, handle, word, row, stride, gap, count, out, out_stride):
    """A 1x1 pass with its activation: `count` rows at `row` -> int16 rows at `out`.

    Bytes: a sample is `stride`, a pair of columns `gap` further on; `out_stride` from an output row to the next.
    """
    lanes, steps, vectors, pairs = peek(handle, LANES), peek(handle, STEPS), peek(word, VECTORS), peek(word, PAIRS)
    weight = peek(handle, WEIGHTS) + peek(word, WEIGHT_AT)
    base, shift = peek(handle, BASES) + peek(word, ROW_AT), peek(handle, SHIFTS) + peek(word, ROW_AT)
    rows, act = peek(handle, ROWS), peek(word, ACTIVATION)
    for vector in range(0, vectors, 2):
        at, done = 4 * vector * lanes, 0
        first, amount = base + at, shift + at
        while done < count:
            poke(rows, 0, row + done * stride)
            to = out + 2 * vector * lanes + done * out_stride
            large = count - done >= steps
            if vector + 1 < vectors:
                if large:
                    dense_tile(form, rows, stride, gap, weight, pairs, first, amount, act, to, out_stride)
                else:
                    dense_tile_pair(form, rows, stride, gap, weight, pairs, first, amount, act, to, out_stride)
            elif large:
                dense_tile_single(form, rows, stride, gap, weight, pairs, first, amount, act, to, out_stride)
            else:
                dense_tile_single_pair(form, rows, stride, gap, weight, pairs, first, amount, act, to, out_stride)
            done += steps if large else 2
        weight += 8 * lanes * pairs


@njit(**INLINE)
def _mirror(history, word, stride, first, count):
    """Repeat what was written at rows first.. of a ring: behind its end, or from behind its end at its start."""
    size = peek(word, RING_MASK) + 1
    start = history + peek(word, RING_AT)
    end = start + size * stride
    if first + count > size:
        copy_bytes(start, end, (first + count - size) * stride)
    if first < MIRROR:
        at = first * stride
        copy_bytes(end + at, start + at, min(first + count, MIRROR, size) * stride - at)


@njit(**INLINE)
def _gated(form, handle, registers, voice, history, word, count):
    """Gated pass of a layer: ring -> gate[count][C]."""
    lanes, steps, taps, pairs = peek(handle, LANES), peek(handle, STEPS), peek(word, TAPS), peek(word, PAIRS)
    stride, dilation, mask = 2 * peek(handle, CHANNELS), peek(word, DILATION), peek(word, RING_MASK)
    ring, weight = history + peek(word, RING_AT), peek(handle, WEIGHTS) + peek(word, WEIGHT_AT)
    shift, at = peek(handle, SHIFTS) + peek(word, ROW_AT), 4 * peek(word, CONDITION_AT)
    at += voice * peek(handle, RAMP_STRIDE)
    base, delta = peek(handle, BASE) + at, peek(handle, DELTA) + at
    rows, out, rom = peek(handle, ROWS), peek(handle, GATE), peek(handle, ROM)
    time, ramp = peek(registers, TIME) - peek(word, NEWEST), peek(registers, RAMP)
    for group in range(peek(word, VECTORS) // 2):
        lane, done = 8 * group * lanes, 0
        start, step, amount = base + lane, delta + lane, shift + lane
        while done < count:
            for tap in range(taps):
                row = (time + done - (taps - 1 - tap) * dilation) & mask
                poke(rows, tap, ring + row * stride)
            to = out + 2 * group * lanes + done * stride
            if count - done >= steps:
                gate_tile(form, rows, stride, weight, pairs, taps, start, step, ramp + done, amount, rom, to)
                done += steps
            else:
                gate_tile_pair(form, rows, stride, weight, pairs, taps, start, step, ramp + done, amount, rom, to)
                done += 2
        weight += 8 * lanes * pairs * taps


@njit(**INLINE)
def _hold_back(handle, registers, voice, ring, count):
    """Where a layer looks ahead: put the skip sums into its ring and take them as they were `lag` samples ago."""
    stride, mask, time = 4 * peek(handle, SKIP), peek(ring, LATE_MASK), peek(registers, TIME)
    late = peek(handle, LATE) + voice * peek(handle, LATE_STRIDE) + peek(ring, LATE_AT)
    skips, first = peek(handle, SKIPS), time & mask
    before_wrap = min(count, mask + 1 - first)
    copy_bytes(late + first * stride, skips, before_wrap * stride)
    copy_bytes(late, skips + before_wrap * stride, (count - before_wrap) * stride)
    first = (time - peek(ring, LAG)) & mask
    before_wrap = min(count, mask + 1 - first)
    copy_bytes(skips, late + first * stride, before_wrap * stride)
    copy_bytes(skips + before_wrap * stride, late, (count - before_wrap) * stride)


@njit(**INLINE)
def _mix(form, handle, registers, history, word, ring, next_ring, count):
    """Residual and skip 1x1 of the gate: this layer's ring + residual -> the next layer's ring; skip sums."""
    lanes, steps, pairs = peek(handle, LANES), peek(handle, STEPS), peek(word, PAIRS)
    stride, kept_stride = 2 * peek(handle, CHANNELS), 4 * peek(handle, SKIP)
    residuals, skips, time = peek(word, RESIDUALS), peek(word, SKIP_VECTORS), peek(registers, TIME)
    weight = peek(handle, WEIGHTS) + peek(word, WEIGHT_AT)
    base, shift = peek(handle, BASES) + peek(word, ROW_AT), peek(handle, SHIFTS) + peek(word, ROW_AT)
    first = time & peek(next_ring, RING_MASK)
    source = history + peek(ring, RING_AT) + ((time - peek(ring, LAG)) & peek(ring, RING_MASK)) * stride
    target = history + peek(next_ring, RING_AT) + first * stride
    rows, gate, skip, factor = peek(handle, ROWS), peek(handle, GATE), peek(handle, SKIPS), peek(word, MULTIPLIER)
    for vector in range(max(residuals, skips)):
        lane = 2 * vector * lanes
        done = 0
        while done < count:
            poke(rows, 0, gate + done * stride)
            of, to = source + lane + done * stride, target + lane + done * stride
            kept = skip + 2 * lane + done * kept_stride
            large = count - done >= steps
            if vector < residuals and vector < skips:
                if large:
                    residual_skip_tile(
                        form, rows, stride, weight, pairs, base, shift, of, to, factor, kept, kept_stride
                    )
                else:
                    residual_skip_tile_pair(
                        form, rows, stride, weight, pairs, base, shift, of, to, factor, kept, kept_stride
                    )
            elif vector < skips:
                if large:
                    skip_tile(form, rows, stride, weight, pairs, base, shift, of, to, factor, kept, kept_stride)
                else:
                    skip_tile_pair(form, rows, stride, weight, pairs, base, shift, of, to, factor, kept, kept_stride)
            elif large:
                residual_tile(form, rows, stride, weight, pairs, base, shift, of, to, factor, kept, kept_stride)
            else:
                residual_tile_pair(form, rows, stride, weight, pairs, base, shift, of, to, factor, kept, kept_stride)
            done += steps if large else 2
        width = 2 if vector < residuals and vector < skips else 1
        weight, base, shift = weight + 4 * width * lanes * pairs, base + 4 * width * lanes, shift + 4 * width * lanes
    if residuals:
        silent = min(count, peek(ring, DELAY) - time)  # the layer's own first sample is still to come
        if silent > 0:
            clear_bytes(target, silent * stride)
        _mirror(history, next_ring, stride, first, count)


@njit(**INLINE)
def _chunk(form, handle, voice, count, out):
    """Render up to CHUNK samples inside one control frame to int16 at `out`."""
    registers = peek(handle, VOICES) + voice * REGISTER_BYTES
    history = peek(handle, HISTORY) + voice * peek(handle, HISTORY_STRIDE)
    lanes, stride, skip = peek(handle, LANES), 2 * peek(handle, CHANNELS), peek(handle, SKIP)
    layers, skips = peek(handle, LAYERS), peek(handle, SKIPS)
    word = peek(handle, TABLE) + peek(handle, CONTROLS) * WORD_BYTES
    excite(form, handle, registers, count)
    ring = word + WORD_BYTES
    row = peek(registers, TIME) & peek(ring, RING_MASK)
    target = history + peek(ring, RING_AT) + row * stride
    _dense(form, handle, word, peek(handle, EXCITATION), PAIR_BYTES, PAIR_BYTES * TONES, count, target, stride)
    _mirror(history, ring, stride, row, count)
    clear_bytes(skips, 4 * count * skip)
    for layer in range(layers):
        _gated(form, handle, registers, voice, history, ring, count)
        if peek(ring, LAG):
            _hold_back(handle, registers, voice, ring, count)
        following = ring + 2 * WORD_BYTES if layer + 1 < layers else ring
        _mix(form, handle, registers, history, ring + WORD_BYTES, ring, following, count)
        ring += 2 * WORD_BYTES
    hidden, spare, shift = peek(handle, HIDDEN), peek(handle, SPARE), peek(ring, PRE_SHIFT)
    for index in range(0, count * skip, lanes):
        head_vector(form, skips + 4 * index, shift, hidden + 2 * index)
    width = 2 * peek(ring, VECTORS) * lanes
    _dense(form, handle, ring, hidden, 2 * skip, PAIR_BYTES, count, spare, width)
    _dense(form, handle, ring + WORD_BYTES, spare, width, PAIR_BYTES, count, hidden, 2 * lanes)
    for sample in range(count):
        poke16(out, sample, peek16(hidden, sample * lanes))
    poke(registers, TIME, peek(registers, TIME) + count)
    poke(registers, RAMP, peek(registers, RAMP) + count)


@njit(**INLINE)
def _reset(form, handle, voice, seed, phase):
    """As kernels.voice_reset."""
    stride, late_stride = peek(handle, HISTORY_STRIDE), peek(handle, LATE_STRIDE)
    clear_bytes(peek(handle, HISTORY) + voice * stride, stride)
    clear_bytes(peek(handle, LATE) + voice * late_stride, late_stride)
    registers = peek(handle, VOICES) + voice * REGISTER_BYTES
    clear_bytes(registers, REGISTER_BYTES)
    poke(registers, LFSR, np.int64(seed) & 0xFFFFFFFF)
    start_oscillators(handle, registers, phase)
    poke(registers, FRESH, 1)


@njit(**INLINE)
def _ramps(form, handle, voice, rows, row):
    """The frame's accumulator starts and steps from the conditioning at its two ends.

    `rows`: the voice's ring of conditioning, `row` the newest in it. A layer whose output is late takes the rows of as
    many frames ago, row 0 before the first.
    """
    stride, mask = peek(handle, CONDITION_STRIDE), peek(handle, CONDITION_MASK)
    word = peek(handle, TABLE) + (peek(handle, CONTROLS) + 1) * WORD_BYTES
    lanes, bits, own = peek(handle, LANES), peek(handle, HOP_BITS), voice * peek(handle, RAMP_STRIDE)
    base, delta = peek(handle, BASE) + own, peek(handle, DELTA) + own
    for _ in range(peek(handle, LAYERS)):
        at, bias = peek(word, CONDITION_AT), peek(handle, BASES) + peek(word, ROW_AT)
        ramp = peek(handle, RAMPS) + peek(word, ROW_AT)
        end = row - (peek(word, DELAY) >> bits)
        before, after = rows + (max(end - 1, 0) & mask) * stride, rows + (max(end, 0) & mask) * stride
        for lane in range(0, peek(word, VECTORS) * lanes, lanes):
            one, two, to = before + 2 * (at + lane), after + 2 * (at + lane), 4 * (at + lane)
            ramp_vector(form, one, two, bias + 4 * lane, ramp + 4 * lane, bits, base + to, delta + to)
        word += 2 * WORD_BYTES


@njit(**INLINE)
def _control(form, handle, voice, pitch, knobs):
    """As kernels.voice_control; `knobs` is an address."""
    registers = peek(handle, VOICES) + voice * REGISTER_BYTES
    stride, count = peek(handle, CONDITION_STRIDE), peek(handle, CONTROLS)
    mask, newest = peek(handle, CONDITION_MASK), 0 if peek(registers, FRESH) else peek(registers, ROW) + 1
    rows, row, out = peek(handle, CONDITION) + voice * (mask + 1) * stride, peek(handle, HIDDEN), peek(handle, SPARE)
    poke16(row, 0, requantise(np.int32(pitch), PITCH_BITS))
    for index in range(peek(handle, KNOBS)):
        poke16(row, 1 + index, peek16(knobs, index))
    poke16(row, 1 + peek(handle, KNOBS), 0)
    new_ratios(handle, registers, knobs)
    poke(registers, PITCH_PREVIOUS, peek(registers, PITCH_CURRENT))
    poke(registers, PITCH_CURRENT, pitch)
    word = peek(handle, TABLE)
    for _ in range(count - 1):
        _dense(form, handle, word, row, NONE, PAIR_BYTES, SINGLE, out, NONE)
        row, out, word = out, row, word + WORD_BYTES
    _dense(form, handle, word, row, NONE, PAIR_BYTES, SINGLE, rows + (newest & mask) * stride, NONE)
    if peek(registers, FRESH):
        poke(registers, PITCH_PREVIOUS, pitch)
        poke(registers, FRESH, 0)
    poke(registers, ROW, newest)
    _ramps(form, handle, voice, rows, newest)
    poke(registers, RAMP, 0)


@njit(**INLINE)
def _render(form, handle, voice, count, out):
    """As kernels.voice_render; `out` is the address of the first sample."""
    done = 0
    while done < count:
        part = min(CHUNK, count - done)
        _chunk(form, handle, voice, part, out + 2 * done)
        done += part


@njit(**INLINE)
def enter(form, what, handle, voice, first, second):
    """The one door: reset with seed and phase, control with pitch word and address of the knobs, or render a count
    of samples to an address, as in kernels.py.
    """
    if what == RESET:
        _reset(form, handle, voice, first, second)
    elif what == CONTROL:
        _control(form, handle, voice, first, second)
    else:
        _render(form, handle, voice, first, second)

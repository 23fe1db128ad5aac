"""One voice of any program, streamed, each sum saturating in the RTL's order: what runs where nothing is proven.

A walk computes up to CHUNK samples layer by layer, like the fast kernels; histories are rings whose wrap is one AND.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from accel.emulator.arithmetic import (
    BITS15,
    ONE,
    accumulate_exact,
    gate,
    requantise,
    saturate32,
    settle,
)
from accel.emulator.exact_excite import excite, new_ratios, start_oscillators
from accel.emulator.exact_pack import HEADER_AT, WORD_AT
from accel.emulator.registers import CHUNK, REGISTER_AT
from accel.formats import PITCH_FRACTION
from accel.jit import JIT

__all__ = ["control", "render", "reset"]

LFSR, TIME, RAMP = (REGISTER_AT[name] for name in ("lfsr", "time", "ramp"))
PITCH_PREVIOUS, PITCH_CURRENT = REGISTER_AT["pitch_previous"], REGISTER_AT["pitch_current"]
FRESH, ROW = REGISTER_AT["fresh"], REGISTER_AT["row"]
HOP, HOP_BITS = HEADER_AT["hop"], HEADER_AT["hop_bits"]
CONTROLS, LAYERS, CHANNELS = HEADER_AT["controls"], HEADER_AT["layers"], HEADER_AT["channels"]
SKIP, CONDITIONS, KNOBS = HEADER_AT["skip"], HEADER_AT["conditions"], HEADER_AT["knobs"]
ROWS, COLS, TAPS, DILATION = (WORD_AT[name] for name in ("rows", "cols", "taps", "dilation"))
ACTIVATION, SPLIT, MULTIPLIER = WORD_AT["activation"], WORD_AT["split"], WORD_AT["multiplier"]
PRE_SHIFT, WEIGHT_AT, BIAS_AT, SHIFT_AT = (WORD_AT[n] for n in ("pre_shift", "weight_at", "bias_at", "shift_at"))
RING_AT, RING_MASK, LAG = WORD_AT["ring_at"], WORD_AT["ring_mask"], WORD_AT["split"]
NEWEST, DELAY, SKIP_AT, SKIP_MASK = (WORD_AT[name] for name in ("newest", "delay", "skip_at", "skip_mask"))
CONDITION_MASK = HEADER_AT["condition_mask"]
PITCH_BITS = np.int32(PITCH_FRACTION)


@njit(**JIT)
def _multiply(packed, total, word, inputs, row0, stride, count, tap):
    """Accumulate one tap of a pass for `count` time steps into total[count][rows]."""
    rows, cols = word[ROWS], word[COLS]
    weight_at = word[WEIGHT_AT] + tap * cols * rows
    accumulate_exact(total, rows, inputs, row0, stride, count, packed.weights, weight_at, cols)


@njit(**JIT)
def _bias(packed, total, word, count):
    rows, at = word[ROWS], word[BIAS_AT]
    for step in range(count):
        for row in range(rows):
            total[step * rows + row] = packed.biases[at + row]


@njit(**JIT)
def _dense(packed, total, word, inputs, count, out, out_at):
    """A 1x1 pass: inputs[count][cols] -> out[out_at + count*rows], int16."""
    rows, at = word[ROWS], word[SHIFT_AT]
    _bias(packed, total, word, count)
    _multiply(packed, total, word, inputs, 0, word[COLS], count, 0)
    shift = packed.shifts[at : at + rows]
    for step in range(count):
        sums = total[step * rows : (step + 1) * rows]
        for row in range(rows):
            out[out_at + step * rows + row] = settle(requantise(sums[row], shift[row]), word[ACTIVATION])


@njit(**JIT)
def _condition(packed, total, word, condition, layer, registers, count):
    """Start the accumulators of a gated pass: bias + the frame's interpolated conditioning, inside int32.

    A layer whose output is late takes the rows of as many frames ago, row 0 before the first.
    """
    rows, ramp, mask = word[ROWS], registers[RAMP], packed.header[CONDITION_MASK]
    at = registers[ROW] - (word[DELAY] >> packed.header[HOP_BITS])
    previous = condition[max(at - 1, 0) & mask, layer * rows : (layer + 1) * rows]
    current = condition[max(at, 0) & mask, layer * rows : (layer + 1) * rows]
    bias = packed.biases[word[BIAS_AT] : word[BIAS_AT] + rows]
    shift = packed.shifts[word[SHIFT_AT] + rows : word[SHIFT_AT] + 2 * rows]
    for step in range(count):
        after = np.int32(ramp + step)
        before = np.int32(packed.header[HOP]) - after
        start = total[step * rows : (step + 1) * rows]
        for row in range(rows):
            mixed = np.int32(previous[row]) * before + np.int32(current[row]) * after
            start[row] = bias[row] + (mixed << shift[row])


@njit(**JIT)
def _gated(packed, states, voice, word, layer, count):
    """Dilated convolution from the layer's ring, then the gate -> narrow[1][count][C]."""
    total, out = states.wide[0], states.narrow[1]
    history, channels = states.history[voice], packed.header[CHANNELS]
    time, mask = states.registers[voice, TIME], word[RING_MASK]
    _condition(packed, total, word, states.condition[voice], layer, states.registers[voice], count)
    for tap in range(word[TAPS]):
        first = (time - word[NEWEST] - (word[TAPS] - 1 - tap) * word[DILATION]) & mask
        before_wrap = min(count, mask + 1 - first)
        row = word[RING_AT] + first * channels
        _multiply(packed, total, word, history, row, channels, before_wrap, tap)
        if before_wrap < count:
            rest = total[before_wrap * word[ROWS] :]
            _multiply(packed, rest, word, history, word[RING_AT], channels, count - before_wrap, tap)
    rows, at = word[ROWS], word[SHIFT_AT]
    left_shift = packed.shifts[at : at + channels]
    right_shift = packed.shifts[at + channels : at + rows]
    for step in range(count):
        left = total[step * rows : step * rows + channels]
        right = total[step * rows + channels : (step + 1) * rows]
        gated = out[step * channels : (step + 1) * channels]
        for row in range(channels):
            gated[row] = gate(requantise(left[row], left_shift[row]), requantise(right[row], right_shift[row]))


@njit(**JIT)
def _mix(packed, states, word, count):
    """Residual and skip 1x1 of the gate in narrow[1]: updates the stream narrow[2] and the skip sums wide[1]."""
    total, skip, stream = states.wide[0], states.wide[1], states.narrow[2]
    rows, split, at = word[ROWS], word[SPLIT], word[SHIFT_AT]
    _bias(packed, total, word, count)
    _multiply(packed, total, word, states.narrow[1], 0, word[COLS], count, 0)
    width, multiplier = rows - split, np.int32(word[MULTIPLIER])
    shift = packed.shifts[at : at + rows]
    for step in range(count):
        sums = total[step * rows : (step + 1) * rows]
        residual = stream[step * split : (step + 1) * split]
        for row in range(split):
            value = np.int32(residual[row]) + requantise(sums[row], shift[row])
            residual[row] = requantise(value * multiplier, BITS15)
        kept = skip[step * width : (step + 1) * width]
        for row in range(width):
            value = ((sums[split + row] >> (shift[split + row] - ONE)) + ONE) >> ONE
            kept[row] = saturate32(np.int64(kept[row]) + value)


@njit(**JIT)
def _remember(packed, states, voice, word, count):
    """Append the residual stream to the layer's ring."""
    history, stream, channels = states.history[voice], states.narrow[2], packed.header[CHANNELS]
    for step in range(count):
        at = word[RING_AT] + ((states.registers[voice, TIME] + step) & word[RING_MASK]) * channels
        for row in range(channels):
            history[at + row] = stream[step * channels + row]


@njit(**JIT)
def _hold_back(packed, states, voice, word, count):
    """Where a layer looks ahead: stream narrow[2] and skip sums wide[1] as they were `lag` samples ago."""
    history, stream, channels = states.history[voice], states.narrow[2], packed.header[CHANNELS]
    late, skip, width = states.late[voice], states.wide[1], packed.header[SKIP]
    for step in range(count):
        time = states.registers[voice, TIME] + step
        of = word[RING_AT] + ((time - word[LAG]) & word[RING_MASK]) * channels
        stream[step * channels : (step + 1) * channels] = history[of : of + channels]
        into = word[SKIP_AT] + (time & word[SKIP_MASK]) * width
        of = word[SKIP_AT] + ((time - word[LAG]) & word[SKIP_MASK]) * width
        kept = skip[step * width : (step + 1) * width]
        late[into : into + width] = kept
        kept[:] = late[of : of + width]


@njit(**JIT)
def _chunk(packed, states, voice, count, out, start):
    """Render up to CHUNK samples inside one control frame."""
    header, registers, skip = packed.header, states.registers[voice], states.wide[1]
    first = 1 + header[CONTROLS]
    excite(packed, registers, count, states.narrow[0])
    _dense(packed, states.wide[0], packed.table[first], states.narrow[0], count, states.narrow[2], 0)
    skip[: count * header[SKIP]] = 0
    for layer in range(header[LAYERS]):
        word = packed.table[first + 1 + 2 * layer]
        _remember(packed, states, voice, word, count)
        _gated(packed, states, voice, word, layer, count)
        if word[LAG]:
            _hold_back(packed, states, voice, word, count)
        _mix(packed, states, packed.table[first + 2 + 2 * layer], count)
        silent = min(count, word[DELAY] - registers[TIME])  # the layer's own first sample is still to come
        if silent > 0:
            states.narrow[2][: silent * header[CHANNELS]] = 0
    head = packed.table[first + 1 + 2 * header[LAYERS]]
    for index in range(count * header[SKIP]):
        states.narrow[1][index] = max(requantise(skip[index], np.int32(head[PRE_SHIFT])), 0)
    _dense(packed, states.wide[0], head, states.narrow[1], count, states.narrow[2], 0)
    output = packed.table[first + 2 + 2 * header[LAYERS]]
    _dense(packed, states.wide[0], output, states.narrow[2], count, out, start)
    registers[TIME] += count
    registers[RAMP] += count


@njit(**JIT)
def reset(packed, states, voice, seed, phase):
    """Zero a voice's histories; set its LFSR (seed, not 0) and NCO phase (2**32 is a cycle)."""
    states.history[voice, :] = 0
    states.late[voice, :] = 0
    registers = states.registers[voice]
    registers[:] = 0
    registers[LFSR] = np.int64(seed) & 0xFFFFFFFF
    start_oscillators(packed, registers, phase)
    registers[FRESH] = 1


@njit(**JIT)
def control(packed, states, voice, pitch, knobs):
    """Start a control frame that ramps from the previous controls to these over its `hop` samples.

    To be called at a frame boundary. The first call after a reset sets previous and current alike, and a
    second one may follow at once: together they give row 0 and row 1 of a take.

    Args:
        pitch: pitch word (formats.pitch_word).
        knobs: int16 [knobs] CV counts.
    """
    registers, condition = states.registers[voice], states.condition[voice]
    here, there = states.narrow[0], states.narrow[1]
    here[0] = requantise(np.int32(pitch), PITCH_BITS)
    for index in range(min(packed.header[KNOBS], len(knobs))):
        here[1 + index] = knobs[index]
    new_ratios(packed, registers, knobs)
    registers[PITCH_PREVIOUS] = registers[PITCH_CURRENT]
    registers[PITCH_CURRENT] = pitch
    registers[ROW] = 0 if registers[FRESH] else registers[ROW] + 1
    count, row = packed.header[CONTROLS], registers[ROW] & packed.header[CONDITION_MASK]
    for index in range(count):
        word = packed.table[1 + index]
        if index == count - 1:
            _dense(packed, states.wide[0], word, here, 1, condition[row], 0)
        else:
            _dense(packed, states.wide[0], word, here, 1, there, 0)
            here, there = there, here
    if registers[FRESH]:
        registers[PITCH_PREVIOUS] = pitch
        registers[FRESH] = 0
    registers[RAMP] = 0


@njit(**JIT)
def render(packed, states, voice, count, out, start):
    """Render `count` samples (1 .. what is left of the frame) into out[start : start + count], int16."""
    done = 0
    while done < count:
        part = min(CHUNK, count - done)
        _chunk(packed, states, voice, part, out, start + done)
        done += part

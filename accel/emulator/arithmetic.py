"""The integer arithmetic of formats.py in scalar Numba: rounding, ROM lookups, oscillator, saturating sums."""

from __future__ import annotations

import numpy as np
from numba import njit

from accel import formats
from accel.jit import JIT

__all__ = [
    "accumulate_exact",
    "gate",
    "harmonic",
    "increment",
    "ratio_at",
    "ratio_between",
    "requantise",
    "saturate32",
    "settle",
    "table_place",
]

TANH_BASE, TANH_SLOPE = formats.TANH_BASE.astype(np.int32), formats.TANH_SLOPE.astype(np.int32)
SINE_BASE, SINE_SLOPE = formats.SINE_BASE.astype(np.int64), formats.SINE_SLOPE.astype(np.int64)
EXP2_BASE, EXP2_SLOPE = formats.EXP2_BASE.astype(np.int64), formats.EXP2_SLOPE.astype(np.int64)
TANH_BITS = np.int32(formats.TANH_STEP_BITS)
TANH_MASK, TANH_HALF = np.int32((1 << formats.TANH_STEP_BITS) - 1), np.int32(1 << (formats.TANH_STEP_BITS - 1))
HALF15, BITS15 = np.int32(1 << 14), np.int32(15)
SINE_STEP_BITS, QUARTER_BITS = formats.SINE_STEP_BITS, formats.QUARTER_BITS
SEGMENT_SHIFT = QUARTER_BITS - formats.SINE_SEGMENT_BITS
EXP2_STEP_BITS, EXP2_FRACTION = formats.EXP2_STEP_BITS, formats.EXP2_FRACTION
EXPONENT_GAIN, EXPONENT_FRACTION = formats.EXPONENT_GAIN, formats.EXPONENT_FRACTION
EXPONENT_TOP = formats.EXPONENT_TOP
FADE_TOP, FADE_SHIFT = formats.FADE_TOP, formats.FADE_WIDTH_BITS - 15
RELU, LEAKY = int(formats.Activation.RELU), int(formats.Activation.LEAKY)
COSINE = int(formats.Source.COSINE)
KNOB_COUNTS = formats.KNOB_COUNTS
INT32_TOP = (1 << 31) - 1
ONE, LOW16, TOP16 = np.int32(1), np.int32(-32768), np.int32(32767)
ZERO, LEAK = np.int32(0), np.int32(formats.LEAK_SHIFT)


@njit(inline="always", **JIT)
def saturate32(value):
    """Clamp an int64 to int32."""
    return min(max(value, -INT32_TOP - 1), INT32_TOP)


@njit(inline="always", **JIT)
def requantise(total, shift):
    """Round half up by `shift` >= 1, saturate to int16: int32 throughout, the rounding never carries out of it."""
    rounded = ((total >> (shift - ONE)) + ONE) >> ONE
    return min(max(rounded, LOW16), TOP16)


@njit(inline="always", **JIT)
def settle(value, activation):
    """Apply a dense pass's activation to an int16 value."""
    if activation == RELU:
        return max(value, ZERO)
    if activation == LEAKY:
        return value >> LEAK if value < ZERO else value
    return value


@njit(inline="always", **JIT)
def _tanh(value):
    magnitude = min(max(value, -value), TOP16)
    segment, step = magnitude >> TANH_BITS, magnitude & TANH_MASK
    result = TANH_BASE[segment] + ((TANH_SLOPE[segment] * step + TANH_HALF) >> TANH_BITS)
    return -result if value < ZERO else result


@njit(inline="always", **JIT)
def gate(tanh_row, sigmoid_row):
    """tanh * sigmoid of two int16 pre-activations, Q0.15."""
    left = _tanh(tanh_row)
    right = (_tanh(sigmoid_row) >> ONE) + HALF15
    return (left * right + HALF15) >> BITS15


@njit(inline="always", **JIT)
def increment(pitch_times_hop, shift, offset):
    """Phase increment of a sample, as formats.phase_increment."""
    octaves = ((pitch_times_hop * EXPONENT_GAIN + (1 << (shift - 1))) >> shift) + offset
    octaves = min(max(octaves, 0), EXPONENT_TOP)
    whole, rest = octaves >> EXPONENT_FRACTION, octaves & ((1 << EXPONENT_FRACTION) - 1)
    segment, step = rest >> EXP2_STEP_BITS, rest & ((1 << EXP2_STEP_BITS) - 1)
    mantissa = EXP2_BASE[segment] + ((EXP2_SLOPE[segment] * step + (1 << (EXP2_STEP_BITS - 1))) >> EXP2_STEP_BITS)
    return (mantissa << whole) >> EXP2_FRACTION


@njit(inline="always", **JIT)
def table_place(counts, bits):
    """Where a voltage lies in an oscillator's table: its segment, and the counts into it."""
    position = min(max(counts, 0), KNOB_COUNTS)
    return position >> bits, position & ((1 << bits) - 1)


@njit(inline="always", **JIT)
def ratio_between(low, high, step, bits):
    """Octaves between two points of a table, as oscillators.Oscillator.ratio."""
    return low + (((high - low) * step + (1 << (bits - 1))) >> bits)


@njit(inline="always", **JIT)
def ratio_at(previous, current, hop_bits, position):
    """Octaves at a sample of a frame, as oscillators.ratio_ramp."""
    total = previous * ((1 << hop_bits) - position) + current * position
    return (total + (1 << (hop_bits - 1))) >> hop_bits


@njit(inline="always", **JIT)
def harmonic(phase, step, number, source):
    """One sine or cosine channel with its fade below Nyquist, Q0.15."""
    gain = min(max((FADE_TOP - step * number) >> FADE_SHIFT, 0), 32768)
    turned = phase * number + ((1 << QUARTER_BITS) if source == COSINE else 0)
    quadrant, rest = (turned >> QUARTER_BITS) & 3, turned & ((1 << QUARTER_BITS) - 1)
    if quadrant & 1:
        rest = ((1 << QUARTER_BITS) - 1) - rest
    segment = rest >> SEGMENT_SHIFT
    fraction = (rest >> (SEGMENT_SHIFT - SINE_STEP_BITS)) & ((1 << SINE_STEP_BITS) - 1)
    value = SINE_BASE[segment] + ((SINE_SLOPE[segment] * fraction + (1 << (SINE_STEP_BITS - 1))) >> SINE_STEP_BITS)
    if quadrant & 2:
        value = -value
    return (value * gain + 16384) >> 15


@njit(**JIT)
def accumulate_exact(total, rows, inputs, row0, stride, count, weights, weight_at, cols):
    """total[t*rows + o] += sum_c inputs[row0 + t*stride + c] * weights[weight_at + c*rows + o] for t < count.

    Flat arrays. Saturates to int32 after each addition, column by column: the RTL's order.
    """
    for step in range(count):
        for column in range(cols):
            value = np.int64(inputs[row0 + step * stride + column])
            for out in range(rows):
                index = step * rows + out
                total[index] = saturate32(total[index] + value * weights[weight_at + column * rows + out])

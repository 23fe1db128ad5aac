"""The numerics contract: widths, rounding, ROMs, volts and descriptor fields, each declared here and nowhere else.

Everything that computes (reference, emulator, RTL) derives from this module; docs/numerics.md is its long form.
The trade-off throughout: shapes that cost little in an FPGA (power-of-two scales, one multiplier per
lookup, shifts instead of divisions), as long as the error stays below what an ear or a tuner can find.
"""

from __future__ import annotations

from enum import IntEnum
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

Int64Array = NDArray[np.int64]

# --- time ---------------------------------------------------------------------------------------------
RATE = 48_000
"""Native sample rate in Hz."""
HOP = 64
"""Samples per control frame of our own models (750 Hz)."""
HOPS = (16, 32, 64, 128, 256)
"""Hops that a program may have: powers of two, so that interpolation needs no division."""

# --- widths -------------------------------------------------------------------------------------------
WEIGHT_BITS, ACTIVATION_BITS, ACCUMULATOR_BITS = 8, 16, 32
UNITY = 1 << 15
"""1.0 in Q0.15, the format of tanh, gate, excitation and output (the largest int16 is one step below)."""
TANH_FRACTION = 13
"""Fraction bits of a tanh row's pre-activation: Q2.13, +-4."""
SIGMOID_FRACTION = 12
"""Fraction bits of a sigmoid row's pre-activation: Q3.12, +-8; read as Q2.13 it is halved, as sigmoid needs."""
MIN_SHIFT, MAX_SHIFT = 1, 31
"""Every accumulator is shifted right by at least one, so that rounding never needs a 33rd bit."""
BIAS_LIMIT = 1 << 30
"""Largest |bias|: with the conditioning, which is at most 2**30 too, an accumulator starts inside int32."""


def saturate(value: ArrayLike, bits: int) -> Int64Array:
    """Clamp to a signed integer of `bits` bits."""
    top = (1 << (bits - 1)) - 1
    return np.clip(np.asarray(value, np.int64), -top - 1, top)


def shift_round(value: ArrayLike, shift: ArrayLike) -> Int64Array:
    """(value + half) >> shift: round half up, for shifts of at least 1."""
    amount = np.asarray(shift, np.int64)
    return (np.asarray(value, np.int64) + (np.int64(1) << (amount - 1))) >> amount


def requantise(accumulator: ArrayLike, shift: ArrayLike) -> Int64Array:
    """Accumulator to int16: round half up by `shift`, then saturate."""
    return saturate(shift_round(accumulator, shift), ACTIVATION_BITS)


# --- ROMs ---------------------------------------------------------------------------------------------
TANH_SEGMENTS, TANH_STEP_BITS = 64, 9
SINE_SEGMENT_BITS, SINE_STEP_BITS = 8, 10
SINE_SEGMENTS = 1 << SINE_SEGMENT_BITS
QUARTER_BITS = 30
"""Bits of the phase below the quadrant."""
EXP2_SEGMENTS, EXP2_STEP_BITS = 256, 12
EXP2_FRACTION = 24


def _tanh_rom() -> tuple[NDArray[np.int16], NDArray[np.int16]]:
    """Base and slope of the line with the least worst error in each of 64 segments of |v| in [0, 4)."""
    width = 1 << TANH_STEP_BITS
    base = np.zeros(TANH_SEGMENTS, np.int64)
    slope = np.zeros(TANH_SEGMENTS, np.int64)
    for segment in range(TANH_SEGMENTS):
        step = np.arange(width + 1)
        curve = np.tanh((segment * width + step) / 2.0**TANH_FRACTION) * UNITY
        rise = curve[-1] - curve[0]
        residue = curve - (curve[0] + rise * step / width)
        base[segment] = round(curve[0] + (residue.max() + residue.min()) / 2)
        slope[segment] = round(rise)
    base[0] = 0  # an odd function: silence in, silence out
    base = np.minimum(base, UNITY - 1)
    return base.astype(np.int16), np.minimum(slope, UNITY - 1 - base).astype(np.int16)


def _sine_rom() -> tuple[NDArray[np.int16], NDArray[np.int16]]:
    """Quarter wave of 256 chords, Q0.15."""
    points = np.rint(np.sin(np.arange(SINE_SEGMENTS + 1) * (np.pi / 2 / SINE_SEGMENTS)) * (UNITY - 1))
    return points[:-1].astype(np.int16), np.diff(points).astype(np.int16)


def _exp2_rom() -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """2**x for x in [0, 1): 256 chords, Q1.24; worst error 1e-6, that is 0.002 cent."""
    points = np.rint(np.exp2(np.arange(EXP2_SEGMENTS + 1) / EXP2_SEGMENTS) * (1 << EXP2_FRACTION))
    return points[:-1].astype(np.int32), np.diff(points).astype(np.int32)


TANH_BASE, TANH_SLOPE = _tanh_rom()
SINE_BASE, SINE_SLOPE = _sine_rom()
EXP2_BASE, EXP2_SLOPE = _exp2_rom()

# --- nonlinear functions ------------------------------------------------------------------------------


def tanh_q15(value: ArrayLike) -> Int64Array:
    """tanh of an int16 in Q2.13 by the ROM; Q0.15; worst error 2.2e-4 inside +-4."""
    signed = np.asarray(value, np.int64)
    magnitude = np.minimum(np.abs(signed), UNITY - 1)
    segment, step = magnitude >> TANH_STEP_BITS, magnitude & ((1 << TANH_STEP_BITS) - 1)
    result = TANH_BASE[segment] + shift_round(TANH_SLOPE[segment].astype(np.int64) * step, TANH_STEP_BITS)
    return np.where(signed < 0, -result, result)


def sigmoid_q15(value: ArrayLike) -> Int64Array:
    """sigmoid of an int16 in Q3.12 from the tanh ROM: sigmoid(v) = (1 + tanh(v/2)) / 2; Q0.15."""
    return (tanh_q15(value) >> 1) + (UNITY >> 1)


def gate_q15(tanh_row: ArrayLike, sigmoid_row: ArrayLike) -> Int64Array:
    """PWG's gated activation on integers (Yamamoto et al. 2020, section 3.1): one rounded multiplication."""
    return shift_round(tanh_q15(tanh_row) * sigmoid_q15(sigmoid_row), 15)


LEAK_SHIFT = 3
"""LeakyReLU of the control network has slope 2**-3: an arithmetic shift."""


class Activation(IntEnum):
    """What a dense pass applies after requantising."""

    NONE = 0
    RELU = 1
    LEAKY = 2


def activate(value: ArrayLike, activation: int) -> Int64Array:
    """Apply an `Activation` to int16 values."""
    signed = np.asarray(value, np.int64)
    if activation == Activation.RELU:
        return np.maximum(signed, 0)
    return np.where(signed < 0, signed >> LEAK_SHIFT, signed) if activation == Activation.LEAKY else signed


# --- excitation ---------------------------------------------------------------------------------------
PHASE_BITS = 32
FADE_TOP = 7 << 28
"""Harmonic frequency (of 2**32 = the sample rate) at which a harmonic has faded to nothing: 0.4375, 21 kHz."""
FADE_WIDTH_BITS = 29
"""The fade is 2**29 / 2**32 = 1/8 of the rate wide (6 kHz), a shift instead of a division."""


class Source(IntEnum):
    """Kind of an excitation channel."""

    NOISE = 0
    SINE = 1
    COSINE = 2


OSCILLATORS = 4
"""Most oscillators of a program (accel/oscillators.py)."""
MOST_HARMONIC = 64
"""The highest harmonic that an excitation channel can name."""


def channel_code(source: int, harmonic: int = 1, oscillator: int = 0) -> int:
    """One excitation channel as the program stores it: source in bits 0-1, oscillator in 2-3, harmonic from bit 8."""
    return int(source) | int(oscillator) << 2 | int(harmonic) << 8


def channel_parts(code: int) -> tuple[int, int, int]:
    """(source, oscillator, harmonic) of a channel's code."""
    return code & 3, code >> 2 & 63, code >> 8


def sine_q15(phase: ArrayLike) -> Int64Array:
    """sin(2 pi phase / 2**32) by the quarter-wave ROM, Q0.15."""
    unsigned = np.asarray(phase, np.int64) & 0xFFFFFFFF
    quadrant, rest = unsigned >> QUARTER_BITS, unsigned & ((1 << QUARTER_BITS) - 1)
    rest = np.where(quadrant & 1, ((1 << QUARTER_BITS) - 1) - rest, rest)
    below = QUARTER_BITS - SINE_SEGMENT_BITS
    segment, step = rest >> below, (rest >> (below - SINE_STEP_BITS)) & ((1 << SINE_STEP_BITS) - 1)
    result = SINE_BASE[segment] + shift_round(SINE_SLOPE[segment].astype(np.int64) * step, SINE_STEP_BITS)
    return np.where(quadrant & 2, -result, result)


def harmonic_gain(increment: ArrayLike, harmonic: int) -> Int64Array:
    """Gain of a harmonic, 0..32768 = 0..1: full below 15 kHz, fading linearly to nothing at 21 kHz."""
    distance = FADE_TOP - np.asarray(increment, np.int64) * harmonic
    return np.clip(distance >> (FADE_WIDTH_BITS - 15), 0, UNITY)


LFSR_SHIFTS = (16, 14, 10, 9)
"""Sixteen steps at once of the 32-bit LFSR x^32 + x^30 + x^26 + x^25 + 1: word = XOR of the state shifted so."""


def lfsr_next(state: int) -> tuple[int, int]:
    """(new state, noise word as int16) of the 32-bit maximal LFSR, 16 bits per sample. The state is never 0."""
    word = 0
    for shift in LFSR_SHIFTS:
        word ^= state >> shift
    word &= 0xFFFF
    return ((state << 16) | word) & 0xFFFFFFFF, word - 0x10000 if word & 0x8000 else word


# --- volts --------------------------------------------------------------------------------------------
COUNTS_PER_VOLT = 4000
"""4 counts per mV: full scale of int16 is +-8.192 V."""
FULL_SCALE_VOLTS = 8.192
MIDI_AT_ZERO_VOLTS = 60
"""0 V is C4."""
C4_HZ = 440.0 * 2.0 ** ((MIDI_AT_ZERO_VOLTS - 69) / 12)
KNOB_VOLTS = 5.0
KNOB_COUNTS = 20_000
"""A knob's 0..1 is 0..5 V at the accelerator's boundary."""
GATE_VOLTS, GATE_THRESHOLD_VOLTS = 5.0, 2.5
GATE_COUNTS = round(GATE_THRESHOLD_VOLTS * COUNTS_PER_VOLT)
"""A voltage is a high gate from so many counts on."""
PITCH_FRACTION = 8
"""The pitch word carries the CV's counts with 8 more bits: a 24-bit converter, 0.001 cent a step."""
PITCH_LIMIT = (1 << 23) - 1
EXPONENT_FRACTION = 20
_EXPONENT_SHIFT = 24
EXPONENT_GAIN = round((1 << (EXPONENT_FRACTION + _EXPONENT_SHIFT)) / (COUNTS_PER_VOLT << PITCH_FRACTION) / HOP)
EXPONENT_TOP = (31 << EXPONENT_FRACTION) - 1


def midi_to_volts(note: ArrayLike) -> NDArray[np.float64]:
    """V/oct of a MIDI note number (fractional allowed)."""
    return (np.asarray(note, np.float64) - MIDI_AT_ZERO_VOLTS) / 12


def pitch_word(volts: ArrayLike) -> NDArray[np.int32]:
    """V/oct to the accelerator's pitch word, saturating at +-8.192 V."""
    counts = np.rint(np.asarray(volts, np.float64) * (COUNTS_PER_VOLT << PITCH_FRACTION))
    return np.clip(counts, -PITCH_LIMIT, PITCH_LIMIT).astype(np.int32)


def pitch_counts(word: ArrayLike) -> Int64Array:
    """The pitch word as the control network reads it: int16 counts, rounded."""
    return requantise(word, PITCH_FRACTION)


def knob_counts(position: ArrayLike) -> NDArray[np.int16]:
    """Knob position 0..1 to CV counts 0..20000 (0..5 V), saturating."""
    return np.rint(np.clip(np.asarray(position, np.float64), 0.0, 1.0) * KNOB_COUNTS).astype(np.int16)


def exponent_shift(hop: int) -> int:
    """Right shift that brings (pitch word * hop * EXPONENT_GAIN) to octaves with 20 fraction bits."""
    return _EXPONENT_SHIFT + hop.bit_length() - HOP.bit_length()


def exponent_offset(rate: int) -> int:
    """log2 of the phase increment at 0 V, with 20 fraction bits."""
    return round(float(np.log2(C4_HZ / rate * 2.0**PHASE_BITS)) * (1 << EXPONENT_FRACTION))


def phase_increment(pitch_times_hop: ArrayLike, hop: int, offset: ArrayLike) -> Int64Array:
    """Phase increment of one sample from the interpolated pitch, in integers only.

    Args:
        pitch_times_hop: previous * (hop - r) + current * r of the frame's two pitch words.
        hop: samples per control frame.
        offset: `exponent_offset` of the rate, plus the oscillator's ratio in octaves.

    Returns:
        Increment of the 32-bit phase, below 2**31 (the Nyquist frequency).
    """
    octaves = shift_round(np.asarray(pitch_times_hop, np.int64) * EXPONENT_GAIN, exponent_shift(hop))
    octaves = octaves + np.asarray(offset, np.int64)
    octaves = np.clip(octaves, 0, EXPONENT_TOP)
    whole, rest = octaves >> EXPONENT_FRACTION, octaves & ((1 << EXPONENT_FRACTION) - 1)
    segment, step = rest >> EXP2_STEP_BITS, rest & ((1 << EXP2_STEP_BITS) - 1)
    slope = EXP2_SLOPE[segment].astype(np.int64)
    mantissa = EXP2_BASE[segment].astype(np.int64) + shift_round(slope * step, EXP2_STEP_BITS)
    return (mantissa << whole) >> EXP2_FRACTION


def max_ramp_shift(hop: int) -> int:
    """Largest left shift of the conditioning: int16 * hop << shift stays within 2**30."""
    return 30 - 15 - (hop.bit_length() - 1)


def lag_of(taps: int, dilation: int, hop: int) -> int:
    """Fewest samples, in whole frames of controls, that a layer is late so that its middle tap may look ahead.

    Whole frames, because then a late layer reads conditioning of earlier frames as it is.
    """
    return -(-((taps - 1) // 2 * dilation) // hop) * hop


# --- descriptors --------------------------------------------------------------------------------------


class Op(IntEnum):
    """Passes of a program, in the order in which they may appear."""

    EXCITE = 0
    """Oscillators and noise: `rows` channels whose codes lie at `bias_at`; `multiplier` = exponent offset. `split`:
    oscillators whose records follow the codes (accel/oscillators.py); 0: one oscillator, at the pitch."""
    CONTROL = 1
    """Dense layer of the control network, once per frame; the last one yields the conditioning of all layers."""
    INPUT = 2
    """1x1 from the excitation to the residual stream."""
    GATED = 3
    """Dilated convolution + conditioning + gate. `shift_at`: rows' shifts, then rows' conditioning shifts. `split`: the
    lag, samples that the layer's output is behind its input so that its middle tap may look ahead; 0: causal."""
    MIX = 4
    """1x1 of the gate's output: `split` residual rows, then skip rows. `multiplier` scales the residual, Q0.15."""
    HEAD = 5
    """1x1 of the skip sum, brought to int16 by `pre_shift` and ReLU."""
    OUTPUT = 6
    """1x1 to one int16 sample."""


FIELDS = (
    "op",
    "rows",
    "cols",
    "taps",
    "dilation",
    "activation",
    "split",
    "multiplier",
    "pre_shift",
    "weight_at",
    "bias_at",
    "shift_at",
)
"""Words of a descriptor (int32 each), in order."""
FIELD_AT: dict[str, int] = {name: index for index, name in enumerate(FIELDS)}

LIMITS: dict[str, tuple[int, int]] = {
    "rows": (1, 8192),
    "cols": (1, 512),
    "taps": (1, 8),
    "dilation": (1, 1024),
    "multiplier": (0, 1 << 30),
    "pre_shift": (0, MAX_SHIFT),  # the head's is checked to be at least MIN_SHIFT
}
"""Inclusive ranges that a loader accepts."""


def descriptor(**values: Any) -> list[int]:
    """One descriptor from named fields; fields not named are 0 (taps and dilation: 1)."""
    unknown = set(values) - set(FIELDS)
    if unknown:
        raise KeyError(f"unknown descriptor fields {sorted(unknown)}")
    defaults = {"taps": 1, "dilation": 1}
    return [int(values.get(name, defaults.get(name, 0))) for name in FIELDS]

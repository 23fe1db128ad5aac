"""Oscillator channels for a vector of samples at once: harmonics of the phase with their fade, by the sine ROM."""

from __future__ import annotations

from typing import Any

from llvmlite import ir

from accel.emulator.tiles import form_intrinsic
from accel.emulator.vector import I32, I64, Vectors, const64
from accel.formats import FADE_TOP, FADE_WIDTH_BITS, QUARTER_BITS, SINE_SEGMENT_BITS, SINE_STEP_BITS, UNITY

__all__ = ["join_vector", "tone_vector"]

_QUARTER = (1 << QUARTER_BITS) - 1
_SEGMENT_SHIFT = QUARTER_BITS - SINE_SEGMENT_BITS


def _gain(v: Vectors, steps: Any, number: Any) -> Any:
    """formats.harmonic_gain: products of 32 by 32 bits need 64."""
    b, wide = v.b, ir.VectorType(I64, v.lanes)
    product = b.mul(b.zext(steps, wide), b.zext(v.splat(number), wide))
    distance = b.ashr(b.sub(v.fill(wide, FADE_TOP), product), v.fill(wide, FADE_WIDTH_BITS - 15))
    return b.trunc(v.clamp(distance, 0, UNITY), v.wide)


def _sine(v: Vectors, phase: Any, rom: Any) -> Any:
    """formats.sine_q15; `rom`: address of int16 (base, slope) pairs."""
    b = v.b
    odd = b.ashr(b.shl(phase, v.fill(v.wide, 1)), v.fill(v.wide, 31))  # bit 30, in every bit
    rest = b.and_(b.xor(phase, odd), v.fill(v.wide, _QUARTER))
    segment = b.lshr(rest, v.fill(v.wide, _SEGMENT_SHIFT))
    fraction = b.lshr(rest, v.fill(v.wide, _SEGMENT_SHIFT - SINE_STEP_BITS))
    fraction = b.and_(fraction, v.fill(v.wide, (1 << SINE_STEP_BITS) - 1))
    entries = ir.Constant(v.wide, ir.Undefined)
    for lane in range(v.lanes):
        index = b.zext(b.extract_element(segment, I32(lane)), I64)
        entries = b.insert_element(entries, v.load(b.add(rom, b.shl(index, const64(2))), I32, 4), I32(lane))
    base = b.ashr(b.shl(entries, v.fill(v.wide, 16)), v.fill(v.wide, 16))
    slope = b.ashr(entries, v.fill(v.wide, 16))
    half = v.fill(v.wide, 1 << (SINE_STEP_BITS - 1))
    value = b.add(base, b.ashr(b.add(b.mul(slope, fraction), half), v.fill(v.wide, SINE_STEP_BITS)))
    sign = b.ashr(phase, v.fill(v.wide, 31))
    return b.sub(b.xor(value, sign), sign)


def _tone(v: Vectors, values: Any) -> None:
    b, align = v.b, 4 * v.lanes
    phases, steps, number, turn, rom, out = values
    number = b.trunc(number, I32)
    phase = b.add(b.mul(v.load(phases, v.wide, align), v.splat(number)), v.splat(b.trunc(turn, I32)))
    product = b.mul(_sine(v, phase, rom), _gain(v, v.load(steps, v.wide, align), number))
    v.store(b.ashr(b.add(product, v.fill(v.wide, UNITY >> 1)), v.fill(v.wide, 15)), out, align)


tone_vector = form_intrinsic(6, _tone)
"""(phases, steps, number, turn, rom, out): sin(number * phase + turn) with its fade, Q0.15 in int32 lanes."""


def _join(v: Vectors, values: Any) -> None:
    b, align = v.b, 4 * v.lanes
    first, second, out = values
    low = b.and_(v.load(first, v.wide, align), v.fill(v.wide, 0xFFFF))
    v.store(b.or_(low, b.shl(v.load(second, v.wide, align), v.fill(v.wide, 16))), out, align)


join_vector = form_intrinsic(3, _join)
"""(first, second, out): two channels in int32 lanes to one word of two int16 per sample."""

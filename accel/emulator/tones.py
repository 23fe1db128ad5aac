"""Oscillator channels for a vector of samples at once: harmonics of the phase with their fade, by the sine ROM."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from llvmlite import ir

from accel.emulator.tiles import form_intrinsic
from accel.emulator.vector import I16, I32, I64, Vectors, const64
from accel.formats import FADE_TOP, FADE_WIDTH_BITS, QUARTER_BITS, SINE_SEGMENT_BITS, SINE_STEP_BITS, UNITY

__all__ = ["noise_high", "noise_low", "tone_vector"]

SINE_BYTES = 2 << SINE_SEGMENT_BITS
_QUARTER = (1 << QUARTER_BITS) - 1
_SEGMENT_SHIFT = QUARTER_BITS - SINE_SEGMENT_BITS


def _gain(v: Vectors, steps: Any, number: Any) -> Any:
    """formats.harmonic_gain: products of 32 by 32 bits need 64."""
    b, wide = v.b, ir.VectorType(I64, v.lanes)
    product = b.mul(b.zext(steps, wide), b.zext(v.splat(number), wide))
    distance = b.ashr(b.sub(v.fill(wide, FADE_TOP), product), v.fill(wide, FADE_WIDTH_BITS - 15))
    return b.trunc(v.clamp(distance, 0, UNITY), v.wide)


def _lines(v: Vectors, left: Any, right: Any, rom: Any) -> tuple[Any, Any]:
    """Lines of the sine ROM for two vectors of segments: (bases, slopes), words of two int16 (left, right)."""
    b = v.b
    if v.lanes == 16:  # the whole ROM in registers: 64 int16 a lookup, the segment's top bits choose among four
        pair = b.bitcast(b.or_(left, b.shl(right, v.fill(v.wide, 16))), v.narrow)
        upper, top = (
            b.icmp_unsigned("!=", b.and_(pair, v.fill(v.narrow, bit)), v.fill(v.narrow, 0)) for bit in (64, 128)
        )
        found = []
        for table in range(2):
            quarters = [v.lookup64(pair, rom, 512 * table + 128 * quarter) for quarter in range(4)]
            low, high = (b.select(upper, quarters[at + 1], quarters[at]) for at in (0, 2))
            found.append(b.bitcast(b.select(top, high, low), v.wide))
        return found[0], found[1]
    sides = []
    for segment in (left, right):
        entries = ir.Constant(v.wide, ir.Undefined)
        for lane in range(v.lanes):
            index = b.zext(b.extract_element(segment, I32(lane)), I64)
            line = b.add(rom, b.shl(index, const64(1)))
            base, slope = (b.zext(v.load(line, I16, 2, at), I32) for at in (0, SINE_BYTES))
            word = b.or_(base, b.shl(slope, I32(16)))
            entries = b.insert_element(entries, word, I32(lane))
        sides.append(entries)
    low, high = v.fill(v.wide, 0xFFFF), v.fill(v.wide, 16)
    bases = b.or_(b.and_(sides[0], low), b.shl(sides[1], high))
    return bases, b.or_(b.lshr(sides[0], high), b.and_(sides[1], v.fill(v.wide, -0x10000)))


def _sides(v: Vectors, words: Any) -> tuple[Any, Any]:
    """The two int16 of each word, as int32 lanes."""
    sixteen = v.fill(v.wide, 16)
    return v.b.ashr(v.b.shl(words, sixteen), sixteen), v.b.ashr(words, sixteen)


def _sines(v: Vectors, left: Any, right: Any, rom: Any) -> list[Any]:
    """formats.sine_q15 of two vectors of phases; `rom`: address of int16 bases, then slopes."""
    b, rests = v.b, []
    for phase in (left, right):
        odd = b.ashr(b.shl(phase, v.fill(v.wide, 1)), v.fill(v.wide, 31))  # bit 30, in every bit
        rests.append(b.and_(b.xor(phase, odd), v.fill(v.wide, _QUARTER)))
    segments = [b.lshr(rest, v.fill(v.wide, _SEGMENT_SHIFT)) for rest in rests]
    bases, slopes = (_sides(v, words) for words in _lines(v, segments[0], segments[1], rom))
    values = []
    for phase, rest, base, slope in zip((left, right), rests, bases, slopes, strict=True):
        fraction = b.lshr(rest, v.fill(v.wide, _SEGMENT_SHIFT - SINE_STEP_BITS))
        fraction = b.and_(fraction, v.fill(v.wide, (1 << SINE_STEP_BITS) - 1))
        half = v.fill(v.wide, 1 << (SINE_STEP_BITS - 1))
        value = b.add(base, b.ashr(b.add(b.mul(slope, fraction), half), v.fill(v.wide, SINE_STEP_BITS)))
        sign = b.ashr(phase, v.fill(v.wide, 31))
        values.append(b.sub(b.xor(value, sign), sign))
    return values


def _tones(v: Vectors, values: Any) -> None:
    b, align = v.b, 4 * v.lanes
    *sides, rom, out = values
    turned, gains = [], []
    for phases, steps, harmonic, turn in (sides[:4], sides[4:]):
        phase, step = v.load(phases, v.wide, align), v.load(steps, v.wide, align)
        number = b.trunc(harmonic, I32)
        turned.append(b.add(b.mul(phase, v.splat(number)), v.splat(b.trunc(turn, I32))))
        gains.append(_gain(v, step, number))
    low, high = (
        b.ashr(b.add(b.mul(sine, gain), v.fill(v.wide, UNITY >> 1)), v.fill(v.wide, 15))
        for sine, gain in zip(_sines(v, turned[0], turned[1], rom), gains, strict=True)
    )
    v.store(b.or_(b.and_(low, v.fill(v.wide, 0xFFFF)), b.shl(high, v.fill(v.wide, 16))), out, align)


tone_vector = form_intrinsic(10, _tones)
"""(phases, steps, number, turn, phases, steps, number, turn, rom, out): sin(number * phase + turn) with its fade,
Q0.15, of two channels, in words of two int16 per sample."""


def _noise(high: bool) -> Callable[..., Any]:
    def generate(v: Vectors, values: Any) -> None:
        b, align = v.b, 4 * v.lanes
        noise, out = values
        word, other = v.load(noise, v.wide, align), v.load(out, v.wide, align)
        if high:
            kept, put = b.and_(other, v.fill(v.wide, 0xFFFF)), b.shl(word, v.fill(v.wide, 16))
        else:
            kept, put = b.and_(other, v.fill(v.wide, -0x10000)), b.and_(word, v.fill(v.wide, 0xFFFF))
        v.store(b.or_(kept, put), out, align)

    return form_intrinsic(2, generate)


noise_low, noise_high = _noise(False), _noise(True)
"""(noise, out): replace one channel of such words by the noise."""

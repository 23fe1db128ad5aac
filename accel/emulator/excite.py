"""The excitation of a voice through vector code: NCO and LFSR sample by sample, their channels vector by vector."""

from __future__ import annotations

from numba import njit

from accel.emulator.arithmetic import increment
from accel.emulator.fast_pack import HEADER_AT, IMAGE_AT, TONES
from accel.emulator.fast_state import STATE_AT
from accel.emulator.memory import peek, peek32, poke, poke32
from accel.emulator.registers import REGISTER_AT
from accel.emulator.tones import noise_high, noise_low, tone_vector
from accel.formats import LFSR_SHIFTS, QUARTER_BITS, Source
from accel.jit import INLINE

__all__ = ["excite"]

PHASE, LFSR, RAMP = (REGISTER_AT[name] for name in ("phase", "lfsr", "ramp"))
PITCH_PREVIOUS, PITCH_CURRENT = REGISTER_AT["pitch_previous"], REGISTER_AT["pitch_current"]
HOP, CHANNEL_PAIRS, LANES = HEADER_AT["hop"], HEADER_AT["pairs"], HEADER_AT["lanes"]
EXPONENT_SHIFT, EXPONENT_OFFSET = HEADER_AT["exponent_shift"], HEADER_AT["exponent_offset"]
CODES, SINE = IMAGE_AT["codes"], IMAGE_AT["sine"]
TONE, EXCITATION = STATE_AT["tones"], STATE_AT["excitation"]
NOISE, COSINE = int(Source.NOISE), int(Source.COSINE)
L0, L1, L2, L3 = LFSR_SHIFTS


@njit(**INLINE)
def _walk(handle, registers, count):
    """NCO and LFSR of `count` samples -> phases, steps and noise (rows 0..2 of the tones); advances them."""
    hop, shift, offset = peek(handle, HOP), peek(handle, EXPONENT_SHIFT), peek(handle, EXPONENT_OFFSET)
    phase, state, ramp = peek(registers, PHASE), peek(registers, LFSR), peek(registers, RAMP)
    before, after, tones = peek(registers, PITCH_PREVIOUS), peek(registers, PITCH_CURRENT), peek(handle, TONE)
    for sample in range(count):
        position = ramp + sample
        step = increment(before * (hop - position) + after * position, shift, offset)
        noise = ((state >> L0) ^ (state >> L1) ^ (state >> L2) ^ (state >> L3)) & 0xFFFF
        state = ((state << 16) | noise) & 0xFFFFFFFF
        poke32(tones, sample, phase)
        poke32(tones, TONES + sample, step)
        poke32(tones, 2 * TONES + sample, noise)
        phase = (phase + step) & 0xFFFFFFFF
    poke(registers, PHASE, phase)
    poke(registers, LFSR, state)


@njit(**INLINE)
def excite(form, handle, registers, count):
    """Excitation of `count` samples, words of two channels: [pair][TONES]."""
    _walk(handle, registers, count)
    start, row, lanes, codes = peek(handle, TONE), 4 * TONES, peek(handle, LANES), peek(handle, CODES)
    noise, rom, out = start + 2 * row, peek(handle, SINE), peek(handle, EXCITATION)
    for pair in range(peek(handle, CHANNEL_PAIRS)):
        for at in range(0, 4 * count, 4 * lanes):
            left, right, to = peek32(codes, 2 * pair), peek32(codes, 2 * pair + 1), out + pair * row + at
            left_turn = 1 << QUARTER_BITS if left & 255 == COSINE else 0
            right_turn = 1 << QUARTER_BITS if right & 255 == COSINE else 0
            if left & 255 != NOISE or right & 255 != NOISE:
                phases, steps = start + at, start + row + at
                tone_vector(form, phases, steps, left >> 8, left_turn, right >> 8, right_turn, rom, to)
            if left & 255 == NOISE:
                noise_low(form, noise + at, to)
            if right & 255 == NOISE:
                noise_high(form, noise + at, to)

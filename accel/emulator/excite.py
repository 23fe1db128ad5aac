"""The excitation of a voice through vector code: NCOs and LFSR sample by sample, their channels vector by vector."""

from __future__ import annotations

import numpy as np
from numba import njit

from accel.emulator.arithmetic import increment, ratio_at, ratio_between, table_place
from accel.emulator.exact_pack import BANK_AT
from accel.emulator.fast_pack import HEADER_AT, IMAGE_AT, TONES
from accel.emulator.fast_state import STATE_AT, TONE_ROWS
from accel.emulator.memory import peek, peek16, peek32, poke, poke32
from accel.emulator.registers import OSCILLATOR_STRIDE, REGISTER_AT
from accel.emulator.tones import noise_high, noise_low, tone_vector
from accel.formats import GATE_COUNTS, LFSR_SHIFTS, QUARTER_BITS, Source
from accel.jit import INLINE

__all__ = ["excite", "new_ratios", "start_oscillators"]

PHASE, LFSR, RAMP, FRESH = (REGISTER_AT[name] for name in ("phase", "lfsr", "ramp", "fresh"))
PITCH_PREVIOUS, PITCH_CURRENT = REGISTER_AT["pitch_previous"], REGISTER_AT["pitch_current"]
RATIO_PREVIOUS, RATIO_CURRENT = REGISTER_AT["ratio_previous"], REGISTER_AT["ratio_current"]
GATE = REGISTER_AT["gate"]
HOP, CHANNEL_PAIRS, LANES = HEADER_AT["hop"], HEADER_AT["pairs"], HEADER_AT["lanes"]
HOP_BITS, OSCILLATORS = HEADER_AT["hop_bits"], HEADER_AT["oscillators"]
EXPONENT_SHIFT, EXPONENT_OFFSET = HEADER_AT["exponent_shift"], HEADER_AT["exponent_offset"]
CODES, SINE, BANK, POINTS = (IMAGE_AT[name] for name in ("codes", "sine", "bank", "points"))
KNOB, GATE_KNOB, SEGMENT_BITS, STEPPED = (BANK_AT[name] for name in ("knob", "gate", "segment_bits", "stepped"))
FREE, START, TURN, POINTS_AT = (BANK_AT[name] for name in ("free", "start", "turn", "points_at"))
TONE, EXCITATION = STATE_AT["tones"], STATE_AT["excitation"]
NOISE, COSINE = int(Source.NOISE), int(Source.COSINE)
WORD_BYTES, OWN_BYTES, ROW_BYTES = 8 * len(BANK_AT), 8 * OSCILLATOR_STRIDE, 4 * TONES
NOISE_AT = (TONE_ROWS - 1) * TONES
L0, L1, L2, L3 = LFSR_SHIFTS


@njit(**INLINE)
def start_oscillators(handle, registers, phase):
    """Phases at a voice's start, as oscillators.start_phases."""
    phase = np.int64(phase) & 0xFFFFFFFF
    word, own = peek(handle, BANK), registers
    for _ in range(peek(handle, OSCILLATORS)):
        turn = peek(word, TURN)
        turned = (phase << turn | phase >> (32 - turn)) & 0xFFFFFFFF
        poke(own, PHASE, turned if peek(word, FREE) else peek(word, START))
        word, own = word + WORD_BYTES, own + OWN_BYTES


@njit(**INLINE)
def new_ratios(handle, registers, knobs):
    """New controls for the bank: each ratio, and the phases that a gate sets. `knobs` is an address."""
    word, own, points, fresh = peek(handle, BANK), registers, peek(handle, POINTS), peek(registers, FRESH)
    for _ in range(peek(handle, OSCILLATORS)):
        bits, knob, gate = peek(word, SEGMENT_BITS), peek(word, KNOB), peek(word, GATE_KNOB)
        segment, step = table_place(peek16(knobs, knob - 1) if knob else 0, bits)
        at = peek(word, POINTS_AT) + segment
        ratio = peek32(points, at)
        if not peek(word, STEPPED):
            ratio = ratio_between(ratio, peek32(points, at + 1), step, bits)
        poke(own, RATIO_PREVIOUS, ratio if fresh else peek(own, RATIO_CURRENT))
        poke(own, RATIO_CURRENT, ratio)
        high = 1 if gate and peek16(knobs, gate - 1) >= GATE_COUNTS else 0
        if high and not peek(own, GATE) and not fresh:
            poke(own, PHASE, peek(word, START))
        poke(own, GATE, high)
        word, own = word + WORD_BYTES, own + OWN_BYTES


@njit(**INLINE)
def _walk(handle, registers, own, tones, count):
    """One NCO of `count` samples -> phases and steps at `tones`; advances it. `own`: its registers."""
    hop, shift, offset = peek(handle, HOP), peek(handle, EXPONENT_SHIFT), peek(handle, EXPONENT_OFFSET)
    before, after = peek(registers, PITCH_PREVIOUS), peek(registers, PITCH_CURRENT)
    here, there, bits = peek(own, RATIO_PREVIOUS), peek(own, RATIO_CURRENT), peek(handle, HOP_BITS)
    phase, ramp = peek(own, PHASE), peek(registers, RAMP)
    for sample in range(count):
        position = ramp + sample
        ratio = ratio_at(here, there, bits, position)
        step = increment(before * (hop - position) + after * position, shift, offset + ratio)
        poke32(tones, sample, phase)
        poke32(tones, TONES + sample, step)
        phase = (phase + step) & 0xFFFFFFFF
    poke(own, PHASE, phase)


@njit(**INLINE)
def _sources(handle, registers, count):
    """All NCOs and the LFSR of `count` samples -> the rows of the tones."""
    tones, own, state = peek(handle, TONE), registers, peek(registers, LFSR)
    for sample in range(count):
        noise = ((state >> L0) ^ (state >> L1) ^ (state >> L2) ^ (state >> L3)) & 0xFFFF
        state = ((state << 16) | noise) & 0xFFFFFFFF
        poke32(tones, NOISE_AT + sample, noise)
    poke(registers, LFSR, state)
    for _ in range(peek(handle, OSCILLATORS)):
        _walk(handle, registers, own, tones, count)
        own, tones = own + OWN_BYTES, tones + 2 * ROW_BYTES


@njit(**INLINE)
def excite(form, handle, registers, count):
    """Excitation of `count` samples, words of two channels: [pair][TONES]."""
    _sources(handle, registers, count)
    start, lanes, codes = peek(handle, TONE), peek(handle, LANES), peek(handle, CODES)
    noise, rom, out = start + 4 * NOISE_AT, peek(handle, SINE), peek(handle, EXCITATION)
    for pair in range(peek(handle, CHANNEL_PAIRS)):
        left, right = peek32(codes, 2 * pair), peek32(codes, 2 * pair + 1)
        left_turn = 1 << QUARTER_BITS if left & 3 == COSINE else 0
        right_turn = 1 << QUARTER_BITS if right & 3 == COSINE else 0
        left_at, right_at = start + 2 * ROW_BYTES * (left >> 2 & 63), start + 2 * ROW_BYTES * (right >> 2 & 63)
        for at in range(0, 4 * count, 4 * lanes):
            to, one, two = out + pair * ROW_BYTES + at, left_at + at, right_at + at
            if left & 3 != NOISE or right & 3 != NOISE:
                tone_vector(
                    form,
                    one,
                    one + ROW_BYTES,
                    left >> 8,
                    left_turn,
                    two,
                    two + ROW_BYTES,
                    right >> 8,
                    right_turn,
                    rom,
                    to,
                )
            if left & 3 == NOISE:
                noise_low(form, noise + at, to)
            if right & 3 == NOISE:
                noise_high(form, noise + at, to)

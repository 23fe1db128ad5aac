"""The excitation of a voice for the exact kernels: NCOs, their ratios, and the LFSR, one sample after another."""

from __future__ import annotations

import numpy as np
from numba import njit

from accel.emulator.arithmetic import harmonic, increment, ratio_at, ratio_between, table_place
from accel.emulator.exact_pack import BANK_AT, HEADER_AT, WORD_AT
from accel.emulator.registers import OSCILLATOR_STRIDE, REGISTER_AT
from accel.formats import GATE_COUNTS, LFSR_SHIFTS, Source
from accel.jit import JIT

__all__ = ["excite", "new_ratios", "start_oscillators"]

PHASE, LFSR, RAMP, FRESH = (REGISTER_AT[name] for name in ("phase", "lfsr", "ramp", "fresh"))
PITCH_PREVIOUS, PITCH_CURRENT = REGISTER_AT["pitch_previous"], REGISTER_AT["pitch_current"]
RATIO_PREVIOUS, RATIO_CURRENT = REGISTER_AT["ratio_previous"], REGISTER_AT["ratio_current"]
GATE = REGISTER_AT["gate"]
KNOB, GATE_KNOB, SEGMENT_BITS, STEPPED = (BANK_AT[name] for name in ("knob", "gate", "segment_bits", "stepped"))
FREE, START, TURN, POINTS_AT = (BANK_AT[name] for name in ("free", "start", "turn", "points_at"))
HOP, HOP_BITS, EXCITATIONS = HEADER_AT["hop"], HEADER_AT["hop_bits"], HEADER_AT["excitations"]
EXPONENT_SHIFT, BIAS_AT, MULTIPLIER = HEADER_AT["exponent_shift"], WORD_AT["bias_at"], WORD_AT["multiplier"]
NOISE = int(Source.NOISE)
L0, L1, L2, L3 = LFSR_SHIFTS


@njit(**JIT)
def start_oscillators(packed, registers, phase):
    """Phases at a voice's start, as oscillators.start_phases."""
    phase = np.int64(phase) & 0xFFFFFFFF
    for oscillator in range(packed.bank.shape[0]):
        word = packed.bank[oscillator]
        turned = (phase << word[TURN] | phase >> (32 - word[TURN])) & 0xFFFFFFFF
        registers[oscillator * OSCILLATOR_STRIDE + PHASE] = turned if word[FREE] else word[START]


@njit(**JIT)
def _noise(packed, registers, count, out):
    """LFSR of `count` samples -> the noise channels of out[count][channels]; advances it."""
    channels, codes, state = packed.header[EXCITATIONS], packed.table[0][BIAS_AT], registers[LFSR]
    for sample in range(count):
        noise = ((state >> L0) ^ (state >> L1) ^ (state >> L2) ^ (state >> L3)) & 0xFFFF
        state = ((state << 16) | noise) & 0xFFFFFFFF
        for channel in range(channels):
            if packed.biases[codes + channel] & 3 == NOISE:
                out[sample * channels + channel] = noise - 0x10000 if noise & 0x8000 else noise
    registers[LFSR] = state


@njit(**JIT)
def excite(packed, registers, count, out):
    """Oscillators and noise of `count` samples -> out[count][channels]; advances phases and LFSR."""
    word, header = packed.table[0], packed.header
    channels, hop, bits, shift = header[EXCITATIONS], header[HOP], header[HOP_BITS], header[EXPONENT_SHIFT]
    for oscillator in range(packed.bank.shape[0]):
        own = registers[oscillator * OSCILLATOR_STRIDE :]
        phase = own[PHASE]
        for sample in range(count):
            position = registers[RAMP] + sample
            pitch = registers[PITCH_PREVIOUS] * (hop - position) + registers[PITCH_CURRENT] * position
            ratio = ratio_at(own[RATIO_PREVIOUS], own[RATIO_CURRENT], bits, position)
            step = increment(pitch, shift, word[MULTIPLIER] + ratio)
            for channel in range(channels):
                code = packed.biases[word[BIAS_AT] + channel]
                if code & 3 != NOISE and code >> 2 & 63 == oscillator:
                    out[sample * channels + channel] = harmonic(phase, step, code >> 8, code & 3)
            phase = (phase + step) & 0xFFFFFFFF
        own[PHASE] = phase
    _noise(packed, registers, count, out)


@njit(**JIT)
def new_ratios(packed, registers, knobs):
    """New controls for the bank: each ratio, and the phases that a gate sets."""
    for oscillator in range(packed.bank.shape[0]):
        word, own = packed.bank[oscillator], registers[oscillator * OSCILLATOR_STRIDE :]
        counts = np.int64(knobs[word[KNOB] - 1]) if word[KNOB] else 0
        segment, step = table_place(counts, word[SEGMENT_BITS])
        at = word[POINTS_AT] + segment
        ratio = np.int64(packed.points[at])
        if not word[STEPPED]:
            ratio = ratio_between(ratio, np.int64(packed.points[at + 1]), step, word[SEGMENT_BITS])
        own[RATIO_PREVIOUS] = ratio if registers[FRESH] else own[RATIO_CURRENT]
        own[RATIO_CURRENT] = ratio
        high = 1 if word[GATE_KNOB] and knobs[word[GATE_KNOB] - 1] >= GATE_COUNTS else 0
        if high and not own[GATE] and not registers[FRESH]:
            own[PHASE] = word[START]
        own[GATE] = high

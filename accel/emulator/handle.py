"""A take as one integer: the block of words that a compiled call needs to play it, sample after sample.

Handing arrays to compiled code costs microseconds, more than a short block. So everything is put into words once:
addresses of the voices' state, of the rows of controls and of the output, and where the take stands.
"""

from __future__ import annotations

from numba import njit

from accel.emulator.entry import call_entry
from accel.emulator.fast import CONTROL, RENDER
from accel.emulator.fast_pack import HEADER_AT
from accel.emulator.fast_state import STATE_AT
from accel.emulator.memory import peek, peek32, poke
from accel.emulator.registers import REGISTER_AT, REGISTERS
from accel.jit import INLINE, JIT

__all__ = ["WORDS", "WORD_AT", "step"]

WORDS = ("state", "voice", "voices", "pitch", "knobs", "row", "rows", "out", "stride", "size", "at")
WORD_AT = {name: at for at, name in enumerate(WORDS)}
"""state, pitch, knobs, out: addresses of a FastStates.handle, int32 [rows], int16 [rows, knobs] and int16 output;
voice, voices: first voice and how many, which all play the same; row: the next row (after the last: 1); stride:
bytes from a voice's output to the next one's; size: samples of an output, which is filled again and again; at: the
next sample in it."""
STATE, VOICE, VOICES, PITCH, KNOBS = (WORD_AT[name] for name in ("state", "voice", "voices", "pitch", "knobs"))
ROW, ROWS, OUT, STRIDE, SIZE, AT = (WORD_AT[name] for name in ("row", "rows", "out", "stride", "size", "at"))
HOP, KNOB_COUNT = HEADER_AT["hop"], HEADER_AT["knobs"]
ENTRY, REGISTER_BLOCK = STATE_AT["entry"], STATE_AT["registers"]
RAMP, REGISTER_BYTES = REGISTER_AT["ramp"], 8 * len(REGISTERS)


@njit(**INLINE)
def _controls(words):
    """Give the next row to every voice."""
    state, first, row = peek(words, STATE), peek(words, VOICE), peek(words, ROW)
    knobs = peek(words, KNOBS) + 2 * row * peek(state, KNOB_COUNT)
    for voice in range(first, first + peek(words, VOICES)):
        call_entry(peek(state, ENTRY), CONTROL, state, voice, peek32(peek(words, PITCH), row), knobs)
    poke(words, ROW, row + 1 if row + 1 < peek(words, ROWS) else 1)


@njit(**JIT)
def step(words, samples):
    """Play on by `samples` samples what the words at this address say."""
    state, first, size = peek(words, STATE), peek(words, VOICE), peek(words, SIZE)
    registers = peek(state, REGISTER_BLOCK) + first * REGISTER_BYTES
    while samples > 0:
        if peek(registers, RAMP) >= peek(state, HOP):
            _controls(words)
        at = peek(words, AT)
        part = min(samples, size - at, peek(state, HOP) - peek(registers, RAMP))
        out = peek(words, OUT) + 2 * at
        for voice in range(first, first + peek(words, VOICES)):
            call_entry(peek(state, ENTRY), RENDER, state, voice, part, out)
            out += peek(words, STRIDE)
        poke(words, AT, at + part if at + part < size else 0)
        samples -= part

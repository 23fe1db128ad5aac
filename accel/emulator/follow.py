"""A voice's followers: knobs with memory, for the exact kernels and for those that go by address."""

from __future__ import annotations

import numpy as np
from numba import njit

from accel.emulator.exact_pack import FOLLOWER_WORDS
from accel.emulator.fast_pack import HEADER_AT, IMAGE_AT
from accel.emulator.memory import peek, peek16, poke, poke16
from accel.emulator.registers import REGISTER_AT
from accel.followers import COEFFICIENT_BITS, LEVEL_BITS, RELEASES, STATE_FRACTION
from accel.jit import INLINE, JIT

__all__ = ["follow_by_address", "follow_knobs"]

FRESH, STATE = REGISTER_AT["fresh"], REGISTER_AT["follower0"]
FOLLOWERS, RECORDS = HEADER_AT["followers"], IMAGE_AT["follower"]
KNOB, ATTACK, RELEASE = range(3)
RECORD_BYTES = 8 * FOLLOWER_WORDS
LEVEL_SHIFT, TOP_RELEASE = STATE_FRACTION + LEVEL_BITS, RELEASES - 1


@njit(inline="always", **JIT)
def _release(state):
    """Which release coefficient a state has."""
    return RELEASE + min(max(state >> LEVEL_SHIFT, 0), TOP_RELEASE)


@njit(inline="always", **JIT)
def _step(state, counts, attack, release):
    """The next frame's state, as followers.Follower.step."""
    distance = (counts << STATE_FRACTION) - state
    coefficient = attack if distance > 0 else release
    return state + ((distance * coefficient + (1 << (COEFFICIENT_BITS - 1))) >> COEFFICIENT_BITS)


@njit(inline="always", **JIT)
def _counts(state):
    """A state as the control network reads it."""
    return (state + (1 << (STATE_FRACTION - 1))) >> STATE_FRACTION


@njit(**JIT)
def follow_knobs(packed, registers, row):
    """The knobs in row[1:] as the control network reads them; the states go on by a frame."""
    for index in range(packed.followers.shape[0]):
        word = packed.followers[index]
        counts, state = np.int64(row[word[KNOB]]), registers[STATE + index]
        if registers[FRESH]:
            state = counts << STATE_FRACTION
        else:
            state = _step(state, counts, word[ATTACK], word[_release(state)])
        registers[STATE + index] = state
        row[word[KNOB]] = _counts(state)


@njit(**INLINE)
def follow_by_address(handle, registers, row):
    """The same of a program and voice known by address; `row` is the address of pitch and knobs."""
    word, fresh = peek(handle, RECORDS), peek(registers, FRESH)
    for index in range(peek(handle, FOLLOWERS)):
        knob, state = peek(word, KNOB), peek(registers, STATE + index)
        counts = peek16(row, knob)
        if fresh:
            state = counts << STATE_FRACTION
        else:
            state = _step(state, counts, peek(word, ATTACK), peek(word, _release(state)))
        poke(registers, STATE + index, state)
        poke16(row, knob, _counts(state))
        word += RECORD_BYTES

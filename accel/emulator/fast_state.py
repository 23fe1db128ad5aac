"""The streaming state of a model's voices: one block of memory, each voice's histories contiguous in it."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from accel.emulator.block import Block, padded_bytes
from accel.emulator.fast_pack import HEADER_AT, IMAGE_AT, TONES, UNROLL, FastProgram
from accel.emulator.registers import CHUNK, REGISTERS
from accel.formats import LIMITS, OSCILLATORS

__all__ = ["STATE_AT", "TONE_ROWS", "FastStates", "allocate_fast"]

TONE_ROWS = 2 * OSCILLATORS + 1
"""Phase and step of each oscillator, then the noise."""

STATE = (
    "entry",
    "registers",
    "history",
    "history_stride",
    "condition",
    "condition_stride",
    "late",
    "late_stride",
    "ramp_stride",
    "base",
    "delta",
    "tones",
    "excitation",
    "gate",
    "hidden",
    "spare",
    "skip",
    "rows",
)
STATE_AT = {name: len(HEADER_AT) + len(IMAGE_AT) + at for at, name in enumerate(STATE)}
"""Words of a handle behind those of the program: addresses, and bytes from a voice to the next (`_stride`).

entry: code of the form (entry.py). history: int16 rings with their mirrors, [time][channel]. condition: int16, a ring
of rows of conditioning a voice. late: int32, rings of skip sums where layers look ahead. base, delta: int32, a frame's
accumulator starts and their step per sample. Shared scratch: tones int32 [TONE_ROWS, TONES] (phases and steps of each
oscillator, noise); excitation int32 [pairs, TONES], two channels a word; gate, hidden, spare int16; skip int32; rows
int64 addresses."""


class FastStates(NamedTuple):
    """State of the voices and scratch, which they share: one thread per FastStates.

    Attributes:
        handle: int64, the program's words and STATE_AT: all that a kernel needs to know.
        registers: int64 [voices, registers], a view of `memory`.
        memory: uint8.
        program: the program's memory, kept alive.
    """

    handle: NDArray[np.int64]
    registers: NDArray[np.int64]
    memory: NDArray[np.uint8]
    program: NDArray[np.uint8]

    def __reduce__(self) -> Any:
        raise TypeError("states hold addresses: allocate new ones instead of copying")


def allocate_fast(packed: FastProgram, voices: int, entry: int) -> FastStates:
    """State for `voices` voices, not yet reset; `entry` is the address of the form's code."""
    size = {name: int(packed.words[at]) for name, at in HEADER_AT.items()}
    rows, conditions = CHUNK + 2, size["conditions"]
    strides = {
        "history_stride": padded_bytes(2 * size["history"]),
        "condition_stride": padded_bytes(2 * conditions),
        "late_stride": padded_bytes(4 * size["late"]),
        "ramp_stride": padded_bytes(4 * conditions),
    }
    bytes_of = {
        "registers": 8 * voices * len(REGISTERS),
        "history": voices * strides["history_stride"],
        "condition": (size["condition_mask"] + 1) * voices * strides["condition_stride"],
        "late": voices * strides["late_stride"],
        "base": voices * strides["ramp_stride"],
        "delta": voices * strides["ramp_stride"],
        "tones": 4 * TONE_ROWS * TONES,
        "excitation": 4 * (size["pairs"] + UNROLL) * TONES,
        "gate": 2 * rows * size["channels"],
        "hidden": 2 * rows * size["widest"],
        "spare": 2 * rows * size["widest"],
        "skip": 4 * rows * size["skip"],
        "rows": 8 * LIMITS["taps"][1],
    }
    block = Block()
    for name, count in bytes_of.items():
        block.put(name, np.zeros(count, np.uint8))
    memory, addresses = block.build()
    words = addresses | strides | {"entry": entry}
    handle = np.array([*packed.words, *(words[name] for name in STATE)], np.int64)
    registers = memory[: bytes_of["registers"]].view(np.int64).reshape(voices, len(REGISTERS))
    return FastStates(handle, registers, memory, packed.memory)

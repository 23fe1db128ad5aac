"""A program laid out for the exact kernels, and the voices' state beside it: one table of words and flat images."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from accel.emulator.registers import CHUNK, REGISTERS
from accel.formats import FIELD_AT, FIELDS, Op, exponent_shift
from accel.oscillators import TURN_BITS, Oscillator
from accel.program import Program

__all__ = [
    "BANK_AT",
    "HEADER_AT",
    "WORD_AT",
    "ExactProgram",
    "ExactStates",
    "allocate_exact",
    "bank_images",
    "condition_rows",
    "pack_exact",
]

_EXTRA = ("ring_at", "ring_mask", "newest", "delay", "skip_at", "skip_mask")
WORD_AT: dict[str, int] = {**FIELD_AT, **{name: len(FIELDS) + at for at, name in enumerate(_EXTRA)}}
"""Words of a row of the packed table: a descriptor's fields, then the layer's history ring, the age of its newest tap,
its output's delay behind the excitation, and where it looks ahead, the ring that delays the skip sum."""

HEADER = (
    "hop",
    "hop_bits",
    "controls",
    "layers",
    "channels",
    "skip",
    "conditions",
    "excitations",
    "history",
    "widest",
    "knobs",
    "exponent_shift",
    "condition_mask",
    "late",
)
HEADER_AT: dict[str, int] = {name: at for at, name in enumerate(HEADER)}

BANK = ("knob", "gate", "segment_bits", "stepped", "free", "start", "turn", "points_at")
BANK_AT: dict[str, int] = {name: at for at, name in enumerate(BANK)}
"""Words of an oscillator: its record, how far the voice's phase is turned for it, where its table begins."""


class ExactProgram(NamedTuple):
    """Immutable arrays shared by all voices of a model.

    Attributes:
        header: int64 [len(HEADER)], named by HEADER_AT.
        table: int64 [passes, words], named by WORD_AT; offsets refer to the arrays below.
        weights: int16, per pass [tap][column][row].
        biases: int32, as in the program.
        shifts: int32, as in the program.
        bank: int64 [oscillators, words], named by BANK_AT.
        points: int32, the oscillators' tables.
    """

    header: NDArray[np.int64]
    table: NDArray[np.int64]
    weights: NDArray[np.int16]
    biases: NDArray[np.int32]
    shifts: NDArray[np.int32]
    bank: NDArray[np.int64]
    points: NDArray[np.int32]


def bank_images(bank: Sequence[Oscillator]) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
    """(bank, points) of `ExactProgram`; behind the tables one more point, which a ratio without a table reads."""
    words = np.zeros((len(bank), len(BANK)), np.int64)
    at = 0
    for index, each in enumerate(bank):
        values = {name: int(getattr(each, name)) for name in BANK if name not in ("turn", "points_at")}
        values |= {"turn": TURN_BITS * index, "points_at": at}
        words[index] = [values[name] for name in BANK]
        at += len(each.points)
    return words, np.concatenate([*(each.points for each in bank), [0]]).astype(np.int32)


def _rings(program: Program) -> list[tuple[int, int]]:
    """(offset, mask) of every layer's history ring: a power of two of rows, so that wrapping is one AND."""
    at, found = 0, []
    for each in program.of(Op.GATED):
        rows = 1 << (each.reach + CHUNK - 1).bit_length()
        found.append((at, rows - 1))
        at += rows * program.channels
    return [*found, (at, 0)]


def _late_rings(program: Program) -> list[tuple[int, int]]:
    """(offset, mask) of every layer's ring of skip sums, empty where the layer is causal; the end last."""
    at, found = 0, []
    for each in program.of(Op.GATED):
        rows = 1 << each.lag.bit_length() if each.lag else 0
        found.append((at, max(rows - 1, 0)))
        at += rows * program.skip_channels
    return [*found, (at, 0)]


def condition_rows(program: Program) -> int:
    """Rows of conditioning that a voice keeps, a power of two: a frame's two, and what its last layer is behind."""
    return 1 << (1 + program.delays[-1] // program.hop).bit_length()


def pack_exact(program: Program) -> ExactProgram:
    """Lay a validated program out for the exact kernels."""
    rings, late = _rings(program), _late_rings(program)
    table = np.zeros((len(program.passes), len(WORD_AT)), np.int64)
    table[:, : len(FIELDS)] = program.descriptors
    weights: list[np.ndarray] = []
    at = layer = 0
    for index, each in enumerate(program.passes):
        table[index, WORD_AT["weight_at"]] = at
        weights.append(each.weight.transpose(1, 2, 0).astype(np.int16).ravel())
        at += len(weights[-1])
        if each.op == Op.GATED:
            values = (*rings[layer], each.newest, program.delays[layer], *late[layer])
            table[index, len(FIELDS) :] = values
            layer += 1
    header = {
        "hop": program.hop,
        "hop_bits": program.hop.bit_length() - 1,
        "controls": len(program.of(Op.CONTROL)),
        "layers": program.layers,
        "channels": program.channels,
        "skip": program.skip_channels,
        "conditions": program.layers * 2 * program.channels,
        "excitations": program.of(Op.EXCITE)[0].rows,
        "history": rings[-1][0],
        "widest": max(max(each.rows, each.cols) for each in program.passes),
        "knobs": len(program.knobs),
        "exponent_shift": exponent_shift(program.hop),
        "condition_mask": condition_rows(program) - 1,
        "late": late[-1][0],
    }
    return ExactProgram(
        np.array([header[name] for name in HEADER], np.int64),
        table,
        np.concatenate(weights),
        np.ascontiguousarray(program.biases, np.int32),
        program.shifts.astype(np.int32),
        *bank_images(program.bank),
    )


class ExactStates(NamedTuple):
    """Arrays that the kernels change. Scratch is shared by the voices: one thread per ExactStates.

    Attributes:
        registers: int64 [voices, len(REGISTERS)], named by REGISTER_AT.
        history: int16 [voices, history]: the layers' rings, [time][channel].
        condition: int16 [voices, rows, conditions]: ring of the last rows of conditioning.
        late: int32 [voices, late]: the rings that delay the skip sum where a layer looks ahead.
        narrow: int16 [3, CHUNK * widest] scratch: excitation, gate or hidden, residual stream.
        wide: int32 [2, CHUNK * widest] scratch: accumulators, skip sums.
    """

    registers: NDArray[np.int64]
    history: NDArray[np.int16]
    condition: NDArray[np.int16]
    late: NDArray[np.int32]
    narrow: NDArray[np.int16]
    wide: NDArray[np.int32]


def allocate_exact(packed: ExactProgram, voices: int) -> ExactStates:
    """State for `voices` voices, not yet reset."""
    header = packed.header
    widest = int(header[HEADER_AT["widest"]])
    return ExactStates(
        np.zeros((voices, len(REGISTERS)), np.int64),
        np.zeros((voices, int(header[HEADER_AT["history"]])), np.int16),
        np.zeros(
            (voices, int(header[HEADER_AT["condition_mask"]]) + 1, int(header[HEADER_AT["conditions"]])), np.int16
        ),
        np.zeros((voices, int(header[HEADER_AT["late"]])), np.int32),
        np.zeros((3, CHUNK * widest), np.int16),
        np.zeros((2, CHUNK * widest), np.int32),
    )

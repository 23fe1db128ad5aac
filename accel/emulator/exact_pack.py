"""A program laid out for the exact kernels, and the voices' state beside it: one table of words and flat images."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from accel.emulator.registers import CHUNK, REGISTERS
from accel.formats import FIELD_AT, FIELDS, Op, exponent_shift
from accel.program import Program

__all__ = ["HEADER_AT", "WORD_AT", "ExactProgram", "ExactStates", "allocate_exact", "pack_exact"]

_EXTRA = ("ring_at", "ring_mask")
WORD_AT: dict[str, int] = {**FIELD_AT, **{name: len(FIELDS) + at for at, name in enumerate(_EXTRA)}}
"""Words of a row of the packed table: a descriptor's fields, then the layer's history ring."""

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
)
HEADER_AT: dict[str, int] = {name: at for at, name in enumerate(HEADER)}


class ExactProgram(NamedTuple):
    """Immutable arrays shared by all voices of a model.

    Attributes:
        header: int64 [len(HEADER)], named by HEADER_AT.
        table: int64 [passes, words], named by WORD_AT; offsets refer to the arrays below.
        weights: int16, per pass [tap][column][row].
        biases: int32, as in the program.
        shifts: int32, as in the program.
    """

    header: NDArray[np.int64]
    table: NDArray[np.int64]
    weights: NDArray[np.int16]
    biases: NDArray[np.int32]
    shifts: NDArray[np.int32]


def _rings(program: Program) -> list[tuple[int, int]]:
    """(offset, mask) of every layer's history ring: a power of two of rows, so that wrapping is one AND."""
    at, found = 0, []
    for each in program.of(Op.GATED):
        rows = 1 << ((each.taps - 1) * each.dilation + CHUNK - 1).bit_length()
        found.append((at, rows - 1))
        at += rows * program.channels
    return [*found, (at, 0)]


def pack_exact(program: Program) -> ExactProgram:
    """Lay a validated program out for the exact kernels."""
    rings = _rings(program)
    table = np.zeros((len(program.passes), len(WORD_AT)), np.int64)
    table[:, : len(FIELDS)] = program.descriptors
    weights: list[np.ndarray] = []
    at = layer = 0
    for index, each in enumerate(program.passes):
        table[index, WORD_AT["weight_at"]] = at
        weights.append(each.weight.transpose(1, 2, 0).astype(np.int16).ravel())
        at += len(weights[-1])
        if each.op == Op.GATED:
            table[index, WORD_AT["ring_at"]], table[index, WORD_AT["ring_mask"]] = rings[layer]
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
    }
    return ExactProgram(
        np.array([header[name] for name in HEADER], np.int64),
        table,
        np.concatenate(weights),
        np.ascontiguousarray(program.biases, np.int32),
        program.shifts.astype(np.int32),
    )


class ExactStates(NamedTuple):
    """Arrays that the kernels change. Scratch is shared by the voices: one thread per ExactStates.

    Attributes:
        registers: int64 [voices, len(REGISTERS)], named by REGISTER_AT.
        history: int16 [voices, history]: the layers' rings, [time][channel].
        condition: int16 [voices, 2, conditions]: previous and current conditioning.
        narrow: int16 [3, CHUNK * widest] scratch: excitation, gate or hidden, residual stream.
        wide: int32 [2, CHUNK * widest] scratch: accumulators, skip sums.
    """

    registers: NDArray[np.int64]
    history: NDArray[np.int16]
    condition: NDArray[np.int16]
    narrow: NDArray[np.int16]
    wide: NDArray[np.int32]


def allocate_exact(packed: ExactProgram, voices: int) -> ExactStates:
    """State for `voices` voices, not yet reset."""
    header = packed.header
    widest = int(header[HEADER_AT["widest"]])
    return ExactStates(
        np.zeros((voices, len(REGISTERS)), np.int64),
        np.zeros((voices, int(header[HEADER_AT["history"]])), np.int16),
        np.zeros((voices, 2, int(header[HEADER_AT["conditions"]])), np.int16),
        np.zeros((3, CHUNK * widest), np.int16),
        np.zeros((2, CHUNK * widest), np.int32),
    )

"""A program as the kernels want it: one table of int64 words and flat images, laid out for vector loads.

Weights are transposed to [tap][column][row] and widened to int16, so that the inner loop runs over
neighbouring rows with one broadcast input: the layout that the systolic array's column feed has, too.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from accel.formats import FIELD_AT, FIELDS, Op
from accel.program import Program
from accel.proof import is_proven

__all__ = ["CHUNK", "HEADER_AT", "WORD_AT", "PackedProgram", "pack"]

CHUNK = 16
"""Most samples that one walk through the layers computes; the scratch and the history rings are sized by it."""

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
    "proven",
    "knobs",
    "exponent_shift",
)
HEADER_AT: dict[str, int] = {name: at for at, name in enumerate(HEADER)}


class PackedProgram(NamedTuple):
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


def pack(program: Program) -> PackedProgram:
    """Lay a validated program out for the kernels."""
    from accel.formats import exponent_shift

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
        "proven": int(is_proven(program)),
        "knobs": len(program.knobs),
        "exponent_shift": exponent_shift(program.hop),
    }
    return PackedProgram(
        np.array([header[name] for name in HEADER], np.int64),
        table,
        np.concatenate(weights),
        np.ascontiguousarray(program.biases, np.int32),
        program.shifts.astype(np.int32),
    )

"""Bounds of every accumulator of a program, from the weights alone.

Where |accumulator| < 2**31 can be proven, order does not matter and plain wrapping addition is exact; where
it cannot, an executor must add in the RTL's order with saturation after each step. Never hope.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from accel.formats import ACCUMULATOR_BITS, UNITY, Op
from accel.program import Pass, Program

__all__ = ["LIMIT", "Bound", "bounds", "is_proven"]

LIMIT = 1 << (ACCUMULATOR_BITS - 1)


@dataclass(frozen=True)
class Bound:
    """Largest possible |accumulator| + rounding constant of the worst row of a pass."""

    name: str
    worst: int

    @property
    def proven(self) -> bool:
        """True if the accumulator cannot leave int32."""
        return self.worst < LIMIT


def row_bounds(each: Pass, hop: int) -> NDArray[np.int64]:
    """sum|w| * 32768 + |bias| + |conditioning| + rounding constant, per row."""
    total = np.abs(each.weight.astype(np.int64)).sum(axis=(1, 2)) * UNITY + np.abs(each.bias.astype(np.int64))
    if each.op == Op.GATED:
        total = total + (np.int64(UNITY * hop) << each.ramp_shift.astype(np.int64))
    return total + (np.int64(1) << (each.shift.astype(np.int64) - 1))


def bounds(program: Program) -> list[Bound]:
    """The bound of each pass, and that of the skip sum over all layers (with the head's rounding)."""
    found: list[Bound] = []
    skip = np.zeros(program.skip_channels, np.int64)
    for index, each in enumerate(program.passes):
        if each.op == Op.EXCITE:
            continue
        rows = row_bounds(each, program.hop)
        found.append(Bound(f"pass {index} {each.op.name}", int(rows.max())))
        if each.op == Op.MIX:
            skip += (rows >> each.shift.astype(np.int64))[each.split :] + 1
    found.append(Bound("skip sum", int(skip.max()) + (1 << (program.of(Op.HEAD)[0].pre_shift - 1))))
    return found


def is_proven(program: Program) -> bool:
    """True if no accumulator of the program can leave int32 for any input whatever."""
    return all(bound.proven for bound in bounds(program))

"""Cycles that a program needs on an output-stationary array, from the array's size.

First version, before the RTL: every pass is tiled, row tiles inside column tiles; a tile holds the array for as
many cycles as its inner dimension, or as its drain if that is longer, and the drain of one tile overlaps the
next. The RTL's own counter will be the judge of this model.
"""

from __future__ import annotations

from dataclasses import dataclass

from accel.formats import Op
from accel.program import Pass, Program

__all__ = ["TARGETS", "Budget", "Target", "budget", "pass_cycles"]


@dataclass(frozen=True)
class Target:
    """An FPGA with the array that fits its multipliers.

    Attributes:
        rows, cols: processing elements; a row is an output channel, a column a sample.
        clock: MHz that a routed design is expected to reach.
    """

    name: str
    title: str
    rows: int
    cols: int
    clock: float


TARGETS: dict[str, Target] = {
    target.name: target
    for target in (
        Target("ecp5-25f", "Lattice ECP5 LFE5U-25F (Tiliqua)", 3, 8, 75.0),
        Target("ecp5-85f", "Lattice ECP5 LFE5U-85F (ULX3S)", 8, 8, 75.0),
    )
}


@dataclass(frozen=True)
class Budget:
    """What a program costs on a target.

    Attributes:
        cycles_per_sample: over a block, control network included.
        utilisation: share of PE cycles that multiply.
        margin: available cycles per sample / needed ones; above 1 plays in real time.
    """

    target: Target
    clock: float
    block: int
    cycles_per_sample: float
    utilisation: float
    margin: float

    @property
    def voices(self) -> int:
        """Voices that one array plays in real time."""
        return int(self.margin)


def pass_cycles(rows: int, depth: int, samples: int, array_rows: int, array_cols: int) -> int:
    """Cycles of one matrix product [rows, depth] x [depth, samples], drain overlapped except for the last tile."""
    tiles = -(-rows // array_rows) * -(-samples // array_cols)
    skew = array_rows + array_cols - 2
    return tiles * max(depth, array_rows) + skew + array_rows


def _cycles(each: Pass, block: int, hop: int, target: Target) -> float:
    if each.op == Op.EXCITE:
        return 0.0  # oscillators run beside the array
    depth = each.cols * each.taps
    if each.op == Op.CONTROL:
        return pass_cycles(each.rows, depth, 1, target.rows, target.cols) * block / hop
    return pass_cycles(each.rows, depth, block, target.rows, target.cols)


def budget(program: Program, target: Target, *, clock: float | None = None, block: int = 64) -> Budget:
    """Cycles per sample of a program on a target, and its real-time margin.

    Args:
        clock: MHz; the target's own if not given.
        block: samples that the sequencer takes at a time; at least 4 * cols keeps the array busy.
    """
    clock = clock or target.clock
    cycles = sum(_cycles(each, block, program.hop, target) for each in program.passes) / block
    return Budget(
        target=target,
        clock=clock,
        block=block,
        cycles_per_sample=cycles,
        utilisation=program.macs_per_sample / (cycles * target.rows * target.cols),
        margin=clock * 1e6 / program.rate / cycles,
    )

"""Where a program's buffers lie in an accelerator's memories, and whether they fit.

Decided before anything is packed, from shapes alone: the cycle model needs no more than this.
"""

from __future__ import annotations

from dataclasses import dataclass

from accel.errors import SystoleError
from accel.formats import Op
from accel.hardware.geometry import EXC_CHANNELS, RATIO_POINTS, Geometry
from accel.program import Program

__all__ = ["Plan", "make_plan"]

Region = tuple[int, int]
"""First word in every bank, and log2 of the words in a channel's ring."""


@dataclass(frozen=True)
class Plan:
    """Buffers of a program in an accelerator.

    Attributes:
        block: samples that the sequencer takes at a time.
        excitation, gate, head: block buffers; the head's output shares the gate's.
        rings: input history of each gated layer.
        needs: memory (a field of `Geometry`) -> entries used.
    """

    block: int
    excitation: Region
    rings: list[Region]
    gate: Region
    head: Region
    needs: dict[str, int]


def make_plan(program: Program, geometry: Geometry, *, block: int | None = None) -> Plan:
    """Place a program's buffers.

    Args:
        block: samples per block, a power of two from `cols` to the program's hop; if not given, the largest that fits.

    Raises:
        SystoleError: the program does not fit, with what is needed and what there is.
    """
    size = program.hop if block is None else block
    if size & (size - 1) or not geometry.cols <= size <= program.hop:
        raise SystoleError(f"block is {size}, allowed: powers of two from {geometry.cols} to {program.hop}")
    while True:
        plan = _place(program, geometry, size)
        if block is not None or size // 2 < geometry.cols or not _over(plan, geometry):
            break
        size //= 2
    _check_fit(program, geometry, plan)
    return plan


def _place(program: Program, geometry: Geometry, block: int) -> Plan:
    tiles = block // geometry.cols
    at = 0

    def region(channels: int, words: int) -> Region:
        nonlocal at
        here = at
        at += channels * words
        return here, words.bit_length() - 1

    excitation = region(program.of(Op.EXCITE)[0].rows, program.hop // geometry.cols)
    rings = []
    for each in program.of(Op.GATED):
        samples = (each.taps - 1) * each.dilation + block
        rings.append(region(program.channels, (1 << (samples - 1).bit_length()) // geometry.cols))
    gate = region(max(program.channels, program.of(Op.HEAD)[0].rows), tiles)
    head = region(program.skip_channels, tiles)
    return Plan(block, excitation, rings, gate, head, {"act_depth": at, **_needs(program, geometry, block)})


def _needs(program: Program, geometry: Geometry, block: int) -> dict[str, int]:
    """Entries of every memory but the activations'."""
    products = [each for each in program.passes if each.op != Op.EXCITE]
    row_tiles = [-(-each.rows // geometry.rows) for each in products]
    control = program.of(Op.CONTROL)
    return {
        "wgt_depth": sum(n * each.taps * each.cols for n, each in zip(row_tiles, products, strict=True)),
        "row_depth": sum(row_tiles) * geometry.rows,
        "cond_depth": program.layers * 2 * program.channels,
        "ctl_depth": control[0].cols + sum(each.rows for each in control[:-1]),
        "stream_depth": program.channels * block // geometry.lanes,
        "skip_depth": program.skip_channels * block // geometry.lanes,
        "desc_depth": len(products),
        "out_depth": 2 * program.hop,  # one frame is taken while the next is computed
    }


def _over(plan: Plan, geometry: Geometry) -> list[str]:
    return [
        f"{name} {need} (there are {getattr(geometry, name)})"
        for name, need in plan.needs.items()
        if need > getattr(geometry, name)
    ]


def _check_fit(program: Program, geometry: Geometry, plan: Plan) -> None:
    channels = program.of(Op.EXCITE)[0].rows
    if channels > EXC_CHANNELS:
        raise SystoleError(f"{program.name}: {channels} excitation channels, the accelerator has {EXC_CHANNELS}")
    points = sum(len(each.points) for each in program.bank)
    if points > RATIO_POINTS:
        raise SystoleError(f"{program.name}: {points} points of ratios, the accelerator has room for {RATIO_POINTS}")
    lag = program.delays[-1]
    if lag:
        late = 4 * program.skip_channels * sum(each.lag for each in program.of(Op.GATED))
        raise SystoleError(
            f"{program.name} looks {lag} samples ahead, the accelerator is causal: it has no memory for {late} bytes "
            f"of delayed skip sums and {2 * program.of(Op.CONTROL)[-1].rows * lag // program.hop} of conditioning"
        )
    over = _over(plan, geometry)
    if over:
        size = f"{geometry.rows}x{geometry.cols}"
        raise SystoleError(f"{program.name} does not fit the {size} accelerator: it needs {', '.join(over)}")

"""A frame's work as a list: stages (the passes of the program) and, in order, the tiles they are cut into. No Qt here.

The order is the sequencer's: control passes once a frame; then block by block every other pass, column tiles (samples)
outside and row tiles (output channels) inside. `accel.cycles.schedule` issues the same tiles in the same order.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from accel.formats import Op
from accel.hardware.geometry import Geometry
from accel.program import Program
from app.window.words import marked, translate

__all__ = ["Group", "Stage", "Tile", "groups", "stages", "tiles"]


_TITLES: dict[Op, str] = {
    Op.CONTROL: marked("Array", "Control network, layer {0} of {1}"),
    Op.INPUT: marked("Array", "Input"),
    Op.GATED: marked("Array", "Layer {0}, dilation {2}: convolution and gate"),
    Op.MIX: marked("Array", "Layer {0}: residual and skip"),
    Op.HEAD: marked("Array", "Head"),
    Op.OUTPUT: marked("Array", "Output"),
}
_SHORT: dict[Op, str] = {
    Op.CONTROL: marked("Array", "Control network, layer {0}"),
    Op.INPUT: marked("Array", "Input"),
    Op.GATED: marked("Array", "Layer {0}, convolution"),
    Op.MIX: marked("Array", "Layer {0}, mix"),
    Op.HEAD: marked("Array", "Head"),
    Op.OUTPUT: marked("Array", "Output"),
}
"""Of a pass, by its number, how many there are of its kind, and its dilation."""


@dataclass(frozen=True)
class Stage:
    """A pass of the program.

    Attributes:
        number, count: it is number `number`, from 1, of `count` passes of its kind.
        rows, cols: output and input channels; split: of a mix, the rows that go to the next layer, 0 elsewhere.
    """

    op: Op
    number: int
    count: int
    rows: int
    cols: int
    taps: int
    dilation: int
    split: int

    @property
    def title(self) -> str:
        """What it is, for a person."""
        return translate("Array", _TITLES[self.op]).format(self.number, self.count, self.dilation)

    @property
    def short(self) -> str:
        """The same where it is named beside others."""
        return translate("Array", _SHORT[self.op]).format(self.number)


@dataclass(frozen=True)
class Tile:
    """What the array computes in one slot: up to `rows` output channels of up to `cols` samples.

    Attributes:
        stage: index of its stage.
        block: of the frame, from 0; column, row: of its pass, from 0, of `columns` and `rows`.
        height: rows of the array that it uses; first: its first output channel, in the order of the weights.
    """

    stage: int
    block: int
    column: int
    columns: int
    row: int
    rows: int
    height: int
    first: int


@dataclass(frozen=True)
class Group:
    """What belongs together for a person: a layer of the network with both its passes."""

    title: str
    stages: tuple[int, ...]


def stages(program: Program) -> tuple[Stage, ...]:
    """All passes that the array computes, in order."""
    found: list[Stage] = []
    for each in program.passes:
        if each.op == Op.EXCITE:
            continue
        number = 1 + sum(before.op == each.op for before in found)
        count, split = len(program.of(each.op)), each.split if each.op == Op.MIX else 0
        found.append(Stage(each.op, number, count, each.rows, each.cols, each.taps, each.dilation, split))
    return tuple(found)


def tiles(of: Sequence[Stage], geometry: Geometry, *, hop: int, block: int) -> list[Tile]:
    """The tiles of a frame of `hop` samples, taken `block` at a time."""
    control = [index for index, stage in enumerate(of) if stage.op == Op.CONTROL]
    others = [index for index, stage in enumerate(of) if stage.op != Op.CONTROL]
    found = [tile for index in control for tile in _cut(of[index], index, geometry, 0, 1)]
    for number in range(hop // block):
        for index in others:
            found += _cut(of[index], index, geometry, number, block // geometry.cols)
    return found


def _cut(stage: Stage, index: int, geometry: Geometry, block: int, columns: int) -> Iterator[Tile]:
    rows = -(-stage.rows // geometry.rows)
    for column in range(columns):
        for row in range(rows):
            first = row * geometry.rows
            yield Tile(index, block, column, columns, row, rows, min(geometry.rows, stage.rows - first), first)


def groups(of: Sequence[Stage]) -> tuple[Group, ...]:
    """The stages as a person counts them: the control network, the input, each layer, the head, the output."""
    found: dict[str, list[int]] = {}
    for index, stage in enumerate(of):
        found.setdefault(_group(of, stage), []).append(index)
    return tuple(Group(title, tuple(inside)) for title, inside in found.items())


def _group(of: Sequence[Stage], stage: Stage) -> str:
    if stage.op == Op.CONTROL:
        return translate("Array", "Control network")
    if stage.op in (Op.GATED, Op.MIX):
        dilation = next(each.dilation for each in of if each.op == Op.GATED and each.number == stage.number)
        return translate("Array", "Layer {0}, dilation {1}").format(stage.number, dilation)
    return stage.title

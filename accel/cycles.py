"""Cycles of a frame on the accelerator: the RTL's own counter, predicted exactly.

The sequencer's rules (accel/rtl/desc_fetch.sv, tile_walker.sv, tile_issue.sv) as recurrences over tiles instead of
cycles: a frame of 30 000 cycles is a thousand steps. Tests hold every result to the counter of the simulated RTL.
"""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from accel.formats import Op
from accel.hardware.excite_cycles import RATIO_CYCLES, excite_cycles
from accel.hardware.geometry import GEOMETRIES, Geometry
from accel.hardware.layout import DESC_WORDS
from accel.hardware.plan import make_plan
from accel.program import Pass, Program

__all__ = ["TARGETS", "Budget", "Schedule", "Slot", "Target", "budget", "frame_cycles", "schedule"]

FETCH = DESC_WORDS + 2
"""Cycles from taking a descriptor to the next one's being there."""
WRITTEN = 28
"""Cycles from a row's token to the cycle that may use its values, beside one per column."""


@dataclass(frozen=True)
class Target:
    """An FPGA, the accelerator that fits it, and the clock in MHz that the routed design reaches."""

    name: str
    title: str
    geometry: Geometry
    clock: float


_TITLES = {"ecp5-25f": "Lattice ECP5 LFE5U-25F (Tiliqua)", "ecp5-85f": "Lattice ECP5 LFE5U-85F (ULX3S)"}


def _targets() -> dict[str, Target]:
    """Each FPGA with the clock, in whole MHz, that place and route reached (accel/syn/results.json)."""
    routed = json.loads((Path(__file__).parent / "syn" / "results.json").read_text(encoding="utf-8"))
    return {
        name: Target(name, title, GEOMETRIES[name], float(int(routed[name]["fmax_mhz"])))
        for name, title in _TITLES.items()
        if name in routed
    }


TARGETS: dict[str, Target] = _targets()


@dataclass(frozen=True)
class Budget:
    """What a program costs on a target.

    Attributes:
        cycles_per_sample: of a frame, control network and excitation included.
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
        """Voices that the array could compute in real time, one after the other."""
        return int(self.margin)


@dataclass(frozen=True)
class _Tile:
    """A tile as the issue stage sees it; `ahead`: column tiles that may still be on their way when it starts."""

    op: Op
    depth: int
    starts: bool
    ends: bool
    ahead: int
    descriptor: int


def _tiles(each: Pass, index: int, columns: int, geometry: Geometry) -> Iterator[_Tile]:
    rows = -(-each.rows // geometry.rows)
    ahead = 0 if each.op in (Op.CONTROL, Op.INPUT) else columns - 1
    for _ in range(columns):
        for row in range(rows):
            yield _Tile(each.op, each.taps * each.cols, row == 0, row == rows - 1, ahead, index)


def _frame_tiles(program: Program, geometry: Geometry, block: int, prime: bool) -> Iterator[_Tile]:
    """All tiles of a frame, in order."""
    control = program.of(Op.CONTROL)
    for index, each in enumerate(control):
        yield from _tiles(each, index, 1, geometry)
    index = len(control)
    for _ in range(0 if prime else program.hop // block):
        for each in program.passes[1 + len(control) :]:
            yield from _tiles(each, index, block // geometry.cols, geometry)
            index += 1


@dataclass(frozen=True)
class Slot:
    """One slot of the array: cycles `begin`..`end`, in which the tile's `depth` steps are issued from `start` on.

    Attributes:
        op: the tile's pass; None in a slot that only fills or drains the array.
    """

    begin: int
    start: int
    end: int
    op: Op | None
    depth: int


@dataclass(frozen=True)
class Schedule:
    """A frame as the sequencer issues it: its slots, and the busy cycles that the RTL counts."""

    slots: tuple[Slot, ...]
    cycles: int


class _Walker:
    """When each tile can be taken: descriptor fetch and tile walk."""

    def __init__(self, tiles: list[_Tile]) -> None:
        self.tiles, self.at = tiles, 0
        self.fetched = FETCH + FETCH  # the second descriptor is fetched when the first is taken
        self.visible = FETCH + 1

    @property
    def finished(self) -> bool:
        return self.at == len(self.tiles)

    def take(self, cycle: int) -> _Tile:
        """Take the next tile at `cycle`; `visible` becomes the cycle of the one after, or of the end."""
        tile = self.tiles[self.at]
        self.at += 1
        self.visible = cycle + 1
        if not self.finished and self.tiles[self.at].descriptor != tile.descriptor:
            taken = max(cycle, self.fetched)
            self.fetched, self.visible = taken + FETCH, taken + 1
        return tile


def _schedule(tiles: list[_Tile], geometry: Geometry, excited: int) -> Schedule:
    """Run the sequencer's rules; `excited`: cycle from which the excitation is complete."""
    tokens = geometry.rows * geometry.gap
    settle = tokens - geometry.gap + geometry.cols + WRITTEN
    walker = _Walker(tiles)
    slots: list[Slot] = []
    written: deque[int] = deque()  # cycle from which each unfinished column tile is in memory
    edge, current = walker.visible, None
    following: _Tile | None = walker.take(edge)
    while True:
        start, end = edge + 1, max(edge + tokens, walker.visible)
        if current is not None:
            if current.starts:
                while written and (len(written) > current.ahead or written[0] <= start):
                    start = max(start, written.popleft())
                if current.op == Op.INPUT:
                    start = max(start, excited)
            end = max(end, start + current.depth - 1)
            if current.ends:
                written.append(end + settle)
        elif following is None and walker.finished:
            break
        slots.append(Slot(edge + 1, start, end, current.op if current else None, current.depth if current else 0))
        hold = _holds(walker, current, following)
        current, following, edge = following, None if walker.finished or hold else walker.take(end), end
    return Schedule(tuple(slots), 1 + max([end + 1, excited, *written]))


def _holds(walker: _Walker, current: _Tile | None, following: _Tile | None) -> bool:
    """A gated tile waits while the conditioning is not complete and the input pass has no second tile to wait in."""
    if walker.finished or current is None or following is None:
        return False
    waiting = walker.tiles[walker.at]
    return waiting.op == Op.GATED and following.op == Op.INPUT and current.op == Op.CONTROL


def schedule(program: Program, geometry: Geometry, *, block: int | None = None, prime: bool = False) -> Schedule:
    """The slots of a frame.

    Args:
        block: as `accel.hardware.plan.make_plan`.
        prime: the first frame after a start, which only runs the control network.

    Raises:
        SystoleError: the program does not fit.
    """
    block = make_plan(program, geometry, block=block).block
    excite = program.passes[0]
    excited = RATIO_CYCLES * excite.split + 1 if prime else excite_cycles(excite.rows, program.hop, excite.split) + 1
    return _schedule(list(_frame_tiles(program, geometry, block, prime)), geometry, excited)


def frame_cycles(program: Program, geometry: Geometry, *, block: int | None = None) -> tuple[int, int]:
    """Busy cycles of the priming frame and of every frame after it; arguments and errors as `schedule`."""
    prime, frame = (schedule(program, geometry, block=block, prime=prime).cycles for prime in (True, False))
    return prime, frame


def budget(program: Program, target: Target, *, clock: float | None = None, block: int | None = None) -> Budget:
    """Cycles per sample of a program on a target, and its real-time margin.

    Args:
        clock: MHz; the target's own if not given.
        block: as `accel.hardware.plan.make_plan`.

    Raises:
        SystoleError: the program does not fit.
    """
    clock = clock or target.clock
    geometry = target.geometry
    block = make_plan(program, geometry, block=block).block
    cycles = frame_cycles(program, geometry, block=block)[1] / program.hop
    return Budget(
        target=target,
        clock=clock,
        block=block,
        cycles_per_sample=cycles,
        utilisation=program.macs_per_sample / (cycles * geometry.rows * geometry.cols),
        margin=clock * 1e6 / program.rate / cycles,
    )

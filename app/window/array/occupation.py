"""Which processing element multiplies when: the schedule of a frame, spread over the array. No Qt here.

`accel.cycles.schedule` says when each tile's steps are issued; element (r, c) sees a step r + c cycles later
(accel/rtl/systolic_array.sv). It multiplies if the tile has a row r and, in the control network, in column 0 only: all
samples of a frame share its results. The constant way through memories and registers is left out: it moves everything
by the same few cycles.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from accel.cycles import schedule
from accel.formats import Op
from accel.hardware.geometry import Geometry
from accel.hardware.plan import make_plan
from accel.program import Program
from app.window.array.kinds import KIND_OF, KINDS
from app.window.array.stages import Tile, groups, stages, tiles

__all__ = ["Cells", "Occupation"]

Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Cells:
    """What each element is at in one cycle.

    Attributes:
        kind: int64 [rows, cols], place in `KINDS`, -1: it does not multiply.
        progress: float32 [rows, cols], 0..1: how much of its tile's sum it has added up; 0 where it does not multiply.
    """

    kind: Ints
    progress: NDArray[np.float32]


class Occupation:
    """A frame of a program on an array.

    Args:
        block: samples per block, as `make_plan` takes it.

    Attributes:
        cycles: of the frame, as the hardware's own counter counts them; 0 is the first.
        begin, start, end: of each slot, its first cycle, the first step's and its last one; depth: steps.
        tile: of each slot, index into `tiles`; -1: it only fills or empties the array.
        multiplications: of the frame.

    Raises:
        SystoleError: the program does not fit.
    """

    def __init__(self, program: Program, geometry: Geometry, *, block: int | None = None) -> None:
        self.geometry, self.name, self.rate, self.hop = geometry, program.name, program.rate, program.hop
        self.block = make_plan(program, geometry, block=block).block
        self.stages = stages(program)
        self.groups = groups(self.stages)
        self.tiles = tiles(self.stages, geometry, hop=program.hop, block=self.block)
        found = schedule(program, geometry, block=block)
        self.cycles = found.cycles
        self.begin, self.start, self.end, self.depth = (
            np.array([getattr(slot, name) for slot in found.slots], np.int64)
            for name in ("begin", "start", "end", "depth")
        )
        works = np.array([slot.op is not None for slot in found.slots])
        assert int(works.sum()) == len(self.tiles)
        self.tile = np.where(works, np.cumsum(works) - 1, -1)
        self._stage = np.array([each.stage for each in self.tiles], np.int64)
        self._count()
        self._find_starts()

    def _count(self) -> None:
        """Multiplying cycles before each slot, by kind and row; the count within a slot comes on top."""
        rows = np.arange(self.geometry.rows)
        kinds = np.array([KIND_OF[stage.op] for stage in self.stages])[self._stage]
        heights = np.array([each.height for each in self.tiles])
        self._uses = np.zeros((len(self.begin), len(KINDS), self.geometry.rows), np.int64)
        works = np.flatnonzero(self.tile >= 0)
        self._uses[works, kinds] = rows[None] < heights[:, None]
        before = np.cumsum(self._uses * self.depth[:, None, None], axis=0)
        self._before = np.concatenate([np.zeros_like(before[:1]), before[:-1]])
        self._kind = np.full(len(self.begin), -1)
        self._kind[works] = kinds
        self._columns = np.full((len(KINDS), self.geometry.cols), 1)
        self._columns[KIND_OF[Op.CONTROL], 1:] = 0
        self.multiplications = int((before[-1].sum(axis=1) * self._columns.sum(axis=1)).sum())

    def _find_starts(self) -> None:
        """Cycles at which tiles and stages begin to multiply."""
        works = self.tile >= 0
        self.tile_starts: list[int] = self.start[works].tolist()
        other = np.diff(self._stage, prepend=-1) != 0
        self.stage_starts: list[int] = self.start[works][other].tolist()

    @property
    def cycles_per_sample(self) -> float:
        """As `accel.cycles.Budget`."""
        return self.cycles / self.hop

    @property
    def utilisation(self) -> float:
        """Part of all cycles of all elements in which they multiply."""
        return self.multiplications / (self.cycles * self.geometry.rows * self.geometry.cols)

    def slot_at(self, cycle: int) -> int:
        """The slot of a cycle; -1: before the first; after the last slot's end it is still the last."""
        return int(np.searchsorted(self.begin, cycle, "right")) - 1

    def tile_of(self, slot: int) -> Tile | None:
        """What a slot computes; None: nothing, or there is no such slot."""
        inside = 0 <= slot < len(self.tile) and self.tile[slot] >= 0
        return self.tiles[self.tile[slot]] if inside else None

    def kind_of(self, slot: int) -> int:
        """Place in `KINDS` of what a slot computes; -1: nothing."""
        return int(self._kind[slot])

    def activity(self, begin: int, end: int) -> NDArray[np.float32]:
        """Part of the cycles `begin`..`end` - 1 in which each element multiplies: float32 [KINDS, rows, cols]."""
        rows, cols = self.geometry.rows, self.geometry.cols
        later = np.arange(rows + cols - 1)
        counts = self._counts(np.concatenate([end - later, begin - later]))  # [times, kinds, rows]
        spent = counts[: len(later)] - counts[len(later) :]
        row, column = np.indices((rows, cols))
        each = spent[row + column, :, row].transpose(2, 0, 1) * self._columns[:, None, :]
        return (each / max(1, end - begin)).astype(np.float32)

    def pe_activity(self, begin: int, end: int) -> NDArray[np.float32]:
        """The same for all kinds together: float32 [rows, cols]."""
        found: NDArray[np.float32] = self.activity(begin, end).sum(axis=0)
        return found

    def cells(self, cycle: int) -> Cells:
        """What each element is at in a cycle."""
        row, column = np.indices((self.geometry.rows, self.geometry.cols))
        times = cycle - row - column
        slot = np.searchsorted(self.begin, times, "right") - 1
        inside = np.maximum(slot, 0)
        step, kind = times - self.start[inside], self._kind[inside]
        works = (slot >= 0) & (kind >= 0) & (step >= 0) & (step < self.depth[inside])
        works &= (self._uses[inside, kind, row] > 0) & (self._columns[kind, column] > 0)
        progress = np.where(works, (step + 1) / np.maximum(1, self.depth[inside]), 0)
        return Cells(np.where(works, kind, -1), progress.astype(np.float32))

    def _counts(self, times: Ints) -> Ints:
        """Multiplying cycles issued before each of `times`, [times, kinds, rows]."""
        slot = np.maximum(np.searchsorted(self.begin, times, "right") - 1, 0)
        done = np.clip(times - self.start[slot], 0, self.depth[slot])
        found: Ints = self._before[slot] + self._uses[slot] * done[:, None, None]
        return found

    def stage_cycles(self) -> Ints:
        """Cycles of the frame that each stage's slots take; what is left of `cycles` fills and empties the array."""
        works = self.tile >= 0
        spans = (self.end - self.begin + 1)[works]
        return np.bincount(self._stage, spans, len(self.stages)).astype(np.int64)

    def stage_multiplications(self) -> Ints:
        """Multiplications of each stage in the frame."""
        heights = np.array([each.height for each in self.tiles])
        columns = self._columns.sum(axis=1)[self._kind[self.tile >= 0]]
        return np.bincount(self._stage, heights * columns * self.depth[self.tile >= 0], len(self.stages)).astype(
            np.int64
        )

    def first_cycle(self, stage: int) -> int:
        """Where a stage begins to multiply, for the first time in the frame."""
        return self.tile_starts[int(np.flatnonzero(self._stage == stage)[0])]

    def shares(self, edges: Ints) -> NDArray[np.float32]:
        """Between every two of `edges`: the part of the cycles in which steps are issued, float32 [n, KINDS]."""
        slot = np.maximum(np.searchsorted(self.begin, edges, "right") - 1, 0)
        done = np.clip(edges - self.start[slot], 0, self.depth[slot])
        issued = self._uses[:, :, 0] * self.depth[:, None]  # every tile has a row 0
        before = np.cumsum(issued, axis=0) - issued
        counts = before[slot] + self._uses[slot, :, 0] * done[:, None]
        return (np.diff(counts, axis=0) / np.maximum(1, np.diff(edges))[:, None]).astype(np.float32)

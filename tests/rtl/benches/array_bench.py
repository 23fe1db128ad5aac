"""systolic_array at four shapes against a first-order model: tile after tile, sums that saturate after each step.

Start values are random in every cycle, so one that is taken a cycle early or late is seen; results are compared in
every cycle from the first tile on whose start values are known.
"""

from __future__ import annotations

import random
from typing import Any

import cocotb
import numpy as np
from numpy.typing import NDArray

from tests.rtl.benches.vectors import Layout, Player, array, play, start
from tests.rtl.coverage import cover, save_coverage

SHAPES = ((2, 16), (3, 8), (5, 4), (16, 2))
LOW, HIGH = -(1 << 31), (1 << 31) - 1
Ints = NDArray[np.int64]


class Model:
    """The tiles of a take: what is driven in each cycle, and what leaves the array."""

    def __init__(self, dut: Any, rows: int, cols: int, seed: int, cycles: int) -> None:
        self.rows, self.cols, self.cycle = rows, cols, 0
        self.rng, self.draw = random.Random(seed), np.random.default_rng(seed)
        self.name = f"array {rows}x{cols}"
        given = Layout(("ctl", 3), *array("weight", rows, 8), *array("act", cols, 16), *array("init", cols, 32))
        answer = Layout(*array("result", cols, 32))
        ports = getattr(dut, f"given_{rows}x{cols}_i"), getattr(dut, f"answer_{rows}x{cols}_o")
        self.player = Player(self.name, *ports, given, answer)
        self.cycles = cycles
        self.init = self.extremes(cycles + rows + cols + 200, cols)
        self.total: Ints | None = None
        self.results: Ints | None = None
        self.shown: tuple[int, Ints] | None = None
        """Cycle of the last token, and the row that it brought to the top."""
        self.tokens: list[int] = []

    def extremes(self, *shape: int) -> Ints:
        """int32 values, most of them near an end."""
        anywhere = self.draw.integers(LOW, HIGH + 1, shape)
        near = self.draw.integers(0, 1 << 24, shape)
        return np.choose(self.draw.choice(3, shape, p=[0.4, 0.3, 0.3]), [anywhere, LOW + near, HIGH - near])

    def operands(self, count: int, low: int, high: int) -> Ints:
        """Operands of a cycle: often at an end of their range."""
        values = self.draw.integers(low, high + 1, count)
        return np.choose(self.draw.choice(3, count, p=[0.5, 0.25, 0.25]), [values, np.int64(low), np.int64(high)])

    def step(self, valid: bool, token: str = "") -> None:
        """One cycle of input."""
        t, operands = self.cycle, (self.operands(self.rows, -128, 127), self.operands(self.cols, -32768, 32767))
        values = {"ctl": 4 * (token == "shift") + 2 * (token == "last") + valid}
        for name, each in zip(("weight", "act", "init"), (*operands, self.init[t]), strict=True):
            values |= {f"{name}{index}": value for index, value in enumerate(each.tolist())}
        self.player.drive(t, values)
        if valid and self.total is not None:
            exact = self.total + operands[0][:, None] * operands[1]
            self.total = np.clip(exact, LOW, HIGH)
            cover(f"{self.name} saturates up", int((exact > HIGH).sum()))
            cover(f"{self.name} saturates down", int((exact < LOW).sum()))
        if token:
            self.show(t)
            self.tokens.append(t)
            if token == "last":
                self.results, self.total = self.total, self.starts()
                self.tokens = []
            if self.results is not None:
                self.shown = (t, self.results[len(self.tokens)])
        self.cycle += 1

    def starts(self) -> Ints:
        """Start values of the next tile: row k's with token k, 3 + Rows + c cycles after it."""
        assert len(self.tokens) == self.rows
        columns = range(self.cols)
        return np.array([[self.init[t + 3 + self.rows + c, c] for c in columns] for t in self.tokens])

    def show(self, now: int) -> None:
        """The row at the top stays there until this token's row replaces it."""
        if self.shown is None:
            return
        since, row = self.shown
        for c in range(self.cols):
            for t in range(since + 5 + c, now + 5 + c):
                self.player.expect(t, {f"result{c}": int(row[c])})

    def tile(self, depth: int, pause: int, busy: float) -> None:
        """A slot: `depth` steps, Rows tokens at random at least two cycles apart, `last` in its last cycle."""
        steps, last_step, since, shifts = 0, False, 0, 0
        gap = self.rng.choice([2, 2, 3, self.cols])
        for _ in range(pause):
            self.step(False)
            since += 1
        while True:
            since += 1
            valid = steps < depth and self.rng.random() < busy
            steps += valid
            last_step = steps == depth
            token = ""
            if since >= gap and shifts < self.rows - 1:
                token, since, shifts = "shift", 0, shifts + 1
            elif since >= 2 and shifts == self.rows - 1 and last_step:
                token = "last"
            self.step(valid, token)
            if token == "last":
                break
        cover(f"{self.name} last {'with' if valid else 'without'} valid")
        cover(f"{self.name} tile {self.kind(depth)}")
        cover(f"{self.name} pause before a tile", pause > 0)
        cover(f"{self.name} tile right after the last", pause == 0 and busy == 1)

    def kind(self, depth: int) -> str:
        if not depth:
            return "empty"
        return "shorter than its drain" if depth < 2 * self.rows else "longer than its drain"

    def build(self) -> None:
        """Tiles until the cycles are used up; a step short of all their room is fine."""
        rng = self.rng
        while self.cycle < self.cycles:
            depth = rng.choice([0, 1, rng.randint(1, 2 * self.rows), rng.randint(2 * self.rows, 4 * self.rows + 8)])
            self.tile(depth, rng.choice([0, 0, 0, 1, rng.randint(1, 12)]), rng.choice([1.0, 1.0, 0.6]))
        for _ in range(self.rows + self.cols + 8):  # start values still enter, results still leave
            self.step(False)
        self.show(self.cycle)


@cocotb.test()
async def tiles(dut: Any) -> None:
    """All shapes at once, each with its own random tiles."""
    models = [Model(dut, *shape, cocotb.RANDOM_SEED + index, 2200) for index, shape in enumerate(SHAPES)]
    for model in models:
        model.build()
    await start(dut, **{f"given_{rows}x{cols}_i": 0 for rows, cols in SHAPES})
    cover("cycles compared", await play(dut, *(model.player for model in models)))
    save_coverage()

"""init_rows and init_lane at several sizes: every start value of every column, in its cycle.

The expected values come from the specification: bias + (interpolated conditioning << ramp shift), sample by sample.
"""

from __future__ import annotations

import random
from typing import Any

import cocotb
import numpy as np

from accel import formats, reference
from tests.rtl.benches.lanes import IDLE, INITS
from tests.rtl.benches.vectors import Layout, Player, array, play, start
from tests.rtl.coverage import cover, save_coverage

ROW_DEPTH, COND_DEPTH = 40, 24


class Chain:
    """A chain's memories and its stimulus."""

    def __init__(self, dut: Any, rows: int, cols: int, lanes: int) -> None:
        self.rows, self.cols, self.gap = rows, cols, cols // lanes
        self.latency = 10 + rows - 2
        label = f"init_{rows}x{cols}x{lanes}"
        self.name, self.cycle = f"init {rows}x{cols}x{lanes}", 0
        self.rng = random.Random(cocotb.RANDOM_SEED + rows)
        given = Layout(("go", 1), ("row", 8), ("cond", 8), ("gated", 1), ("column", 8), ("log2_hop", 4),
                       ("current", 1), ("cond_we", 1), ("cond_addr", 8), ("cond_data", 16), ("ld_use", 1),
                       ("ld_bias_we", 1), ("ld_ramp_we", 1), ("ld_addr", 8), ("ld_bias", 32),
                       ("ld_ramp", 4))  # fmt: skip
        answer = Layout(("go", 1), ("start", 32), ("step", 32), ("ld_bias", 32), ("ld_ramp", 4), *array("v", cols, 32))
        self.player = Player(self.name, getattr(dut, f"given_{label}_i"), getattr(dut, f"answer_{label}_o"), given,
                             answer)  # fmt: skip
        self.log2_hop, self.current = 4, 0
        self.conditioning = [[0] * COND_DEPTH, [0] * COND_DEPTH]
        self.bias, self.ramp = [0] * ROW_DEPTH, [0] * ROW_DEPTH

    def step(self, **values: int) -> None:
        self.player.drive(self.cycle, {"log2_hop": self.log2_hop, "current": self.current, **values})
        if "go" not in values:
            self.player.expect(self.cycle + self.latency, {"go": 0})
        self.cycle += 1

    def load(self, log2_hop: int) -> None:
        """New memories for a hop: conditioning of both frames, biases and ramp shifts at their extremes, read back."""
        rng, self.log2_hop = self.rng, log2_hop
        for self.current in (0, 1):
            for at in range(COND_DEPTH):
                value = rng.choice([-32768, 32767, 0, rng.randint(-32768, 32767)])
                self.conditioning[self.current][at] = value
                self.step(cond_we=1, cond_addr=at, cond_data=value)
        top, limit = formats.max_ramp_shift(1 << log2_hop), formats.BIAS_LIMIT
        for at in range(ROW_DEPTH):
            bias, ramp = (
                rng.choice([limit, -limit, rng.randint(-limit, limit)]),
                rng.choice([0, top, rng.randint(0, top)]),
            )
            self.bias[at], self.ramp[at] = bias, ramp
            self.step(ld_use=1, ld_bias_we=1, ld_addr=at, ld_bias=bias, ld_ramp=15 - ramp)
            self.step(ld_use=1, ld_ramp_we=1, ld_addr=at, ld_bias=~bias, ld_ramp=ramp)
        for at in rng.sample(range(ROW_DEPTH), ROW_DEPTH):
            self.player.expect(self.cycle + 2, {"ld_bias": self.bias[at] & 0xFFFFFFFF, "ld_ramp": self.ramp[at]})
            self.step(ld_use=1, ld_addr=at)
            cover(f"{self.name} read back")
        self.current = rng.randint(0, 1)
        for _ in range(3):
            self.step()

    def values(self, row: int, cond: int, gated: bool, column: int) -> list[int]:
        """Start values of the columns from `column` on, and one more."""
        hop = 1 << self.log2_hop
        frames = np.array([self.conditioning[1 - self.current][cond], self.conditioning[self.current][cond]], np.int64)
        ramp = reference.interpolate(frames, hop)
        ramp = np.append(ramp, hop * frames[1])[column : column + self.cols + 1] * int(gated)
        starts = self.bias[row] + (ramp << self.ramp[row])
        assert (starts == formats.saturate(starts, 32)).all()
        return starts.tolist()

    def go(self, lanes: bool) -> None:
        """One row; with `lanes` the row after it comes late enough for the chain."""
        rng = self.rng
        row, cond, gated = rng.randrange(ROW_DEPTH), rng.randrange(COND_DEPTH), rng.random() < 0.8
        hop = 1 << self.log2_hop
        column = rng.choice([0, hop - self.cols, rng.randrange(0, hop - self.cols + 1, self.cols)])
        column -= column % 2
        values, begin = self.values(row, cond, gated, column), self.cycle + self.latency
        self.player.expect(begin, {"go": 1, "start": values[0], "step": values[1] - values[0]})
        if lanes:
            for index in range(self.cols):
                self.player.expect(begin + 1 + index, {f"v{index}": values[index]})
        self.step(go=1, row=row, cond=cond, gated=gated, column=column)
        kind = f"hop {1 << self.log2_hop:03}" if gated else "row without conditioning"
        cover(f"{self.name} {kind}")
        cover(f"{self.name} largest ramp shift", gated and self.ramp[row] == formats.max_ramp_shift(hop))
        cover(f"{self.name} no ramp shift", gated and self.ramp[row] == 0)
        cover(f"{self.name} beyond 31 bits", max(map(abs, values)) > (1 << 30) + (1 << 29))
        cover(f"{self.name} last columns of a frame", column + self.cols == hop)

    def build(self) -> None:
        """For every hop: rows without a gap, then rows as the lanes can take them."""
        for log2_hop in range(4, 9):
            self.load(log2_hop)
            for _ in range(40):
                self.go(lanes=False)
            for _ in range(self.rows + 12):
                self.step()
            for _ in range(40):
                self.go(lanes=True)
                pause = self.rng.choice([0, 0, 0, self.rng.randint(1, 5)])
                cover(f"{self.name} rows as close as the lanes take them", not pause)
                for _ in range(self.gap - 1 + pause):
                    self.step()
            for _ in range(self.rows + self.cols + 12):
                self.step()


@cocotb.test()
async def start_values(dut: Any) -> None:
    """All chains at once."""
    chains = [Chain(dut, *shape) for shape in INITS]
    for chain in chains:
        chain.build()
    await start(dut, **IDLE)
    cover("cycles compared", await play(dut, *(chain.player for chain in chains)))
    save_coverage()

"""post_front at several sizes: every row with its shift and addresses, in its cycle, for tiles at random."""

from __future__ import annotations

import random
from typing import Any

import cocotb

from accel.formats import MAX_SHIFT, MIN_SHIFT, Op
from tests.rtl.benches.lanes import FRONTS, IDLE, ROW, TILE
from tests.rtl.benches.vectors import Layout, Player, play, start
from tests.rtl.coverage import cover, save_coverage

ROW_DEPTH, GO, LOAD = 48, 11, 2
OPS = (Op.CONTROL, Op.INPUT, Op.GATED, Op.MIX, Op.HEAD, Op.OUTPUT)
COPIED = ("op", "activation", "first", "last", "pre_shift", "multiplier")


class Front:
    """A post_front and its stimulus."""

    def __init__(self, dut: Any, rows: int, cols: int, lanes: int) -> None:
        self.rows, self.cols, self.lanes = rows, cols, lanes
        label = f"front_{rows}x{cols}x{lanes}"
        self.name, self.cycle, self.log2_block = f"front {rows}x{cols}x{lanes}", 0, 8
        self.rng = random.Random(cocotb.RANDOM_SEED + rows)
        given = Layout(("first_i", 1), ("next_i", 1), ("log2_block", 4), ("ld_use", 1), ("ld_we", 1), ("ld_addr", 8),
                       ("ld_shift", 5), *TILE)  # fmt: skip
        ports = getattr(dut, f"given_{label}_i"), getattr(dut, f"answer_{label}_o")
        self.player = Player(self.name, *ports, given, Layout(("go", 1), ("ld_shift", 5), *ROW))
        self.shifts = [MIN_SHIFT] * ROW_DEPTH
        self.shown: tuple[int, dict[str, int]] | None = None

    def step(self, **values: int) -> None:
        self.player.drive(self.cycle, {"log2_block": self.log2_block, **values})
        self.player.expect(self.cycle + GO, {"go": "first_i" in values or "next_i" in values})
        self.cycle += 1

    def load(self) -> None:
        """All shifts, then readback in another order."""
        for at in range(ROW_DEPTH):
            self.shifts[at] = self.rng.randint(MIN_SHIFT, MAX_SHIFT)
            self.step(ld_use=1, ld_we=1, ld_addr=at, ld_shift=self.shifts[at])
        for at in self.rng.sample(range(ROW_DEPTH), ROW_DEPTH):
            self.player.expect(self.cycle + LOAD, {"ld_shift": self.shifts[at]})
            self.step(ld_use=1, ld_addr=at)

    def tile(self) -> dict[str, int]:
        """A tile of a random pass; rows that exist have parameters, the others need none."""
        rng = self.rng
        rows = rng.randint(1, ROW_DEPTH)
        first = rng.randrange(0, rows, self.rows)
        op = rng.choice(OPS)
        height = min(self.rows, rows - first)
        return {name: rng.getrandbits(bits) for name, bits in TILE} | {
            "op": op,
            "row": first,
            "rows": rows,
            "split": rng.choice([0, rows, rng.randint(0, rows)]),
            "par": rng.choice([ROW_DEPTH - height, rng.randint(0, ROW_DEPTH - height)]),
            "dst_log2": rng.randint(0, 8),
            "dst_base": rng.randrange(1 << 14),
            "ends": rng.random() < 0.5,
        }

    def row(self, tile: dict[str, int], height: int) -> dict[str, int]:
        """Row `height` of a tile as the lanes must see it; of one beyond the pass only what they look at."""
        number = tile["row"] + height
        valid, done = number < tile["rows"], tile["ends"] and height == self.rows - 1
        cover(f"{self.name} {Op(tile['op']).name.lower()} row {'valid' if valid else 'beyond the pass'}")
        cover(f"{self.name} last row of a column tile", done)
        if not valid:
            return {"valid": 0, "done": done}
        residual = number < tile["split"]
        channel = number // 2 if tile["op"] == Op.GATED else number
        if tile["op"] == Op.MIX and not residual:
            channel = number - tile["split"]
        samples = (1 << self.log2_block) // self.lanes
        word = tile["now"] // self.cols
        block_words = (1 << self.log2_block) // self.cols
        return {name: tile[name] for name in COPIED} | {
            "valid": 1,
            "done": done,
            "residual": residual,
            "odd": number % 2,
            "shift": self.shifts[tile["par"] + height],
            "dst": tile["dst_base"] + (channel << tile["dst_log2"]) + word % (1 << tile["dst_log2"]),
            "local_at": channel * samples + word % block_words * (self.cols // self.lanes),
        }

    def issue(self, tile: dict[str, int]) -> None:
        """A tile's rows, at least two cycles apart."""
        rng = self.rng
        for height in range(self.rows):
            self.show()
            self.shown = (self.cycle, self.row(tile, height))
            self.step(**({"first_i": 1, **tile} if height == 0 else {"next_i": 1, **self.junk()}))
            pause = rng.choice([0, 0, 0, 1, rng.randint(0, 2 * self.cols)])
            for _ in range(1 + pause):
                self.step(**self.junk())
            cover(f"{self.name} rows two cycles apart", not pause)

    def junk(self) -> dict[str, int]:
        """A tile that is not to be looked at."""
        return {name: self.rng.getrandbits(bits) for name, bits in TILE if name in ("row", "par", "dst_base", "now")}

    def show(self) -> None:
        """The last row stays until the next one arrives."""
        if self.shown is not None:
            since, row = self.shown
            for cycle in range(since + GO, self.cycle + GO):
                self.player.expect(cycle, row)
        self.shown = None

    def build(self) -> None:
        """Several block lengths, with the memory loaded again before each."""
        shortest = self.cols.bit_length() - 1
        for log2_block in (shortest, 8, self.rng.randint(shortest, 8)):
            self.log2_block = log2_block
            self.load()
            for _ in range(90 // self.rows + 6):
                self.issue(self.tile())
            self.show()
            for _ in range(GO + 2):
                self.step()
            cover(f"{self.name} block of one column tile", self.log2_block == shortest)


@cocotb.test()
async def rows(dut: Any) -> None:
    """All sizes at once."""
    fronts = [Front(dut, *shape) for shape in FRONTS]
    for front in fronts:
        front.build()
    await start(dut, **IDLE)
    cover("cycles compared", await play(dut, *(front.player for front in fronts)))
    save_coverage()

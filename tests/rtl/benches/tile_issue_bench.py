"""tile_issue: every output of every cycle against the slot rules, told in times since the slot's edge.

The model is the header's text: tokens come Gap cycles apart from the edge, steps follow one another once the operands
are there, and a slot ends as soon as both are through and the tile after next is known.
"""

from __future__ import annotations

import os
import random
from collections import deque
from dataclasses import dataclass, field
from typing import Any

import cocotb

from accel.formats import Op
from tests.rtl.benches.harness import Harness
from tests.rtl.benches.structs import TILE, pack_struct, unpack_struct
from tests.rtl.coverage import cover, save_coverage

ROWS, COLS, LANES = (int(os.environ.get(name, default)) for name, default in (("ROWS", 3), ("COLS", 4), ("LANES", 2)))
GAP = COLS // LANES
Tile = dict[str, int]


@dataclass
class Model:
    """The sequencer's state between two cycles, and what it must do in one."""

    edge: int | None = None
    """Cycle in which the present slot began; None: nothing in hand."""
    next: Tile | None = None
    cur: Tile | None = None
    prev: bool = False
    steps: int = 0
    pending: int = 0
    log: list[str] = field(default_factory=list)

    def cycle(self, now: int, tile: Tile | None, end: bool, exc_busy: bool, col_done: bool) -> dict[str, int]:
        """Outputs of this cycle; only those that mean something."""
        out = {"shift": 0, "last": 0, "step": 0, "tile_take_o": 0, "post_first_o": 0, "post_next_o": 0}
        out["idle_o"] = int(self.edge is None and self.pending == 0)
        cur, advance = self.cur, self.edge is None and tile is not None
        if self.edge is not None:
            tokens, off = divmod(now - self.edge, GAP)
            ready = cur is not None and self.ready(cur, exc_busy)
            if cur is not None and self.steps < self.depth(cur) and ready:
                out |= {"step": 1, **self.operands(cur)}
                self.steps += 1
            out["shift"] = int(off == 0 and 0 < tokens < ROWS)
            complete = cur is None or self.steps == self.depth(cur)
            advance = tokens >= ROWS and complete and (tile is not None or end)
            out["last"] = int(advance)
            cover("slot waits for operands", cur is not None and not ready)
            cover("slot waits for a tile", tokens >= ROWS and complete and not advance)
            cover("slot as long as its tokens", advance and now - self.edge == ROWS * GAP)
            cover("slot as long as its tile", advance and cur is not None and now - self.edge == self.depth(cur))
            if out["shift"] or out["last"]:
                out["init_row_o"] = ROWS - 1 if advance else tokens - 1
                out["post_next_o"] = int(bool(out["shift"]) and self.prev)
                out["post_first_o"] = int(advance and cur is not None)
        if advance:
            out["tile_take_o"] = int(tile is not None and not self.holds(tile))
            self.advance(now, tile if out["tile_take_o"] else None, tile is not None)
        self.pending += int(bool(out["post_first_o"] and cur and cur["ends"])) - int(col_done)
        return out

    def ready(self, cur: Tile, exc_busy: bool) -> bool:
        if not cur["starts"]:
            return True
        return self.pending <= cur["ahead"] and not (cur["op"] == Op.INPUT and exc_busy)

    def holds(self, tile: Tile) -> bool:
        """A gated tile's start values must not enter before the conditioning is complete."""
        behind = self.next is not None and self.next["op"] == Op.INPUT
        hold = tile["op"] == Op.GATED and behind and self.cur is not None and self.cur["op"] == Op.CONTROL
        cover("gated tile held back", hold)
        return hold

    def advance(self, now: int, tile: Tile | None, valid: bool) -> None:
        rest = self.cur is None and self.next is None and not valid
        cover("comes to rest", rest)
        self.edge = None if rest else now
        self.prev, self.cur, self.next, self.steps = self.cur is not None, self.next, tile, 0

    @staticmethod
    def depth(tile: Tile) -> int:
        return tile["taps"] * tile["cols"]

    def operands(self, cur: Tile) -> dict[str, int]:
        tap, col = divmod(self.steps, cur["cols"])
        return {
            "chan_o": (cur["src_base"] + (col << cur["src_log2"])) & 0xFFFF,
            "time_o": (cur["oldest"] + tap * cur["dilation"]) & 0xFFFF,
            "weight_o": cur["weight"] + self.steps,
            "log2_o": cur["src_log2"],
            "from_control_o": int(cur["op"] == Op.CONTROL),
            "macs_o": cur["height"] * (1 if cur["op"] == Op.CONTROL else COLS),
        }


def random_pass(rng: random.Random, op: Op, *, short: bool) -> list[Tile]:
    """The tiles of a pass, `ahead` beside each."""
    row_tiles = 1 if short else rng.randint(1, 3)
    columns = 1 if short or op == Op.CONTROL else rng.randint(1, 3)
    taps, cols = rng.randint(1, 3), rng.choice([1, 2, rng.randint(1, 5), rng.randint(1, 30)])
    common = {
        "op": int(op), "taps": taps, "cols": cols, "dilation": rng.randint(1, 1024),
        "src_base": rng.getrandbits(16), "src_log2": rng.randrange(11), "row": 0,
        "ahead": 0 if op in (Op.CONTROL, Op.INPUT) else columns - 1,
    }  # fmt: skip
    return [
        {
            **common, "starts": int(row == 0), "ends": int(row == row_tiles - 1), "oldest": rng.getrandbits(16),
            "weight": rng.getrandbits(19), "height": rng.randint(1, ROWS), "par": rng.getrandbits(14),
        }
        for _ in range(columns)
        for row in range(row_tiles)
    ]  # fmt: skip


def random_frame(rng: random.Random) -> list[Tile]:
    """Controls, input, then gated and other passes."""
    tiles = [tile for _ in range(rng.randint(1, 2)) for tile in random_pass(rng, Op.CONTROL, short=rng.random() < 0.5)]
    for _ in range(rng.randint(0, 3)):
        tiles += random_pass(rng, Op.INPUT, short=rng.random() < 0.6)
        for op in (Op.GATED, Op.MIX, Op.OUTPUT)[: rng.randint(1, 3)]:
            tiles += random_pass(rng, op, short=rng.random() < 0.3)
    return tiles


class Bench:
    """Offers tiles, tells of written column tiles, and compares every cycle."""

    def __init__(self, harness: Harness) -> None:
        self.harness, self.model = harness, Model()
        self.written: deque[int] = deque()

    async def frame(self, tiles: list[Tile], stall: float, busy_for: int) -> None:
        harness, rng, model = self.harness, self.harness.rng, self.model
        waiting, offered, begin = deque(tiles), False, harness.cycle
        while waiting or model.edge is not None or model.pending:
            offered = bool(waiting) and (offered or rng.random() >= stall)
            tile, end = (waiting[0] if offered else None), not waiting
            now = harness.cycle + 1
            col_done = bool(self.written) and self.written[0] <= now
            exc_busy = now < begin + busy_for
            shown = pack_struct(TILE, {name: value for name, value in tile.items() if name != "ahead"}) if tile else 0
            await harness.step(
                tile_valid_i=int(offered), tile_i=shown, ahead_i=tile["ahead"] if tile else rng.randrange(256),
                tile_end_i=int(end), exc_busy_i=int(exc_busy), col_done_i=int(col_done),
            )  # fmt: skip
            before_next, before_cur = model.next, model.cur
            want = model.cycle(now, tile, end, exc_busy, col_done)
            self.compare(want, before_next, before_cur)
            if col_done:
                self.written.popleft()
            if want["post_first_o"] and before_cur and before_cur["ends"]:
                at = now + rng.choice([1, 5, 40, 200])
                self.written.append(max(at, self.written[-1] + 1 if self.written else 0))
            if want["tile_take_o"]:
                waiting.popleft()
                offered = False
            cover("most column tiles on their way: 3 or more", model.pending >= 3)
            assert now - begin < 40 * 400, "a slot does not end"

    def compare(self, want: dict[str, int], following: Tile | None, cur: Tile | None) -> None:
        read = self.harness.read
        want = dict(want)
        ctl = want.pop("shift") << 2 | want.pop("last") << 1 | want.pop("step")
        assert read("ctl_o") == ctl, f"{{shift, last, step}}: {read('ctl_o'):03b}, not {ctl:03b}"
        assert read("init_go_o") == int(ctl >= 2)
        if not ctl & 1:
            want["macs_o"] = 0
        got = {name: read(name) for name in want}
        assert got == want
        if ctl >= 2 and following:
            self.same(unpack_struct(TILE, read("init_tile_o")), following)
        if want["post_first_o"] and cur:
            self.same(unpack_struct(TILE, read("post_tile_o")), cur)

    @staticmethod
    def same(got: Tile, want: Tile) -> None:
        assert got == {**dict.fromkeys(got, 0), **{name: value for name, value in want.items() if name != "ahead"}}


async def started(dut: Any) -> Bench:
    harness = Harness(dut)
    await harness.reset(tile_valid_i=0, tile_i=0, ahead_i=0, tile_end_i=1, exc_busy_i=0, col_done_i=0)
    await harness.step(3)
    assert harness.read("idle_o") == 1
    return Bench(harness)


@cocotb.test()
async def random_frames(dut) -> None:
    bench = await started(dut)
    rng = bench.harness.rng
    for index in range(60):
        stall = [0.0, 0.0, 0.5, 0.9][index % 4]
        await bench.frame(random_frame(rng), stall, rng.choice([0, 0, 200]))
        cover("frame without stalls", stall == 0.0)
        cover("frame with stalls", stall > 0)
    save_coverage()


@cocotb.test()
async def single_tiles(dut) -> None:
    """Control, input and gated passes of one tile each: the case in which a gated tile is held back."""
    bench = await started(dut)
    rng = bench.harness.rng
    for _ in range(20):
        tiles = [tile for op in (Op.CONTROL, Op.INPUT, Op.GATED) for tile in random_pass(rng, op, short=True)]
        await bench.frame(tiles, rng.choice([0.0, 0.3]), 0)
    save_coverage()

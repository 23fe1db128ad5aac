"""tile_walker: every tile of every pass, all its fields, in the cycle after it was asked for, with random stalls."""

from __future__ import annotations

import os
import random
from collections import deque
from collections.abc import Iterator
from typing import Any

import cocotb

from accel.formats import Op
from tests.rtl.benches.harness import Harness
from tests.rtl.benches.structs import TILE, desc_value, pack_struct, unpack_struct
from tests.rtl.coverage import cover, save_coverage

ROWS, COLS = int(os.environ.get("ROWS", "3")), int(os.environ.get("COLS", "4"))
COPIED = (
    "op", "activation", "first", "last", "wait_all", "taps", "cols", "dilation", "src_base", "src_log2",
    "rows", "split", "multiplier", "pre_shift", "dst_base", "dst_log2",
)  # fmt: skip


def random_desc(rng: random.Random, op: Op, fin: bool) -> dict[str, int]:
    """A descriptor as the packer makes them, everything else at random."""
    rows = rng.choice([1, ROWS, ROWS + 1, 3 * ROWS, rng.randint(1, 5 * ROWS)])
    taps, cols, dilation = rng.randint(1, 8), rng.choice([1, 512, rng.randint(1, 64)]), rng.randint(1, 1024)
    return {
        "op": int(op),
        "activation": rng.randrange(3),
        "first": rng.getrandbits(1),
        "last": rng.getrandbits(1),
        "fin": int(fin),
        "wait_all": rng.getrandbits(1),
        "taps": taps,
        "rows": rows,
        "row_tiles": -(-rows // ROWS),
        "cols": cols,
        "dilation": dilation,
        "depth": taps * cols,
        "reach": (taps - 1) * dilation,
        "src_base": rng.getrandbits(16),
        "src_log2": rng.randrange(11),
        "dst_base": rng.getrandbits(16),
        "dst_log2": rng.randrange(11),
        "pre_shift": rng.randrange(32),
        "wgt_base": rng.getrandbits(19),
        "par_base": rng.getrandbits(13),
        "cond_base": rng.getrandbits(13),
        "split": rng.randint(0, rows),
        "multiplier": rng.randint(1, 32768),
    }


def tiles(desc: dict[str, int], block: int, time: int, column: int) -> Iterator[tuple[dict[str, int], int]]:
    """The tiles of a pass and what may still be on its way when each starts; times of the block's first sample."""
    columns = 1 if desc["op"] == Op.CONTROL else block // COLS
    for col in range(columns):
        for row in range(desc["row_tiles"]):
            now = (time + col * COLS) & 0xFFFF
            yield (
                {
                    **{name: desc[name] for name in COPIED},
                    "starts": int(row == 0),
                    "ends": int(row == desc["row_tiles"] - 1),
                    "oldest": (now - desc["reach"]) & 0xFFFF,
                    "now": now,
                    "column": (column + col * COLS) & 0xFF,
                    "weight": desc["wgt_base"] + row * desc["depth"],
                    "height": min(ROWS, desc["rows"] - row * ROWS),
                    "row": row * ROWS,
                    "par": desc["par_base"] + row * ROWS,
                    "cond": desc["cond_base"] + row * ROWS,
                },
                0 if desc["wait_all"] else columns - 1,
            )


class Walk:
    """Drives descriptors and takes tiles, with stalls; checks every cycle against what is due."""

    def __init__(self, bench: Harness) -> None:
        self.bench, self.dut = bench, bench.dut
        self.time = 0

    async def frame(self, descs: list[dict[str, int]], log2_block: int, stalls: tuple[float, float]) -> None:
        bench, rng = self.bench, self.bench.rng
        block, column = 1 << log2_block, 0
        waiting: deque[dict[str, int]] = deque(descs)
        due: deque[tuple[dict[str, int], int]] = deque()
        current: dict[str, int] | None = None
        await bench.step(start_i=1, log2_block_i=log2_block, desc_valid_i=0, desc_end_i=0, take_i=0)
        while waiting or due:
            offer = bool(waiting) and rng.random() >= stalls[0]
            take = bool(due) and rng.random() >= stalls[1]
            shown = desc_value(waiting[0]) if offer else rng.getrandbits(288)
            await bench.step(
                start_i=0, desc_valid_i=int(offer), desc_i=shown, desc_end_i=int(not waiting), take_i=int(take)
            )
            accept = offer and (not due or (take and len(due) == 1))
            got = {name: bench.read(name) for name in ("valid_o", "end_o", "desc_take_o")}
            want = {"valid_o": int(bool(due)), "end_o": int(not due and not waiting), "desc_take_o": int(accept)}
            assert got == want
            if due:
                tile = unpack_struct(TILE, bench.read("tile_o"))
                assert (tile, bench.read("ahead_o")) == due[0]
                self.count(due[0][0], take, accept)
            if take:
                due.popleft()
                if not due and current and current["fin"]:
                    self.time, column = (self.time + block) & 0xFFFF, (column + block) & 0xFF
            if accept:
                current = waiting.popleft()
                due = deque(tiles(current, block, self.time, column))
        await bench.step(desc_valid_i=0, desc_end_i=1, take_i=0)
        assert (bench.read("valid_o"), bench.read("end_o")) == (0, 1)

    @staticmethod
    def count(tile: dict[str, int], take: bool, accept: bool) -> None:
        cover("tile taken", take)
        cover("tile waits", not take)
        cover("pass after pass without a gap", accept)
        cover("last row tile full", tile["ends"] and tile["height"] == ROWS)
        cover("last row tile partly used", tile["ends"] and tile["height"] < ROWS)
        cover("one row tile", tile["starts"] and tile["ends"])
        cover("oldest tap before time 0", tile["oldest"] > tile["now"])
        cover(f"op {tile['op']}")


def random_frame(rng: random.Random, blocks: int) -> list[dict[str, int]]:
    control = [random_desc(rng, Op.CONTROL, False) for _ in range(rng.randint(1, 2))]
    count = rng.randint(1, 3)
    block = [random_desc(rng, Op(rng.randint(Op.INPUT, Op.OUTPUT)), index == count - 1) for index in range(count)]
    return control + block * blocks


async def started(dut: Any) -> Walk:
    bench = Harness(dut)
    await bench.reset(reset_time_i=0, start_i=0, log2_block_i=2, desc_valid_i=0, desc_i=0, desc_end_i=1, take_i=0)
    return Walk(bench)


@cocotb.test()
async def random_frames(dut) -> None:
    walk = await started(dut)
    rng = walk.bench.rng
    least = COLS.bit_length() - 1
    for index in range(24):
        if index == 12:
            await walk.bench.pulse(reset_time_i=1)
            walk.time = 0
            cover("time reset")
        log2_block = rng.choice([least, least + 1, min(8, least + 2)])
        await walk.frame(
            random_frame(rng, rng.randint(1, 3)), log2_block, [(0.0, 0.0), (0.5, 0.1), (0.1, 0.8)][index % 3]
        )
        cover("block of one column tile", log2_block == least)
        cover("block of several column tiles", log2_block > least)
    save_coverage()


@cocotb.test()
async def largest_block(dut) -> None:
    """256 samples: column and time counters at their widest."""
    walk = await started(dut)
    rng = walk.bench.rng
    await walk.frame([random_desc(rng, Op.MIX, True) for _ in range(2)], 8, (0.0, 0.0))
    cover("block of 256")
    assert pack_struct(TILE, unpack_struct(TILE, walk.bench.read("tile_o"))) == walk.bench.read("tile_o")
    save_coverage()

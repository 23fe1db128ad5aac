"""fifo: every word once, in order, with exact latency, level and flow control, under random stalls on both sides."""

from __future__ import annotations

import os

import cocotb

from tests.rtl.benches.harness import Harness
from tests.rtl.coverage import cover, save_coverage

DEPTH = int(os.environ.get("DEPTH", "16"))
WIDTH = int(os.environ.get("WIDTH", "16"))
LATENCY = 2


async def start(dut) -> tuple:
    bench = Harness(dut)
    source = bench.source("write", "wr_valid_i", "wr_ready_o", "wr_data_i")
    sink = bench.sink("read", "rd_valid_o", "rd_ready_i", "rd_data_o")
    await bench.reset(clear_i=0)
    return bench, source, sink


def model(source, sink) -> list[int]:
    """When each word must be offered: 2 cycles after it was written, 1 cycle after its predecessor was taken."""
    offered = []
    for index, (written, _) in enumerate(source.taken[: len(sink.seen)]):
        free = sink.got[index - 1][0] + 1 if index else 0
        offered.append(max(written + LATENCY, free))
    return offered


def watch_level(bench, source, sink) -> None:
    """level_o is the number of words in the queue, exactly, and readiness follows from it."""

    def check(cycle: int) -> None:
        inside = sum(at < cycle for at, _ in source.taken) - sum(at < cycle for at, _ in sink.got)
        level = bench.read("level_o")
        assert level == inside, f"cycle {cycle}: level {level}, inside {inside}"
        assert bench.read("wr_ready_o") == (level < DEPTH)
        cover("level empty", level == 0)
        cover("level full", level == DEPTH)
        cover("level between", 0 < level < DEPTH)
        both = bool(source.taken and sink.got) and source.taken[-1][0] == cycle == sink.got[-1][0]
        cover("write and read at once", both)
        cover("write and read at once, one word inside", both and level == 1)
        cover("read when full", bool(sink.got) and sink.got[-1][0] == cycle and level == DEPTH)

    bench.watchers.append(check)


@cocotb.test()
async def words_pass_in_order_with_exact_latency(dut) -> None:
    bench, source, sink = await start(dut)
    watch_level(bench, source, sink)
    words = [(bench.rng.getrandbits(WIDTH),) for _ in range(600)]
    for begin, (write_stall, read_stall) in zip(
        range(0, 600, 100), [(0, 0), (0.7, 0.1), (0.1, 0.7), (0.5, 0.5), (0.0, 0.9), (0.9, 0.0)], strict=True
    ):
        source.stall, sink.stall = write_stall, read_stall
        source.items.extend(words[begin : begin + 100])
        await bench.until(lambda end=begin + 100: len(sink.got) == end)
    assert [word for _, word in sink.got] == words
    assert sink.seen == model(source, sink)
    save_coverage()


@cocotb.test()
async def full_rate_without_stalls(dut) -> None:
    bench, source, sink = await start(dut)
    source.items.extend((each % (1 << WIDTH),) for each in range(200))
    await bench.until(lambda: len(sink.got) == 200)
    writes, reads = ([cycle for cycle, _ in side] for side in (source.taken, sink.got))
    assert [b - a for a, b in zip(writes, reads, strict=True)] == [LATENCY] * 200
    assert writes == list(range(writes[0], writes[0] + 200)), "one word a cycle"
    save_coverage()


@cocotb.test()
async def takes_exactly_depth_words(dut) -> None:
    bench, source, sink = await start(dut)
    sink.stall = 1.0
    source.items.extend((each % (1 << WIDTH),) for each in range(2 * DEPTH))
    await bench.step(4 * DEPTH)
    assert len(source.taken) == DEPTH
    assert bench.read("wr_ready_o") == 0
    sink.stall = 0.0
    begin = bench.cycle
    await bench.until(lambda: len(sink.got) == 2 * DEPTH)
    reads = [cycle for cycle, _ in sink.got]
    assert reads == list(range(begin + 1, begin + 1 + 2 * DEPTH)), "reading never pauses"
    cover("filled, then drained")
    save_coverage()


@cocotb.test()
async def clear_empties_at_once(dut) -> None:
    bench, source, sink = await start(dut)
    for inside in (0, 1, 2, DEPTH):
        sink.stall = 1.0
        source.items.extend((0,) for _ in range(inside))
        await bench.step(inside + 4)
        assert bench.read("level_o") == inside
        source.items.append((1,))  # offered in the clear's cycle: lost, if there was room for it
        await bench.step(clear_i=1)
        source.items.clear()
        source.offered = False
        await bench.step(clear_i=0)
        assert bench.read("rd_valid_o") == 0
        assert bench.read("level_o") == 0
        await bench.step()
        sink.stall, before = 0.0, len(sink.got)
        source.items.append((WIDTH - 1,))
        await bench.until(lambda before=before: len(sink.got) > before)
        assert sink.got[-1][1] == (WIDTH - 1,)
        assert len(sink.got) == before + 1
        await bench.step(3)
        cover(f"clear at level {'full' if inside == DEPTH else inside}")
    save_coverage()

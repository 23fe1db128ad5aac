"""dac_port: the converter gets each sample once, or 0; the stream each sample once; through stalls and mutes."""

from __future__ import annotations

import cocotb

from tests.rtl.benches.harness import Harness
from tests.rtl.coverage import cover, save_coverage

DEPTH = 64
LATENCY = 3


class Bench:
    """The port between a core that gives samples and whoever takes them."""

    def __init__(self, dut) -> None:
        self.h = Harness(dut)
        self.core = self.h.source("samples", "smp_valid_i", "smp_ready_o", "smp_data_i")
        self.stream = self.h.sink("audio stream", "tvalid_o", "tready_i", "tdata_o")
        self.mutes: list[int] = []

    async def reset(self, *, dac: bool, run: bool = True) -> None:
        await self.h.reset(clear_i=0, run_i=0, mute_i=0, dac_i=int(dac), tick_i=0)
        if run:
            await self.h.step(run_i=1)

    def samples(self, count: int) -> list[int]:
        """Random samples, none of them 0, so that silence is seen."""
        values = [self.h.rng.randint(1, 0xFFFF) for _ in range(count)]
        self.core.items.extend((value,) for value in values)
        return values

    async def tick(self) -> tuple[int, int, int]:
        """Valid, data and underrun in the cycle after a tick."""
        await self.h.step(tick_i=1)
        await self.h.step(tick_i=0)
        return self.h.read("dac_valid_o"), self.h.read("dac_data_o"), self.h.read("underrun_o")


@cocotb.test()
async def each_tick_one_sample_and_silence_when_there_is_none(dut) -> None:
    bench = Bench(dut)
    await bench.reset(dac=True)
    rng, inside, played = bench.h.rng, [], False
    for number in range(400):
        bench.core.stall = rng.choice([0.0, 0.8])
        if number > 2 and rng.random() < 0.4:
            inside += bench.samples(rng.randint(1, 4))
        await bench.h.until(lambda: not bench.core.items)
        await bench.h.step(rng.randint(2, 5))
        expected = inside.pop(0) if inside else 0
        played = played or bool(expected)
        assert bench.h.read("level_o") == len(inside) + bool(expected)
        assert await bench.tick() == (1, expected, int(played and not expected))
        cover("underrun", played and not expected)
        cover("tick before the first sample", not played)
        cover("sample after an underrun", bool(expected) and played)
        await bench.h.step(2)
        assert (bench.h.read("dac_valid_o"), bench.h.read("underrun_o")) == (0, 0), "pulses of one cycle"
        assert bench.h.read("dac_data_o") == expected, "held until the next tick"
    save_coverage()


@cocotb.test()
async def ticks_in_a_row(dut) -> None:
    bench = Bench(dut)
    await bench.reset(dac=True)
    values = bench.samples(40)
    await bench.h.step(44)
    heard = []
    for index in range(45):
        await bench.h.step(tick_i=1)
        if index:
            assert bench.h.read("dac_valid_o") == 1
            heard.append((bench.h.read("dac_data_o"), bench.h.read("underrun_o")))
    assert heard == [(value, 0) for value in values] + [(0, 1)] * 4
    cover("one sample a cycle")
    save_coverage()


@cocotb.test()
async def a_muted_converter_keeps_its_pace(dut) -> None:
    bench = Bench(dut)
    await bench.reset(dac=True)
    values = bench.samples(60)
    await bench.h.step(64)
    for value in values:
        mute = bench.h.rng.getrandbits(1)
        await bench.h.step(mute_i=mute)
        assert await bench.tick() == (1, 0 if mute else value, 0)
        cover("muted tick", mute)
        cover("tick", not mute)
    save_coverage()


@cocotb.test()
async def stopped_is_silent_at_once(dut) -> None:
    bench = Bench(dut)
    await bench.reset(dac=True)
    values = bench.samples(10)
    await bench.h.step(14)
    assert await bench.tick() == (1, values[0], 0)
    await bench.h.step(run_i=0)
    await bench.h.step()
    assert bench.h.read("dac_data_o") == 0
    assert bench.h.read("smp_ready_o") == 0
    for _ in range(4):
        assert await bench.tick() == (1, 0, 0), "no underrun: nothing was promised"
    assert bench.h.read("level_o") == 9
    await bench.h.pulse(clear_i=1)
    assert bench.h.read("level_o") == 0
    await bench.h.step(run_i=1)
    assert await bench.tick() == (1, 0, 0), "nothing is left of the last run, and before a sample nothing is late"
    newest = bench.samples(1)[0]
    await bench.h.step(4)
    assert await bench.tick() == (1, newest, 0)
    assert await bench.tick() == (1, 0, 1)
    cover("stopped")
    save_coverage()


@cocotb.test()
async def the_stream_takes_every_sample_once(dut) -> None:
    bench = Bench(dut)
    await bench.reset(dac=False)
    rng, expected = bench.h.rng, []
    for _ in range(40):
        bench.core.stall, bench.stream.stall = rng.choice([0.0, 0.5, 0.9]), rng.choice([0.0, 0.5, 0.9])
        expected += bench.samples(20)
        await bench.h.until(lambda: not bench.core.items)
    bench.stream.stall = 0.0
    await bench.h.until(lambda: len(bench.stream.got) == 800)
    assert [data for _, (data,) in bench.stream.got] == expected
    await bench.h.step(tick_i=1)
    await bench.h.step(tick_i=0)
    assert bench.h.read("dac_valid_o") == 0, "ticks are not for the stream"
    save_coverage()


@cocotb.test()
async def the_streams_latency_and_rate(dut) -> None:
    bench = Bench(dut)
    await bench.reset(dac=False)
    bench.samples(50)
    await bench.h.until(lambda: len(bench.stream.got) == 50)
    taken, got = ([cycle for cycle, _ in side] for side in (bench.core.taken, bench.stream.got))
    assert [b - a for a, b in zip(taken, got, strict=True)] == [LATENCY] * 50
    assert taken == list(range(taken[0], taken[0] + 50))
    save_coverage()


@cocotb.test()
async def the_queue_holds_its_depth_and_then_stops_the_core(dut) -> None:
    bench = Bench(dut)
    await bench.reset(dac=True)
    values = bench.samples(DEPTH + 10)
    await bench.h.step(2 * DEPTH)
    assert (len(bench.core.taken), bench.h.read("level_o")) == (DEPTH, DEPTH)
    for value in values:
        assert await bench.tick() == (1, value, 0)
    cover("queue full")
    save_coverage()


@cocotb.test()
async def a_mute_does_not_touch_what_the_stream_offers(dut) -> None:
    bench = Bench(dut)
    await bench.reset(dac=False)
    values = bench.samples(300)
    bench.stream.stall = 0.7
    rng, zeros = bench.h.rng, 0
    while len(bench.stream.got) < 300:  # a_stable in dac_port_sva watches the offer itself
        await bench.h.step(mute_i=rng.getrandbits(1), run_i=int(rng.random() < 0.9))
    for (_, (data,)), value in zip(bench.stream.got, values, strict=True):
        assert data in (0, value)
        zeros += data == 0
    cover("muted sample", zeros)
    cover("sample", 300 - zeros)
    save_coverage()

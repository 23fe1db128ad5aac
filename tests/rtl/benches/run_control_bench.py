"""run_control: exact start cycles, no start into a busy core, and a model of every output under random commands."""

from __future__ import annotations

import cocotb

from tests.rtl.benches.harness import Harness
from tests.rtl.coverage import cover, save_coverage

SETTLE = 4
NAMES = ("start_o", "run_o", "pending_o", "quiet_o")


async def start(dut) -> Harness:
    bench = Harness(dut)
    await bench.reset(start_i=0, stop_i=0, core_busy_i=0)
    return bench


def outputs(bench: Harness) -> tuple[int, ...]:
    return tuple(bench.read(name) for name in NAMES)


@cocotb.test()
async def start_when_quiet(dut) -> None:
    bench = await start(dut)
    await bench.step(SETTLE + 2)
    assert outputs(bench) == (0, 0, 0, 1)
    await bench.step(start_i=1)
    assert outputs(bench) == (0, 0, 0, 1)
    await bench.step(start_i=0)
    assert outputs(bench) == (0, 0, 1, 0)
    await bench.step()
    assert outputs(bench) == (1, 0, 0, 0), "two cycles after the command"
    await bench.step(core_busy_i=1)
    assert outputs(bench) == (0, 1, 0, 0)
    await bench.step(core_busy_i=0)
    await bench.step(stop_i=1)
    await bench.step(stop_i=0)
    assert outputs(bench) == (0, 0, 0, 0)
    await bench.step(SETTLE)
    assert outputs(bench) == (0, 0, 0, 1), "quiet once settled"
    save_coverage()


@cocotb.test()
async def start_waits_for_a_late_frame(dut) -> None:
    """The core takes the last word of a frame as the start comes, and is busy two cycles later."""
    bench = await start(dut)
    for busy_for in (1, 7, 50):
        await bench.step(SETTLE + 2)
        await bench.pulse(start_i=1)
        await bench.until(lambda: bench.read("run_o") == 1)
        await bench.step(start_i=1)
        await bench.step(start_i=0)
        await bench.step(busy_for, core_busy_i=1)
        assert outputs(bench) == (0, 0, 1, 0)
        begin = bench.cycle + 1
        await bench.step(core_busy_i=0)
        await bench.until(lambda: bench.read("start_o") == 1)
        assert bench.cycle == begin + SETTLE + 1
        await bench.step()
        await bench.pulse(stop_i=1)
        cover(f"start waited for {busy_for} busy cycles")
    save_coverage()


@cocotb.test()
async def random_commands(dut) -> None:
    bench = await start(dut)
    rng = bench.rng
    idle, pending, begun, run, busy = 1, False, False, False, False  # reset leaves one cycle before the first step
    for _ in range(6000):
        begin, stop = rng.random() < 0.04, rng.random() < (0.2 if pending else 0.02)
        busy = rng.random() < (0.95 if busy else 0.03)
        await bench.step(start_i=begin, stop_i=stop, core_busy_i=busy)
        quiet = idle == SETTLE and not busy and not pending and not begun
        assert outputs(bench) == (begun, run, pending, quiet)
        go = pending and idle == SETTLE and not busy
        cover("stop with a start that waits", stop and pending)
        cover("start and stop at once", stop and begin)
        cover("stop as the start leaves", stop and go)
        cover("start again while running", begin and run and not stop)
        cover("started", begun)
        idle = 0 if run or begun or busy else min(idle + 1, SETTLE)
        run = not (stop or begin) and (run or begun)
        pending = not stop and (begin or (pending and not go))
        begun = go and not stop and not begin
    save_coverage()

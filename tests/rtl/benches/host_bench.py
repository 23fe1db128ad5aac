"""systole_top with a stand-in core: a host that loads, starts, plays and breaks things through a bus full of stalls."""

from __future__ import annotations

import cocotb

from accel.hardware.geometry import EXC_CHANNELS
from accel.hardware.registers import AT, BY_NAME, REGISTERS, Access
from tests.rtl.benches.host_driver import BIT, OKAY, SLVERR, Host
from tests.rtl.coverage import cover, save_coverage

HOP = 8
GEOMETRY = {
    "geometry": EXC_CHANNELS << 24 | 2 << 16 | 8 << 8 | 4, "desc_depth": 64, "wgt_depth": 6144, "row_depth": 1024,
    "act_depth": 3072, "cond_depth": 288, "ctl_depth": 256, "stream_depth": 256, "skip_depth": 256,
    "out_depth": 32, "sample_depth": 16, "knobs": 8,
}  # fmt: skip


def samples(words: list[int]) -> list[int]:
    return [(sum(words) + k) & 0xFFFF for k in range(HOP)]


@cocotb.test()
async def every_register_at_reset_and_its_rights(dut) -> None:
    host = Host(dut)
    await host.reset(stall=0.3)
    for each in REGISTERS:
        for index in range(min(each.count, 9)):
            offset = each.offset + 4 * index
            response, data = await host.get(offset)
            if each.access == Access.WO:
                assert (response, data) == (SLVERR, 0)
                continue
            assert response == OKAY, each.name
            if each.name == "status":
                assert data == BIT["status.quiet"]
            elif each.name in GEOMETRY:
                assert data == GEOMETRY[each.name], each.name
            elif each.reset is not None:
                assert data == each.reset, each.name
        if each.access == Access.RO:
            assert await host.put(each.offset, 0xFFFFFFFF) == SLVERR
            assert await host.get(each.offset) == (response, data)
            cover("write of a read-only register")
    known = {each.offset + 4 * index for each in REGISTERS for index in range(each.count)}
    last = BY_NAME["cv"].offset + 4 * 9
    for offset in [*sorted({*range(0, 4096, 4)} - known)[::29], last, 4092]:
        assert await host.get(offset) == (SLVERR, 0), hex(offset)
        assert await host.put(offset, 1) == SLVERR, hex(offset)
        cover("no register there")
    save_coverage()


@cocotb.test()
async def writable_registers_keep_what_fits(dut) -> None:
    host = Host(dut)
    await host.reset(stall=0.2)
    rng = host.h.rng
    width = {"control": 3, "irq_enable": 4, "load_select": 3, "load_address": 20}
    for name in ("control", "irq_enable", "seed", "phase", "load_select", "load_address", "expected_crc"):
        for _ in range(4):
            value = rng.getrandbits(32) | 1
            await host.write(name, value)
            kept = value & ((1 << width.get(name, 32)) - 1)
            assert await host.read(name) == kept
            for strobe in (0, 1, 7, 14):
                assert await host.put(name, ~value, strobe) == SLVERR
            assert await host.read(name) == kept
            cover("a part of a word refused")
    seed = await host.read("seed")
    assert await host.put("seed", 0) == SLVERR
    assert await host.read("seed") == seed
    save_coverage()


@cocotb.test()
async def commands_refused(dut) -> None:
    host = Host(dut)
    await host.reset()
    for word in (0, 3, 16, 1 << 31, 5, 0xFFFFFFFF):
        assert await host.put("command", word) == SLVERR
    assert await host.command("start") == SLVERR, "nothing loaded"
    assert await host.command("load_close") == SLVERR, "no load open"
    assert await host.put("load_data", 1) == SLVERR, "no load open"
    assert await host.command("load_open") == OKAY
    assert await host.command("start") == SLVERR, "load open"
    await host.write("load_data", 5)
    assert await host.command("load_close") == OKAY
    assert await host.command("start") == SLVERR, "CRC wrong"
    assert not await host.status("running")
    assert not await host.status("start_pending")
    cover("commands refused")
    save_coverage()


@cocotb.test()
async def load_play_and_read_back_by_stream(dut) -> None:
    host = Host(dut)
    await host.reset(stall=0.4)
    rng = host.h.rng
    image = host.program(4)
    await host.load(image)
    assert await host.read("status") == BIT["status.loaded"] | BIT["status.crc_ok"] | BIT["status.quiet"]
    assert await host.read("cv_words") == 4
    for select, address, words in image:
        await host.write("load_select", select)
        await host.write("load_address", address)
        for word in words:
            assert await host.read("load_data") == word
            cover("words read back")
    host.audio.stall = host.cv.stall = 0.5
    await host.begin(cv_stream=1)
    expected = []
    for number in range(30):
        words = [rng.randint(0, 0x3FFF) for _ in range(4)]
        host.cv.items.extend((word, int(index == 3)) for index, word in enumerate(words))
        expected += samples(words) if number else []
    await host.h.until(lambda: len(host.audio.got) == 29 * HOP, 8000)
    assert [data for _, (data,) in host.audio.got] == expected
    await host.h.step(30)
    assert await host.read("frames") == 29
    assert await host.read("cycles") == 30 * HOP
    macs = 30 * HOP * 0x4000_0001
    low = await host.read("macs_low")
    assert (await host.read("macs_high") << 32 | low) == macs
    assert macs >> 32
    assert await host.put("load_data", 0) == SLVERR, "a running program cannot be changed"
    assert (await host.get("load_data"))[0] == SLVERR
    await host.begin(cv_stream=1)
    host.cv.items.extend((1, 1) for _ in range(40))
    low = await host.read("macs_low")
    await host.h.until(lambda: not host.cv.items, 3000)
    passed = low & 0x3FFF_FFFF  # each cycle of the stand-in adds 2**30 + 1
    assert passed < await host.read("cycles")
    assert await host.read("macs_high") == passed * 0x4000_0001 >> 32, "as it was when the lower half was read"
    cover("played by stream")
    save_coverage()


@cocotb.test()
async def play_by_registers_and_ticks_with_interrupts(dut) -> None:
    host = Host(dut)
    await host.reset(stall=0.2)
    rng = host.h.rng
    await host.load(host.program(3))
    wanted, underrun = BIT["irq_flags.frame_wanted"], BIT["irq_flags.underrun"]
    await host.write("irq_enable", wanted)
    words = [7, 8, 9]
    await host.frame(words)
    assert await host.status("cv_pending")
    await host.begin(dac=1)
    assert await host.tick() == 0, "silence until there is sound"
    heard, expected = [], []
    for _ in range(12):
        await host.h.until(lambda: host.h.read("irq_o") == 1, 500, "frame wanted")
        await host.write("irq_flags", wanted)
        words[rng.randint(0, 2)] = rng.randint(0, 0x1000)  # what is not written stays
        expected += samples(words)
        await host.frame(words)
        await host.h.until(lambda: host.h.read("irq_o") == 1, 500, "frame taken")
        await host.h.step(40)
        for _ in range(HOP - 1):
            heard.append(await host.tick())
            await host.h.step(rng.randint(0, 9))
    heard += [await host.tick() for _ in range(len(expected) - len(heard))]
    assert heard == expected
    assert not await host.read("irq_flags") & underrun
    assert await host.read("fifo_level") == 0
    for _ in range(3):
        assert await host.tick() == 0, "never a sample twice"
    assert await host.read("irq_flags") & underrun
    assert await host.status("underrun")
    assert host.h.read("irq_o") == 1
    await host.write("irq_enable", 0)
    assert host.h.read("irq_o") == 0
    await host.write("irq_flags", underrun)
    assert not await host.status("underrun")
    await host.frame(words)
    await host.h.step(60)
    assert [await host.tick() for _ in range(HOP)] == samples(words), "sound again after the underrun"
    await host.write("control", BIT["control.dac"] | BIT["control.mute"])
    await host.frame(words)
    await host.h.step(60)
    assert [await host.tick() for _ in range(HOP)] == [0] * HOP
    assert not await host.status("underrun"), "muted is not late"
    cover("played by ticks")
    save_coverage()


@cocotb.test()
async def a_bad_load_is_silent_until_a_good_one(dut) -> None:
    host = Host(dut)
    await host.reset(stall=0.1)
    await host.write("irq_enable", BIT["irq_flags.crc_error"])
    for error in (1, 1 << 31, 0xFFFFFFFF):
        await host.frame([9, 9])
        assert await host.command("load_open") == OKAY
        assert not await host.status("cv_pending"), "a frame for the last program is not for the next one"
        await host.load(host.program(2), crc_error=error)
        assert await host.status("crc_error")
        assert not await host.status("crc_ok")
        assert host.h.read("irq_o") == 1
        await host.write("irq_flags", BIT["irq_flags.crc_error"])
        assert await host.command("start") == SLVERR
        await host.frame([0x7FFF, 0x7FFF])
        await host.write("control", BIT["control.dac"])
        for _ in range(5):
            assert await host.tick() == 0
            await host.h.step(10)
        await host.load(host.program(2))
        assert not await host.status("crc_error")
        await host.frame([1, 2])
        await host.begin(dac=1)
        await host.h.step(60)
        await host.frame([3, 4])
        await host.h.step(60)
        assert await host.tick() == 7
        cover("recovered from a bad load")
    save_coverage()


@cocotb.test()
async def restarts_and_loads_in_the_middle_of_everything(dut) -> None:
    host = Host(dut)
    await host.reset(stall=0.1)
    rng = host.h.rng
    await host.load(host.program(4))
    for number in range(25):
        stream = rng.getrandbits(1)
        host.audio.stall, host.cv.stall = rng.choice([0.0, 0.5, 1.0]), rng.choice([0.0, 0.5])
        if rng.random() < 0.3:
            await host.load(host.program(4))
            cover("loaded again")
        await host.begin(seed=number + 1, cv_stream=stream)
        await host.h.until(lambda: int(dut.u_host.run.value) == 1, 400)
        host.audio.stall = 0.0
        await host.h.step(8)
        begin = len(host.audio.got)  # one sample of the last run may have been on offer
        frames = [[rng.randint(0, 999) for _ in range(4)] for _ in range(3)]
        if stream:
            for frame in frames:
                host.cv.items.extend((word, int(index == 3)) for index, word in enumerate(frame))
        else:
            for frame in frames:
                await host.frame(frame)
                await host.h.until(lambda: int(dut.u_host.cv_pending.value) == 0, 400)
        if stream:
            await host.h.until(lambda: not host.cv.items, 600)
        await host.h.until(lambda end=begin + 2 * HOP: len(host.audio.got) >= end, 900)
        got = [data for _, (data,) in host.audio.got[begin:]]
        assert got == samples(frames[1]) + samples(frames[2]), f"run {number}"
        await host.h.step(10)
        assert await host.read("frames") == 2, "counted from the start"
        # leave something half done: a frame that is not read, or a frame that is not whole
        host.audio.stall = 1.0
        leave = rng.choice(["part of a streamed frame", "samples", "busy core"]) if stream else "samples"
        cover(f"restart with {leave} left")
        tail = [(1, 0), (2, 0)] if leave.startswith("part") else [(5, 0), (5, 0), (5, 0), (5, 1)]
        if stream:
            host.cv.items.extend(tail)
        else:
            await host.frame([5, 5, 5, 5])
        await host.h.step(30 if leave == "samples" else 12)
        if leave.startswith("part"):
            await host.h.until(lambda: not host.cv.items)
            host.cv.items.extend([(3, 0), (4, 1)])  # the rest: if this run does not get it, the next one drops it
            await host.h.step(rng.randint(0, 3))
    save_coverage()


@cocotb.test()
async def a_start_waits_for_the_core(dut) -> None:
    host = Host(dut)
    await host.reset()
    await host.load(host.program(1))
    await host.begin(cv_stream=1)
    for number in range(40):
        await host.h.until(lambda: int(dut.u_core.busy_o.value) == 0, 100)
        host.cv.items.append((1, 1))
        await host.h.step(number % 20)
        assert await host.command("start") == OKAY
        cover("start while busy", int(dut.u_core.busy_o.value) or await host.status("start_pending"))
        await host.h.until(lambda: int(dut.u_host.run.value) == 1, 200)  # a_start in the SVA watches the core
    save_coverage()


@cocotb.test()
async def bus_latencies(dut) -> None:
    host = Host(dut)
    await host.reset()
    await host.load(host.program(2))
    for name, cycles in (("id", 3), ("status", 3), ("cv", 3), ("load_data", 3 + 5)):
        await host.read(name)
        assert host.r.got[-1][0] - host.ar.taken[-1][0] == cycles, name
        cover(f"latency of reading {name}")
    ar = len(host.ar.taken)
    host.ar.items.extend((AT["id"],) for _ in range(20))
    await host.h.until(lambda: len(host.r.got) == ar + 20)
    assert host.r.got[-1][0] - host.r.got[-20][0] == 57, "a read every three cycles"
    for name in ("control", "phase", "load_address", "cv"):
        await host.write(name, 1)
        assert host.b.got[-1][0] - host.aw.taken[-1][0] == 3, name
        cover(f"latency of writing {name}")
    save_coverage()

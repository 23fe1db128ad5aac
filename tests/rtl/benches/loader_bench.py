"""loader: what reaches the core, what comes back, and when; CRC against zlib; every way in which a load can be bad."""

from __future__ import annotations

import random
import zlib
from collections import deque

import cocotb

from accel.hardware.layout import CFG_FIELDS, LOAD_SELECT
from tests.rtl.benches.harness import Harness
from tests.rtl.coverage import cover, save_coverage

LATENCY = 4
PULSES = ("open_i", "close_i", "select_we_i", "address_we_i", "expected_we_i", "data_we_i")


class Core:
    """Memories that answer after exactly LATENCY cycles, or (deaf) not at all."""

    def __init__(self, dut) -> None:
        self.dut, self.memory, self.deaf = dut, {}, False
        self.line: deque[int | None] = deque([None] * LATENCY)
        self.writes: list[tuple[int, int, int, int]] = []

    def idle(self) -> None:
        self.dut.ld_rvalid_i.value = 0

    def drive(self, rng: random.Random) -> None:
        word = self.line.popleft()
        self.dut.ld_rvalid_i.value = int(word is not None)
        self.dut.ld_rdata_i.value = rng.getrandbits(32) if word is None else word

    def sample(self, cycle: int) -> None:
        dut, answer = self.dut, None
        if int(dut.ld_req_o.value):
            place = (int(dut.ld_sel_o.value), int(dut.ld_addr_o.value))
            if int(dut.ld_we_o.value):
                self.memory[place] = int(dut.ld_wdata_o.value)
                self.writes.append((cycle, *place, self.memory[place]))
            elif not self.deaf:
                answer = self.memory.get(place, 0)
        self.line.append(answer)


class Host:
    """Commands as the registers give them, and the bytes that the CRC must have seen."""

    def __init__(self, dut) -> None:
        self.core = Core(dut)
        self.bench = Harness(dut, self.core)
        self.message, self.open = b"", False

    async def command(self, name: str, data: int = 0) -> None:
        """One cycle of one pulse, then a pause of 0..2 cycles."""
        if self.open and name in ("select_we_i", "address_we_i", "data_we_i"):
            self.message += data.to_bytes(4, "little")
        if name == "open_i":
            self.open, self.message = True, b""
        if name == "close_i":
            self.open = False
        await self.bench.step(**dict.fromkeys(PULSES, 0) | {name: 1, "wdata_i": data})
        pause = self.bench.rng.choice([0, 0, 1, 2])
        cover(f"pause of {pause}")
        if pause:
            await self.settle(pause)

    async def settle(self, cycles: int = 1) -> None:
        await self.bench.step(cycles, **dict.fromkeys(PULSES, 0))

    async def load(self, select: int, address: int, words: list[int]) -> None:
        await self.command("select_we_i", select)
        await self.command("address_we_i", address)
        for word in words:
            await self.command("data_we_i", word)

    async def read(self) -> tuple[int, int, int]:
        """Data, error flag and cycles from the request to the answer."""
        await self.bench.step(**dict.fromkeys(PULSES, 0) | {"data_re_i": 1})
        begin = self.bench.cycle
        await self.bench.until(lambda: self.bench.read("read_done_o") == 1, 20)
        answer = (self.bench.read("rdata_o"), self.bench.read("read_err_o"), self.bench.cycle - begin)
        await self.bench.step(data_re_i=0)
        return answer

    def state(self) -> tuple[int, ...]:
        return tuple(self.bench.read(name) for name in ("open_o", "loaded_o", "crc_ok_o", "crc_error_o"))


async def start(dut) -> Host:
    host = Host(dut)
    await host.bench.reset(**dict.fromkeys(PULSES, 0), wdata_i=0, data_re_i=0)
    return host


@cocotb.test()
async def a_good_load_and_its_readback(dut) -> None:
    host = await start(dut)
    rng = host.bench.rng
    assert host.state() == (0, 0, 0, 0)
    await host.command("open_i")
    parts = [(sel, rng.getrandbits(18), [rng.getrandbits(32) for _ in range(40)]) for sel in range(6)]
    parts[3] = (3, (1 << 20) - 20, parts[3][2])  # the address wraps
    for part in parts:
        await host.load(*part)
    await host.settle(2)
    assert host.bench.read("computed_o") == zlib.crc32(host.message)
    assert host.bench.read("count_o") == 240
    assert len(host.core.writes) == 240
    await host.command("expected_we_i", zlib.crc32(host.message))
    await host.settle()
    assert host.state() == (1, 0, 0, 0)
    await host.command("close_i")
    await host.settle()
    assert host.state() == (0, 1, 1, 0)
    assert host.bench.read("crc_event_o") == 0
    for select, address, words in parts:
        await host.command("select_we_i", select)
        await host.command("address_we_i", address)
        for offset, word in enumerate(words):
            assert host.core.memory[(select, (address + offset) & 0xFFFFF)] == word
            assert await host.read() == (word, 0, LATENCY + 1)
    assert host.bench.read("computed_o") == zlib.crc32(host.message), "reading back changes no CRC"
    assert host.state() == (0, 1, 1, 0)
    cover("words read back", 240)
    save_coverage()


@cocotb.test()
async def a_write_reaches_the_core_in_the_next_cycle(dut) -> None:
    host = await start(dut)
    await host.command("open_i")
    await host.settle()
    for index in range(20):
        await host.bench.step(data_we_i=1, wdata_i=index)
        assert host.bench.read("ld_req_o") == (index > 0), "one word a cycle"
    await host.settle()
    cycles = [cycle for cycle, *_ in host.core.writes]
    assert cycles == list(range(host.bench.cycle - 19, host.bench.cycle + 1))
    assert [address for _, _, address, _ in host.core.writes] == list(range(20))
    save_coverage()


async def attempt(host: Host, fault: str) -> tuple[int, ...]:
    """A load with one fault on its way to the chip; what the chip makes of it."""
    rng = host.bench.rng
    clean = [("select_we_i", 1), ("address_we_i", 64), *(("data_we_i", rng.getrandbits(32)) for _ in range(12))]
    expected = zlib.crc32(b"".join(data.to_bytes(4, "little") for _, data in clean))
    sent = list(clean)
    at = rng.randrange(2, len(sent) - 1)
    if fault == "bit":
        sent[at] = (sent[at][0], sent[at][1] ^ 1 << rng.randrange(32))
    if fault == "address":
        sent[1] = ("address_we_i", 64 ^ 1 << rng.randrange(20))
    if fault == "lost":
        del sent[at]
    if fault == "twice":
        sent.insert(at, sent[at])
    if fault == "order":
        sent[at], sent[at + 1] = sent[at + 1], sent[at]
    if fault == "crc":
        expected ^= 1 << rng.randrange(32)
    if fault == "empty":
        sent, expected = [], 0
    await host.command("open_i")
    for name, data in sent:
        await host.command(name, data)
    await host.command("expected_we_i", expected)
    await host.command("close_i")
    await host.settle()
    cover(f"load: {fault}")
    return host.state()


@cocotb.test()
async def bad_loads_are_found_and_stay_bad(dut) -> None:
    host = await start(dut)
    events = []
    host.bench.watchers.append(lambda cycle: events.append(host.bench.read("crc_event_o")))
    for fault in ("bit", "address", "lost", "twice", "order", "crc", "empty") * 3:
        events.clear()
        assert await attempt(host, fault) == (0, 1, 0, 1), fault
        await host.settle(2)
        assert sum(events) == 1
        await host.command("open_i")
        await host.settle()
        assert host.state() == (1, 0, 0, 1), "the error outlives the opening of the next load"
        assert await attempt(host, "none") == (0, 1, 1, 0)
    save_coverage()


@cocotb.test()
async def a_core_that_does_not_answer_gives_an_error(dut) -> None:
    host = await start(dut)
    host.core.deaf = True
    for _ in range(3):
        _, error, cycles = await host.read()
        assert (error, cycles) == (1, LATENCY + 1)
    host.core.deaf = False
    assert (await host.read())[1:] == (0, LATENCY + 1)
    cover("no answer")
    save_coverage()


@cocotb.test()
async def the_length_of_a_control_frame_is_noted(dut) -> None:
    host = await start(dut)
    config, at = LOAD_SELECT["cfg"], CFG_FIELDS["cv_words"][0]
    assert host.bench.read("cv_words_o") == 1
    await host.command("open_i")
    await host.load(config, 0, [*range(100, 100 + at), 7])
    await host.settle()
    assert host.bench.read("cv_words_o") == 7
    await host.load(config, at + 16, [9])
    await host.load(LOAD_SELECT["bias"], at, [11])
    await host.settle()
    assert host.bench.read("cv_words_o") == 7
    save_coverage()

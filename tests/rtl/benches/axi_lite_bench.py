"""axi_lite: every access once, with its own answer, in the exact cycle, under stalls of all five channels."""

from __future__ import annotations

import random
from itertools import pairwise

import cocotb

from tests.rtl.benches.harness import Harness
from tests.rtl.coverage import cover, save_coverage

OKAY, SLVERR = 0, 2


class Registers:
    """The bus's other side: acknowledges at random, with random data and errors, and keeps a record of every access."""

    def __init__(self, dut) -> None:
        self.dut = dut
        self.stall = 0.0
        self.writes: list[tuple[int, int, int, int, int]] = []
        """cycle, word address, data, whole, error"""
        self.reads: list[tuple[int, int, int, int]] = []
        """cycle, word address, data, error"""
        self.requests: list[tuple[int, bool, int]] = []
        """cycle in which an access appeared, write, number of that access"""
        self.order: list[bool] = []
        self.open = False
        self.waited = 0

    def idle(self) -> None:
        self.dut.ack_i.value = 0

    def drive(self, rng: random.Random) -> None:
        self.dut.ack_i.value = int(rng.random() >= self.stall)
        self.dut.err_i.value = rng.getrandbits(1)
        self.dut.rdata_i.value = rng.getrandbits(32)

    def sample(self, cycle: int) -> None:
        dut = self.dut
        if not int(dut.req_o.value):
            assert not self.open, "a request was withdrawn"
            return
        write = bool(int(dut.we_o.value))
        if not self.open:
            self.requests.append((cycle, write, len(self.writes) if write else len(self.reads)))
            self.waited = 0
        self.open = not int(dut.ack_i.value)
        self.waited += 1
        if self.open:
            return
        cover("access acknowledged at once", self.waited == 1)
        cover("access acknowledged later", self.waited > 1)
        error, address = int(dut.err_i.value), int(dut.addr_o.value)
        self.order.append(write)
        if write:
            self.writes.append((cycle, address, int(dut.wdata_o.value), int(dut.whole_o.value), error))
        else:
            self.reads.append((cycle, address, int(dut.rdata_i.value), error))


class Bench:
    """The slave, its five channels, and the registers behind it."""

    def __init__(self, dut) -> None:
        self.registers = Registers(dut)
        self.harness = Harness(dut, self.registers)
        source, sink = self.harness.source, self.harness.sink
        self.aw = source("AW", "awvalid_i", "awready_o", "awaddr_i")
        self.w = source("W", "wvalid_i", "wready_o", "wdata_i", "wstrb_i")
        self.ar = source("AR", "arvalid_i", "arready_o", "araddr_i")
        self.b = sink("B", "bvalid_o", "bready_i", "bresp_o")
        self.r = sink("R", "rvalid_o", "rready_i", "rresp_o", "rdata_o")

    def queue(self, writes: int, reads: int) -> None:
        rng = self.harness.rng
        for _ in range(writes):
            self.aw.items.append((rng.getrandbits(12),))
            self.w.items.append((rng.getrandbits(32), rng.choice([15, 15, 15, rng.getrandbits(4)])))
        self.ar.items.extend((rng.getrandbits(12),) for _ in range(reads))

    async def drain(self) -> None:
        sources = (self.aw, self.w, self.ar)
        await self.harness.until(lambda: not any(each.items for each in sources))
        await self.harness.until(
            lambda: len(self.b.got) == len(self.aw.taken) and len(self.r.got) == len(self.ar.taken)
        )

    def check(self) -> None:
        """Contents, and the cycle of every answer."""
        bus, registers = self, self.registers
        assert len(registers.writes) == len(bus.aw.taken) == len(bus.w.taken) == len(bus.b.got)
        for index, (cycle, address, data, whole, error) in enumerate(registers.writes):
            assert address == bus.aw.taken[index][1][0] >> 2
            assert (data, whole) == (bus.w.taken[index][1][0], int(bus.w.taken[index][1][1] == 15))
            assert bus.b.seen[index] == cycle + 1
            assert bus.b.got[index][1] == ((SLVERR if error else OKAY),)
            cover("write of a part of a word", not whole)
        assert len(registers.reads) == len(bus.ar.taken) == len(bus.r.got)
        for index, (cycle, address, data, error) in enumerate(registers.reads):
            assert address == bus.ar.taken[index][1][0] >> 2
            assert bus.r.seen[index] == cycle + 1
            assert bus.r.got[index][1] == ((SLVERR, 0) if error else (OKAY, data))
        self.check_requests()

    def check_requests(self) -> None:
        """An access is chosen 1 cycle after it is complete and its kind's last answer has gone, and appears one later.

        Kinds take turns.
        """
        free, write_last = 0, False
        acks = sorted([each[0] for each in self.registers.writes] + [each[0] for each in self.registers.reads])
        for number, (cycle, write, index) in enumerate(self.registers.requests):
            ready = {True: self.ready_at(True, index if write else self.count(number, True)),
                     False: self.ready_at(False, self.count(number, False) if write else index)}  # fmt: skip
            chosen = cycle - 1
            assert chosen == max(free, min(ready.values()))
            both = max(ready.values()) <= chosen
            cover("write and read compete", both)
            if both:
                assert write != write_last
            free, write_last = acks[number] + 1, write

    def count(self, number: int, write: bool) -> int:
        return sum(each == write for each in self.registers.order[:number])

    def ready_at(self, write: bool, index: int) -> int:
        taken = [self.aw.taken, self.w.taken] if write else [self.ar.taken]
        answers = self.b.got if write else self.r.got
        if index >= len(answers):
            return 1 << 60
        if write:
            cover("W before AW", taken[1][index][0] < taken[0][index][0])
            cover("AW before W", taken[1][index][0] > taken[0][index][0])
        gone = answers[index - 1][0] if index else 0
        return max([gone, *(side[index][0] for side in taken)]) + 1


@cocotb.test()
async def accesses_under_every_kind_of_stall(dut) -> None:
    bench = Bench(dut)
    await bench.harness.reset()
    rng = bench.harness.rng
    for _ in range(12):
        for channel in (bench.aw, bench.w, bench.ar, bench.b, bench.r, bench.registers):
            channel.stall = rng.choice([0.0, 0.0, 0.3, 0.6, 0.9])
        bench.queue(40, 40)
        await bench.drain()
    bench.check()
    save_coverage()


@cocotb.test()
async def three_cycles_without_stalls(dut) -> None:
    bench = Bench(dut)
    await bench.harness.reset()
    bench.queue(50, 0)
    await bench.drain()
    bench.queue(0, 50)
    await bench.drain()
    bench.check()
    asked, answered = ([cycle for cycle, _ in side] for side in (bench.aw.taken, bench.b.got))
    assert [b - a for a, b in zip(asked, answered, strict=True)] == [3] * 50
    assert asked == list(range(asked[0], asked[0] + 150, 3)), "a write every three cycles"
    asked, answered = ([cycle for cycle, _ in side] for side in (bench.ar.taken, bench.r.got))
    assert [b - a for a, b in zip(asked, answered, strict=True)] == [3] * 50
    assert asked == list(range(asked[0], asked[0] + 150, 3)), "a read every three cycles"
    save_coverage()


@cocotb.test()
async def neither_kind_starves(dut) -> None:
    bench = Bench(dut)
    await bench.harness.reset()
    bench.registers.stall = 0.8
    bench.queue(60, 60)
    await bench.drain()
    bench.check()
    order = bench.registers.order
    # the first read may come before or after the first write, then they alternate
    assert all(a != b for a, b in pairwise(order[2:100]))
    save_coverage()

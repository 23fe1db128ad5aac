"""desc_fetch: the descriptors of a frame in order, bit for bit, each DescWords + 2 cycles after it was asked for."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from typing import Any

import cocotb

from accel.formats import Op
from accel.hardware.layout import DESC_STRIDE, DESC_WORDS
from tests.rtl.benches.harness import Harness
from tests.rtl.benches.structs import desc_value
from tests.rtl.coverage import cover, save_coverage

DESCS = 16
LATENCY = DESC_WORDS + 2
FLAGS = 0b1_1110_0111  # op, first, last, fin, wait_all: the bits of word 0 that the unit looks at, and others


@dataclass
class Table:
    """A descriptor memory with random words; what a frame must fetch from it."""

    rng: random.Random
    control: int
    rest: int
    words: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.words = [self.rng.getrandbits(32) for _ in range(DESCS * DESC_STRIDE)]
        for index in range(self.control + self.rest):
            is_control = index < self.control
            op = Op.CONTROL if is_control else self.rng.randint(Op.INPUT, Op.OUTPUT)
            last = index == self.control - 1 if is_control else self.rng.random() < 0.3  # MIX has a `last` too
            known = desc_value({"op": int(op), "last": int(last), "fin": int(index == self.control + self.rest - 1)})
            mask = 0xC7  # op, last, fin
            self.words[index * DESC_STRIDE] = self.words[index * DESC_STRIDE] & ~mask | known & 0xFF

    def frame(self, prime: bool, blocks: int) -> list[int]:
        order = list(range(self.control))
        if not prime:
            order += list(range(self.control, self.control + self.rest)) * blocks
        return [
            sum(self.words[index * DESC_STRIDE + word] << 32 * word for word in range(DESC_WORDS)) for index in order
        ]


class Memory:
    """Answers one cycle after the address."""

    def __init__(self, dut: Any) -> None:
        self.dut, self.address, self.words = dut, 0, [0] * (DESCS * DESC_STRIDE)

    def idle(self) -> None:
        self.dut.mem_data_i.value = 0

    def drive(self, rng: random.Random) -> None:
        self.dut.mem_data_i.value = self.words[self.address]

    def sample(self, cycle: int) -> None:
        self.address = int(self.dut.mem_addr_o.value)


async def frame(bench: Harness, table: Table, prime: bool, blocks: int, stall: float) -> None:
    """One frame from start_i to end_o, every cycle's valid_o and desc_o as they must be."""
    expected = table.frame(prime, blocks)
    await bench.step(start_i=1, prime_i=int(prime), blocks_i=blocks, first_block_i=table.control, take_i=0)
    assert bench.read("end_o") == 1
    asked = bench.cycle
    for number, want in enumerate(expected):
        waiting = 0
        while True:
            here = bench.cycle + 1 - asked >= LATENCY
            take = here and bench.rng.random() >= stall
            await bench.step(start_i=0, prime_i=bench.rng.getrandbits(1), take_i=int(take))
            assert (bench.read("valid_o"), bench.read("end_o")) == (int(here), 0), f"descriptor {number}"
            if here:
                assert bench.read("desc_o") == want, f"descriptor {number}"
            waiting += here and not take
            if take:
                break
        asked = bench.cycle
        cover("taken at once", not waiting)
        cover("taken after a while", waiting > 0)
    await bench.step(take_i=0)
    for _ in range(bench.rng.choice([0, 0, LATENCY + 3])):
        assert (bench.read("valid_o"), bench.read("end_o")) == (0, 1)
        await bench.step()


@cocotb.test()
async def frames(dut) -> None:
    bench = Harness(dut)
    memory = Memory(dut)
    bench.agents.append(memory)
    await bench.reset(start_i=0, prime_i=0, blocks_i=1, first_block_i=1, take_i=0)
    await bench.step(5)
    assert (bench.read("valid_o"), bench.read("end_o")) == (0, 1)
    for index in range(60):
        control = bench.rng.randint(1, 4)
        table = Table(bench.rng, control, bench.rng.choice([1, 2, DESCS - control]))
        memory.words = table.words
        prime, blocks = bench.rng.random() < 0.3, bench.rng.choice([1, 1, 2, 5])
        await frame(bench, table, prime, blocks, [0.0, 0.3, 0.9][index % 3])
        cover("priming frame", prime)
        cover("one block", not prime and blocks == 1)
        cover("several blocks", not prime and blocks > 1)
        cover("memory full", control + table.rest == DESCS)
        cover("one descriptor in a block", not prime and table.rest == 1)
    save_coverage()


@cocotb.test()
async def most_blocks(dut) -> None:
    bench = Harness(dut)
    memory = Memory(dut)
    bench.agents.append(memory)
    await bench.reset(start_i=0, prime_i=0, blocks_i=1, first_block_i=1, take_i=0)
    table = Table(bench.rng, 1, 1)
    memory.words = table.words
    await frame(bench, table, False, 128, 0.0)
    cover("128 blocks")
    save_coverage()

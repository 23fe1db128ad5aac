"""Cycle-exact benches for pipelines: a packed word in every cycle, and what must come out in every cycle.

A pipeline without handshakes has one right answer per cycle, so a bench prepares all cycles first and then plays them:
one write and one read a cycle, however many ports the module has. Bits that are not determined yet, or that nobody may
look at, are left out by a mask; all others are compared in all cycles, which makes every latency exact.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cocotb.clock import Clock
from cocotb.triggers import ReadOnly, RisingEdge


class Layout:
    """A packed struct: (name, bits) from the most significant field on, as SystemVerilog declares it."""

    def __init__(self, *fields: tuple[str, int]) -> None:
        self.at: dict[str, tuple[int, int]] = {}
        self.width = 0
        for name, bits in reversed(fields):
            assert name not in self.at, name
            self.at[name] = (self.width, (1 << bits) - 1)
            self.width += bits

    def pack(self, values: Mapping[str, int]) -> int:
        """The word with these fields, others 0; negative values as two's complement."""
        word = 0
        for name, value in values.items():
            shift, mask = self.at[name]
            word |= (int(value) & mask) << shift
        return word

    def mask(self, *names: str) -> int:
        """All ones in these fields."""
        return self.pack(dict.fromkeys(names, -1))

    def unpack(self, word: int) -> dict[str, int]:
        """Field values, unsigned."""
        return {name: word >> shift & mask for name, (shift, mask) in reversed(self.at.items())}


def array(name: str, count: int, bits: int) -> list[tuple[str, int]]:
    """Fields of a packed array, element 0 in the lowest bits: name0, name1, ..."""
    return [(f"{name}{index}", bits) for index in reversed(range(count))]


class Player:
    """What one instance is given and must answer, cycle by cycle."""

    def __init__(self, name: str, given: Any, answer: Any, inputs: Layout, outputs: Layout) -> None:
        self.name, self.given, self.answer, self.inputs, self.outputs = name, given, answer, inputs, outputs
        self.words: list[int] = []
        self.expected: dict[int, tuple[int, int]] = {}
        """Cycle -> (mask, value)."""

    def drive(self, cycle: int, values: Mapping[str, int]) -> None:
        """Set fields of a cycle's input; the fields of one cycle may be set one after the other, each once."""
        while len(self.words) <= cycle:
            self.words.append(0)
        self.words[cycle] |= self.inputs.pack(values)

    def expect(self, cycle: int, values: Mapping[str, int]) -> None:
        """Require fields of a cycle's output."""
        mask, value = self.expected.get(cycle, (0, 0))
        new = self.outputs.mask(*values)
        assert not mask & new, f"{self.name}: cycle {cycle} is expected twice"
        self.expected[cycle] = (mask | new, value | self.outputs.pack(values))

    def last(self) -> int:
        """The cycle in which everything has been seen."""
        return max(len(self.words) - 1, *self.expected)

    def check(self, cycle: int) -> None:
        """Compare a settled cycle."""
        if cycle not in self.expected:
            return
        mask, value = self.expected[cycle]
        word = int(self.answer.value)
        if (word ^ value) & mask:
            got, want, known = (self.outputs.unpack(each) for each in (word, value, mask))
            wrong = {name: (got[name], want[name]) for name in got if (got[name] ^ want[name]) & known[name]}
            raise AssertionError(f"{self.name}, cycle {cycle}, field: (got, want): {wrong}")


async def start(dut: Any, **inputs: int) -> None:
    """Clock on, every named input set, three cycles of reset."""
    for name, value in inputs.items():
        getattr(dut, name).value = value
    dut.rst_ni.value = 0
    Clock(dut.clk_i, 10, unit="ns").start()
    for _ in range(3):
        await RisingEdge(dut.clk_i)
    dut.rst_ni.value = 1


async def play(dut: Any, *players: Player) -> int:
    """Play all cycles of all players at once; returns how many cycles were compared."""
    for player in players:
        player.given.value = 0
    for cycle in range(1 + max(player.last() for player in players)):
        await RisingEdge(dut.clk_i)
        for player in players:
            if cycle < len(player.words):
                player.given.value = player.words[cycle]
        await ReadOnly()
        for player in players:
            player.check(cycle)
    await RisingEdge(dut.clk_i)
    return sum(len(player.expected) for player in players)

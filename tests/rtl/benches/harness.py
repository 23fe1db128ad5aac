"""What the handshake benches share: one loop per clock cycle, and sources and sinks that stall at random.

Agents set their signals just after the rising edge and look at all of them at the end of the cycle, so a recorded
cycle number is the one in which a handshake happens, and latencies are differences of cycle numbers.
"""

from __future__ import annotations

import random
from collections import deque
from collections.abc import Callable
from typing import Any

import cocotb
from cocotb.clock import Clock
from cocotb.triggers import ReadOnly, RisingEdge

from tests.rtl.coverage import cover


class Source:
    """Offers queued items on a valid/ready pair; once offered, an item stays until it is taken."""

    def __init__(self, name: str, valid: Any, ready: Any, fields: tuple[Any, ...]) -> None:
        self.name, self.valid, self.ready, self.fields = name, valid, ready, fields
        self.items: deque[tuple[int, ...]] = deque()
        self.stall = 0.0
        """Chance of a cycle without an offer."""
        self.taken: list[tuple[int, tuple[int, ...]]] = []
        self.offered = False
        self.waited = 0

    def idle(self) -> None:
        self.offered = False
        self.valid.value = 0
        for signal in self.fields:
            signal.value = 0

    def drive(self, rng: random.Random) -> None:
        if not self.offered and self.items and rng.random() >= self.stall:
            self.offered, self.waited = True, 0
            for signal, value in zip(self.fields, self.items[0], strict=True):
                signal.value = value
        elif not self.offered:
            for signal in self.fields:  # what a receiver must not look at
                signal.value = rng.getrandbits(len(signal))
        self.valid.value = int(self.offered)

    def sample(self, cycle: int) -> None:
        if not self.offered:
            return
        if int(self.ready.value):
            self.taken.append((cycle, self.items.popleft()))
            self.offered = False
            cover(f"{self.name} taken after waiting", self.waited > 0)
        else:
            self.waited += 1


class Sink:
    """Takes items; once `ready` has been given it may be withdrawn, as AXI allows."""

    def __init__(self, name: str, valid: Any, ready: Any, fields: tuple[Any, ...]) -> None:
        self.name, self.valid, self.ready, self.fields = name, valid, ready, fields
        self.stall = 0.0
        self.got: list[tuple[int, tuple[int, ...]]] = []
        self.seen: list[int] = []
        """Cycle in which each item was first offered."""
        self.waiting = False
        self._ready = False

    def idle(self) -> None:
        self._ready = False
        self.ready.value = 0

    def drive(self, rng: random.Random) -> None:
        self._ready = rng.random() >= self.stall
        self.ready.value = int(self._ready)

    def sample(self, cycle: int) -> None:
        if not int(self.valid.value):
            return
        if not self.waiting:
            self.seen.append(cycle)
        cover(f"{self.name} held back", not self._ready)
        self.waiting = not self._ready
        if self._ready:
            self.got.append((cycle, tuple(int(signal.value) for signal in self.fields)))


class Harness:
    """Clock, reset, and the agents of a bench."""

    def __init__(self, dut: Any, *agents: Any) -> None:
        self.dut = dut
        self.agents = list(agents)
        self.cycle = 0
        self.rng = random.Random(cocotb.RANDOM_SEED if hasattr(cocotb, "RANDOM_SEED") else 1)
        self.watchers: list[Callable[[int], None]] = []

    def source(self, name: str, valid: str, ready: str, *fields: str) -> Source:
        dut = self.dut
        agent = Source(name, getattr(dut, valid), getattr(dut, ready), tuple(getattr(dut, each) for each in fields))
        self.agents.append(agent)
        return agent

    def sink(self, name: str, valid: str, ready: str, *fields: str) -> Sink:
        dut = self.dut
        agent = Sink(name, getattr(dut, valid), getattr(dut, ready), tuple(getattr(dut, each) for each in fields))
        self.agents.append(agent)
        return agent

    async def reset(self, **inputs: int) -> None:
        """Start the clock, hold the reset for a few cycles with every agent silent and `inputs` set."""
        Clock(self.dut.clk_i, 10, "ns").start()
        self.dut.rst_ni.value = 0
        self.set(**inputs)
        for agent in self.agents:
            agent.idle()
        for _ in range(3):
            await RisingEdge(self.dut.clk_i)
        self.dut.rst_ni.value = 1
        await ReadOnly()

    def set(self, **inputs: int) -> None:
        for name, value in inputs.items():
            getattr(self.dut, name).value = value

    async def step(self, count: int = 1, **inputs: int) -> None:
        """`count` cycles; `inputs` are set at the first one's beginning and stay."""
        for index in range(count):
            await RisingEdge(self.dut.clk_i)
            self.cycle += 1
            if index == 0:
                self.set(**inputs)
            for agent in self.agents:
                agent.drive(self.rng)
            await ReadOnly()
            for agent in self.agents:
                agent.sample(self.cycle)
            for watcher in self.watchers:
                watcher(self.cycle)

    async def until(self, condition: Callable[[], bool], limit: int = 2000, what: str = "") -> None:
        """Step until `condition` holds; a bench that waits for ever is a failure."""
        for _ in range(limit):
            if condition():
                return
            await self.step()
        raise AssertionError(f"not within {limit} cycles: {what or condition}")

    def read(self, name: str) -> int:
        return int(getattr(self.dut, name).value)

    async def pulse(self, **inputs: int) -> None:
        """Inputs for one cycle, 0 in the next; returns in that next cycle."""
        await self.step(**inputs)
        await self.step(**dict.fromkeys(inputs, 0))


def signed(value: int, bits: int) -> int:
    """The two's complement reading of `bits` bits."""
    return value - (1 << bits) if value >> (bits - 1) & 1 else value

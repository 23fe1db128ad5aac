"""act_mem and feed at several sizes: windows at any time of any ring, weights, single values, loads and readback.

Writes go on while windows are read; only the word that is being read is left alone, as the sequencer does.
"""

from __future__ import annotations

import random
from typing import Any

import cocotb

from tests.rtl.benches.vectors import Layout, Player, array, play, start
from tests.rtl.coverage import cover, save_coverage

ACT_MEMS = {2: 48, 4: 40, 8: 33, 16: 64}
"""Columns -> words of a bank."""
FEEDS = ((2, 16), (3, 2), (5, 8), (9, 4), (16, 4))
ACT_DEPTH, WGT_DEPTH, CTL_DEPTH = 48, 40, 20
LATENCY = 6
IDLE = dict.fromkeys((*(f"given_act_{cols}_i" for cols in ACT_MEMS), *(f"given_{r}x{c}_i" for r, c in FEEDS)), 0)
Request = tuple[int, int, int]


def bank_fields(cols: int) -> list[tuple[str, int]]:
    """Write ports of the banks."""
    return [*array("we", cols, 1), *array("waddr", cols, 8), *array("wdata", cols, 16)]


class Banks:
    """Contents of an activation memory, and what is written to it."""

    def __init__(self, name: str, rng: random.Random, cols: int, depth: int) -> None:
        self.name, self.rng, self.cols, self.depth = name, rng, cols, depth
        self.words: dict[tuple[int, int], int] = {}

    def request(self) -> Request:
        """Ring's first word, log2 of its words, time of column 0: a ring that fits, any time."""
        log2 = self.rng.randint(0, self.depth.bit_length() - 1)
        chan = self.rng.choice([0, self.depth - (1 << log2), self.rng.randint(0, self.depth - (1 << log2))])
        return chan, log2, self.rng.choice([self.rng.getrandbits(16), 65536 - self.rng.randint(1, self.cols)])

    def places(self, request: Request) -> list[tuple[int, int]]:
        """Bank and word of every sample of a window: the sample at time s in bank s mod Cols."""
        chan, log2, begin = request
        times = [(begin + column) % 65536 for column in range(self.cols)]
        return [(time % self.cols, chan + time // self.cols % (1 << log2)) for time in times]

    def write(self, cycle: int, avoid: list[tuple[int, int]]) -> dict[str, int]:
        """Random writes, not to words that are being read; the first cycles fill the memory."""
        rng = self.rng
        values: dict[str, int] = {}
        for bank in range(self.cols):
            word = cycle if cycle < self.depth else rng.randrange(self.depth)
            data = rng.choice([rng.getrandbits(16), 0x8000, 0x7FFF])
            enable = cycle < self.depth or (rng.random() < 0.5 and (bank, word) not in avoid)
            values |= {f"we{bank}": enable, f"waddr{bank}": word, f"wdata{bank}": data}
            if enable:
                self.words[bank, word] = data
            cover(f"{self.name} write held back for a read", (bank, word) in avoid)
        return values

    def count(self, request: Request) -> None:
        chan, log2, begin = request
        cover(f"{self.name} window {'aligned' if begin % self.cols == 0 else 'across words'}")
        words = {word for _, word in self.places(request)}
        cover(f"{self.name} window across the ring's end", len(words) > 1 and chan + (1 << log2) - 1 in words)
        cover(f"{self.name} window across time 0", begin + self.cols > 65536)
        cover(f"{self.name} ring up to the last word", chan + (1 << log2) == self.depth)


@cocotb.test()
async def activation_memory(dut: Any) -> None:
    """A window and writes to all banks every cycle."""
    players = []
    for cols, depth in ACT_MEMS.items():
        rng = random.Random(cocotb.RANDOM_SEED + cols)
        given = Layout(("chan", 16), ("log2", 4), ("time", 16), *bank_fields(cols))
        ports = getattr(dut, f"given_act_{cols}_i"), getattr(dut, f"answer_act_{cols}_o")
        player = Player(f"act_mem {cols:02}", *ports, given, Layout(*array("data", cols, 16)))
        banks = Banks(player.name, rng, cols, depth)
        requests: list[Request] = []
        for t in range(900):
            requests.append(banks.request())
            avoid = []
            if t >= depth + 2:  # the request of two cycles ago reads now
                avoid = banks.places(requests[t - 2])
                values = {f"data{column}": banks.words[place] for column, place in enumerate(avoid)}
                player.expect(t - 2 + LATENCY, values)
                banks.count(requests[t - 2])
            chan, log2, begin = requests[t]
            player.drive(t, {"chan": chan, "log2": log2, "time": begin, **banks.write(t, avoid)})
        players.append(player)
    await start(dut, **IDLE)
    cover("act_mem cycles compared", await play(dut, *players))
    save_coverage()


class Feed:
    """A feed's memories and its stimulus."""

    def __init__(self, dut: Any, rows: int, cols: int) -> None:
        self.rows, self.cols = rows, cols
        self.name = f"feed {rows}x{cols}"
        self.rng = random.Random(cocotb.RANDOM_SEED + 100 * rows)
        given = Layout(("ctl", 3), ("from_control", 1), ("chan", 16), ("time", 16), ("log2", 4), ("weight", 20),
                       ("ctl_we", 1), ("ctl_addr", 8), ("ctl_data", 16), ("ld_use", 1), ("ld_we", 1),
                       ("ld_addr", 20), ("ld_wdata", 32), *bank_fields(cols))  # fmt: skip
        answer = Layout(("ctl", 3), *array("weight", rows, 8), *array("act", cols, 16), ("ld_rdata", 32))
        ports = getattr(dut, f"given_{rows}x{cols}_i"), getattr(dut, f"answer_{rows}x{cols}_o")
        self.player = Player(self.name, *ports, given, answer)
        self.banks = Banks(self.name, self.rng, cols, ACT_DEPTH)
        self.slices = -(-rows // 4)
        self.stride = 1 << (self.slices - 1).bit_length()
        self.weights = [[0] * rows for _ in range(WGT_DEPTH)]
        self.control = [0] * CTL_DEPTH
        self.steps: list[tuple[bool, bool, Request]] = []
        """Per cycle: valid, from control, window."""

    def cycle(self, values: dict[str, int]) -> None:
        """Writes that go on in every cycle, and the reads of earlier steps that happen now."""
        rng, t = self.rng, len(self.steps) - 1
        avoid = []
        valid, single, request = self.steps[t - 2] if t >= 2 else (False, False, (0, 0, 0))
        if valid and not single:
            avoid = self.banks.places(request)
            windows = {f"act{column}": self.banks.words[place] for column, place in enumerate(avoid)}
            self.player.expect(t - 2 + LATENCY, windows)
            self.banks.count(request)
        values |= self.banks.write(t, avoid)
        valid, single, request = self.steps[t - 3] if t >= 3 else (False, False, (0, 0, 0))
        if valid and single:
            rest = {f"act{column}": 0 for column in range(1, self.cols)}
            self.player.expect(t - 3 + LATENCY, {"act0": self.control[request[0]], **rest})
        at, data = (t, rng.getrandbits(16)) if t < CTL_DEPTH else (rng.randrange(CTL_DEPTH), rng.getrandbits(16))
        free = not (valid and single and request[0] == at)
        cover(f"{self.name} control write held back for a read", not free)
        if t < CTL_DEPTH or (free and rng.random() < 0.5):
            values |= {"ctl_we": 1, "ctl_addr": at, "ctl_data": data}
            self.control[at] = data
        self.player.drive(t, values)

    def load(self, count: int, all_words: bool = False) -> None:
        """Writes and readback of weight words, slice by slice, no step meanwhile."""
        rng = self.rng
        order = [(word, piece) for word in range(WGT_DEPTH) for piece in range(self.stride)]
        for index in range(len(order) if all_words else count):
            self.steps.append((False, False, (0, 0, 0)))
            t = len(self.steps) - 1
            word, piece = order[index] if all_words else rng.choice(order)
            rows = range(4 * piece, min(4 * piece + 4, self.rows))
            values = {"ld_use": 1, "ld_addr": word * self.stride + piece, "ld_wdata": rng.getrandbits(32)}
            if all_words or rng.random() < 0.5:
                values["ld_we"] = 1
                for row in rows:
                    self.weights[word][row] = values["ld_wdata"] >> 8 * (row % 4) & 255
                if self.slices < self.stride:
                    cover(f"{self.name} write of no slice", piece >= self.slices)
            elif piece < self.slices:
                data = sum(self.weights[word][row] << 8 * (row % 4) for row in rows)
                self.player.expect(t + 2, {"ld_rdata": data})
                cover(f"{self.name} weights read back")
            self.cycle(values)

    def run(self, count: int, busy: float) -> None:
        """Steps with gaps: windows, and single values from the control memory."""
        rng = self.rng
        for _ in range(count):
            valid, single, request = rng.random() < busy, rng.random() < 0.3, self.banks.request()
            if single:
                request = (rng.randrange(CTL_DEPTH), request[1], request[2])
            token = rng.choice([0, 0, 2, 4])
            weight = rng.randrange(WGT_DEPTH)
            self.steps.append((valid, single, request))
            t = len(self.steps) - 1
            self.player.expect(t + LATENCY, {"ctl": token | valid})
            if valid:
                weights = self.weights[weight]
                self.player.expect(t + LATENCY, {f"weight{row}": each for row, each in enumerate(weights)})
            step = {"ctl": token | valid, "from_control": single, "weight": weight}
            self.cycle(step | dict(zip(("chan", "log2", "time"), request, strict=True)))
            cover(f"{self.name} {'step' if valid else 'gap'}{' with token' if token else ''}")
            cover(f"{self.name} single value", valid and single)

    def build(self) -> None:
        """Load all, run, load some and read back, run again: gaps and none."""
        self.load(0, all_words=True)
        for busy in (1.0, 0.5, 0.9):
            self.load(120)
            self.run(250, busy)
            self.run(3, 0.0)  # weights are read three cycles after their step


@cocotb.test()
async def operand_feed(dut: Any) -> None:
    """All sizes at once."""
    feeds = [Feed(dut, *shape) for shape in FEEDS]
    for feed in feeds:
        feed.build()
    await start(dut, **IDLE)
    cover("feed cycles compared", await play(dut, *(feed.player for feed in feeds)))
    save_coverage()

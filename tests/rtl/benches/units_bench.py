"""The small units against `accel.formats` and first-order models, every output in every cycle."""

from __future__ import annotations

import random
from typing import Any

import cocotb
import numpy as np

from accel import formats
from accel.hardware import layout
from tests.rtl.benches.vectors import Layout, Player, array, play, start
from tests.rtl.coverage import cover, save_coverage

INT32 = ((1 << 31) - 1, -(1 << 31))
PE = Layout(("weight", 8), ("ctl", 3), ("act", 16), ("drain", 32))
PE_OUT = Layout(*((f"{name}_{unit}", bits) for unit in ("dsp", "fabric") for name, bits in
                  (("weight", 8), ("ctl", 3), ("act", 16), ("drain", 32))))  # fmt: skip
SHIFT = Layout(("value", 32), ("shift_0", 5), ("shift_1", 5), ("shift_2", 5))
RAM = Layout(("we", 1), ("waddr", 4), ("wdata", 16), ("raddr", 4))
PAGED = Layout(("we_larger", 1), ("we_three", 1), ("we_one", 1), ("waddr", 6), ("wdata", 16), ("raddr", 6))
CFG_FIELDS = tuple((name, bits) for name, (_, bits, _) in layout.CFG_FIELDS.items())
"""In the order of their addresses, which is that of cfg_t."""
LANES = 8


async def begin(dut: Any, seed: int) -> random.Random:
    """Out of reset, with every input at 0."""
    names = ("pe_i", "shift_i", "tanh_i", "skew_i", "ram_i", "paged_i", "rotate_i", "cfg_i")
    await start(dut, **dict.fromkeys(names, 0))
    return random.Random(cocotb.RANDOM_SEED + seed)


def int32_near_the_ends(rng: random.Random) -> int:
    """Mostly where accumulators overflow."""
    return rng.choice([*INT32, rng.choice(INT32) // 2 * 2 + rng.randint(0, 1), rng.randint(-(1 << 31), INT32[0]),
                       INT32[0] - rng.randint(0, 1 << 23), INT32[1] + rng.randint(0, 1 << 23), 0])  # fmt: skip


class Element:
    """What a processing element's header says, first order: sums that saturate after each step."""

    def __init__(self, player: Player, rng: random.Random) -> None:
        self.player, self.rng, self.cycle = player, rng, 0
        self.drains: list[int] = []
        self.total: int | None = None
        self.top: int | None = None
        self.since = 2
        """Cycles since the last token."""

    def step(self, valid: bool, token: str = "", weight: int | None = None, act: int | None = None) -> None:
        """One cycle of input; the drain's input is random in all cycles, so it is seen where it must be seen."""
        rng, t = self.rng, self.cycle
        weight = rng.choice([-128, 127, 0, rng.randint(-128, 127)]) if weight is None else weight
        act = rng.choice([-32768, 32767, 0, rng.randint(-32768, 32767)]) if act is None else act
        while len(self.drains) <= t + 4:
            self.drains.append(int32_near_the_ends(rng))
        ctl = 4 * (token == "shift") + 2 * (token == "last") + valid
        self.player.drive(t, {"weight": weight, "ctl": ctl, "act": act, "drain": self.drains[t]})
        for unit in ("dsp", "fabric"):
            self.player.expect(t + 1, {f"weight_{unit}": weight, f"ctl_{unit}": ctl, f"act_{unit}": act})
        if valid and self.total is not None:
            self.add(weight * act)
        if token:
            self.top, self.total = (self.total, self.drains[t + 4]) if token == "last" else (
                self.drains[t + 4], self.total)  # fmt: skip
            cover(f"pe {token} {'with' if valid else 'without'} valid")
        if self.top is not None:
            self.player.expect(t + 5, {"drain_dsp": self.top, "drain_fabric": self.top})
        self.since = 0 if token else self.since + 1
        self.cycle += 1

    def add(self, product: int) -> None:
        assert self.total is not None
        total = int(formats.saturate(self.total + product, 32))
        cover("pe saturates up", total < self.total + product)
        cover("pe saturates down", total > self.total + product)
        cover("pe comes back from saturation", self.total in INT32 and total != self.total)
        cover("pe -128 x -32768", product == 1 << 22)
        self.total = total


@cocotb.test()
async def processing_element(dut: Any) -> None:
    """Random tiles, then tiles of one step and none, without gaps."""
    rng = await begin(dut, 1)
    player = Player("pe", dut.pe_i, dut.pe_o, PE, PE_OUT)
    element = Element(player, rng)
    while element.cycle < 4000:
        busy = rng.choice([0.0, 0.5, 1.0, 1.0])
        for _ in range(rng.randint(0, 12)):
            token = "shift" if element.since and rng.random() < 0.4 else ""
            element.step(rng.random() < busy, token)
            cover("pe idle cycle", not busy)
        if not element.since:
            element.step(rng.random() < busy)
        element.step(rng.random() < busy, "last")
    for sign in (-128, 127):  # from one end of int32 to the other takes 512 steps
        for act in (-32768, 32767):
            for index in range(1030):
                element.step(True, weight=sign, act=act)
                cover("pe step of a deep tile", index > 512)
            element.step(True, "last")
            element.step(True)
    for _ in range(200):
        element.step(rng.random() < 0.5, "last")
        element.step(rng.random() < 0.5)
        cover("pe tile of at most two steps")
    player.words.append(0)
    cover("pe cycles compared", await play(dut, player))
    save_coverage()


@cocotb.test()
async def shift_with_rounding(dut: Any) -> None:
    """All shifts with all carries, a new one every cycle: latency 3."""
    rng = await begin(dut, 2)
    player = Player("shift_round", dut.shift_i, dut.shift_o, SHIFT, Layout(("value", 32)))
    shifts, values = [1, 1], [0, 0]
    for shift in range(formats.MIN_SHIFT, formats.MAX_SHIFT + 1):
        half = 1 << (shift - 1)
        edges = [half, half - 1, -half, -half - 1, 3 * half, 3 * half - 1, *INT32, INT32[0] - half, INT32[0] - half + 1]
        for value in [*edges, 0, -1, *(rng.getrandbits(32) - (1 << 31) for _ in range(30))]:
            values.append(int(formats.saturate(value, 32)))
            shifts.append(shift)
    order = list(range(2, len(values)))
    rng.shuffle(order)
    values, shifts = ([0, 0, *(each[i] for i in order), 0, 0] for each in (values, shifts))
    shifts[:2] = shifts[-2:] = [1, 1]
    for t in range(2, len(values)):
        now = {"shift_0": shifts[t], "shift_1": shifts[t - 1], "shift_2": shifts[t - 2]}
        player.drive(t, {"value": values[t], **now})
        player.expect(t + 3, {"value": int(formats.shift_round(values[t], shifts[t]))})
        cover(f"shift {shifts[t]:02}")
        cover("shift of a sum of 33 bits", values[t] + (1 << (shifts[t] - 1)) > INT32[0])
        cover("shift rounds a half up", values[t] & ((1 << shifts[t]) - 1) == 1 << (shifts[t] - 1))
    cover("shift cycles compared", await play(dut, player))
    save_coverage()


@cocotb.test()
async def tanh_of_everything(dut: Any) -> None:
    """All 65536 inputs in a random order, one a cycle and unit: latency 6."""
    rng = await begin(dut, 3)
    layout = Layout(*array("v", LANES, 16))
    player = Player("tanh_unit", dut.tanh_i, dut.tanh_o, layout, layout)
    inputs = list(range(-32768, 32768))
    rng.shuffle(inputs)
    outputs = formats.tanh_q15(np.array(inputs)).tolist()
    for t in range(len(inputs) // LANES):
        lanes = range(t * LANES, (t + 1) * LANES)
        player.drive(t, {f"v{index % LANES}": inputs[index] for index in lanes})
        player.expect(t + 6, {f"v{index % LANES}": outputs[index] for index in lanes})
    cover("tanh inputs", len(set(inputs)))
    cover("tanh below zero", sum(each < 0 for each in outputs))
    cover("tanh cycles compared", await play(dut, player))
    save_coverage()


@cocotb.test()
async def delay_lines(dut: Any) -> None:
    """0, 1 and 5 stages; zero after reset."""
    rng = await begin(dut, 4)
    layout = Layout(("five", 13), ("one", 13), ("none", 13))
    player = Player("skew", dut.skew_i, dut.skew_o, Layout(("data", 13)), layout)
    words = [rng.getrandbits(13) for _ in range(300)]
    for t, word in enumerate(words):
        player.drive(t, {"data": word})
        player.expect(t, {"none": word, "one": words[t - 1] if t else 0, "five": words[t - 5] if t > 4 else 0})
    cover("skew cycles compared", await play(dut, player))
    save_coverage()


@cocotb.test()
async def memory(dut: Any) -> None:
    """Depth that is no power of two: every word, reads one cycle later, writes that are not enabled."""
    rng = await begin(dut, 5)
    player = Player("ram", dut.ram_i, dut.ram_o, RAM, Layout(("data", 16)))
    words: dict[int, int] = {}
    for t in range(1500):
        we, at, data, read = rng.random() < 0.5, rng.randrange(11), rng.getrandbits(16), rng.randrange(11)
        player.drive(t, {"we": we, "waddr": at, "wdata": data, "raddr": read})
        if read in words and not (we and at == read):
            player.expect(t + 1, {"data": words[read]})
            cover("ram read while writing", we)
            cover(f"ram reads word {read:02}")
        if we:
            words[at] = data
    cover("ram cycles compared", await play(dut, player))
    save_coverage()


@cocotb.test()
async def paged_memory(dut: Any) -> None:
    """One page, three with a short last one, and more than eight made larger: every word, reads two cycles later."""
    rng = await begin(dut, 9)
    depths = {"one": 3, "three": 11, "larger": 43}
    outputs = Layout(*((name, 16) for name in reversed(depths)))
    player = Player("ram_paged", dut.paged_i, dut.paged_o, PAGED, outputs)
    words: dict[str, dict[int, int]] = {name: {} for name in depths}
    for t in range(3000):
        depth = rng.choice(list(depths.values()))  # addresses inside each memory are equally tried
        at, data, read = rng.randrange(depth), rng.getrandbits(16), rng.randrange(depth)
        enabled = {name: at < size and rng.random() < 0.5 for name, size in depths.items()}
        player.drive(t, {**{f"we_{name}": enabled[name] for name in depths}, "waddr": at, "wdata": data, "raddr": read})
        wanted = {}
        for name, held in words.items():
            if read in held and not (enabled[name] and at == read):
                wanted[name] = held[read]
                cover(f"ram_paged {name} reads word {read:02}")
            if enabled[name]:
                held[at] = data
        player.expect(t + 2, wanted)
    cover("ram_paged cycles compared", await play(dut, player))
    save_coverage()


@cocotb.test()
async def rotation(dut: Any) -> None:
    """2, 4, 8 and 16 lanes, a new amount every cycle: latency 2."""
    rng = await begin(dut, 6)
    sizes = (2, 4, 8, 16)
    outputs = Layout(*(field for size in reversed(sizes) for field in array(f"of{size}_", size, 6)))
    player = Player("rotator", dut.rotate_i, dut.rotate_o, Layout(("amount", 4), *array("lane", 16, 6)), outputs)
    for t in range(1200):
        amount, lanes = rng.randrange(16), [rng.getrandbits(6) for _ in range(16)]
        player.drive(t, {"amount": amount, **{f"lane{j}": lane for j, lane in enumerate(lanes)}})
        for size in sizes:
            player.expect(t + 2, {f"of{size}_{j}": lanes[(j + amount) % size] for j in range(size)})
            cover(f"rotator of {size:02} by {amount % size:02}")
    cover("rotator cycles compared", await play(dut, player))
    save_coverage()


@cocotb.test()
async def configuration(dut: Any) -> None:
    """Every register at its width, addresses of none, zero after reset."""
    rng = await begin(dut, 7)
    inputs, outputs = Layout(("we", 1), ("addr", 4), ("data", 32)), Layout(("read", 32), *CFG_FIELDS)
    player = Player("cfg_regs", dut.cfg_i, dut.cfg_o, inputs, outputs)
    values = {name: 0 for name, _ in CFG_FIELDS}
    player.expect(0, values)
    for t in range(800):
        we, at, data = rng.random() < 0.4, rng.randrange(16), rng.choice([rng.getrandbits(32), 0xFFFFFFFF, 0])
        player.drive(t, {"we": we, "addr": at, "data": data})
        known = at < len(CFG_FIELDS)
        read = values[CFG_FIELDS[at][0]] if known else 0
        if we and known:
            name, bits = CFG_FIELDS[at]
            values[name] = data & ((1 << bits) - 1)
        player.expect(t + 1, {"read": read, **values})
        cover(f"cfg {'write' if we else 'read'} of {CFG_FIELDS[at][0] if known else 'no register'}")
    cover("cfg cycles compared", await play(dut, player))
    save_coverage()

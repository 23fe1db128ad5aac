"""post_lane at several widths against accel.formats: every write, its target and address, in its cycle."""

from __future__ import annotations

import random
from typing import Any

import cocotb
import numpy as np

from accel import formats
from accel.formats import Activation, Op
from tests.rtl.benches.lanes import GAPS, IDLE, ROW
from tests.rtl.benches.vectors import Layout, Player, array, play, start
from tests.rtl.coverage import cover, save_coverage

DEPTH, WRITE, STREAM_WAIT, SKIP_WAIT = 64, 16, 13, 5
NOTHING, BANK, CONTROL, CONDITION, OUTPUT = range(5)
HIGH, LOW = (1 << 31) - 1, -(1 << 31)
DENSE = {Op.INPUT: BANK, Op.HEAD: BANK, Op.OUTPUT: OUTPUT}
Row = dict[str, int]


class Lane:
    """A lane's memories and its stimulus; rows follow each other as closely as its memories allow."""

    def __init__(self, dut: Any, gap: int) -> None:
        self.gap, self.name, self.cycle = gap, f"lane {gap}", 0
        self.rng = random.Random(cocotb.RANDOM_SEED + gap)
        given = Layout(("go", 1), *ROW, *array("result", gap, 32))
        answer = Layout(("next_go", 1), *ROW, ("target", 3), ("column", 4), ("addr", 16), ("data", 16), ("done_o", 1))
        self.player = Player(
            self.name, getattr(dut, f"given_lane_{gap}_i"), getattr(dut, f"answer_lane_{gap}_o"), given, answer
        )
        self.stream: dict[int, tuple[int, list[int]]] = {}
        """Word of column 0 -> cycle of the go that wrote it, the values."""
        self.skip: dict[int, tuple[int, list[int]]] = {}
        self.tanh: list[int] = []
        self.rows: dict[int, Row] = {}
        self.results: list[list[int]] = []

    # --- stimulus -----------------------------------------------------------------------------------------
    def accumulators(self, cycle: int) -> list[int]:
        """What the columns show in a cycle: random everywhere, for a lane must take each in its own cycle."""
        rng = self.rng
        while len(self.results) <= cycle:
            near = [rng.randint(-70000, 70000) << rng.randint(0, 14) for _ in range(self.gap)]
            self.results.append([rng.choice([each, each, rng.getrandbits(32) + LOW, HIGH, LOW]) for each in near])
        return self.results[cycle]

    def row(self) -> Row:
        """A row with all fields at random."""
        rng = self.rng
        values = {name: rng.getrandbits(bits) for name, bits in ROW} | {
            "valid": rng.random() < 0.9,
            "op": rng.choice([Op.CONTROL, Op.INPUT, Op.INPUT, Op.GATED, Op.MIX, Op.MIX, Op.MIX, Op.HEAD, Op.OUTPUT]),
            "activation": rng.choice(list(Activation)),
            "shift": rng.choice([rng.randint(1, 31), rng.randint(1, 12), 31, 1]),
            "pre_shift": rng.randint(1, 31),
            "multiplier": rng.choice([0, 1, 23170, 32768, rng.randint(0, 32768)]),
            "local_at": rng.randrange(0, DEPTH, self.gap),
            "done": rng.random() < 0.3,
        }
        if values["op"] == Op.MIX and values["valid"]:
            self.choose_word(values)
        return values

    def choose_word(self, row: Row) -> None:
        """Only a value that has been written can be read; without one the row starts a sum, or is an input's."""
        wait, memory = (STREAM_WAIT, self.stream) if row["residual"] else (SKIP_WAIT, self.skip)
        known = [at for at, (cycle, _) in memory.items() if cycle + wait <= self.cycle]
        if known:
            row["local_at"] = self.rng.choice(known)
        elif row["residual"]:
            row["op"] = Op.INPUT
        else:
            row["first"] = 1
        busy = row["local_at"] in memory and memory[row["local_at"]][0] + wait > self.cycle
        if busy and not row["residual"]:
            row["first"] = 1

    def issue(self, row: Row, pause: int) -> None:
        """A row in this cycle, then its columns and a pause."""
        t, gap = self.cycle, self.gap
        self.rows[t] = row
        accumulators = [self.accumulators(t + j)[j] for j in range(gap)]
        target, data = self.expected(row, accumulators)
        for j in range(gap):
            what = {"column": j, "addr": row["dst"], "data": data[j]} if target else {}
            self.player.expect(t + WRITE + j, {"target": target, **what})
        done = t + WRITE + gap - 1
        self.player.expect(done, {"done_o": row["done"]})
        self.player.expect(t + gap, {"next_go": 1})
        self.player.expect(t + gap + 1, row)
        cover(f"{self.name} rows without a gap", not pause)
        cover(f"{self.name} row that does not exist", not row["valid"])
        cover(f"{self.name} last row of a column tile", row["done"])
        self.cycle += gap + pause

    def finish(self) -> None:
        """Fill in the cycles: results and rows at random where nobody may look, silence where nothing is due."""
        cycles = self.cycle + WRITE + self.gap + 2
        for t in range(cycles):
            row = self.rows.get(t - 1) or {name: self.rng.getrandbits(bits) for name, bits in ROW}
            results = {f"result{j}": value for j, value in enumerate(self.accumulators(t))}
            self.player.drive(t, {"go": t in self.rows, **row, **results})
        busy: dict[str, set[int]] = {name: set() for name in ("target", "done_o", "next_go")}
        for t in self.rows:
            busy["target"] |= set(range(t + WRITE, t + WRITE + self.gap))
            busy["done_o"].add(t + WRITE + self.gap - 1)
            busy["next_go"].add(t + self.gap)
        for name, cycle_set in busy.items():
            for t in range(cycles):
                if t not in cycle_set:
                    self.player.expect(t, {name: 0})

    # --- model --------------------------------------------------------------------------------------------
    def expected(self, row: Row, accumulators: list[int]) -> tuple[int, list[int]]:
        """Target and data of a row; the lane's memories move on."""
        if not row["valid"]:
            return NOTHING, []
        op, sums = Op(row["op"]), np.array(accumulators, np.int64)
        cover(f"{self.name} {op.name.lower()} row")
        cover(f"{self.name} shift {'small' if row['shift'] < 11 else 'middle' if row['shift'] < 21 else 'large'}")
        values = formats.requantise(sums, row["shift"])
        rounded = formats.shift_round(sums, row["shift"])
        cover(f"{self.name} requantise saturates up", int((rounded > 32767).sum()))
        cover(f"{self.name} requantise saturates down", int((rounded < -32768).sum()))
        if op == Op.GATED:
            return self.gate(row, values)
        if op == Op.MIX:
            return self.residual(row, values) if row["residual"] else self.add_skip(row, rounded)
        data = formats.activate(values, row["activation"]).tolist()
        cover(
            f"{self.name} activation {Activation(row['activation']).name.lower()} below zero", int((values < 0).any())
        )
        if op == Op.INPUT:
            self.stream[row["local_at"]] = (self.cycle, data)
        if op == Op.CONTROL:
            cover(f"{self.name} control row {'of the last layer' if row['last'] else 'of a layer'}")
            return (CONDITION if row["last"] else CONTROL), data
        return DENSE[op], data

    def gate(self, row: Row, values: Any) -> tuple[int, list[int]]:
        if not row["odd"]:
            self.tanh = values.tolist()
            return NOTHING, []
        data = formats.gate_q15(np.array(self.tanh), values).tolist()
        self.tanh = []
        cover(f"{self.name} gate below zero", min(data) < 0)
        return BANK, data

    def residual(self, row: Row, values: Any) -> tuple[int, list[int]]:
        _, old = self.stream[row["local_at"]]
        product = formats.shift_round((np.array(old) + values) * row["multiplier"], 15)
        data = formats.saturate(product, 16)
        cover(f"{self.name} residual saturates up", int((product > 32767).sum()))
        cover(f"{self.name} residual saturates down", int((product < -32768).sum()))
        if row["multiplier"] in (0, 1, 23170, 32768):
            cover(f"{self.name} residual scaled by {row['multiplier']}")
        self.stream[row["local_at"]] = (self.cycle, data.tolist())
        return BANK, data.tolist()

    def add_skip(self, row: Row, rounded: Any) -> tuple[int, list[int]]:
        old = np.zeros(self.gap, np.int64) if row["first"] else np.array(self.skip[row["local_at"]][1])
        exact = old + rounded
        total = formats.saturate(exact, 32)
        cover(f"{self.name} skip sum saturates up", int((exact > HIGH).sum()))
        cover(f"{self.name} skip sum saturates down", int((exact < LOW).sum()))
        cover(f"{self.name} skip sum {'starts' if row['first'] else 'goes on'}")
        self.skip[row["local_at"]] = (self.cycle, total.tolist())
        if not row["last"]:
            return NOTHING, []
        head = formats.requantise(total, row["pre_shift"])
        cover(f"{self.name} head below zero", int((head < 0).sum()))
        cover(f"{self.name} head saturates", int((formats.shift_round(total, row["pre_shift"]) > 32767).sum()))
        return BANK, np.maximum(head, 0).tolist()

    def build(self, cycles: int) -> None:
        """Rows at random; a gated one is always a pair, tanh first."""
        while self.cycle < cycles:
            row = self.row()
            pause = self.rng.choice([0, 0, 0, 0, 1, self.rng.randint(0, 20)])
            if row["op"] == Op.GATED and row["valid"]:
                self.issue(row | {"odd": 0}, pause)
                other = self.row()
                row |= {"odd": 1, "shift": other["shift"], "done": other["done"]}
                pause = self.rng.choice([0, 0, 1])
            self.issue(row, pause)
        for _ in range(12):  # a skip sum that only grows, and one that only falls
            for at, value in ((0, HIGH), (self.gap, LOW)):
                for j in range(self.gap):
                    self.accumulators(self.cycle + j)[j] = value
                row = self.row() | {"op": Op.MIX, "valid": 1, "residual": 0, "local_at": at, "shift": 2}
                self.issue(row | {"first": at not in self.skip}, 4)
        self.finish()


@cocotb.test()
async def results(dut: Any) -> None:
    """All widths at once."""
    lanes = [Lane(dut, gap) for gap in GAPS]
    for lane in lanes:
        lane.build(4000)
    await start(dut, **IDLE)
    cover("cycles compared", await play(dut, *(lane.player for lane in lanes)))
    save_coverage()

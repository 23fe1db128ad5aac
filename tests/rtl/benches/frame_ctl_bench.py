"""frame_ctl: clearing, control voltages, launch and count of frames, cycle by cycle, with stalls and a full queue."""

from __future__ import annotations

import os
from typing import Any

import cocotb

from accel.formats import PITCH_LIMIT, pitch_counts
from tests.rtl.benches.harness import Harness
from tests.rtl.benches.structs import pack_cfg
from tests.rtl.coverage import cover, save_coverage

ACT_DEPTH, OUT_DEPTH = int(os.environ.get("ACTDEPTH", "24")), int(os.environ.get("OUTDEPTH", "64"))
MASK = 0xFFFFFF


class Life:
    """What the unit must remember."""

    def __init__(self, bench: Harness) -> None:
        self.bench = bench
        self.primed, self.current, self.cycles = False, 0, 0
        self.pitch, self.words, self.hop = 0, 4, 16
        self.due: tuple[int, int] | None = None

    async def start(self) -> None:
        """A start: exactly ACT_DEPTH cycles of clearing, and nothing disturbs them."""
        bench = self.bench
        await bench.step(start_i=1, cv_valid_i=1)
        assert (bench.read("reset_o"), bench.read("busy_o"), bench.read("cv_ready_o")) == (1, 0, 0)
        for address in range(ACT_DEPTH):
            again = bench.rng.random() < 0.2
            await bench.step(start_i=int(again), cv_valid_i=bench.rng.getrandbits(1))
            got = {name: bench.read(name) for name in ("clear_o", "clear_addr_o", "busy_o", "reset_o", "cv_ready_o")}
            assert got == {"clear_o": 1, "clear_addr_o": address, "busy_o": 1, "reset_o": 0, "cv_ready_o": 0}
            assert bench.read("cycles_o") == 0
            cover("start while clearing", again)
        self.primed, self.cycles = False, 0

    async def voltages(self, stall: float, level: int) -> None:
        """One frame of words; a queue without room holds all of them back. The level counts a cycle late."""
        bench, rng = self.bench, self.bench.rng
        await bench.step(start_i=0, cv_valid_i=0, level_i=level)  # the core sees the level settle before any word
        allowed = level + self.hop <= OUT_DEPTH or not self.primed
        for index in range(self.words):
            special = [0, -PITCH_LIMIT, PITCH_LIMIT, PITCH_LIMIT - 127, PITCH_LIMIT - 128, 127, 128, -128, -129]
            word = rng.choice([rng.choice(special), rng.randint(-PITCH_LIMIT, PITCH_LIMIT)]) & MASK
            while True:
                offer = rng.random() >= stall
                inputs = {"cv_valid_i": int(offer), "cv_data_i": word, "cv_last_i": int(index == self.words - 1)}
                await bench.step(start_i=0, level_i=level, **inputs)
                assert bench.read("cv_ready_o") == int(allowed)
                self.check_write()
                assert (bench.read("busy_o"), bench.read("run_o"), bench.read("cycles_o")) == (0, 0, self.cycles)
                cover("word waits for room", offer and not allowed)
                if allowed and offer:
                    break
                allowed = level + self.hop <= OUT_DEPTH or not self.primed
                if not allowed and rng.random() < 0.1:  # a sample has been taken
                    level -= 1
            signed = (word ^ 1 << 23) - (1 << 23)
            counts = int(pitch_counts(signed)) if index == 0 else word
            self.due = (index, counts & 0xFFFF)
            if index == 0:
                previous, self.pitch = self.pitch, word
                cover("pitch rounds over the top", signed > PITCH_LIMIT - 128)
        self.current ^= 1
        await bench.step(cv_valid_i=0, cv_last_i=0, idle_i=0, exc_busy_i=0)
        got = (bench.read("run_o"), bench.read("prime_o"), bench.read("busy_o"), bench.read("current_o"))
        assert got == (1, int(not self.primed), 1, self.current), "launched in the cycle after the last word"
        self.check_write()
        if self.primed:
            assert bench.read("pitch_previous_o") == previous
        assert bench.read("pitch_current_o") == self.pitch
        assert bench.read("cycles_o") == self.cycles
        self.cycles += 1

    def check_write(self) -> None:
        """A word is written in the cycle after it was taken."""
        assert self.bench.read("ctl_we_o") == int(self.due is not None)
        if self.due:
            assert (self.bench.read("ctl_addr_o"), self.bench.read("ctl_data_o")) == self.due
        self.due = None

    async def run(self, busy: int, excite: int) -> None:
        """The frame's own time: the sequencer is idle again after `busy` cycles, the excitation after `excite`."""
        bench, rng = self.bench, self.bench.rng
        ran = 0
        while True:
            idle, exc = ran >= busy, ran < excite
            # in the first cycle the sequencer has not begun yet, and says that it is idle
            shown = idle or ran == 0
            await bench.step(
                start_i=int(rng.random() < 0.2), cv_valid_i=1, idle_i=int(shown), exc_busy_i=int(exc), level_i=0
            )
            got = {name: bench.read(name) for name in ("busy_o", "run_o", "cv_ready_o", "reset_o", "frame_done_o")}
            assert got == {"busy_o": 1, "run_o": 0, "cv_ready_o": 0, "reset_o": 0, "frame_done_o": 0}
            assert bench.read("cycles_o") == self.cycles
            self.cycles += 1
            ran += 1
            if ran >= 2 and idle and not exc:
                break
        await bench.step(start_i=0, cv_valid_i=0)
        assert (bench.read("busy_o"), bench.read("frame_done_o")) == (0, int(self.primed))
        assert bench.read("cycles_o") == self.cycles
        cover("priming frame", not self.primed)
        cover("excitation ends last", excite > busy)
        cover("shortest frame", ran == 2)
        self.primed = True
        await bench.step()
        assert bench.read("frame_done_o") == 0, "a pulse"


def random_cfg(life: Life) -> int:
    rng = life.bench.rng
    log2_hop = rng.choice([4, 5, OUT_DEPTH.bit_length() - 1])
    life.hop, life.words = 1 << log2_hop, rng.choice([1, 2, rng.randint(1, 16)])
    return pack_cfg(log2_hop=log2_hop, log2_block=4, cv_words=life.words)


async def started(dut: Any) -> Life:
    bench = Harness(dut)
    await bench.reset(
        cfg_i=pack_cfg(log2_hop=4, cv_words=4), start_i=0, cv_valid_i=0, cv_data_i=0, cv_last_i=0,
        idle_i=1, exc_busy_i=0, level_i=0,
    )  # fmt: skip
    await bench.step(3, cv_valid_i=1)
    assert (bench.read("busy_o"), bench.read("cv_ready_o")) == (0, 0), "nothing before a start"
    return Life(bench)


@cocotb.test()
async def takes(dut) -> None:
    life = await started(dut)
    rng = life.bench.rng
    for index in range(25):
        await life.bench.step(cfg_i=random_cfg(life), start_i=0, cv_valid_i=0)
        await life.start()
        for _ in range(rng.randint(1, 5)):
            level = rng.choice([0, OUT_DEPTH - life.hop, min(OUT_DEPTH, OUT_DEPTH - life.hop + 1), OUT_DEPTH])
            await life.voltages([0.0, 0.5][index % 2], level)
            cover("room for exactly one frame", level == OUT_DEPTH - life.hop)
            cover("queue full", level == OUT_DEPTH)
            cover("one word in a frame", life.words == 1)
            await life.run(rng.choice([0, 1, 2, rng.randint(3, 40)]), rng.choice([0, 0, 1, 2, rng.randint(3, 40)]))
        cover("start after a take", index > 0)
    save_coverage()


@cocotb.test()
async def reset_in_a_frame(dut) -> None:
    life = await started(dut)
    for place in range(3):
        await life.start()
        if place:
            await life.voltages(0.0, 0)
        if place == 2:
            await life.bench.step(idle_i=0)
        await life.bench.step(rst_ni=0, cv_valid_i=0)
        await life.bench.step(rst_ni=1)
        assert (life.bench.read("busy_o"), life.bench.read("cycles_o")) == (0, 0)
        assert life.bench.read("cv_ready_o") == 0
        life.current, life.cycles = 0, 0
        cover(f"reset in place {place}")
    save_coverage()

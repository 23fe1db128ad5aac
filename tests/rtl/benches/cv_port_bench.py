"""cv_port: control frames from registers and stream: saturation, atomic commits, lengths, stops in the middle."""

from __future__ import annotations

import cocotb

from tests.rtl.benches.harness import Harness, signed
from tests.rtl.coverage import cover, save_coverage

KNOBS = 8
PITCH, KNOB = (1 << 23) - 1, 32767
IDLE = {"we_i": 0, "commit_i": 0, "forget_i": 0}


def saturated(index: int, value: int) -> int:
    top, bottom = (PITCH, -PITCH) if index == 0 else (KNOB, -KNOB - 1)
    return max(bottom, min(top, signed(value, 32)))


def voltage(rng) -> int:
    """Mostly in range; sometimes at an edge of either range, or far out."""
    edge = rng.choice([PITCH, -PITCH, KNOB, -KNOB, 0, 1 << 31, (1 << 31) - 1]) + rng.choice([-2, -1, 0, 1, 2])
    return rng.choice([rng.randint(-PITCH, PITCH), rng.randint(-KNOB, KNOB), edge, rng.getrandbits(32)]) & 0xFFFFFFFF


class Bench:
    """The port, the core that takes words, and a host that knows what it wrote."""

    def __init__(self, dut) -> None:
        self.h = Harness(dut)
        self.stream = self.h.source("CV stream", "tvalid_i", "tready_o", "tdata_i", "tlast_i")
        self.core = self.h.sink("core", "cv_valid_o", "cv_ready_i", "cv_data_o", "cv_last_o")
        self.words = [0] * (KNOBS + 1)
        self.events: dict[str, list[int]] = {"wanted_o": [], "length_err_o": []}
        self.h.watchers.append(self.watch)

    def watch(self, cycle: int) -> None:
        for name, cycles in self.events.items():
            if self.h.read(name):
                cycles.append(cycle)

    async def reset(self, words: int, *, stream: bool) -> None:
        await self.h.reset(run_i=0, stream_i=int(stream), words_i=words, index_i=0, wdata_i=0, **IDLE)
        await self.h.step(2)
        await self.h.step(run_i=1)

    async def write(self, index: int, value: int) -> None:
        await self.h.step(**IDLE | {"we_i": 1, "index_i": index, "wdata_i": value})
        self.words[index] = saturated(index, value)
        cover("pitch saturates up" if index == 0 else "knob saturates up", signed(value, 32) > self.words[index])
        cover("pitch saturates down" if index == 0 else "knob saturates down", signed(value, 32) < self.words[index])
        await self.h.step(we_i=0)
        assert signed(self.h.read("rdata_o"), 24) == self.words[index], "reads back saturated, one cycle later"

    async def commit(self) -> tuple[int, list[int]]:
        """Cycle in which it was accepted, and the frame."""
        await self.h.step(**IDLE | {"commit_i": 1})
        await self.h.until(lambda: self.h.read("commit_ready_o") == 1)
        at = self.h.cycle
        await self.h.step(commit_i=0)
        return at, list(self.words)

    def frames(self) -> list[list[int]]:
        """What the core has taken, cut at cv_last_o; a last frame that is not whole is there too."""
        done: list[list[int]] = [[]]
        for _, (data, last) in self.core.got:
            done[-1].append(signed(data, 24))
            if last:
                done.append([])
        return done[:-1] if not done[-1] else done


@cocotb.test()
async def register_frames(dut) -> None:
    bench = Bench(dut)
    await bench.reset(KNOBS + 1, stream=False)
    rng, expected = bench.h.rng, []
    for _ in range(60):
        bench.core.stall = rng.choice([0.0, 0.5, 0.9])
        for _ in range(rng.randint(0, 12)):
            await bench.write(rng.randint(0, KNOBS), voltage(rng))
        before = len(bench.core.got)
        at, frame = await bench.commit()
        await bench.h.until(lambda end=before + KNOBS + 1: len(bench.core.got) == end)
        expected.append(frame)
        assert bench.core.seen[before] == at + 1, "offered one cycle after the commit"
        assert bench.h.read("cv_valid_o") == 1 or bench.h.read("pending_o") == 0
        await bench.h.step(2)
        assert bench.h.read("pending_o") == 0
        assert bench.events["wanted_o"][-1] == bench.core.got[-1][0] + 1
    assert bench.frames() == expected
    assert len(bench.events["wanted_o"]) == 61, "once at the start, once per frame"
    save_coverage()


@cocotb.test()
async def a_commit_is_whole(dut) -> None:
    """Commits at any moment of a transfer: what the core gets is always one committed frame, never a mixture."""
    bench = Bench(dut)
    await bench.reset(KNOBS + 1, stream=False)
    rng, committed = bench.h.rng, []
    bench.core.stall = 0.5
    for number in range(150):
        for index in range(KNOBS + 1):
            if rng.random() < 0.5 or index == KNOBS:
                await bench.write(index, number * 16 + index)
        begin = bench.h.cycle
        at, frame = await bench.commit()
        cover("commit waited for a transfer", at > begin + 1)
        cover("commit at once", at == begin + 1)
        committed.append(frame)
        bench.core.stall = rng.choice([0.0, 0.5, 0.95])
    bench.core.stall = 0.0
    await bench.h.step(40)
    frames = bench.frames()
    numbers = [committed.index(frame) for frame in frames]
    assert numbers == sorted(set(numbers)), "in order, none twice"
    assert numbers[-1] == 149, "the newest gets there"
    cover("frame replaced before it was taken", 150 - len(numbers))
    save_coverage()


@cocotb.test()
async def a_commit_as_a_word_leaves(dut) -> None:
    """The core becomes ready in the very cycle of a commit, at every word of the frame before it."""
    bench = Bench(dut)
    await bench.reset(KNOBS + 1, stream=False)
    for words in range(KNOBS + 1):
        bench.core.stall = 1.0
        frames = len(bench.frames())
        for index in range(KNOBS + 1):
            await bench.write(index, 100 * words + index)
        _, first = await bench.commit()
        bench.core.stall = 0.0
        await bench.h.step(words)
        bench.core.stall = 1.0
        await bench.h.step(3)
        for index in range(KNOBS + 1):
            await bench.write(index, 5000 + index)
        bench.core.stall = 0.0
        _, second = await bench.commit()
        await bench.h.step(2 * KNOBS + 4)
        assert bench.frames()[frames:] == [first, second]
        cover(f"commit as word {words} leaves")
    save_coverage()


@cocotb.test()
async def a_stop_breaks_off_and_the_frame_comes_again(dut) -> None:
    bench = Bench(dut)
    await bench.reset(KNOBS + 1, stream=False)
    for taken in range(KNOBS + 1):
        await bench.write(KNOBS, taken)
        before = len(bench.core.got)
        bench.core.stall = 0.0 if taken else 1.0
        _, frame = await bench.commit()
        if taken > 1:
            await bench.h.step(taken - 1)
        await bench.h.step(run_i=0)
        assert bench.h.read("cv_valid_o") == 0
        assert len(bench.core.got) == before + taken
        await bench.h.step(3)
        bench.core.stall = 0.0
        await bench.h.step(run_i=1)
        await bench.h.step(KNOBS + 2)
        assert [signed(data, 24) for _, (data, _) in bench.core.got[before + taken :]] == frame
        cover(f"stopped after {taken} words")
    bench.core.stall = 1.0
    await bench.commit()
    await bench.h.pulse(forget_i=1)
    assert bench.h.read("pending_o") == 0
    cover("frame forgotten")
    save_coverage()


@cocotb.test()
async def short_and_long_register_frames(dut) -> None:
    bench = Bench(dut)
    for words in (1, 2, 5, KNOBS + 1, KNOBS + 2, 40, 255):
        await bench.reset(words, stream=False) if not bench.h.cycle else await bench.h.step(run_i=0, words_i=words)
        await bench.h.step(run_i=1)
        for index in range(KNOBS + 1):
            await bench.write(index, 1000 + index)
        before = len(bench.frames())
        _, frame = await bench.commit()
        await bench.h.step(words + 3)
        assert bench.frames()[before:] == [(frame + [0] * 255)[:words]]
        assert bench.h.read("pending_o") == 0
        cover(f"register frame of {words}")
    save_coverage()


@cocotb.test()
async def streamed_frames(dut) -> None:
    """Lengths right and wrong, stalls on both sides; the core always gets frames of its length."""
    bench = Bench(dut)
    words = 5
    await bench.reset(words, stream=True)
    rng, expected, wrong = bench.h.rng, [], 0
    for _ in range(200):
        length = rng.choice([words, words, words, rng.randint(1, 12)])
        frame = [voltage(rng) for _ in range(length)]
        bench.stream.items.extend((value, int(index == length - 1)) for index, value in enumerate(frame))
        whole = [saturated(index, value) for index, value in enumerate(frame)]
        expected.append((whole + [0] * words)[:words])
        wrong += length != words
        cover("frame too long", length > words)
        cover("frame too short", length < words)
        cover("frame one word too long", length == words + 1)
        cover("frame of one word", length == 1)
        bench.stream.stall, bench.core.stall = rng.choice([0.0, 0.4, 0.9]), rng.choice([0.0, 0.4, 0.9])
        if rng.random() < 0.3:
            await bench.h.until(lambda: not bench.stream.items, 3000)
    await bench.h.until(lambda: len(bench.core.got) == 200 * words, 9000)
    await bench.h.step(5)
    assert bench.frames() == expected
    assert len(bench.events["length_err_o"]) == wrong
    assert not bench.events["wanted_o"]
    save_coverage()


@cocotb.test()
async def a_stream_at_full_rate_with_exact_latency(dut) -> None:
    bench = Bench(dut)
    await bench.reset(4, stream=True)
    bench.stream.items.extend((index, int(index % 4 == 3)) for index in range(100))
    await bench.h.until(lambda: len(bench.core.got) == 100)
    taken, got = ([cycle for cycle, _ in side] for side in (bench.stream.taken, bench.core.got))
    assert [b - a for a, b in zip(taken, got, strict=True)] == [1] * 100
    assert taken == list(range(taken[0], taken[0] + 100))
    save_coverage()


@cocotb.test()
async def a_new_run_begins_with_a_whole_streamed_frame(dut) -> None:
    bench = Bench(dut)
    await bench.reset(4, stream=True)
    rng = bench.h.rng
    bench.core.stall = 0.3
    for number in range(60):
        frames = [[number * 100 + 10 * each + index for index in range(4)] for each in range(4)]
        for frame in frames:
            bench.stream.items.extend((value, int(index == 3)) for index, value in enumerate(frame))
        await bench.h.step(rng.randint(1, 14))
        await bench.h.step(run_i=0)
        begin = len(bench.core.got)
        sent = [fields for _, fields in bench.stream.taken][-1:]
        await bench.h.step(rng.randint(1, 6))
        assert len(bench.core.got) == begin
        assert bench.h.read("tready_o") == 0
        cover("stopped inside a frame", bool(sent) and not sent[0][1])
        cover("stopped between frames", bool(sent) and sent[0][1])
        left = list(bench.stream.items)
        while sent and not sent[0][1] and left.pop(0)[1] == 0:
            pass
        await bench.h.step(run_i=1)
        await bench.h.until(lambda: not bench.stream.items)
        await bench.h.step(20)
        assert [data for _, (data, _) in bench.core.got[begin:]] == [value for value, _ in left]
    save_coverage()


@cocotb.test()
async def the_source_changes_only_while_stopped(dut) -> None:
    bench = Bench(dut)
    await bench.reset(2, stream=False)
    bench.stream.items.extend([(5, 0), (6, 1)])
    await bench.h.step(10, stream_i=1)
    assert not bench.stream.taken
    await bench.h.step(2, run_i=0)
    await bench.h.step(10, run_i=1)
    assert bench.frames() == [[5, 6]]
    cover("source changed")
    save_coverage()

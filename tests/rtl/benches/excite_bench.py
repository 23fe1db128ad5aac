"""excite and its bank against `accel.reference.excitation`: every value, its channel and sample, and its cycle."""

from __future__ import annotations

import random
from typing import Any

import cocotb
import numpy as np
from cocotb.clock import Clock
from cocotb.triggers import ReadOnly, RisingEdge

from accel import formats
from accel.hardware.excite_cycles import RATIO_CYCLES, SAMPLE_CYCLES, excite_cycles, first_output
from accel.hardware.geometry import EXC_CHANNELS, RATIO_POINTS
from accel.hardware.image import bank_words
from tests.rtl.benches.excite_takes import LIMIT, VOLTAGES, Take, random_take
from tests.rtl.coverage import cover, save_coverage


class Bench:
    """The unit with its clock; every cycle's outputs are checked when they have settled."""

    def __init__(self, dut: Any, rng: random.Random) -> None:
        self.dut, self.rng, self.done_due = dut, rng, False

    async def reset(self, cycles: int = 3) -> None:
        """Hold rst_ni low."""
        self.dut.rst_ni.value = 0
        self.dut.reset_i.value = self.dut.start_i.value = self.dut.prime_i.value = 0
        self.dut.ld_use_i.value = self.dut.ld_we_i.value = self.dut.cv_we_i.value = 0
        self.scramble()
        for _ in range(cycles):
            await RisingEdge(self.dut.clk_i)
        self.dut.rst_ni.value = 1
        self.done_due = False

    def scramble(self) -> None:
        """While idle no input but the pulses may matter."""
        dut, rng = self.dut, self.rng
        for signal in (dut.pitch_prev_i, dut.pitch_cur_i):
            signal.value = rng.randint(-LIMIT, LIMIT)
        for signal in (dut.seed_i, dut.phase_i, dut.exp_offset_i):
            signal.value = rng.getrandbits(32)
        dut.log2_hop_i.value, dut.channels_i.value = rng.getrandbits(4), rng.getrandbits(EXC_CHANNELS.bit_length())
        dut.codes_i.value = rng.getrandbits(16 * EXC_CHANNELS)
        dut.oscillators_i.value = rng.randint(0, formats.OSCILLATORS)
        dut.ld_addr_i.value, dut.ld_data_i.value = rng.randrange(RATIO_POINTS), rng.getrandbits(32)
        dut.cv_word_i.value, dut.cv_data_i.value = rng.getrandbits(8), rng.randint(-32768, 32767)

    async def cycle(self, valid: bool, busy: bool) -> tuple[int, int, int]:
        """Check the present cycle, go to the next; returns its output: sample, channel, value."""
        dut = self.dut
        await ReadOnly()
        flags = (bool(dut.out_valid_o.value), bool(dut.busy_o.value), bool(dut.done_o.value))
        assert flags == (valid, busy, self.done_due), f"valid, busy, done: {flags}"
        output = (int(dut.out_sample_o.value), int(dut.out_channel_o.value), dut.out_data_o.value.to_signed())
        await RisingEdge(dut.clk_i)
        dut.reset_i.value = dut.start_i.value = dut.prime_i.value = dut.cv_we_i.value = 0
        self.done_due = False
        return output

    async def idle(self, cycles: int) -> None:
        """Cycles without a start: nothing may come out."""
        for _ in range(cycles):
            await self.cycle(False, False)
            self.scramble()

    async def frame(self, take: Take, frame: int, expected: np.ndarray) -> None:
        """One frame, from start_i in the present cycle to the cycle of done_o."""
        dut, channels, first = self.dut, len(take.codes), first_output(len(take.bank))
        period = max(channels, SAMPLE_CYCLES * max(len(take.bank), 1))
        dut.pitch_prev_i.value, dut.pitch_cur_i.value = take.pitch[frame], take.pitch[frame + 1]
        dut.log2_hop_i.value, dut.channels_i.value = take.hop.bit_length() - 1, channels
        dut.exp_offset_i.value = take.offset
        dut.codes_i.value = sum(code << 16 * index for index, code in enumerate(take.codes))
        dut.oscillators_i.value = len(take.bank)
        dut.start_i.value = 1
        for cycle in range(excite_cycles(channels, take.hop, len(take.bank))):
            sample, channel = divmod(cycle - first, period)
            valid = cycle >= first and channel < channels
            if cycle >= first and frame + 2 < len(take.knobs):
                self.voltage(take, frame + 2, cycle - first)  # the next frame's come while this one runs
            output = await self.cycle(valid, cycle > 0)
            if valid:
                want = (sample, channel, int(expected[sample, channel]))
                assert output == want, f"frame {frame}, sample, channel, value: {output}, not {want}: {take}"
        self.done_due = True

    def voltage(self, take: Take, row: int, word: int) -> None:
        """Word `word` of a row of controls in the present cycle, word 0 the pitch's counts; nothing after the last."""
        if 0 <= word <= VOLTAGES:
            self.dut.cv_we_i.value, self.dut.cv_word_i.value = 1, word
            value = int(take.knobs[row, word - 1]) if word else self.rng.randint(-32768, 32767)
            self.dut.cv_data_i.value = value

    async def prepare(self, take: Take) -> None:
        """Load the bank, read it back, and prime it with the first row; then bring the second row's voltages."""
        dut = self.dut
        places, words = bank_words(take.bank)
        for write in (True, False):
            for at, word in zip(places.tolist(), words.tolist(), strict=True):
                dut.ld_use_i.value, dut.ld_we_i.value, dut.ld_addr_i.value = 1, int(write), at
                dut.ld_data_i.value = word if write else self.rng.getrandbits(32)
                await self.cycle(False, False)
                if not write:
                    await ReadOnly()
                    assert int(dut.ld_data_o.value) == word, f"word {at} of the bank"
                    await RisingEdge(dut.clk_i)
        dut.ld_use_i.value = dut.ld_we_i.value = 0
        for row in (0, 1):
            for word in range(VOLTAGES + 1):
                self.voltage(take, row, word)
                await self.cycle(False, False)
            if row == 0:
                dut.prime_i.value, dut.oscillators_i.value = 1, len(take.bank)
                dut.log2_hop_i.value = take.hop.bit_length() - 1
                for cycle in range(RATIO_CYCLES * len(take.bank) + 1):
                    await ReadOnly()
                    assert bool(dut.ratio_busy_o.value) == (cycle > 0)
                    await self.after_read_only()
                await ReadOnly()
                assert not dut.ratio_busy_o.value
                await self.after_read_only()

    async def after_read_only(self) -> None:
        """To the next cycle, all pulses low."""
        await RisingEdge(self.dut.clk_i)
        self.dut.prime_i.value = self.dut.cv_we_i.value = 0

    async def take(self, take: Take) -> None:
        """Set phase and noise, then all frames."""
        if take.bank:
            await self.prepare(take)
        expected = take.expected()
        for bit in range((EXC_CHANNELS - 1).bit_length()):
            upper = [at for at in range(len(take.codes)) if at >> bit & 1]
            differ = expected[:, :, upper] != expected[:, :, [at ^ 1 << bit for at in upper]]
            cover(f"value that bit {bit} of the channel's index decides", int(differ.sum()))
        take.count()
        self.scramble()
        self.dut.reset_i.value, self.dut.seed_i.value, self.dut.phase_i.value = 1, take.seed, take.phase
        self.dut.oscillators_i.value = len(take.bank)
        for index, gap in enumerate(take.gaps):
            await self.idle(gap)
            await self.frame(take, index, expected[index])


async def started(dut: Any) -> Bench:
    """A bench with its clock running, out of reset."""
    bench = Bench(dut, random.Random(cocotb.RANDOM_SEED))
    cocotb.start_soon(Clock(dut.clk_i, 10, unit="ns").start())
    await bench.reset()
    return bench


@cocotb.test()
async def random_takes(dut: Any) -> None:
    """All hops, channel counts, sources and both limits of the exponent; long hops fewer times."""
    bench = await started(dut)
    for hop, counts in (
        (16, range(1, EXC_CHANNELS + 1)),
        (32, (1, 3, 7, 8, 9, 13, 16, 17, 25, 32)),
        (64, (2, 8, 13, 25, 26)),
        (128, (3, 16, 32)),
        (256, (5, 13, 17)),
    ):
        for channels in counts:
            await bench.take(random_take(bench.rng, hop, channels, 3 if hop < 128 else 2))
    await bench.idle(20)
    save_coverage()


@cocotb.test()
async def banks(dut: Any) -> None:
    """One to four oscillators with records, few channels and all; a take without records between them."""
    bench = await started(dut)
    for hop, counts in ((16, (1, 8, 9, 16, 17, 24, 25, 32)), (32, (5, 21)), (64, (13, 32)), (128, (4,)), (256, (10,))):
        for channels in counts:
            for oscillators in range(1, formats.OSCILLATORS + 1):
                await bench.take(random_take(bench.rng, hop, channels, 4 if hop < 128 else 2, oscillators))
        await bench.take(random_take(bench.rng, hop, 6, 2))
    await bench.idle(20)
    save_coverage()


@cocotb.test()
async def directed_takes(dut: Any) -> None:
    """Full swing of the pitch, every octave, and a phase that starts at each quadrant's edge."""
    bench = await started(dut)
    codes = [formats.channel_code(source, k) for k in (1, 64) for source in (1, 2)] + [0]
    for hop in formats.HOPS[:3]:
        for first, second in ((-LIMIT, LIMIT), (LIMIT, -LIMIT), (LIMIT, LIMIT), (-LIMIT, -LIMIT), (0, 0)):
            offset = formats.exponent_offset(48_000)
            await bench.take(Take(hop, codes, [first, second], offset, 1, 0xFFFFFFFF, [0]))
    for offset in (8 << 20, 24 << 20):
        await bench.take(Take(32, codes, [-LIMIT, LIMIT, -LIMIT], offset, 0x80000000, 0, [1, 0]))
    for quarter in range(4):
        for edge in (-1, 0):
            phase = ((quarter << 30) + edge) & 0xFFFFFFFF
            await bench.take(Take(16, codes, [-LIMIT, -LIMIT], 0, 1, phase, [0]))
    save_coverage()


@cocotb.test()
async def reset_within_a_frame(dut: Any) -> None:
    """rst_ni in the middle of a frame leaves the unit idle, and the next take is right."""
    bench = await started(dut)
    for cycles in (1, 20, 30, 40, 48, 60, 90):
        take = random_take(bench.rng, 16, 5, 1)
        task = cocotb.start_soon(bench.take(take))
        for _ in range(cycles + take.gaps[0]):
            await RisingEdge(dut.clk_i)
        task.cancel()
        await bench.reset(1)
        cover("reset within a frame")
        await bench.idle(30)
        await bench.take(random_take(bench.rng, 16, 5, 1))
    save_coverage()

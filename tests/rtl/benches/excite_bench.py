"""excite and its bank against `accel.reference.excitation`: every value, its channel and sample, and its cycle."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import cocotb
import numpy as np
from cocotb.clock import Clock
from cocotb.triggers import ReadOnly, RisingEdge

from accel import formats, reference
from accel.hardware.excite_cycles import RATIO_CYCLES, SAMPLE_CYCLES, excite_cycles, first_output
from accel.hardware.geometry import EXC_CHANNELS, RATIO_POINTS
from accel.hardware.image import bank_words
from accel.oscillators import PLAIN, Oscillator, gate_rises
from accel.random_program import random_oscillator
from tests.rtl.coverage import cover, save_coverage

LIMIT = formats.PITCH_LIMIT


@dataclass
class Take:
    """Some frames in a row from one reset: what is driven."""

    hop: int
    codes: list[int]
    pitch: list[int]
    offset: int
    seed: int
    phase: int
    gaps: list[int] = field(default_factory=list)
    """Idle cycles before each frame; 0 starts it in the cycle of the last one's done_o."""
    bank: list[Oscillator] = field(default_factory=list)
    knobs: np.ndarray = field(default_factory=lambda: np.zeros((0, 0), np.int16))
    """Counts of the voltages in every row, if there is a bank."""

    def expected(self) -> np.ndarray:
        """Frames x samples x channels."""
        each = SimpleNamespace(multiplier=self.offset, bias=np.array(self.codes, np.int64))
        program: Any = SimpleNamespace(hop=self.hop, of=lambda _: [each], bank=tuple(self.bank) or (PLAIN,))
        knobs = self.knobs if self.bank else np.zeros((len(self.pitch), 0), np.int16)
        values = reference.excitation(program, np.array(self.pitch, np.int32), knobs, self.seed, self.phase)
        return values.reshape(-1, self.hop, len(self.codes))

    def count(self) -> None:
        """Functional coverage of what this take drives, from the formats' own functions."""
        pitch = np.array(self.pitch, np.int64)
        octaves = reference.interpolate(pitch, self.hop)
        increment = formats.phase_increment(octaves, self.hop, self.offset)
        shifted = formats.shift_round(octaves * formats.EXPONENT_GAIN, formats.exponent_shift(self.hop)) + self.offset
        cover("exponent below zero", int((shifted < 0).sum()))
        cover("exponent above its top", int((shifted > formats.EXPONENT_TOP).sum()))
        cover("exponent inside", int(((shifted >= 0) & (shifted <= formats.EXPONENT_TOP)).sum()))
        phases = (self.phase + np.concatenate([[0], np.cumsum(increment)[:-1]])) & 0xFFFFFFFF
        cover("phase wraps", int((np.diff(phases) < 0).sum()))
        for whole in range(31):
            cover(f"octave {whole:02}", int((np.clip(shifted, 0, formats.EXPONENT_TOP) >> 20 == whole).sum()))
        cover(f"oscillators with records {len(self.bank)}")
        for each in self.bank:
            moves = int((np.diff(each.ratio(self.knobs[:, each.knob - 1])) != 0).sum()) if each.knob else 0
            cover("ratio that moves, stepped" if each.stepped else "ratio that moves, on lines", moves)
            cover("gate that rises", int(gate_rises(each, self.knobs).sum()))
            cover(f"segments of 2**{each.segment_bits:02}", each.knob > 0)
        for code in self.codes:
            kind, oscillator, harmonic = formats.channel_parts(code)
            source = formats.Source(kind).name.lower()
            cover(f"source {source}")
            cover(f"channel of oscillator {oscillator}")
            cover("harmonic 1", harmonic == 1)
            cover("harmonic 64", harmonic == 64)
            if source == "noise":
                continue
            gain = formats.harmonic_gain(increment, harmonic)
            cover("gain full", int((gain == formats.UNITY).sum()))
            cover("gain none", int((gain == 0).sum()))
            cover("gain fading", int(((gain > 0) & (gain < formats.UNITY)).sum()))
            quadrant = (phases * harmonic >> 30) & 3
            for index in range(4):
                cover(f"{source} in quadrant {index}", int((quadrant == index).sum()))
        cover(f"hop {self.hop:03}", len(self.gaps))
        cover(f"channels {len(self.codes):02}")
        cover("frame at once after the last", self.gaps[1:].count(0))
        cover("frame after a pause", len(self.gaps) - self.gaps.count(0))
        cover("pitch at an end of its range", int((np.abs(pitch) == LIMIT).sum()))


def random_pitch(rng: random.Random) -> int:
    """A pitch word: anywhere, musical, or at an end."""
    return rng.choice(
        [
            rng.randint(-LIMIT, LIMIT),
            rng.randint(-3_000_000, 4_000_000),
            rng.choice([-LIMIT, LIMIT]),
            rng.randint(-2, 2),
        ]
    )


def random_offset(rng: random.Random) -> int:
    """The offset of a sample rate mostly; else anything, so that both clips and all octaves are met."""
    if rng.random() < 0.5:
        return formats.exponent_offset(rng.choice([8000, 44100, 48000, 192000]))
    return rng.choice([0, rng.randint(0, 32 << 20), rng.randint(0, 1 << 30), 1 << 30])


VOLTAGES = 3
"""Of a take with a bank."""


def random_bank(rng: random.Random, count: int, rows: int) -> tuple[list[Oscillator], np.ndarray]:
    """`count` oscillators whose tables fit, and rows of the voltages that they follow."""
    draw = np.random.default_rng(rng.getrandbits(32))
    bank = [random_oscillator(draw, VOLTAGES) for _ in range(count)]
    while sum(len(each.points) for each in bank) > RATIO_POINTS:
        bank = [random_oscillator(draw, VOLTAGES) for _ in range(count)]
    ends = [-32768, -1, 0, formats.GATE_COUNTS - 1, formats.GATE_COUNTS, formats.KNOB_COUNTS, 32767]
    counts = np.where(
        draw.random((rows, VOLTAGES)) < 0.5,
        draw.integers(0, formats.KNOB_COUNTS + 1, (rows, VOLTAGES)),
        draw.choice(ends, (rows, VOLTAGES)),
    )
    return bank, counts.astype(np.int16)


def random_take(rng: random.Random, hop: int, channels: int, frames: int, oscillators: int = 0) -> Take:
    """A take with everything at random but its size."""
    codes = [
        formats.channel_code(
            rng.randint(0, 2), rng.choice([1, 2, 64, rng.randint(1, 64)]), rng.randrange(max(oscillators, 1))
        )
        for _ in range(channels)
    ]
    pitch = [random_pitch(rng)]
    for _ in range(frames):
        pitch.append(pitch[-1] if rng.random() < 0.2 else random_pitch(rng))
    return Take(
        hop,
        codes,
        pitch,
        random_offset(rng),
        rng.randint(1, 2**32 - 1),
        rng.randint(0, 2**32 - 1),
        [rng.choice([0, 0, 1, rng.randint(2, 20)]) for _ in range(frames)],
        *(random_bank(rng, oscillators, frames + 1) if oscillators else ()),
    )


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

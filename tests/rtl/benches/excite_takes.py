"""Takes for the excitation's bench: what is driven, what must come out, and which situations that covers."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import numpy as np

from accel import formats, reference
from accel.hardware.geometry import RATIO_POINTS
from accel.oscillators import PLAIN, Oscillator, gate_rises
from accel.random_program import random_oscillator
from tests.rtl.coverage import cover

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

"""The programs that every mutant must play: few and small, but with every situation that a fault could hide in.

Expected samples, cycles and multiply-accumulates come from `accel.reference`, `accel.cycles` and the program itself,
once; a mutant only simulates. The first program is also the last one, since a fault in clearing shows only after
another program has left its histories behind.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from accel import reference
from accel.cycles import frame_cycles
from accel.formats import BIAS_LIMIT, FIELD_AT, GATE_COUNTS, OSCILLATORS, PITCH_LIMIT, Op
from accel.hardware.geometry import RATIO_POINTS, Geometry
from accel.oscillators import gate_rises
from accel.program import Program
from accel.random_program import Shape, _enliven, random_program

__all__ = ["GEOMETRY", "Take", "battery"]

GEOMETRY = Geometry(
    rows=3,
    cols=4,
    lanes=2,
    dsp_pes=6,
    act_depth=8192,
    wgt_depth=4096,
    row_depth=1024,
    cond_depth=512,
    ctl_depth=128,
    stream_depth=2048,
    skip_depth=2048,
    desc_depth=64,
    out_depth=512,
)
"""Small, and nothing in it is a special case: three rows leave rows unused, half the elements multiply in logic."""
LIVELY = 16
"""Distinct samples that a take must have."""


@dataclass(frozen=True)
class Take:
    """One program with its control voltages, and what must come out."""

    name: str
    program: Program
    block: int | None
    pitch: NDArray[np.int32]
    knobs: NDArray[np.int16]
    seed: int
    phase: int
    stall: int
    samples: NDArray[np.int16]
    cycles: NDArray[np.uint32]
    macs: int


@dataclass(frozen=True)
class _Plan:
    """How a take is drawn."""

    name: str
    shape: Shape
    frames: int = 4
    block: int | None = None
    spread: float = 30.0
    extreme: bool = False
    multiplier: int = 23170
    stall: int = 0
    pitch: tuple[int, int] = (-PITCH_LIMIT, PITCH_LIMIT)
    large: bool = False
    """Skip sums that reach the end of int32, which random programs do not have."""


_SINES = (3, 5, 6, 7, 9, 10, 11, 12, 13, 14, 15, 17, 18, 19, 20, 21, 22, 23, 24)
"""With six pairs and noise, as many channels as the accelerator has."""
_NEAR_C4 = (-500_000, 500_000)
"""Half an octave around it: harmonic 48 sounds, and its phase shows the last bit of a ratio."""

_PLANS = (
    _Plan("plain", Shape(4, 3, 2, (1, 2, 4), (1, 2), 2, (5,), 16), frames=5),
    _Plan("one tile", Shape(3, 2, 3, (1, 7), (1,), 1, (), 16), block=4),
    _Plan("one tile, slow controls", Shape(2, 2, 2, (3, 1), (), 3, (39, 38), 16), block=4),
    _Plan("extreme", Shape(5, 4, 2, (1, 5, 2), (1, 3), 2, (6,), 32), block=8, extreme=True, multiplier=32768),
    _Plan("wide weights", Shape(4, 5, 5, (9, 33), (2, 5), 1, (4, 5), 64), frames=3, spread=100.0),
    _Plan("high notes", Shape(3, 4, 2, (2,), (1, 8, 17, 64), 0, (3,), 32), pitch=(1_000_000, PITCH_LIMIT), block=16),
    _Plan("one of each", Shape(1, 1, 1, (1,), (), 0, (), 16), frames=5, block=8),
    _Plan("large sums", Shape(4, 3, 2, (4, 1, 2, 3), (1, 2), 2, (5,), 16), spread=100.0, large=True),
    _Plan("sleepy listener", Shape(2, 1, 2, (512,), (1,), 1, (), 256), frames=9, stall=(1 << 31) + 77),
    _Plan("stalls", Shape(7, 2, 3, (3, 200), (1, 2, 3), 4, (9,), 32), frames=6, block=8, stall=77),
    _Plan("several pages", Shape(8, 2, 3, (512, 256), (1, 2), 3, (64, 60), 16), frames=3, spread=60.0),
    _Plan("most channels", Shape(8, 7, 2, (1, 2, 4), (1, 2, 4, 8, 16, 32), 3, (10,), 16, sines=_SINES), 3, spread=60.0),
    _Plan("four oscillators", Shape(6, 4, 2, (1, 3), (1, 3, 7), 3, (4,), 32, oscillators=4), frames=8, spread=60.0),
    _Plan("two oscillators", Shape(5, 3, 2, (2,), (1, 2), 2, (4,), 16, oscillators=2), frames=12, block=8, stall=9),
    _Plan("fine ratios", Shape(4, 3, 2, (1,), (16, 48), 2, (4,), 256, oscillators=2), 7, spread=60.0, pitch=_NEAR_C4),
)


def battery() -> list[Take]:
    """All takes in order, the first one again at the end."""
    takes = [_take(plan, index) for index, plan in enumerate(_PLANS)]
    return [*takes, replace(takes[0], name=f"{takes[0].name}, again")]


def _take(plan: _Plan, index: int) -> Take:
    for attempt in itertools.count():
        take = _draw(plan, np.random.default_rng([4, index, attempt]))
        if len(np.unique(take.samples)) >= LIVELY and (not plan.shape.oscillators or _moves(take)):
            return take
    raise AssertionError


def _moves(take: Take) -> bool:
    """Whether the bank fits the accelerator and a ratio on lines follows a knob; of a full bank, whether all happens:
    a stepped ratio too, a gate that rises and one that stays high, and a free phase beside the first.
    """
    bank = take.program.bank
    if sum(len(each.points) for each in bank) > RATIO_POINTS:
        return False
    kinds = {each.stepped for each in bank if each.knob}
    high = [take.knobs[:, each.gate - 1] >= GATE_COUNTS for each in bank if each.gate]
    gates = any((each[1:] & each[:-1]).any() for each in high) and any(gate_rises(e, take.knobs).any() for e in bank)
    return False in kinds and (len(bank) < OSCILLATORS or (True in kinds and gates and any(e.free for e in bank[1:])))


def _draw(plan: _Plan, rng: np.random.Generator) -> Take:
    program = random_program(rng, plan.shape, spread=plan.spread, extreme=plan.extreme, multiplier=plan.multiplier)
    if plan.large:
        program = _enliven(rng, _large(program))[0]
    pitch = rng.integers(*plan.pitch, plan.frames, endpoint=True).astype(np.int32)
    pitch[-1] = PITCH_LIMIT  # rounds to more than an int16
    knobs = rng.integers(-32768, 32768, (plan.frames, plan.shape.knobs)).astype(np.int16)
    seed, phase = (int(value) for value in rng.integers(1, 1 << 32, 2))
    fits = sum(len(each.points) for each in program.bank) <= RATIO_POINTS
    prime, frame = frame_cycles(program, GEOMETRY, block=plan.block) if fits else (0, 0)
    control = sum(each.macs for each in program.of(Op.CONTROL))
    others = sum(each.macs for each in program.passes) - control
    samples = reference.run(program, pitch, knobs, seed=seed, phase=phase)
    cycles = np.array([prime] + [frame] * (plan.frames - 1), np.uint32)
    macs = plan.frames * control + len(samples) * others
    return Take(plan.name, program, plan.block, pitch, knobs, seed, phase, plan.stall, samples, cycles, macs)


def _large(program: Program) -> Program:
    """The program with skip sums near the end of int32, the first row's across it, and a large shift to the head."""
    shifts, biases = program.shifts.copy(), program.biases.copy()
    for row, each in zip(program.descriptors, program.passes, strict=True):
        if each.op == Op.MIX:
            skip = slice(row[FIELD_AT["shift_at"]] + each.split, row[FIELD_AT["shift_at"]] + each.rows)
            shifts[skip] = 1
            at = row[FIELD_AT["bias_at"]] + each.split
            biases[at] = BIAS_LIMIT
            biases[at + 1] = -BIAS_LIMIT // 2
    return replace(program, shifts=shifts, biases=biases)

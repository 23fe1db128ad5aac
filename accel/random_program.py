"""Random programs of any shape: what tests, `systole verify` and benchmarks feed to the executors."""

from __future__ import annotations

import dataclasses
import itertools
from dataclasses import dataclass

import numpy as np

from accel import reference
from accel.formats import (
    BIAS_LIMIT,
    FIELD_AT,
    MAX_SHIFT,
    MIN_SHIFT,
    UNITY,
    Activation,
    Op,
    Source,
    channel_code,
    channel_parts,
    descriptor,
    exponent_offset,
    lag_of,
    max_ramp_shift,
    requantise,
)
from accel.oscillators import RATIO_LIMIT, SEGMENT_BITS, Oscillator, points_of
from accel.program import Card, Knob, Program
from accel.program_check import check_program

__all__ = ["Shape", "random_oscillator", "random_program", "random_shape"]

HARMONICS = (1, 2, 4, 8, 16, 32)
TRIAL = 96
"""Samples of the take that decides whether a program's output lives."""
LIVELY, MOST_DRAWS = 40, 12
"""Distinct samples that such a take must have, and how often weights are drawn for that."""


@dataclass(frozen=True)
class Shape:
    """Sizes of a program; the default is A15 (14.4 k MAC/sample)."""

    channels: int = 16
    skip: int = 16
    kernel: int = 2
    dilations: tuple[int, ...] = (1, 2, 4, 8, 16, 32, 64, 128, 256)
    harmonics: tuple[int, ...] = HARMONICS
    knobs: int = 3
    hidden: tuple[int, ...] = (32, 32)
    hop: int = 64
    rate: int = 48_000
    head: int | None = None
    """Rows of the head's first 1x1; the skip width, if not given."""
    sines: tuple[int, ...] = ()
    """Harmonics that come as a sine alone, after the pairs of `harmonics`."""
    oscillators: int = 0
    """Oscillators with random records, among which the channels are shared; 0: one, at the pitch, without a record."""
    look_ahead: bool = False
    """Whether each layer's odd kernel lies around its sample, late by the fewest whole frames that allow it."""

    @property
    def lags(self) -> tuple[int, ...]:
        """Samples that each layer is late."""
        return tuple(lag_of(self.kernel, dilation, self.hop) if self.look_ahead else 0 for dilation in self.dilations)


class _Images:
    """Grows the flat images and the descriptor table side by side."""

    def __init__(self, rng: np.random.Generator, spread: float, extreme: bool) -> None:
        self.rng, self.spread, self.extreme = rng, spread, extreme
        self.rows: list[list[int]] = []
        self.weights: list[np.ndarray] = [np.zeros(0, np.int8)]
        self.biases: list[np.ndarray] = [np.zeros(0, np.int32)]
        self.shifts: list[np.ndarray] = [np.zeros(0, np.uint8)]

    def add(self, op: Op, rows: int, cols: int, shift: int, *, ramp: int = 0, **fields: int) -> None:
        """Append a pass with random weights whose accumulators suit a right shift of about `shift`."""
        size = rows * cols * fields.get("taps", 1)
        weight = np.clip(np.rint(self.rng.normal(0, self.spread, size)), -128, 127)
        bias = self.rng.integers(-(1 << 17), 1 << 17, rows)
        if self.extreme and op not in (Op.HEAD, Op.OUTPUT):
            weight = self.rng.choice([-128, 127], size)
            bias = self.rng.choice([-BIAS_LIMIT, BIAS_LIMIT, 0, 0, 0, 0], rows)
        jitter = self.rng.integers(-1, 2, rows)
        shifts = [np.clip(shift + jitter, MIN_SHIFT, MAX_SHIFT)]
        if op == Op.GATED:
            shifts.append(self.rng.integers(0, ramp + 1, rows))
        at = {"weight_at": _length(self.weights), "bias_at": _length(self.biases), "shift_at": _length(self.shifts)}
        self.rows.append(descriptor(op=op, rows=rows, cols=cols, **fields, **at))
        self.weights.append(weight.astype(np.int8))
        self.biases.append(bias.astype(np.int32))
        self.shifts += [part.astype(np.uint8) for part in shifts]


def _length(parts: list[np.ndarray]) -> int:
    return sum(len(part) for part in parts)


def random_program(
    rng: np.random.Generator,
    shape: Shape | None = None,
    *,
    spread: float = 30.0,
    extreme: bool = False,
    multiplier: int = UNITY,
) -> Program:
    """A valid program with random weights whose output lives, so that a wrong bit anywhere upstream is heard.

    Random weights often die in the head's ReLUs. The head's shifts are therefore set by what a short take
    of the reference shows, and programs whose output hardly moves are drawn again.

    Args:
        spread: standard deviation of the int8 weights; 100 makes every stream saturate often.
        extreme: weights of -128 or 127 only and biases at their ends: nothing can be proven.
        multiplier: residual multiplier, Q0.15.
    """
    shape = shape or Shape()
    for _ in range(MOST_DRAWS):
        program = _draw(rng, shape, spread, extreme, multiplier)
        program, distinct = _enliven(rng, program)
        if distinct >= LIVELY:
            break
    check_program(program, "random program")
    return program


def _draw(rng: np.random.Generator, shape: Shape, spread: float, extreme: bool, multiplier: int) -> Program:
    images = _Images(rng, spread, extreme)
    width, layers = shape.channels, len(shape.dilations)
    codes = [channel_code(source, k) for k in shape.harmonics for source in (Source.SINE, Source.COSINE)]
    codes += [channel_code(Source.SINE, k) for k in shape.sines]
    codes.append(channel_code(Source.NOISE))
    count = shape.oscillators
    if count:
        places = [*range(count), *rng.integers(0, count, len(codes)).tolist()][: len(codes) - 1]
        codes[:-1] = [channel_code(*channel_parts(code)[::2], at) for code, at in zip(codes[:-1], places, strict=True)]
    images.rows.append(descriptor(op=Op.EXCITE, rows=len(codes), multiplier=exponent_offset(shape.rate), split=count))
    images.biases.append(np.array(codes, np.int32))
    images.biases += [random_oscillator(rng, shape.knobs).words() for _ in range(count)]
    widths = [1 + shape.knobs, *shape.hidden, layers * 2 * width]
    for index, (cols, rows) in enumerate(itertools.pairwise(widths)):
        last = index == len(widths) - 2
        images.add(Op.CONTROL, rows, cols, 7, activation=Activation.NONE if last else Activation.LEAKY)
    images.add(Op.INPUT, width, len(codes), 8)
    ramp = max_ramp_shift(shape.hop) if extreme else 2
    for index, dilation in enumerate(shape.dilations):
        images.add(
            Op.GATED, 2 * width, width, 8, ramp=ramp, taps=shape.kernel, dilation=dilation, split=shape.lags[index]
        )
        split = 0 if index == layers - 1 else width
        images.add(Op.MIX, split + shape.skip, width, 8, split=split, multiplier=multiplier)
    head = shape.head or shape.skip
    images.add(Op.HEAD, head, shape.skip, 8, activation=Activation.RELU, pre_shift=3)
    images.add(Op.OUTPUT, 1, head, 8)
    knobs = tuple(Knob(f"knob{index}", f"Knob {index}") for index in range(shape.knobs))
    card = Card(
        name="random", title="Random weights", rate=shape.rate, hop=shape.hop, knobs=knobs, latency=sum(shape.lags)
    )
    return Program(
        card,
        np.array(images.rows, np.int32),
        np.concatenate(images.weights),
        np.concatenate(images.biases),
        np.concatenate(images.shifts),
    )


def random_oscillator(rng: np.random.Generator, knobs: int) -> Oscillator:
    """Any legal oscillator of a program with so many knobs: ratios near the pitch, anywhere, or at their ends."""
    knob, gate = (int(at) for at in rng.integers(0, knobs + 1, 2))
    bits = int(rng.integers(SEGMENT_BITS[0], SEGMENT_BITS[1] + 1))
    count = points_of(bits) if knob else 1
    kind = rng.integers(3)
    points = rng.integers(-1 << 20, 1 << 20, count) if kind else rng.choice([-RATIO_LIMIT, 0, RATIO_LIMIT], count)
    points = np.sort(points) if kind == 1 else points
    free = bool(rng.integers(2))
    start = 0 if free else int(rng.integers(1 << 32))
    return Oscillator(points.astype(np.int32), knob, bits, bool(rng.integers(2)), free, start, gate=0 if free else gate)


def _enliven(rng: np.random.Generator, program: Program) -> tuple[Program, int]:
    """The program with its head scaled to its own skip sums, and the distinct samples of a short take."""
    rows = 2 + TRIAL // program.hop
    pitch = rng.integers(-3_000_000, 3_000_000, rows).astype(np.int32)
    knobs = rng.integers(0, 20_001, (rows, len(program.knobs))).astype(np.int16)
    skip = reference.skip_sum(program, pitch, knobs)
    table, shifts, biases = program.descriptors.copy(), program.shifts.copy(), program.biases.copy()
    table[-2, FIELD_AT["pre_shift"]] = _shift_to(skip, 8000)
    head, output = program.of(Op.HEAD)[0], program.of(Op.OUTPUT)[0]
    stream = np.maximum(requantise(skip, int(table[-2, FIELD_AT["pre_shift"]])), 0)
    for index, each in ((-2, head), (-1, output)):
        sums = stream @ each.weight[:, 0].astype(np.int64).T
        biases[table[index, FIELD_AT["bias_at"]] :][: each.rows] = -np.rint(sums.mean(axis=0))
        shift = _shift_to(sums - sums.mean(axis=0), 8000)
        shifts[table[index, FIELD_AT["shift_at"]] :][: each.rows] = shift
        stream = requantise(sums - np.rint(sums.mean(axis=0)).astype(np.int64), shift)
        stream = np.maximum(stream, 0) if index == -2 else stream
    program = dataclasses.replace(program, descriptors=table, shifts=shifts, biases=biases)
    return program, len(np.unique(stream))


def _shift_to(values: np.ndarray, wanted: float) -> int:
    """The right shift that brings the root mean square near `wanted`."""
    level = float(np.sqrt(np.mean(np.square(values.astype(np.float64))))) / wanted
    return int(np.clip(round(np.log2(max(level, 1.0))), MIN_SHIFT, MAX_SHIFT))


def _log_uniform(rng: np.random.Generator, largest: int) -> int:
    """1..largest, each octave as likely as the next."""
    return min(largest, int(np.exp2(rng.uniform(0, np.log2(largest + 1)))))


def random_shape(
    rng: np.random.Generator,
    *,
    largest: int = 64,
    most_layers: int = 30,
    most_sines: int = 0,
    most_oscillators: int = 0,
) -> Shape:
    """Any legal sizes: C 1..64, K 1..5, L 1..30, dilations to 512, hops 16..256, odd skip widths.

    The oscillators give up to 6 pairs of sine and cosine, and up to `most_sines` (0..58) sines of other harmonics.
    """
    layers = _log_uniform(rng, most_layers)
    dilations = rng.integers(1, 513, layers) if rng.random() < 0.5 else 2 ** (np.arange(layers) % 10)
    count = int(rng.integers(0, 7))
    shape = Shape(
        channels=_log_uniform(rng, largest),
        skip=_log_uniform(rng, largest),
        kernel=int(rng.integers(1, 6)),
        dilations=tuple(int(d) for d in dilations),
        harmonics=tuple(int(k) for k in rng.choice(np.arange(1, 65), count, replace=False)),
        knobs=int(rng.integers(0, 7)),
        hidden=tuple(int(h) for h in rng.integers(1, 40, int(rng.integers(0, 4)))),
        hop=int(rng.choice([16, 32, 64, 128, 256])),
        rate=int(rng.choice([24_000, 48_000])),
    )
    if most_oscillators:
        shape = dataclasses.replace(shape, oscillators=int(rng.integers(0, most_oscillators + 1)))
    if not most_sines:
        return shape
    free = [k for k in range(1, 65) if k not in shape.harmonics]
    sines = rng.choice(free, int(rng.integers(0, most_sines + 1)), replace=False)
    return dataclasses.replace(shape, sines=tuple(int(k) for k in sines))

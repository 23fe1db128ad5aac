"""A proven program laid out for the vector kernels: one block of memory, reached by one address.

Rows are padded with zeros to whole vectors and ordered so that the rows that are finished together meet in one
tile; weights are int16 pairs, [group of vectors][tap][column pair][vector][lane][2]. Half of each row's rounding
step is folded into its bias (the load-time proof includes it), so that requantising is one shift.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from accel.emulator.block import Block
from accel.emulator.exact_pack import bank_images, condition_rows
from accel.emulator.forms import FORMS, Form
from accel.emulator.registers import CHUNK
from accel.formats import SINE_BASE, SINE_SLOPE, TANH_BASE, TANH_SLOPE, Op, Source, channel_code, exponent_shift
from accel.program import Pass, Program

__all__ = ["HEADER_AT", "IMAGE_AT", "MIRROR", "TONES", "WORDS", "WORD_AT", "FastProgram", "pack_fast"]

TONES = CHUNK
"""Samples of an excitation row: whole vectors in every form."""
UNROLL = 4
"""Pairs of columns in a turn of the tiles' inner loop: whole turns only, so that its end is foreseen."""
MIRROR = CHUNK + 2
"""Rows at a ring's start that are repeated behind its end, so that a tile reads without wrapping."""

WORDS = (
    "vectors",
    "pairs",
    "taps",
    "dilation",
    "activation",
    "residuals",
    "skips",
    "multiplier",
    "pre_shift",
    "weight_at",
    "row_at",
    "ring_at",
    "ring_mask",
    "condition_at",
    "lag",
    "newest",
    "delay",
    "late_at",
    "late_mask",
)
WORD_AT = {name: at for at, name in enumerate(WORDS)}
"""Words of a pass; weight_at, row_at, ring_at, condition_at and late_at are byte offsets into their images. Of a gated
pass: samples that it is late, age of its newest tap, its output's delay behind the excitation, and the ring of skip
sums that its lag needs."""

HEADER = (
    "hop",
    "hop_bits",
    "controls",
    "layers",
    "channels",
    "skip",
    "conditions",
    "pairs",
    "history",
    "widest",
    "knobs",
    "exponent_shift",
    "exponent_offset",
    "lanes",
    "steps",
    "form",
    "condition_mask",
    "late",
    "oscillators",
)
HEADER_AT = {name: at for at, name in enumerate(HEADER)}
IMAGES = ("table", "weights", "bases", "shifts", "ramps", "codes", "rom", "sine", "bank", "points")
IMAGE_AT = {name: len(HEADER) + at for at, name in enumerate(IMAGES)}
"""Words of a program's own index: header, then the addresses of its images."""


class Vnni(NamedTuple):
    """Token of a form: its type is what Numba compiles for."""

    lanes: int


class Avx512(NamedTuple):
    """As Vnni."""

    lanes: int


class Avx2(NamedTuple):
    """As Vnni."""

    lanes: int


class Sse4(NamedTuple):
    """As Vnni."""

    lanes: int


class Portable(NamedTuple):
    """As Vnni."""

    lanes: int


TOKENS: dict[str, Any] = {"vnni": Vnni, "avx512": Avx512, "avx2": Avx2, "sse4": Sse4, "portable": Portable}
NAMES: dict[type, str] = {token: name for name, token in TOKENS.items()}


class FastProgram(NamedTuple):
    """Immutable, shared by all voices of a model.

    Attributes:
        words: int64, named by HEADER_AT and IMAGE_AT; addresses point into `memory`.
        memory: uint8, all images.
    """

    words: NDArray[np.int64]
    memory: NDArray[np.uint8]

    @property
    def form(self) -> str:
        """Name of the form that it is laid out for."""
        return list(FORMS)[int(self.words[HEADER_AT["form"]])]

    def __reduce__(self) -> Any:
        raise TypeError("a packed program holds addresses: pack again instead of copying")


def _padded(count: int, lanes: int) -> int:
    return -(-count // lanes) * lanes


def row_order(each: Pass, channels: int, layers: int, last_control: bool, lanes: int) -> list[int]:
    """Which row of the pass each lane of its vectors computes; -1 pads."""

    def spread(first: int, count: int) -> list[int]:
        return [first + row if row < count else -1 for row in range(_padded(count, lanes))]

    def gated(first: int) -> list[int]:
        left, right = spread(first, channels), spread(first + channels, channels)
        parts = range(0, len(left), lanes)
        return [row for at in parts for row in (*left[at : at + lanes], *right[at : at + lanes])]

    if last_control:
        return [row for layer in range(layers) for row in gated(layer * 2 * channels)]
    if each.op == Op.GATED:
        return gated(0)
    if each.op == Op.MIX:
        return _paired(spread(0, each.split), spread(each.split, each.rows - each.split), lanes)
    return spread(0, each.rows)


def _paired(residual: list[int], skip: list[int], lanes: int) -> list[int]:
    """Vectors of residual and skip rows in turn, then what is left of either."""
    both = min(len(residual), len(skip))
    parts = range(0, both, lanes)
    zipped = [row for at in parts for row in (*residual[at : at + lanes], *skip[at : at + lanes])]
    return zipped + residual[both:] + skip[both:]


def _groups(each: Pass, vectors: int, residuals: int, skips: int) -> list[int]:
    """How many vectors (1 or 2) each tile of the pass computes."""
    if each.op == Op.MIX:
        both = min(residuals, skips)
        return [2] * both + [1] * (residuals + skips - 2 * both)
    return [2] * (vectors // 2) + [1] * (vectors % 2)


def _weights(each: Pass, order: NDArray[np.int64], lanes: int, groups: list[int]) -> NDArray[np.int16]:
    """[group][tap][pair][vector][lane][2]."""
    columns = 2 * _pairs(each)
    full = np.zeros((len(order), each.taps, columns), np.int16)
    full[order >= 0, :, : each.cols] = each.weight[order[order >= 0]]
    vectors = full.reshape(-1, lanes, each.taps, columns // 2, 2)
    ends = np.cumsum(groups)
    parts = [vectors[end - size : end] for size, end in zip(groups, ends, strict=True)]
    return np.concatenate([part.transpose(2, 3, 0, 1, 4).ravel() for part in parts])


def _spread(values: NDArray, order: NDArray[np.int64], fill: int) -> NDArray[np.int32]:
    out = np.full(len(order), fill, np.int32)
    out[order >= 0] = values[order[order >= 0]]
    return out


def _pairs(each: Pass) -> int:
    """Pairs of columns, as many as whole turns of the unrolled loop need; the rest weighs nothing."""
    return _padded((each.cols + 1) // 2, UNROLL)


class _Layout:
    """Collects the passes' images and words."""

    def __init__(self, program: Program, form: Form) -> None:
        self.program, self.lanes = program, form.lanes
        self.width = _padded(program.channels, form.lanes)
        self.words: list[list[int]] = []
        self.weights: list[NDArray] = []
        self.bases: list[NDArray] = []
        self.shifts: list[NDArray] = []
        self.ramps: list[NDArray] = []
        self.ring_at = self.late_at = self.layer = self.widest = 0

    def _memories(self, each: Pass, conditions: int) -> dict[str, int]:
        """Place a gated pass's rings and say how late it is."""
        rows = 1 << (each.reach + CHUNK - 1).bit_length()
        late = 1 << (each.lag + CHUNK - 1).bit_length() if each.lag else 0
        values = {
            "ring_at": 2 * self.ring_at,
            "ring_mask": rows - 1,
            "condition_at": self.layer * conditions,
            "lag": each.lag,
            "newest": each.newest,
            "delay": self.program.delays[self.layer],
            "late_at": 4 * self.late_at,
            "late_mask": max(late - 1, 0),
        }
        self.ring_at += (rows + MIRROR) * self.width
        self.late_at += late * _padded(self.program.skip_channels, self.lanes)
        self.layer += 1
        return values

    def add(self, each: Pass, last_control: bool) -> None:
        """Append a pass."""
        lanes = self.lanes
        order = np.array(row_order(each, self.program.channels, self.program.layers, last_control, lanes))
        vectors, residuals = len(order) // lanes, _padded(each.split, lanes) // lanes
        skips = vectors - residuals if each.op == Op.MIX else 0
        values = {
            "vectors": vectors,
            "pairs": _pairs(each),
            "taps": each.taps,
            "dilation": each.dilation,
            "activation": each.activation,
            "residuals": residuals,
            "skips": skips,
            "multiplier": each.multiplier,
            "pre_shift": each.pre_shift,
            "weight_at": 2 * sum(len(part) for part in self.weights),
            "row_at": 4 * sum(len(part) for part in self.bases),
        }
        if each.op == Op.GATED:
            values |= self._memories(each, len(order))
        self.words.append([values.get(name, 0) for name in WORDS])
        self.weights.append(_weights(each, order, lanes, _groups(each, vectors, residuals, skips)))
        shift = _spread(each.shift, order, 1)
        self.shifts.append(shift)
        half = np.where(order >= 0, np.int32(1) << (shift - 1), 0).astype(np.int32)
        self.bases.append(_spread(each.bias, order, 0) + half)
        gated = each.op == Op.GATED
        self.ramps.append(_spread(each.ramp_shift, order, 0) if gated else np.zeros_like(shift))
        self.widest = max(self.widest, len(order))


def _header(layout: _Layout, codes: NDArray[np.int32], form: Form) -> list[int]:
    program = layout.program
    values = {
        "hop": program.hop,
        "hop_bits": program.hop.bit_length() - 1,
        "controls": len(program.of(Op.CONTROL)),
        "layers": program.layers,
        "channels": layout.width,
        "skip": _padded(program.skip_channels, form.lanes),
        "conditions": program.layers * 2 * layout.width,
        "pairs": len(codes) // 2,
        "history": layout.ring_at,
        "widest": max(layout.widest, len(program.knobs) + 2),
        "knobs": len(program.knobs),
        "exponent_shift": exponent_shift(program.hop),
        "exponent_offset": program.of(Op.EXCITE)[0].multiplier,
        "lanes": form.lanes,
        "steps": form.steps,
        "form": list(FORMS).index(form.name),
        "condition_mask": condition_rows(program) - 1,
        "late": layout.late_at,
        "oscillators": len(program.bank),
    }
    return [values[name] for name in HEADER]


def pack_fast(program: Program, form: Form) -> FastProgram:
    """Lay a program out for a form; its bounds must be proven for the result to be exact."""
    passes = [each for each in program.passes if each.op != Op.EXCITE]
    controls = len(program.of(Op.CONTROL))
    layout = _Layout(program, form)
    for index, each in enumerate(passes):
        layout.add(each, index == controls - 1)
    codes = program.of(Op.EXCITE)[0].bias
    codes = np.append(codes, np.full(len(codes) % 2, channel_code(Source.NOISE)))  # the extra one weighs nothing
    block = Block()
    block.put("table", np.array(layout.words, np.int64))
    block.put("weights", np.concatenate(layout.weights))
    for name in ("bases", "shifts", "ramps"):
        block.put(name, np.concatenate(getattr(layout, name)))
    block.put("codes", codes.astype(np.int32))
    block.put("rom", np.concatenate([TANH_BASE, TANH_SLOPE]))
    block.put("sine", np.concatenate([SINE_BASE, SINE_SLOPE]).astype(np.int16))
    bank, points = bank_images(program.bank)
    block.put("bank", bank)
    block.put("points", points)
    memory, addresses = block.build()
    words = np.array([*_header(layout, codes, form), *(addresses[name] for name in IMAGES)], np.int64)
    return FastProgram(words, memory)

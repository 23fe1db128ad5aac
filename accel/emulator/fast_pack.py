"""A proven program laid out for the vector kernels, and the voices' state beside it.

Rows are padded with zeros to whole vectors and ordered so that the tanh and sigmoid rows of the same channels meet
in one tile; weights are int16 pairs, [group of two vectors][tap][column pair][vector][lane][2]. Half of each row's
rounding step is folded into its bias (the load-time proof includes it), so that requantising is one shift.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from accel.emulator.forms import Form
from accel.emulator.registers import REGISTERS
from accel.formats import SINE_BASE, SINE_SLOPE, TANH_BASE, TANH_SLOPE, Op, Source, channel_code, exponent_shift
from accel.program import Pass, Program

__all__ = [
    "CHUNK",
    "HEADER_AT",
    "MIRROR",
    "TONES",
    "WORD_AT",
    "FastProgram",
    "FastStates",
    "allocate_fast",
    "pack_fast",
]

CHUNK = 16
"""Most samples that one walk through the layers computes."""
TONES = CHUNK
"""Samples of an excitation row: whole vectors in every form."""
MIRROR = CHUNK + 2
"""Rows at a ring's start that are repeated behind its end, so that a tile reads without wrapping."""
_ALIGN = 64

WORDS = (
    "vectors",
    "pairs",
    "taps",
    "dilation",
    "activation",
    "split",
    "multiplier",
    "pre_shift",
    "weight_at",
    "row_at",
    "ring_at",
    "ring_mask",
    "condition_at",
)
WORD_AT = {name: at for at, name in enumerate(WORDS)}
"""Words of a pass. split: residual vectors of a MIX; row_at: index into bases, shifts and ramps."""

HEADER = (
    "hop",
    "hop_bits",
    "controls",
    "layers",
    "channels",
    "skip",
    "conditions",
    "excitations",
    "history",
    "widest",
    "knobs",
    "exponent_shift",
    "exponent_offset",
    "lanes",
    "steps",
)
HEADER_AT = {name: at for at, name in enumerate(HEADER)}


class FastProgram(NamedTuple):
    """Immutable arrays shared by all voices; subclasses name the form, by which Numba compiles.

    Attributes:
        header: int64, named by HEADER_AT; channels and skip are padded widths.
        table: int64 [passes, words], named by WORD_AT.
        weights, bases, shifts, ramps: int16 and int32 images, aligned.
        codes: int32, excitation channels, an even number of them.
        rom: int16 [128], tanh bases and slopes.
        sine: int16 [256, 2], bases and slopes.
    """

    header: NDArray[np.int64]
    table: NDArray[np.int64]
    weights: NDArray[np.int16]
    bases: NDArray[np.int32]
    shifts: NDArray[np.int32]
    ramps: NDArray[np.int32]
    codes: NDArray[np.int32]
    rom: NDArray[np.int16]
    sine: NDArray[np.int16]


class VnniProgram(FastProgram):
    """For AVX-512 VNNI."""

    form = "vnni"


class Avx512Program(FastProgram):
    """For AVX-512BW."""

    form = "avx512"


class Avx2Program(FastProgram):
    """For AVX2."""

    form = "avx2"


class Sse4Program(FastProgram):
    """For SSE4.1."""

    form = "sse4"


class PortableProgram(FastProgram):
    """For any processor."""

    form = "portable"


CLASSES: dict[str, type[FastProgram]] = {
    kind.form: kind for kind in (VnniProgram, Avx512Program, Avx2Program, Sse4Program, PortableProgram)
}


class FastStates(NamedTuple):
    """State of the voices and scratch (shared by the voices: one thread per FastStates).

    Attributes:
        registers: int64 [voices, registers].
        history: int16 [voices, history]: rings with their mirrors.
        condition: int16 [voices, 2, conditions]: conditioning at the frame's start and end.
        base, delta: int32 [voices, conditions]: start of a frame's accumulators and their step per sample.
        tones: int32 [5, TONES]: phases, steps, noise and two channels of a chunk.
        excitation: int32 [pairs, TONES], two channels a word.
        gate, hidden, spare: int16; wide, skip: int32 scratch.
        rows: int64 [taps] addresses.
    """

    registers: NDArray[np.int64]
    history: NDArray[np.int16]
    condition: NDArray[np.int16]
    base: NDArray[np.int32]
    delta: NDArray[np.int32]
    tones: NDArray[np.int32]
    excitation: NDArray[np.int32]
    gate: NDArray[np.int16]
    hidden: NDArray[np.int16]
    spare: NDArray[np.int16]
    wide: NDArray[np.int32]
    skip: NDArray[np.int32]
    rows: NDArray[np.int64]


def aligned(shape: tuple[int, ...], kind: type) -> NDArray:
    """Zeros whose first byte, and that of every row, lies on a cache line."""
    *outer, inner = shape
    size = np.dtype(kind).itemsize
    padded = -(-inner * size // _ALIGN) * _ALIGN
    total = int(np.prod(outer, dtype=np.int64)) * padded
    raw = np.zeros(total + _ALIGN, np.uint8)
    start = -raw.ctypes.data % _ALIGN
    return raw[start : start + total].view(kind).reshape(*outer, padded // size)


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
        return spread(0, each.split) + spread(each.split, each.rows - each.split)
    return spread(0, each.rows)


def _weights(each: Pass, order: NDArray[np.int64], lanes: int) -> NDArray[np.int16]:
    """[group][tap][pair][vector][lane][2], the last group possibly of one vector."""
    columns = each.cols + each.cols % 2
    full = np.zeros((len(order), each.taps, columns), np.int16)
    full[order >= 0, :, : each.cols] = each.weight[order[order >= 0]]
    vectors = full.reshape(-1, lanes, each.taps, columns // 2, 2)
    groups = [vectors[at : at + 2].transpose(2, 3, 0, 1, 4).ravel() for at in range(0, len(vectors), 2)]
    return np.concatenate(groups)


def _spread(values: NDArray, order: NDArray[np.int64], fill: int) -> NDArray[np.int32]:
    out = np.full(len(order), fill, np.int32)
    out[order >= 0] = values[order[order >= 0]]
    return out


def pack_fast(program: Program, form: Form) -> FastProgram:
    """Lay a program out for a form; its bounds must be proven for the result to be exact."""
    lanes, channels = form.lanes, program.channels
    passes = [each for each in program.passes if each.op != Op.EXCITE]
    controls, width = len(program.of(Op.CONTROL)), _padded(channels, lanes)
    table = np.zeros((len(passes), len(WORDS)), np.int64)
    weights: list[NDArray] = []
    rows: list[tuple[NDArray, NDArray, NDArray]] = []
    weight_at = row_at = ring_at = layer = widest = 0
    for index, each in enumerate(passes):
        order = np.array(row_order(each, channels, program.layers, index == controls - 1, lanes))
        shift = _spread(each.shift, order, 1)
        half = np.int32(1) << (shift - 1)
        base = _spread(each.bias, order, 0) + np.where(order >= 0, half, 0).astype(np.int32)
        ramp = _spread(each.ramp_shift, order, 0) if each.op == Op.GATED else np.zeros_like(shift)
        values = {
            "vectors": len(order) // lanes,
            "pairs": (each.cols + 1) // 2,
            "taps": each.taps,
            "dilation": each.dilation,
            "activation": each.activation,
            "split": _padded(each.split, lanes) // lanes,
            "multiplier": each.multiplier,
            "pre_shift": each.pre_shift,
            "weight_at": weight_at,
            "row_at": row_at,
        }
        if each.op == Op.GATED:
            size = 1 << ((each.taps - 1) * each.dilation + CHUNK - 1).bit_length()
            values |= {"ring_at": ring_at, "ring_mask": size - 1, "condition_at": layer * len(order)}
            ring_at, layer = ring_at + (size + MIRROR) * width, layer + 1
        table[index] = [values.get(name, 0) for name in WORDS]
        weights.append(_weights(each, order, lanes))
        rows.append((base, shift, ramp))
        weight_at, row_at, widest = weight_at + len(weights[-1]), row_at + len(order), max(widest, len(order))
    excite = program.of(Op.EXCITE)[0]
    codes = np.append(excite.bias, np.full(excite.rows % 2, channel_code(Source.NOISE), np.int32))  # weighs nothing
    header = {
        "hop": program.hop,
        "hop_bits": program.hop.bit_length() - 1,
        "controls": controls,
        "layers": program.layers,
        "channels": width,
        "skip": _padded(program.skip_channels, lanes),
        "conditions": program.layers * 2 * width,
        "excitations": len(codes),
        "history": ring_at,
        "widest": max(widest, len(program.knobs) + 2),
        "knobs": len(program.knobs),
        "exponent_shift": exponent_shift(program.hop),
        "exponent_offset": excite.multiplier,
        "lanes": lanes,
        "steps": form.steps,
    }
    images = [np.concatenate(parts) for parts in zip(*rows, strict=True)]
    return CLASSES[form.name](
        np.array([header[name] for name in HEADER], np.int64),
        table,
        _copy(np.concatenate(weights), np.int16),
        _copy(images[0], np.int32),
        _copy(images[1], np.int32),
        _copy(images[2], np.int32),
        codes,
        _copy(np.concatenate([TANH_BASE, TANH_SLOPE]), np.int16),
        _copy(np.stack([SINE_BASE, SINE_SLOPE], axis=1).ravel(), np.int16),
    )


def _copy(values: NDArray, kind: type) -> NDArray:
    out = aligned((len(values),), kind)
    out[: len(values)] = values
    return out


def allocate_fast(packed: FastProgram, voices: int) -> FastStates:
    """State for `voices` voices, not yet reset."""
    size = {name: int(packed.header[at]) for name, at in HEADER_AT.items()}
    rows, conditions = CHUNK + 2, size["conditions"]
    return FastStates(
        registers=np.zeros((voices, len(REGISTERS)), np.int64),
        history=aligned((voices, size["history"]), np.int16),
        condition=aligned((voices, 2, conditions), np.int16),
        base=aligned((voices, conditions), np.int32),
        delta=aligned((voices, conditions), np.int32),
        tones=aligned((5, TONES), np.int32),
        excitation=aligned((size["excitations"] // 2 * TONES + 2,), np.int32),
        gate=aligned((rows * size["channels"],), np.int16),
        hidden=aligned((rows * size["widest"],), np.int16),
        spare=aligned((rows * size["widest"],), np.int16),
        wide=aligned((rows * size["widest"],), np.int32),
        skip=aligned((rows * size["skip"],), np.int32),
        rows=np.zeros(8, np.int64),
    )

"""A program packed for one geometry: the words that a host loads into the accelerator's memories.

Tiling, dilation and buffers are decided here, once, and not in hardware: the sequencer only counts. Weights are laid
out in the order in which the array takes them; a gated pass's rows are interleaved, tanh with its sigmoid, so that
each gate's two halves leave the array one after the other.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from accel.formats import Op
from accel.hardware.geometry import RATIO_POINTS, Geometry
from accel.hardware.layout import CFG_FIELDS, OSC_FIELDS, OSC_STRIDE, pack_descriptor, pack_fields
from accel.hardware.plan import Plan, make_plan
from accel.oscillators import SEGMENT_BITS, Oscillator
from accel.program import Pass, Program

__all__ = ["Image", "bank_words", "pack"]

Words = NDArray[np.uint32]
RATIO_STEP_BITS = max(SEGMENT_BITS)


@dataclass(frozen=True)
class Image:
    """What a host writes, and the plan behind it.

    Attributes:
        parts: load target -> (addresses uint32 [n], words uint32 [n]).
    """

    geometry: Geometry
    plan: Plan
    parts: dict[str, tuple[Words, Words]]

    @property
    def words(self) -> int:
        """Words that a load writes."""
        return sum(len(data) for _, data in self.parts.values())


def pack(program: Program, geometry: Geometry, *, block: int | None = None) -> Image:
    """Pack a program for a geometry.

    Args:
        block: samples per block, as `make_plan` takes it.

    Raises:
        SystoleError: the program does not fit, with what is needed and what there is.
    """
    plan = make_plan(program, geometry, block=block)
    builder = _Builder(program, geometry)
    builder.control()
    first_block = len(builder.descriptors)
    builder.layers(plan)
    excite = program.of(Op.EXCITE)[0]
    config = {
        "log2_hop": _log2(program.hop),
        "log2_block": _log2(plan.block),
        "first_block": first_block,
        "exc_channels": excite.rows,
        "exc_base": plan.excitation[0],
        "exc_offset": excite.multiplier & 0xFFFFFFFF,
        "cv_words": 1 + len(program.knobs),
        "geometry": geometry.lanes << 16 | geometry.cols << 8 | geometry.rows,
        "oscillators": excite.split,
    }
    parts = {
        "desc": _dense(np.concatenate([np.array(pack_descriptor(each)) for each in builder.descriptors])),
        "wgt": _weight_words(np.concatenate(builder.weights), geometry),
        "bias": _dense(np.concatenate(builder.biases)),
        "shift": _dense(np.concatenate(builder.shifts)),
        "exc": _dense(excite.bias),
        "cfg": (
            np.array([CFG_FIELDS[name][0] for name in config], np.uint32),
            np.array(list(config.values()), np.uint32),
        ),
    }
    if excite.split:
        parts["osc"] = bank_words(program.bank)
    return Image(geometry, plan, parts)


def bank_words(bank: Sequence[Oscillator]) -> tuple[Words, Words]:
    """Addresses and words of a bank at the load port: the tables' points one after another, then the records."""
    places, records, at = [], [], 0
    for index, each in enumerate(bank):
        widen = RATIO_STEP_BITS - each.segment_bits
        values = {"table_at": at, "widen": widen, "stepped": each.stepped, "free": each.free}
        words = pack_fields(OSC_FIELDS, OSC_STRIDE, values | {"knob": each.knob, "gate": each.gate})
        records += [*words[:2], each.start]
        places += [RATIO_POINTS + OSC_STRIDE * index + word for word in range(3)]
        at += len(each.points)
    points, data = _dense(np.concatenate([each.points for each in bank]))
    return np.concatenate([points, np.array(places, np.uint32)]), np.concatenate([data, np.array(records, np.uint32)])


class _Builder:
    """Collects descriptors and images pass by pass."""

    def __init__(self, program: Program, geometry: Geometry) -> None:
        self.program, self.geometry = program, geometry
        self.descriptors: list[dict[str, int]] = []
        self.weights: list[NDArray[np.int8]] = []
        self.biases: list[NDArray[np.int64]] = []
        self.shifts: list[NDArray[np.int64]] = []
        self.par = self.words = self.ctl = 0

    def add(self, each: Pass, order: NDArray[np.int64], **fields: int) -> None:
        """Append a pass, its rows in `order`, padded to whole row tiles."""
        height = self.geometry.rows
        tiles = -(-each.rows // height)
        depth = each.taps * each.cols
        padding = tiles * height - each.rows
        weight = np.pad(each.weight[order].reshape(each.rows, depth), ((0, padding), (0, 0)))
        self.weights.append(weight.reshape(tiles, height, depth).transpose(0, 2, 1).reshape(-1, height))
        ramp = each.ramp_shift[order].astype(np.int64) if len(each.ramp_shift) else np.zeros(each.rows, np.int64)
        self.biases.append(np.pad(each.bias[order].astype(np.int64), (0, padding)))
        self.shifts.append(np.pad(ramp << 5 | each.shift[order].astype(np.int64), (0, padding), constant_values=1))
        self.descriptors.append(
            {
                "op": int(each.op),
                "activation": each.activation,
                "taps": each.taps,
                "rows": each.rows,
                "row_tiles": tiles,
                "cols": each.cols,
                "dilation": each.dilation,
                "depth": depth,
                "reach": (each.taps - 1) * each.dilation,
                "wgt_base": self.words,
                "par_base": self.par,
                **fields,
            }
        )
        self.words += tiles * depth
        self.par += tiles * height

    def control(self) -> None:
        """The control network, from the voltages at word 0 of the control memory."""
        passes = self.program.of(Op.CONTROL)
        source = 0
        self.ctl = passes[0].cols
        for index, each in enumerate(passes):
            final = index == len(passes) - 1
            order = np.arange(each.rows)
            if final:
                order = _interleaved(self.program.channels, self.program.layers)
            target = 0 if final else self.ctl
            self.add(each, order, src_base=source, dst_base=target, last=int(final), wait_all=1)
            if not final:
                source = self.ctl
                self.ctl += each.rows

    def layers(self, plan: Plan) -> None:
        """Everything that runs once per block."""
        channels, layers = self.program.channels, self.program.layers
        first, head, output = (self.program.of(op)[0] for op in (Op.INPUT, Op.HEAD, Op.OUTPUT))
        self.add(first, np.arange(first.rows), **_source(plan.excitation), **_target(plan.rings[0]), wait_all=1)
        gate_order = _interleaved(channels, 1)
        pairs = zip(self.program.of(Op.GATED), self.program.of(Op.MIX), strict=True)
        for layer, (gated, mix) in enumerate(pairs):
            cond = layer * 2 * channels
            self.add(gated, gate_order, **_source(plan.rings[layer]), **_target(plan.gate), cond_base=cond)
            last = layer == layers - 1
            self.add(
                mix,
                np.arange(mix.rows),
                **_source(plan.gate),
                **_target(plan.head if last else plan.rings[layer + 1]),
                first=int(layer == 0),
                last=int(last),
                split=mix.split,
                multiplier=mix.multiplier,
                pre_shift=head.pre_shift,
            )
        self.add(head, np.arange(head.rows), **_source(plan.head), **_target(plan.gate))
        self.add(output, np.arange(output.rows), **_source(plan.gate), fin=1)


def _source(region: tuple[int, int]) -> dict[str, int]:
    return {"src_base": region[0], "src_log2": region[1]}


def _target(region: tuple[int, int]) -> dict[str, int]:
    return {"dst_base": region[0], "dst_log2": region[1]}


def _interleaved(channels: int, layers: int) -> NDArray[np.int64]:
    """Rows of `layers` gated passes, each with its tanh rows first: tanh 0, sigmoid 0, tanh 1, ..."""
    one = np.arange(2 * channels).reshape(2, channels).T.reshape(-1)
    return (np.arange(layers)[:, None] * 2 * channels + one).reshape(-1)


def _weight_words(weights: NDArray[np.int8], geometry: Geometry) -> tuple[Words, Words]:
    """Weights [words, rows] as little-endian 32-bit slices."""
    padded = np.pad(weights, ((0, 0), (0, 4 * geometry.slices - geometry.rows)))
    data = np.ascontiguousarray(padded).view(np.uint8).reshape(-1).view("<u4").astype(np.uint32)
    word, part = np.divmod(np.arange(len(data)), geometry.slices)
    return (word * geometry.slice_stride + part).astype(np.uint32), data


def _dense(values: NDArray[np.integer]) -> tuple[Words, Words]:
    data = (np.asarray(values, np.int64) & 0xFFFFFFFF).astype(np.uint32)
    return np.arange(len(data), dtype=np.uint32), data


def _log2(value: int) -> int:
    return value.bit_length() - 1

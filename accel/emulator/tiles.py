"""The micro-kernels: a tile of time steps x two vectors of rows, its accumulators held in registers.

Numba intrinsics whose code is chosen by the type of the packed program (its form), so that one source serves all
processors and Numba's cache keeps each form apart. Addresses are integers; strides are bytes.

- `gate_tile*`: dilated convolution + conditioning + gate in one go: vector 0 are tanh rows, vector 1 sigmoid rows.
- `sum_tile*`: 1x1 products, shifted right, as int32 rows in memory for a cheap epilogue.
- `*_vector`: those epilogues: one vector of residual, skip, head or dense rows.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic

from accel.emulator.forms import FORMS
from accel.emulator.vector import I16, I32, I64, Vectors, const64
from accel.formats import LEAK_SHIFT, Activation

__all__ = [
    "copy_bytes",
    "dense_vector",
    "gate_tile",
    "gate_tile_pair",
    "head_vector",
    "residual_vector",
    "scaled_residual_vector",
    "skip_vector",
    "sum_tile",
    "sum_tile_pair",
    "sum_tile_single",
    "sum_tile_single_pair",
]

PAIR = 2
"""Time steps of the small tiles, for what the large ones leave over."""


def _vectors(builder: ir.IRBuilder, packed: types.NamedTuple) -> Vectors:
    return Vectors(builder, FORMS[packed.instance_class.form])


def _products(
    v: Vectors,
    steps: int,
    width: int,
    rows: Any,
    stride: Any,
    pair_stride: Any,
    weight: Any,
    pairs: Any,
    taps: Any,
    start: list[list[Any]],
) -> list[list[Any]]:
    """Accumulate over taps and column pairs: two nested loops whose phis are the accumulators.

    Args:
        rows: address of int64 addresses, the first input row of each tap.
        stride, pair_stride: bytes from a sample to the next, and from a pair of columns to the next.
        weight: address of [tap][pair][vector][lane][2] int16.
        start: accumulators [step][vector] before the first product.
    """
    b = v.b
    before = b.block
    outer, inner, after, end = (b.append_basic_block(name) for name in ("tap", "pair", "next", "end"))
    b.branch(outer)
    b.position_at_end(outer)
    tap, outer_weight = b.phi(I64), b.phi(I64)
    outer_sum = [[b.phi(v.wide) for _ in range(width)] for _ in range(steps)]
    row = v.load(b.add(rows, b.shl(tap, const64(3))), I64, 8)
    b.branch(inner)
    b.position_at_end(inner)
    pair, inner_weight = b.phi(I64), b.phi(I64)
    inner_sum = [[b.phi(v.wide) for _ in range(width)] for _ in range(steps)]
    size = 4 * v.lanes
    weights = [v.load(inner_weight, v.wide, size, size * index) for index in range(width)]
    column = b.add(row, b.mul(pair, pair_stride))
    total = []
    for step in range(steps):
        where = b.add(column, b.mul(stride, const64(step)))
        both = v.splat(v.load(where, I32, 4))
        total.append([v.dot(inner_sum[step][index], both, weights[index]) for index in range(width)])
    next_pair, next_weight = b.add(pair, const64(1)), b.add(inner_weight, const64(size * width))
    b.cbranch(b.icmp_signed("<", next_pair, pairs), inner, after)
    b.position_at_end(after)
    next_tap = b.add(tap, const64(1))
    b.cbranch(b.icmp_signed("<", next_tap, taps), outer, end)
    b.position_at_end(end)
    for phi, entry, again in ((tap, const64(0), next_tap), (outer_weight, weight, next_weight)):
        phi.add_incoming(entry, before)
        phi.add_incoming(again, after)
    for phi, entry, again in ((pair, const64(0), next_pair), (inner_weight, outer_weight, next_weight)):
        phi.add_incoming(entry, outer)
        phi.add_incoming(again, inner)
    for step in range(steps):
        for index in range(width):
            outer_sum[step][index].add_incoming(start[step][index], before)
            outer_sum[step][index].add_incoming(total[step][index], after)
            inner_sum[step][index].add_incoming(outer_sum[step][index], outer)
            inner_sum[step][index].add_incoming(total[step][index], inner)
    return total


def _gate_tile(steps: int | None) -> Callable[..., Any]:
    def code(context: Any, builder: ir.IRBuilder, signature: Any, arguments: Any) -> Any:
        v = _vectors(builder, signature.args[0])
        count = steps or v.form.steps
        _, rows, stride, weight, pairs, taps, base, delta, ramp, shift, rom, out = arguments
        b, size = v.b, 4 * v.lanes
        first = v.splat(b.trunc(ramp, I32))
        start: list[list[Any]] = [[]]
        slopes = [v.load(delta, v.wide, size, size * index) for index in range(2)]
        for index in range(2):
            start[0].append(b.add(v.load(base, v.wide, size, size * index), b.mul(slopes[index], first)))
        for _ in range(1, count):
            start.append([b.add(start[-1][index], slopes[index]) for index in range(2)])
        total = _products(v, count, 2, rows, stride, const64(4), weight, pairs, taps, start)
        shifts = [v.load(shift, v.wide, size, size * index) for index in range(2)]
        for step in range(0, count, 2):
            sides = [
                v.pack(b.ashr(total[step][side], shifts[side]), b.ashr(total[step + 1][side], shifts[side]))
                for side in range(2)
            ]
            halves = v.unpack(v.gate(sides[0], sides[1], rom))
            for part, half in enumerate(halves):
                v.store(half, b.add(out, b.mul(stride, const64(step + part))), 2)
        return context.get_dummy_value()

    @intrinsic
    def tile(typing, packed, rows, stride, weight, pairs, taps, base, delta, ramp, shift, rom, out):
        return types.void(packed, *[types.int64] * 11), code

    return tile


def _sum_tile(width: int, steps: int | None) -> Callable[..., Any]:
    def code(context: Any, builder: ir.IRBuilder, signature: Any, arguments: Any) -> Any:
        v = _vectors(builder, signature.args[0])
        count = steps or v.form.steps
        _, rows, stride, pair_stride, weight, pairs, base, shift, out, out_stride = arguments
        b, size = v.b, 4 * v.lanes
        first = [v.load(base, v.wide, size, size * index) for index in range(width)]
        start: list[list[Any]] = [first] * count
        total = _products(v, count, width, rows, stride, pair_stride, weight, pairs, const64(1), start)
        shifts = [v.load(shift, v.wide, size, size * index) for index in range(width)]
        for step in range(count):
            where = b.add(out, b.mul(out_stride, const64(step)))
            for index in range(width):
                v.store(b.ashr(total[step][index], shifts[index]), where, size, size * index)
        return context.get_dummy_value()

    @intrinsic
    def tile(typing, packed, rows, stride, pair_stride, weight, pairs, base, shift, out, out_stride):
        return types.void(packed, *[types.int64] * 9), code

    return tile


gate_tile, gate_tile_pair = _gate_tile(None), _gate_tile(PAIR)
sum_tile, sum_tile_pair = _sum_tile(2, None), _sum_tile(2, PAIR)
sum_tile_single, sum_tile_single_pair = _sum_tile(1, None), _sum_tile(1, PAIR)


def _residual(scaled: bool) -> Callable[..., Any]:
    def code(context: Any, builder: ir.IRBuilder, signature: Any, arguments: Any) -> Any:
        v = _vectors(builder, signature.args[0])
        _, wide, stream, out, multiplier = arguments
        b = v.b
        addend = v.clamp(v.load(wide, v.wide, 4 * v.lanes), -32768, 32767)
        total = b.add(b.sext(v.load(stream, ir.VectorType(I16, v.lanes), 2), v.wide), addend)
        if scaled:
            product = b.mul(total, v.splat(b.trunc(multiplier, I32)))
            total = b.ashr(b.add(product, v.fill(v.wide, 1 << 14)), v.fill(v.wide, 15))
        v.store(v.saturate(total), out, 2)
        return context.get_dummy_value()

    @intrinsic
    def vector(typing, packed, wide, stream, out, multiplier):
        return types.void(packed, *[types.int64] * 4), code

    return vector


@intrinsic
def copy_bytes(typing, target, source, count):
    """memcpy: the two ranges do not overlap."""

    def code(context: Any, builder: ir.IRBuilder, signature: Any, arguments: Any) -> Any:
        pointer = ir.IntType(8).as_pointer()
        to, of = (builder.inttoptr(each, pointer) for each in arguments[:2])
        cgutils.raw_memcpy(builder, to, of, arguments[2], 1)
        return context.get_dummy_value()

    return types.void(*[types.int64] * 3), code


residual_vector, scaled_residual_vector = _residual(False), _residual(True)
"""(packed, shifted sums, stream, out, multiplier): out = sat16(stream + sat16(sums)), scaled where asked."""


@intrinsic
def skip_vector(typing, packed, wide, skip):
    """skip += shifted sums, int32."""

    def code(context: Any, builder: ir.IRBuilder, signature: Any, arguments: Any) -> Any:
        v = _vectors(builder, signature.args[0])
        _, wide, skip = arguments
        align = 4 * v.lanes
        v.store(v.b.add(v.load(skip, v.wide, align), v.load(wide, v.wide, align)), skip, align)
        return context.get_dummy_value()

    return types.void(packed, types.int64, types.int64), code


@intrinsic
def head_vector(typing, packed, skip, shift, out):
    """out = max(0, sat16(round(skip >> shift)))."""

    def code(context: Any, builder: ir.IRBuilder, signature: Any, arguments: Any) -> Any:
        v = _vectors(builder, signature.args[0])
        b = v.b
        _, skip, shift, out = arguments
        less = v.splat(b.sub(b.trunc(shift, I32), I32(1)))
        one = v.fill(v.wide, 1)
        rounded = b.ashr(b.add(b.ashr(v.load(skip, v.wide, 4 * v.lanes), less), one), one)
        v.store(b.trunc(v.clamp(rounded, 0, 32767), ir.VectorType(I16, v.lanes)), out, 2)
        return context.get_dummy_value()

    return types.void(packed, *[types.int64] * 3), code


@intrinsic
def dense_vector(typing, packed, wide, out, activation):
    """out = activation(sat16(shifted sums))."""

    def code(context: Any, builder: ir.IRBuilder, signature: Any, arguments: Any) -> Any:
        v = _vectors(builder, signature.args[0])
        b = v.b
        _, wide, out, activation = arguments
        value = v.clamp(v.load(wide, v.wide, 4 * v.lanes), -32768, 32767)
        positive = v.clamp(value, 0, 32767)
        negative = b.sub(value, positive)
        leaky = b.add(positive, b.ashr(negative, v.fill(v.wide, LEAK_SHIFT)))
        below = b.select(b.icmp_signed("==", activation, const64(Activation.LEAKY)), leaky, value)
        value = b.select(b.icmp_signed("==", activation, const64(Activation.RELU)), positive, below)
        v.store(b.trunc(value, ir.VectorType(I16, v.lanes)), out, 2)
        return context.get_dummy_value()

    return types.void(packed, *[types.int64] * 3), code

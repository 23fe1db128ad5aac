"""The micro-kernels: a tile of time steps x one or two vectors of rows, its accumulators held in registers.

Numba intrinsics whose code is chosen by the type of their first argument, the form's token, so that one source
serves all processors and Numba's cache keeps each form apart. Addresses are integers; strides are bytes. Each tile
comes in two heights: the form's own number of steps, and two for what is left over.

- `gate_tile`: dilated convolution + conditioning + gate: vector 0 are tanh rows, vector 1 sigmoid rows.
- `residual_skip_tile`, `residual_tile`, `skip_tile`: the 1x1 behind the gate, added to the stream and the skip sum.
- `dense_tile`, `dense_tile_single`: a 1x1 with its activation.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from llvmlite import ir
from numba import types
from numba.extending import intrinsic

from accel.emulator.fast_pack import NAMES, UNROLL
from accel.emulator.forms import FORMS
from accel.emulator.vector import I16, I32, I64, Vectors, const64
from accel.formats import LEAK_SHIFT, UNITY, Activation

__all__ = [
    "dense_tile",
    "dense_tile_pair",
    "dense_tile_single",
    "dense_tile_single_pair",
    "form_intrinsic",
    "gate_tile",
    "gate_tile_pair",
    "head_vector",
    "ramp_vector",
    "residual_skip_tile",
    "residual_skip_tile_pair",
    "residual_tile",
    "residual_tile_pair",
    "skip_tile",
    "skip_tile_pair",
]

PAIR = 2
"""Time steps of the small tiles, for what the large ones leave over."""


def vectors_of(builder: ir.IRBuilder, signature: Any) -> Vectors:
    """Vector code for the form that the first argument's type names."""
    return Vectors(builder, FORMS[NAMES[signature.args[0].instance_class]])


def form_intrinsic(arguments: int, generate: Callable[[Vectors, Any], None]) -> Callable[..., Any]:
    """An intrinsic (form, *int64 arguments) -> None whose code `generate` writes."""

    def code(context: Any, builder: ir.IRBuilder, signature: Any, values: Any) -> Any:
        generate(vectors_of(builder, signature), values[1:])
        return context.get_dummy_value()

    names = ", ".join(f"a{index}" for index in range(arguments))
    scope: dict[str, Any] = {"types": types, "code": code, "count": arguments}
    exec(  # the number of parameters is part of an intrinsic's signature
        f"def tile(typing, form, {names}):\n    return types.void(form, *[types.int64] * count), code\n", scope
    )
    return intrinsic(scope["tile"])


def _products(
    v: Vectors,
    steps: int,
    width: int,
    rows: Any,
    stride: Any,
    gap: Any,
    weight: Any,
    pairs: Any,
    taps: Any,
    start: list[list[Any]],
) -> list[list[Any]]:
    """Accumulate over taps and column pairs: two nested loops whose phis are the accumulators.

    Args:
        rows: address of int64 addresses, the first input row of each tap.
        stride, gap: bytes from a sample to the next, and from a pair of columns to the next.
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
    total, column = inner_sum, b.add(row, b.mul(pair, gap))
    for part in range(UNROLL):
        weights = [v.load(inner_weight, v.wide, size, size * (width * part + index)) for index in range(width)]
        for step in range(steps):
            both = v.splat(v.load(b.add(column, b.mul(stride, const64(step))), I32, 4))
            sums = [v.dot(total[step][index], both, weights[index]) for index in range(width)]
            total = [*total[:step], sums, *total[step + 1 :]]
        column = b.add(column, gap)
    next_pair = b.add(pair, const64(UNROLL))
    next_weight = b.add(inner_weight, const64(size * width * UNROLL))
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


def _one_by_one(v: Vectors, steps: int, width: int, where: Any, weight: Any, pairs: Any, row: Any) -> list[list[Any]]:
    """Sums of a 1x1, shifted: [step][vector]. where: (rows, stride, gap); row: (base, shift) addresses."""
    size = 4 * v.lanes
    rows, stride, gap = where
    base, shift = row
    first = [v.load(base, v.wide, size, size * index) for index in range(width)]
    total = _products(v, steps, width, rows, stride, gap, weight, pairs, const64(1), [first] * steps)
    shifts = [v.load(shift, v.wide, size, size * index) for index in range(width)]
    return [[v.b.ashr(total[step][index], shifts[index]) for index in range(width)] for step in range(steps)]


def _gate_tile(height: int | None) -> Callable[..., Any]:
    def generate(v: Vectors, values: Any) -> None:
        steps = height or v.form.steps
        rows, stride, weight, pairs, taps, base, delta, ramp, shift, rom, out = values
        b, size = v.b, 4 * v.lanes
        first = v.splat(b.trunc(ramp, I32))
        slopes = [v.load(delta, v.wide, size, size * index) for index in range(2)]
        start = [[b.add(v.load(base, v.wide, size, size * i), b.mul(slopes[i], first)) for i in range(2)]]
        for _ in range(1, steps):
            start.append([b.add(start[-1][index], slopes[index]) for index in range(2)])
        total = _products(v, steps, 2, rows, stride, const64(4), weight, pairs, taps, start)
        shifts = [v.load(shift, v.wide, size, size * index) for index in range(2)]
        for step in range(0, steps, 2):
            left, right = (
                v.pack(b.ashr(total[step][side], shifts[side]), b.ashr(total[step + 1][side], shifts[side]))
                for side in range(2)
            )
            for part, half in enumerate(v.unpack(v.gate(left, right, rom))):
                v.store(half, b.add(out, b.mul(stride, const64(step + part))), 2)

    return form_intrinsic(11, generate)


def _mix_tile(residual: bool, skip: bool, height: int | None) -> Callable[..., Any]:
    """(rows, stride, weight, pairs, base, shift, stream, out, multiplier, kept, kept_stride)."""

    def generate(v: Vectors, values: Any) -> None:
        steps = height or v.form.steps
        rows, stride, weight, pairs, base, shift, stream, out, multiplier, kept, kept_stride = values
        b, size = v.b, 4 * v.lanes
        where, row = (rows, stride, const64(4)), (base, shift)
        total = _one_by_one(v, steps, int(residual) + int(skip), where, weight, pairs, row)
        factor = v.splat(b.trunc(multiplier, I32))
        for step in range(steps):
            at = b.mul(stride, const64(step))
            if residual:
                before = b.sext(v.load(b.add(stream, at), ir.VectorType(I16, v.lanes), 2), v.wide)
                product = b.mul(b.add(before, v.clamp(total[step][0], -32768, 32767)), factor)
                scaled = b.ashr(b.add(product, v.fill(v.wide, UNITY >> 1)), v.fill(v.wide, 15))
                v.store(v.saturate(scaled), b.add(out, at), 2)
            if skip:
                place = b.add(kept, b.mul(kept_stride, const64(step)))
                v.store(b.add(v.load(place, v.wide, size), total[step][-1]), place, size)

    return form_intrinsic(11, generate)


def _activate(v: Vectors, value: Any, activation: Any) -> Any:
    """formats.activate of saturated wide lanes."""
    b = v.b
    positive = v.clamp(value, 0, 32767)
    leaky = b.add(positive, b.ashr(b.sub(value, positive), v.fill(v.wide, LEAK_SHIFT)))
    other = b.select(b.icmp_signed("==", activation, const64(Activation.LEAKY)), leaky, value)
    return b.select(b.icmp_signed("==", activation, const64(Activation.RELU)), positive, other)


def _dense_tile(width: int, height: int | None) -> Callable[..., Any]:
    """(rows, stride, gap, weight, pairs, base, shift, activation, out, out_stride)."""

    def generate(v: Vectors, values: Any) -> None:
        steps = height or v.form.steps
        rows, stride, gap, weight, pairs, base, shift, activation, out, out_stride = values
        total = _one_by_one(v, steps, width, (rows, stride, gap), weight, pairs, (base, shift))
        for step in range(steps):
            place = v.b.add(out, v.b.mul(out_stride, const64(step)))
            for index in range(width):
                value = _activate(v, v.clamp(total[step][index], -32768, 32767), activation)
                v.store(v.b.trunc(value, ir.VectorType(I16, v.lanes)), place, 2, 2 * v.lanes * index)

    return form_intrinsic(10, generate)


gate_tile, gate_tile_pair = _gate_tile(None), _gate_tile(PAIR)
residual_skip_tile, residual_skip_tile_pair = _mix_tile(True, True, None), _mix_tile(True, True, PAIR)
residual_tile, residual_tile_pair = _mix_tile(True, False, None), _mix_tile(True, False, PAIR)
skip_tile, skip_tile_pair = _mix_tile(False, True, None), _mix_tile(False, True, PAIR)
dense_tile, dense_tile_pair = _dense_tile(2, None), _dense_tile(2, PAIR)
dense_tile_single, dense_tile_single_pair = _dense_tile(1, None), _dense_tile(1, PAIR)


def _head(v: Vectors, values: Any) -> None:
    b = v.b
    skip, shift, out = values
    less, one = v.splat(b.sub(b.trunc(shift, I32), I32(1))), v.fill(v.wide, 1)
    rounded = b.ashr(b.add(b.ashr(v.load(skip, v.wide, 4 * v.lanes), less), one), one)
    v.store(b.trunc(v.clamp(rounded, 0, 32767), ir.VectorType(I16, v.lanes)), out, 2)


head_vector = form_intrinsic(3, _head)
"""(skip, shift, out): out = max(0, sat16(round(skip >> shift)))."""


def _ramp(v: Vectors, values: Any) -> None:
    b, size = v.b, 4 * v.lanes
    before, after, bias, ramp, hop_bits, base, delta = values
    short = ir.VectorType(I16, v.lanes)
    first, last = (b.sext(v.load(each, short, 2), v.wide) for each in (before, after))
    shift = v.load(ramp, v.wide, size)
    whole = b.add(shift, v.splat(b.trunc(hop_bits, I32)))
    v.store(b.add(v.load(bias, v.wide, size), b.shl(first, whole)), base, size)
    v.store(b.shl(b.sub(last, first), shift), delta, size)


ramp_vector = form_intrinsic(7, _ramp)
"""(before, after, bias, ramp, hop_bits, base, delta): a frame's accumulator starts and their step per sample."""

"""A program's inner streams layer by layer, in the units of the float network, to compare the two.

The same integers as `reference.run`, several times as fast: where a program is proven, a sum's order does not matter,
so a pass is one matrix product in float64, which is exact below 2**53. A test holds its output to the reference.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from accel import reference
from accel.errors import SystoleError
from accel.formats import UNITY, Op, activate, gate_q15, pitch_counts, requantise, saturate, shift_round
from accel.program import Pass, Program
from accel.proof import is_proven

__all__ = ["Layer", "layers", "output"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Layer:
    """What leaves a layer, integers: gate [T, C], residual stream [T, C], skip sum [T, S]; all `delay` samples late."""

    gate: Ints
    residual: Ints
    skip: Ints
    delay: int


def _product(start: Ints, each: Pass, taps: list[Ints]) -> Ints:
    """`reference.accumulate` of a proven pass."""
    total = start.astype(np.float64)
    for tap, inputs in enumerate(taps):
        total = total + inputs.astype(np.float64) @ each.weight[:, tap].T.astype(np.float64)
    return total.astype(np.int64)


def _dense(each: Pass, inputs: Ints) -> Ints:
    return activate(requantise(_product(each.bias.astype(np.int64), each, [inputs]), each.shift), each.activation)


def layers(program: Program, pitch: NDArray[np.int32], knobs: NDArray[np.int16], *, seed: int) -> Iterator[Layer]:
    """Run a proven program whole-sequence; arguments as `reference.run`.

    Raises:
        SystoleError: the program is not proven.
    """
    if not is_proven(program):
        raise SystoleError(f"{program.name}: its sums are not proven to stay in int32")
    condition = _condition(program, pitch, knobs)
    stream = _dense(program.of(Op.INPUT)[0], reference.excitation(program, pitch, knobs, seed, 0))
    skip = np.zeros((len(stream), program.skip_channels), np.int64)
    for index, (gated, mix) in enumerate(zip(program.of(Op.GATED), program.of(Op.MIX), strict=True)):
        delay = program.delays[index]
        rows = reference.held(condition[:, index], delay // program.hop)
        gate = _gate(gated, stream, rows, program.hop)
        total = _product(mix.bias.astype(np.int64), mix, [gate])
        skip = reference.delayed(skip, gated.lag) + shift_round(total, mix.shift)[:, mix.split :]
        if mix.split:
            residual = requantise(total, mix.shift)[:, : mix.split]
            stream = requantise((reference.delayed(stream, gated.lag) + residual) * mix.multiplier, 15)
            stream[:delay] = 0
        yield Layer(gate, stream, skip, delay)


def _condition(program: Program, pitch: NDArray[np.int32], knobs: NDArray[np.int16]) -> Ints:
    values = np.concatenate([pitch_counts(pitch)[:, None], np.asarray(knobs, np.int64)], axis=1)
    for each in program.of(Op.CONTROL):
        values = _dense(each, values)
    return values.reshape(len(pitch), program.layers, 2 * program.channels)


def _gate(each: Pass, stream: Ints, rows: Ints, hop: int) -> Ints:
    ramp = reference.interpolate(rows, hop) << each.ramp_shift.astype(np.int64)
    taps = [reference.delayed(stream, each.reach - tap * each.dilation) for tap in range(each.taps)]
    sums = requantise(_product(each.bias.astype(np.int64) + ramp, each, taps), each.shift)
    half = each.rows // 2
    return gate_q15(sums[:, :half], sums[:, half:])


def output(program: Program, skip: Ints) -> Floats:
    """What the head makes of the last layer's skip sum: [T, S] -> [T], full scale +-1."""
    head, last = program.of(Op.HEAD)[0], program.of(Op.OUTPUT)[0]
    hidden = _dense(head, np.maximum(requantise(saturate(skip, 32), head.pre_shift), 0))
    return _dense(last, hidden)[:, 0] / UNITY

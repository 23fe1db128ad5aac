"""The generator as a first student would write it: plain Python, one multiplication after the other.

This is where the project began; it is here to show the distance, and takes no part in the table of runtimes.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from accel.formats import LEAK_SHIFT
from benchmarks.peers.base import Frames, Peer
from benchmarks.peers.folded import fold
from benchmarks.peers.oscillator import Oscillator
from benchmarks.workloads import Workload

__all__ = ["NaivePython"]

Vector = list[float]


def product(vector: Vector, columns: list[Vector], bias: Vector) -> Vector:
    """bias + vector @ matrix, the matrix given by columns."""
    out = []
    for column, start in zip(columns, bias, strict=True):
        total = start
        for left, right in zip(vector, column, strict=True):
            total += left * right
        out.append(total)
    return out


def _columns(matrix: NDArray[np.floating]) -> list[Vector]:
    columns: list[Vector] = np.asarray(matrix, np.float64).T.tolist()
    return columns


class NaivePython(Peer):
    """One sample at a time; the histories are lists."""

    def prepare(self, workload: Workload, block: int) -> None:
        """Fold the weights into lists."""
        folded = fold(workload.network)
        shape = self._shape = workload.shape
        self._frames, self._oscillator = Frames(workload, block), Oscillator(workload, block)
        self._control = [(_columns(matrix), bias.tolist()) for matrix, bias in folded.control]
        self._first = _columns(folded.first)
        self._gated = [_columns(taps.reshape(-1, 2 * shape.channels)) for taps in folded.gated]
        self._mix = [_columns(matrix) for matrix in folded.mix]
        self._head, self._head_bias = _columns(folded.head), folded.head_bias.tolist()
        self._last, self._last_bias = _columns(folded.last), folded.last_bias.tolist()
        self._skip_bias: Vector = folded.skip_bias.tolist()
        reach = [(shape.kernel - 1) * dilation + 1 for dilation in shape.dilations]
        self._past: list[list[Vector]] = [
            [rest.tolist()] * length for rest, length in zip(folded.rest, reach, strict=True)
        ]
        self._count = 0

    def run_block(self) -> NDArray[Any]:
        """float32 [block]."""
        frames = self._frames
        at, weights = self._count % frames.blocks, frames.weights[self._count % frames.phases]
        self._count += 1
        excitation = self._oscillator.run(weights @ frames.volts[at], frames.noise[at]).tolist()
        condition = [self._conditioning(row) for row in frames.controls[at].tolist()]
        return np.array([self._sample(e, condition, w) for e, w in zip(excitation, weights.tolist(), strict=True)])

    def _conditioning(self, values: Vector) -> Vector:
        for index, (columns, bias) in enumerate(self._control):
            values = product(values, columns, bias)
            if index < len(self._control) - 1:
                values = [max(value, value * 2.0**-LEAK_SHIFT) for value in values]
        return values

    def _sample(self, excitation: Vector, condition: list[Vector], weights: Vector) -> float:
        c, layers = self._shape.channels, len(self._gated)
        stream = product(excitation, self._first, [0.0] * c)
        skip = self._skip_bias
        for index, dilation in enumerate(self._shape.dilations):
            past = self._past[index]
            past.pop(0)
            past.append(stream)
            taps = [value for step in past[::dilation] for value in step]
            at = index * 2 * c
            bias = [sum(w * row[at + k] for w, row in zip(weights, condition, strict=True)) for k in range(2 * c)]
            rows = product(taps, self._gated[index], bias)
            gate = [math.tanh(rows[k]) / (1 + math.exp(-rows[c + k])) for k in range(c)]
            mixed = product(gate, self._mix[index], [0.0] * len(self._mix[index]))
            if index < layers - 1:
                stream = [a + b for a, b in zip(stream, mixed, strict=False)]
                mixed = mixed[c:]
            skip = [a + b for a, b in zip(skip, mixed, strict=True)]
        hidden = [max(v, 0.0) for v in product([max(v, 0.0) for v in skip], self._head, self._head_bias)]
        return product(hidden, self._last, self._last_bias)[0]

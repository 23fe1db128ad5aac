"""Plain Numba: the float loops that one would write first, with the innermost one left to LLVM to vectorise."""

from __future__ import annotations

import math
from typing import Any

import numba
import numpy as np
from numpy.typing import NDArray

from benchmarks.peers.base import Frames, Peer
from benchmarks.peers.folded import fold, tanh_only
from benchmarks.peers.history import History
from benchmarks.peers.numpy_float import control_rows
from benchmarks.peers.oscillator import Oscillator
from benchmarks.workloads import Workload

__all__ = ["NumbaLoops"]


@numba.njit(nogil=True, fastmath=True, error_model="numpy")
def _products(matrix: Any, source: Any, at: int, total: Any) -> None:
    """total[t] += source[at + t] @ matrix."""
    for t in range(total.shape[0]):
        for column in range(matrix.shape[0]):
            value = source[at + t, column]
            for row in range(matrix.shape[1]):
                total[t, row] += value * matrix[column, row]


@numba.njit(nogil=True, fastmath=True, error_model="numpy")
def _interpolate(weights: Any, condition: Any, total: Any) -> None:
    """total[t] = weights[t] @ condition; two of the weights are not 0."""
    for t in range(total.shape[0]):
        total[t, :] = np.float32(0.0)
        for row in range(weights.shape[1]):
            weight = weights[t, row]
            if weight != np.float32(0.0):
                for channel in range(total.shape[1]):
                    total[t, channel] += weight * condition[row, channel]


@numba.njit(nogil=True, fastmath=True, error_model="numpy")
def _layer(gated: Any, mix: Any, dilation: int, at: int, weights: Any, condition: Any, buffer: Any, rows: Any,
           gate: Any, mixed: Any) -> None:  # fmt: skip
    """One layer: buffer (its history and current block) -> mixed [block, C+S]."""
    _interpolate(weights, condition, rows)
    for tap in range(gated.shape[0]):
        _products(gated[tap], buffer, at + tap * dilation, rows)
    channels = gate.shape[1]
    for t in range(gate.shape[0]):
        for channel in range(channels):
            left, right = math.tanh(rows[t, channel]), math.tanh(rows[t, channels + channel])
            gate[t, channel] = left * (np.float32(1.0) + right)
    mixed[:] = np.float32(0.0)
    _products(mix, gate, 0, mixed)


@numba.njit(nogil=True, fastmath=True, error_model="numpy")
def _head(skip: Any, head: Any, head_bias: Any, last: Any, last_bias: Any, hidden: Any, out: Any) -> None:
    """Two 1x1 layers with ReLU before each."""
    for t in range(skip.shape[0]):
        for row in range(hidden.shape[0]):
            hidden[row] = head_bias[row]
        for column in range(skip.shape[1]):
            value = max(skip[t, column], np.float32(0.0))
            for row in range(hidden.shape[0]):
                hidden[row] += value * head[column, row]
        total = last_bias[0]
        for row in range(hidden.shape[0]):
            total += max(hidden[row], np.float32(0.0)) * last[row, 0]
        out[t] = total


@numba.njit(nogil=True, fastmath=True, error_model="numpy")
def _advance(mixed: Any, at: int, stream: Any, following: Any, following_at: int, skip: Any) -> None:
    """Residual into the next layer's buffer, skip into the sum."""
    channels = stream.shape[1]
    for t in range(mixed.shape[0]):
        for channel in range(channels):
            following[following_at + t, channel] = stream[at + t, channel] + mixed[t, channel]
        for channel in range(skip.shape[1]):
            skip[t, channel] += mixed[t, channels + channel]


class NumbaLoops(Peer):
    """Layer by layer over the block; Python only between layers."""

    def prepare(self, workload: Workload, block: int) -> None:
        """Fold, allocate, compile."""
        shape = workload.shape
        self._dilations, self._folded = shape.dilations, tanh_only(fold(workload.network), shape.channels)
        self._frames, self._oscillator = Frames(workload, block), Oscillator(workload, block)
        self._history = History(workload, self._folded, block)
        c, s = shape.channels, shape.skip
        sizes = {
            "rows": (block, 2 * c),
            "gate": (block, c),
            "both": (block, c + s),
            "skip": (block, s),
            "last": (block, s),
        }
        self._scratch = {name: np.zeros(size, np.float32) for name, size in sizes.items()}
        self._hidden, self._out = np.zeros(s, np.float32), np.zeros(block, np.float32)
        self._count = 0

    def run_block(self) -> NDArray[Any]:
        """float32 [block]."""
        frames, folded, history, scratch = self._frames, self._folded, self._history, self._scratch
        at, weights = self._count % frames.blocks, frames.weights[self._count % frames.phases]
        self._count += 1
        excitation = self._oscillator.run(weights @ frames.volts[at], frames.noise[at])
        condition = control_rows(folded, frames.controls[at])
        history.advance()
        rows, gate, skip = scratch["rows"], scratch["gate"], scratch["skip"]
        c, last = gate.shape[1], len(self._dilations) - 1
        stream = history.buffers[0][history.at + history.past[0] :][: len(gate)]
        stream[:] = 0
        _products(folded.first, excitation, 0, stream)
        skip[:] = folded.skip_bias
        for index, dilation in enumerate(self._dilations):
            buffer, part = history.buffers[index], condition[:, index * 2 * c : (index + 1) * 2 * c]
            mixed = scratch["both" if index < last else "last"]
            _layer(
                folded.gated[index],
                folded.mix[index],
                dilation,
                history.at,
                weights,
                part,
                buffer,
                rows,
                gate,
                mixed,
            )
            if index < last:
                begin, following = history.at + history.past[index], history.buffers[index + 1]
                _advance(mixed, begin, buffer, following, history.at + history.past[index + 1], skip)
            else:
                skip += mixed
        _head(skip, folded.head, folded.head_bias, folded.last, folded.last_bias, self._hidden, self._out)
        return self._out

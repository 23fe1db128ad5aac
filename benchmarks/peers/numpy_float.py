"""NumPy in float32, a block at a time: matrix products into buffers that are allocated once."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from accel.formats import LEAK_SHIFT
from benchmarks.peers.base import Frames, Peer
from benchmarks.peers.folded import Folded, fold, tanh_only
from benchmarks.peers.history import History
from benchmarks.peers.oscillator import Oscillator
from benchmarks.workloads import Workload

__all__ = ["NumpyFloat", "control_rows"]


def control_rows(folded: Folded, rows: NDArray[np.float32]) -> NDArray[np.float32]:
    """The control network: [rows, inputs] -> [rows, layers*2C]."""
    for index, (matrix, bias) in enumerate(folded.control):
        rows = rows @ matrix + bias
        if index < len(folded.control) - 1:
            rows = np.maximum(rows, rows * np.float32(2.0**-LEAK_SHIFT))
    return rows


class NumpyFloat(Peer):
    """The naive twin's arithmetic, made to stream."""

    def prepare(self, workload: Workload, block: int) -> None:
        """Fold the weights and allocate."""
        shape = workload.shape
        self._shape, self._folded = shape, tanh_only(fold(workload.network), shape.channels)
        self._frames = Frames(workload, block)
        self._history = History(workload, self._folded, block)
        self._oscillator = Oscillator(workload, block)
        self._taps = np.zeros((block, shape.kernel * shape.channels), np.float32)
        self._rows = np.zeros((block, 2 * shape.channels), np.float32)
        self._skip = np.zeros((block, shape.skip), np.float32)
        self._count = 0

    def run_block(self) -> NDArray[Any]:
        """float32 [block]."""
        frames, folded = self._frames, self._folded
        at, weights = self._count % frames.blocks, frames.weights[self._count % frames.phases]
        self._count += 1
        excitation = self._oscillator.run(weights @ frames.volts[at], frames.noise[at])
        condition = control_rows(folded, frames.controls[at])
        self._history.advance()
        self._layers(excitation, condition, weights)
        hidden = np.maximum(np.maximum(self._skip, 0) @ folded.head + folded.head_bias, 0)
        out: NDArray[np.float32] = (hidden @ folded.last + folded.last_bias)[:, 0]
        return out

    def _layers(
        self, excitation: NDArray[np.float32], condition: NDArray[np.float32], weights: NDArray[np.float32]
    ) -> None:
        """Leaves the skip sum of all layers."""
        c, kernel, folded, history = self._shape.channels, self._shape.kernel, self._folded, self._history
        block, rows, taps = len(weights), self._rows, self._taps
        at = history.at
        stream = history.buffers[0][at + history.past[0] :][:block]
        np.matmul(excitation, folded.first, out=stream)
        self._skip[:] = folded.skip_bias
        for index, dilation in enumerate(self._shape.dilations):
            buffer = history.buffers[index]
            for tap in range(kernel):
                begin = at + tap * dilation
                taps[:, tap * c : (tap + 1) * c] = buffer[begin : begin + block]
            np.matmul(taps, folded.gated[index].reshape(-1, 2 * c), out=rows)
            rows += weights @ condition[:, index * 2 * c : (index + 1) * 2 * c]
            np.tanh(rows, out=rows)
            rows[:, c:] += 1
            mixed = (rows[:, :c] * rows[:, c:]) @ folded.mix[index]
            if index < len(history.buffers) - 1:
                following = history.buffers[index + 1][at + history.past[index + 1] :][:block]
                np.add(stream, mixed[:, :c], out=following)
                stream, mixed = following, mixed[:, c:]
            self._skip += mixed

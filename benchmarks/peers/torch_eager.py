"""PyTorch eager on one thread: addmm over [time, channels], in place wherever it can be."""

from __future__ import annotations

from typing import Any

import torch
from numpy.typing import NDArray

from accel.formats import LEAK_SHIFT
from benchmarks.peers.base import Frames, Peer
from benchmarks.peers.folded import fold, tanh_only
from benchmarks.peers.history import History
from benchmarks.peers.oscillator import Oscillator
from benchmarks.workloads import Workload

__all__ = ["TorchEager"]

_of = torch.from_numpy


class TorchEager(Peer):
    """The generator in PyTorch, streaming. The oscillator's few operations per block are NumPy's, which costs less."""

    def prepare(self, workload: Workload, block: int) -> None:
        """Fold the weights and allocate; tensors share the memory of NumPy's arrays."""
        torch.set_num_threads(1)
        shape = workload.shape
        folded = tanh_only(fold(workload.network), shape.channels)
        self._shape = shape
        self._frames, self._oscillator = Frames(workload, block), Oscillator(workload, block)
        self._history = History(workload, folded, block)
        self._buffers = [_of(buffer) for buffer in self._history.buffers]
        self._first = _of(folded.first)
        self._control = [(_of(matrix), _of(bias)) for matrix, bias in folded.control]
        self._gated = [_of(taps.reshape(-1, 2 * shape.channels)) for taps in folded.gated]
        self._mix = [_of(matrix) for matrix in folded.mix]
        self._skip_bias = _of(folded.skip_bias)
        self._head = [_of(each) for each in (folded.head_bias, folded.head, folded.last_bias, folded.last)]
        self._rows = torch.zeros(block, 2 * shape.channels)
        self._taps = torch.zeros(block, shape.kernel * shape.channels)
        self._gate = torch.zeros(block, shape.channels)
        self._count = 0

    @torch.inference_mode()
    def run_block(self) -> NDArray[Any]:
        """float32 [block]."""
        frames = self._frames
        at, weights = self._count % frames.blocks, frames.weights[self._count % frames.phases]
        self._count += 1
        excitation = _of(self._oscillator.run(weights @ frames.volts[at], frames.noise[at]))
        condition = _of(frames.controls[at])
        for index, (matrix, bias) in enumerate(self._control):
            condition = torch.addmm(bias, condition, matrix)
            if index < len(self._control) - 1:
                condition = torch.nn.functional.leaky_relu_(condition, 2.0**-LEAK_SHIFT)
        self._history.advance()
        skip = self._layers(excitation, condition, _of(weights))
        head_bias, head, last_bias, last = self._head
        hidden = torch.addmm(head_bias, skip.relu_(), head).relu_()
        out: NDArray[Any] = torch.addmm(last_bias, hidden, last).numpy().reshape(-1)
        return out

    def _layers(self, excitation: torch.Tensor, condition: torch.Tensor, weights: torch.Tensor) -> torch.Tensor:
        """The skip sum of all layers, [block, S]."""
        c, kernel, history = self._shape.channels, self._shape.kernel, self._history
        block, at, rows = len(weights), history.at, self._rows
        stream = self._buffers[0][at + history.past[0] :][:block]
        torch.mm(excitation, self._first, out=stream)
        skip = self._skip_bias.expand(block, -1)
        for index, (dilation, condition_of) in enumerate(
            zip(self._shape.dilations, condition.split(2 * c, dim=1), strict=True)
        ):
            buffer = self._buffers[index]
            taps = [buffer.narrow(0, at + tap * dilation, block) for tap in range(kernel)]
            torch.mm(weights, condition_of, out=rows)
            rows.addmm_(torch.cat(taps, 1, out=self._taps), self._gated[index]).tanh_()
            left, right = rows.split(c, dim=1)
            mixed = torch.mm(torch.addcmul(left, left, right, out=self._gate), self._mix[index])
            if index < len(self._buffers) - 1:
                following = self._buffers[index + 1].narrow(0, at + history.past[index + 1], block)
                torch.add(stream, mixed[:, :c], out=following)
                stream, mixed = following, mixed[:, c:]
            skip = skip + mixed
        return skip

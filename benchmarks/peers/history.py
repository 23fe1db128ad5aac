"""The residual streams of all layers in buffers that a block is appended to: past samples are views, never copies.

A buffer holds many blocks; only when it is full does its tail move to the front.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from benchmarks.peers.folded import Folded
from benchmarks.workloads import Workload

__all__ = ["History"]

_BLOCKS = 32


class History:
    """One time-major buffer per layer.

    Attributes:
        buffers: per layer float32 [past + blocks * block, C].
        past: samples of history per layer.
        at: where the current block begins, counted after the past.
    """

    def __init__(self, workload: Workload, folded: Folded, block: int) -> None:
        shape = workload.shape
        self.past = [(shape.kernel - 1) * dilation for dilation in shape.dilations]
        self._block, self._length = block, _BLOCKS * block
        self.buffers: list[NDArray[np.float32]] = [
            np.tile(rest, (past + self._length, 1)) for past, rest in zip(self.past, folded.rest, strict=True)
        ]
        self.at = -block

    def advance(self) -> None:
        """Make room for the next block."""
        self.at += self._block
        if self.at == self._length:
            for buffer, past in zip(self.buffers, self.past, strict=True):
                buffer[:past] = buffer[self._length :].copy() if past > self._length else buffer[self._length :]
            self.at = 0

"""What a contestant is: prepared once for a workload and a block length, then asked for block after block."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.workloads import Take, Workload, take_of

__all__ = ["Frames", "Peer"]


class Peer(ABC):
    """One way to run a workload's network, streaming: state carries over from block to block, one thread.

    Every contestant does the whole job of a voice: oscillator, control network at its frame rate, linear
    interpolation of the conditioning, layers, head. Only the noise is handed to the float peers ready-made.
    """

    @abstractmethod
    def prepare(self, workload: Workload, block: int) -> None:
        """Allocate, build and warm up for blocks of `block` samples, at the start of `take_of(workload)`.

        Raises:
            ValueError: block and hop do not divide one another.
        """

    @abstractmethod
    def run_block(self) -> NDArray[Any]:
        """Compute the next block, int16 or float32 [block]; valid until the next call."""

    @property
    def detail(self) -> str:
        """Which form was chosen, if the peer has several."""
        return ""


class Frames:
    """The controls of block after block, as the float peers need them; precomputed, and cycling over the take.

    A block needs the rows at its frame's start and at each following frame boundary up to its end. Blocks must
    divide the hop or be a multiple of it.

    Attributes:
        rows: rows per block.
        blocks: blocks until the take starts again.
        volts: float32 [blocks, rows, 1]; controls: float32 [blocks, rows, 1 + knobs]: what the control network
            reads.
        weights: float32 [phases, block, rows]: interpolation, one form per position of the block in its frame.
        noise: float32 [blocks, block, 1].
    """

    def __init__(self, workload: Workload, block: int, take: Take | None = None) -> None:
        take = take or take_of(workload)
        hop = workload.shape.hop
        if max(block, hop) % min(block, hop):
            raise ValueError(f"block {block}: must divide the hop {hop} or be a multiple of it")
        self.rows = max(1, block // hop) + 1
        self.blocks = (take.rows - 1) * hop // block
        if self.blocks == 0:
            raise ValueError(f"block {block}: longer than the take")
        starts = np.arange(self.blocks) * block
        index = (starts // hop)[:, None] + np.arange(self.rows)
        self.volts = take.volts[index][..., None].astype(np.float32)
        controls = np.concatenate([take.volts[:, None] / 3, 2 * take.knobs - 1], axis=1)
        self.controls = controls[index].astype(np.float32)
        self.phases = max(1, hop // block)
        self.weights = np.zeros((self.phases, block, self.rows), np.float32)
        for phase in range(self.phases):
            position = (phase * block + np.arange(block)) / hop
            for row in range(self.rows):
                self.weights[phase, :, row] = np.clip(1 - np.abs(position - row), 0, 1)
        self.noise = take.noise[: self.blocks * block].reshape(self.blocks, block, 1).astype(np.float32)

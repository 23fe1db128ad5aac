"""Our side of every comparison: several voices played by one call of two integers, as the engine plays them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from accel.emulator import Emulator
from accel.program import Program
from benchmarks.workloads import Take

__all__ = ["Voices"]


class Voices:
    """`voices` voices of a program that all play the same take (at its end: from row 1 again), block by block.

    Attributes:
        out: int16 [voices, block], the last block.
    """

    def __init__(self, program: Program, take: Take, block: int, voices: int = 1) -> None:
        emulator = Emulator(program, voices)
        self.out: NDArray[np.int16] = np.zeros((voices, block), np.int16)
        for voice in range(voices):
            emulator.reset(voice, int(take.pitch[0]), take.counts[0], seed=take.seed + voice)
        self._stream = emulator.stream(take.pitch, take.counts, self.out, loop=True)
        self._block = block

    def run(self, blocks: int = 1) -> None:
        """Render the next blocks in one call."""
        self._stream.step(blocks * self._block)

"""The harmonic oscillator of the float peers that run in Python: one block of sines and cosines."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from accel.formats import C4_HZ, FADE_TOP, FADE_WIDTH_BITS
from benchmarks.workloads import Workload

__all__ = ["Oscillator"]


class Oscillator:
    """Keeps its phase from block to block.

    Attributes:
        excitation: float32 [block, E]: sines, cosines, noise.
    """

    def __init__(self, workload: Workload, block: int) -> None:
        harmonics = np.array(workload.shape.harmonics, np.float32)
        self.count = len(harmonics)
        self._angles = (2 * np.pi * harmonics).astype(np.float32)
        slope = 2.0 ** (32 - FADE_WIDTH_BITS)
        self._falls = -slope * harmonics
        self._fade = np.float32(FADE_TOP / 2.0**32 * slope)
        self._base = C4_HZ / workload.shape.rate
        self._phase = 0.0
        self.excitation: NDArray[np.float32] = np.zeros((block, 2 * self.count + 1), np.float32)

    def run(self, volts: NDArray[np.float32], noise: NDArray[np.float32]) -> NDArray[np.float32]:
        """Fill the excitation: volts [block, 1], noise [block, 1]."""
        out, count = self.excitation, self.count
        out[:, 2 * count :] = noise
        if count:
            step = np.exp2(volts[:, 0], dtype=np.float64) * self._base
            ends = np.cumsum(step)
            turns = ends - step + self._phase
            self._phase = (self._phase + ends[-1]) % 1.0
            angle = turns.astype(np.float32)[:, None] * self._angles
            gain = step.astype(np.float32)[:, None] * self._falls
            gain += self._fade
            np.clip(gain, 0, 1, out=gain)
            np.multiply(gain, np.sin(angle), out=out[:, :count])
            np.multiply(gain, np.cos(angle), out=out[:, count : 2 * count])
        return out

"""How loud each harmonic of a clip is as time goes on, by demodulation with the pitch that its controls promise.

The clip is multiplied by the conjugate of each harmonic and averaged under a Blackman-Harris window (Harris 1978, "On
the use of windows for harmonic analysis", four terms, -92 dB) around a control row. Four periods put its first zero on
the neighbouring harmonic, and the window follows the pitch along the clip. Only the size of the average counts, so the
synth may start its harmonics at any phase.

The price of a window: below 32 Hz it is shorter than four periods, and harmonics leak into one another; levels that
move within it are averaged; and half a window at either end of a clip says nothing.
"""

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from accel.formats import C4_HZ, HOP, RATE
from training.data.dataset import Dataset

__all__ = ["TOP_HZ", "harmonic_levels"]

TOP_HZ = 22_000.0
"""Above it no level is given: synths and converters fade out there, each in its own way."""
PERIODS = 4
SHORTEST, LONGEST = 512, 6000
"""Samples of a window."""

FloatArray = NDArray[np.float64]
Levels = NDArray[np.float32]


def harmonic_levels(data: Dataset, harmonics: Sequence[int], every: int = 4) -> tuple[FloatArray, Levels]:
    """Amplitudes of the harmonics of every clip, static or moving, at every `every`-th control row.

    Args:
        data: N clips whose pitch follows their note.
        harmonics: K numbers, 1 the fundamental.
        every: control rows between two points, 1 or more.

    Returns:
        control rows [N, Q, 1+knobs] as the set has them, and amplitudes [N, Q, K], 1 a sine at full scale; NaN above
        TOP_HZ and where the window leaves the clip.
    """
    rows = np.arange(0, data.control.shape[1] - 1, every)
    numbers = np.asarray(harmonics, float)
    found = [_of_clip(volts, clip, numbers, rows) for volts, clip in zip(data.volts, data.audio, strict=True)]
    return data.control[:, rows], np.array(found, np.float32).reshape(len(data), len(rows), len(numbers))


def _of_clip(volts: FloatArray, audio: Levels, numbers: FloatArray, rows: NDArray[np.int64]) -> Levels:
    """Amplitudes [Q, K] of one clip [T] from its V/oct rows [R]."""
    hz = C4_HZ * np.exp2(np.interp(np.arange(len(audio)) / HOP, np.arange(len(volts)), volts))
    cycles = numbers[:, None] * (np.cumsum(hz) - hz) / RATE
    angle = (2 * np.pi * (cycles % 1)).astype(np.float32)
    still = np.stack([audio * np.cos(angle), audio * np.sin(angle)])
    found = np.full((len(rows), len(numbers)), np.nan, np.float32)
    for row, level in zip(rows, found, strict=True):
        middle = row * HOP
        half = int(np.clip(PERIODS * RATE / hz[middle], SHORTEST, LONGEST)) // 2
        if half <= middle < len(audio) - half:
            heard = numbers * hz[middle] <= TOP_HZ
            level[heard] = np.hypot(*(still[:, heard, middle - half : middle + half + 1] @ _window(half)))
    return found


@lru_cache(maxsize=4096)
def _window(half: int) -> Levels:
    """2 half + 1 weights whose sum is 2, so that a sine's average is its amplitude."""
    from scipy.signal.windows import blackmanharris

    window = blackmanharris(2 * half + 1)
    return (2 * window / window.sum()).astype(np.float32)

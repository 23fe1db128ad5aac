"""From 48 kHz to the rate of a device that knows no other, inside the callback.

A polyphase windowed sinc at the exact ratio of the rates: the n-th sample out depends on n and the samples in alone, so
the blocks in which it is asked for change nothing. Flat to 20 kHz (where the device's rate allows it), images and
aliases 120 dB down; latency half the window, 0.4 to 1 ms. It lies behind everything a journal promises.
"""

from __future__ import annotations

import math
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from accel.errors import SystoleError
from accel.formats import RATE
from engine.arrays import Table
from engine.jit import compiled

__all__ = ["FETCH", "Converter", "allocate_converter", "convert", "most_frames", "needed"]

FETCH = 1024
"""Most samples that are taken in at a time."""
ATTENUATION = 120.0
PASS_HZ, STOP_SHARE = 20_000.0, 0.907
MOST_PHASES, LOWEST = 640, 8000

RATIO = np.dtype(
    [
        ("up", "<i8"),  # samples out per `down` samples in
        ("down", "<i8"),
        ("phase", "<i8"),  # of the next sample out, 0..up - 1
        ("at", "<i8"),  # where in `history` its window begins
        ("filled", "<i8"),  # samples in `history`
    ]
)


class Converter(Table):
    """Memory of a converter.

    Attributes:
        ratio: RATIO [1].
        taps: float64 [up, taps], the window of each phase.
        history: float32 [.., 2], samples that are still needed and those taken in.
    """

    FIELDS: ClassVar = {
        "ratio": (RATIO, 1),
        "taps": (np.dtype(np.float64), 2),
        "history": (np.dtype(np.float32), 2),
    }
    ratio: NDArray[Any]
    taps: NDArray[np.float64]
    history: NDArray[np.float32]

    @property
    def latency(self) -> float:
        """Samples at 48 kHz by which the output comes later."""
        return float(self.taps.shape[1] // 2)


def _window(distance: NDArray[Any], half: float, beta: float) -> NDArray[np.float64]:
    """Kaiser's window over +-half."""
    found: NDArray[np.float64] = np.i0(beta * np.sqrt(np.clip(1.0 - (distance / half) ** 2, 0.0, 1.0))) / np.i0(beta)
    return found


def _design(rate: int, up: int) -> NDArray[np.float64]:
    """Windows of all phases, float64 [up, taps], each of gain 1 for a constant."""
    band = min(rate, RATE)
    passed = min(PASS_HZ, STOP_SHARE * band / 2)
    stopped = band - passed
    cutoff = (passed + stopped) / RATE  # of half the rate that comes in
    size = math.ceil((ATTENUATION - 7.95) / (14.36 * (stopped - passed) / RATE) / 2) * 2
    beta = 0.1102 * (ATTENUATION - 8.7)
    taps = np.empty((up, size))
    for phase in range(up):
        distance = np.arange(size) - (size // 2 - 1) - phase / up
        kernel = np.sinc(cutoff * distance) * _window(distance, size / 2, beta)
        taps[phase] = kernel / kernel.sum()
    return taps


def allocate_converter(rate: int) -> Converter:
    """A converter from 48 kHz to `rate`, which has heard nothing yet.

    Raises:
        SystoleError: the rates stand in no simple ratio.
    """
    common = math.gcd(rate, RATE)
    if rate < LOWEST or rate // common > MOST_PHASES:
        raise SystoleError(
            f"rate {rate} Hz: cannot be converted to; allowed: {LOWEST} Hz or more in a simple ratio to {RATE}, such as"
            " 44100, 88200, 96000, 192000"
        )
    taps = _design(rate, rate // common)
    ratio = np.zeros(1, RATIO)
    ratio["up"], ratio["down"], ratio["filled"] = rate // common, RATE // common, taps.shape[1] // 2 - 1
    history = np.full((FETCH + 2 * taps.shape[1] + 64, 2), 0.0, np.float32)
    return Converter(ratio=ratio, taps=taps, history=history)


@compiled
def most_frames(converter: Any) -> int:
    """Samples out that one call of `convert` can give: those of at most FETCH in, less a few."""
    ratio = converter.ratio[0]
    return max((FETCH - 16) * ratio.up // ratio.down, 1)


@compiled
def needed(converter: Any, frames: int) -> int:
    """Samples that have to be put into `history`, behind those it has, before `convert` can give `frames`."""
    ratio = converter.ratio[0]
    last = ratio.at + (ratio.phase + (frames - 1) * ratio.down) // ratio.up
    return max(last + converter.taps.shape[1] - ratio.filled, 0)


@compiled
def convert(converter: Any, took: int, out: Any, start: int, frames: int) -> None:
    """Write `frames` samples to out[start:] (float32 [.., 2]) after `took` = `needed` samples were put in."""
    ratio, history, taps = converter.ratio[0], converter.history, converter.taps
    at, phase, size = ratio.at, ratio.phase, taps.shape[1]
    for i in range(frames):
        left = right = 0.0
        for k in range(size):
            left += taps[phase, k] * history[at + k, 0]
            right += taps[phase, k] * history[at + k, 1]
        out[start + i, 0], out[start + i, 1] = left, right
        phase += ratio.down
        at += phase // ratio.up
        phase %= ratio.up
    filled = ratio.filled + took
    for i in range(filled - at):
        history[i, 0], history[i, 1] = history[at + i, 0], history[at + i, 1]
    ratio.at, ratio.phase, ratio.filled = 0, phase, filled - at

"""How large do an imported network's streams grow? Measured on mel frames: given ones, or a walk like speech's.

Without features of the voice that the network knows, frames are drawn: normalised features have mean 0 and variance 1
per band, neighbours in time and frequency alike. The compiler leaves a quarter on top; given features are better.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from accel.calibrate import Ranges
from training.imports.vocoder import Vocoder

__all__ = ["Calibration", "calibrate_vocoder", "drawn_frames"]

Floats = NDArray[np.float64]
FRAMES = 24
"""Of a drawn take."""
LONGEST = 200
"""Frames of a given take that are used: a few seconds."""
SMOOTH_FRAMES, SMOOTH_BANDS = 0.8, 0.9
"""Correlation of neighbours in time and frequency."""
SPAN = 2.0
"""A knob's range over the largest value seen."""


@dataclass(frozen=True)
class Calibration:
    """Stream ranges for the compiler, and the span [bands] of the knobs."""

    ranges: Ranges
    span: Floats


def _smoothed(values: Floats, memory: float) -> Floats:
    """First-order recursion along axis 0 that keeps the variance at 1."""
    out = values.copy()
    for index in range(1, len(out)):
        out[index] = memory * out[index - 1] + np.sqrt(1 - memory**2) * values[index]
    return out


def drawn_frames(rng: np.random.Generator, vocoder: Vocoder, count: int) -> Floats:
    """Frames [count, bands] as a voice might have them, not normalised; at most 4 deviations from the mean."""
    features = vocoder.features
    normal = _smoothed(_smoothed(rng.normal(size=(features.bands, count)), SMOOTH_BANDS).T, SMOOTH_FRAMES)
    mean, scale = (part.astype(np.float64) for part in (features.mean, features.scale))
    return mean + scale * np.clip(normal, -4, 4)


def calibrate_vocoder(vocoder: Vocoder, frames: Floats | None = None, *, seed: int = 1) -> Calibration:
    """Run the float generator and note the largest magnitudes.

    Args:
        frames: features [N, bands] to run it on; drawn if not given.
    """
    rng = np.random.default_rng(seed)
    takes = [drawn_frames(rng, vocoder, FRAMES) for _ in range(3)] if frames is None else [frames[:LONGEST]]
    residual = head = hidden = 0.0
    span = np.zeros(vocoder.features.bands)
    condition = np.zeros(len(vocoder.condition))
    for take in takes:
        bands = vocoder.features.upsampled(take)
        found = vocoder.streams(bands, rng.uniform(-(3**0.5), 3**0.5, len(bands)))
        residual = max(residual, float(np.abs(found["residual"]).max()))
        head, hidden = max(head, float(found["head"].max())), max(hidden, float(found["hidden"].max()))
        span = np.maximum(span, np.abs(bands).max(axis=0))
        condition = np.maximum(condition, np.abs(bands @ vocoder.condition.T).max(axis=0))
    return Calibration(Ranges(residual, head, hidden, (), condition), np.maximum(SPAN * span, 1e-6))

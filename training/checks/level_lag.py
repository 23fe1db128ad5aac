"""Does the sound's spectrum follow its knobs in time? For sounds without the pitch that alignment.py needs.

Band levels of each moving clip are explained by its controls, shifted by a lag, in a linear regression per clip; the
lag that explains most is the sound's. Coarser than pitch: a synth that smooths its knobs counts as late, as it is, and
a nonlinear answer blurs the peak to some 20 samples.
"""

import numpy as np
from numpy.typing import NDArray

from accel.formats import HOP
from training.measure.metrics import LEVEL_SIZE, band_levels, peak_position

Array = NDArray[np.float64]

REACH = 4800
COARSE, FINE = 128, 16
CLIPS = 24
LEAST_CLIPS = 3
MOST_SAMPLES = 48_000
STANDS_OUT = 1.15
"""Least share explained at the best lag over the median of all lags; unrelated sound gives 1.05."""


def level_lag(control: Array, audio: NDArray[np.float32]) -> float | None:
    """Samples by which the spectrum moves later than the controls, pooled over the moving clips.

    Args:
        control: rows [N, R, columns].
        audio: [N, (R-1)*HOP].

    Returns:
        None where too little moves, or no lag within +-100 ms stands out.
    """
    length = min(audio.shape[1], MOST_SAMPLES) // HOP * HOP
    control, audio = control[:, : length // HOP + 1], audio[:, :length]
    moving = moving_clips(control, audio)
    if len(moving) < LEAST_CLIPS or length < 4 * LEVEL_SIZE:
        return None
    chosen = moving[np.linspace(0, len(moving) - 1, min(CLIPS, len(moving))).astype(int)]
    clips = [(_smoothed(control[i], length), band_levels(audio[i] - audio[i].mean(), HOP)) for i in chosen]
    lags = np.arange(-REACH, REACH + 1, COARSE)
    curve = np.mean([_explained(rows, levels, lags) for rows, levels in clips], axis=0)
    if curve.max() < STANDS_OUT * np.median(curve):
        return None
    near = int(lags[np.argmax(curve)]) + np.arange(-2 * COARSE, 2 * COARSE + 1, FINE)
    at = peak_position(np.mean([_explained(rows, levels, near) for rows, levels in clips], axis=0))
    return float(near[0] + at * FINE) if np.isfinite(at) else None


def moving_clips(control: Array, audio: NDArray[np.float32]) -> NDArray[np.int64]:
    """Clips whose controls move and which sound."""
    return np.flatnonzero((np.ptp(control, axis=1).max(1) > 0.02) & (audio.std(1) > 1e-4))


def _smoothed(control: Array, length: int) -> Array:
    """Controls per sample as a frame of `band_levels` averages them, [length + 2 margins, columns], ends held."""
    margin = REACH + 2 * COARSE + LEVEL_SIZE
    at = np.arange(-margin, length + margin) / HOP
    window = np.hanning(LEVEL_SIZE + 1)[:-1] ** 2
    window /= window.sum()
    rows = np.arange(len(control))
    return np.stack([np.convolve(np.interp(at, rows, column), window, "same") for column in control.T], 1)


def _explained(rows: Array, levels: Array, lags: NDArray[np.int64]) -> Array:
    """Share 0..1 of the levels' movement that a linear answer to the controls explains, at each lag."""
    margin = REACH + 2 * COARSE + LEVEL_SIZE
    centres = margin + LEVEL_SIZE // 2 + HOP * np.arange(len(levels))
    total = max(float(np.sum(levels**2)), 1e-12)
    shares = []
    for lag in lags:
        inputs = rows[centres - lag]
        inputs = inputs - inputs.mean(0)
        inputs = inputs[:, inputs.std(0) > 1e-4]
        basis = np.linalg.qr(inputs)[0] if inputs.shape[1] else inputs
        shares.append(float(np.sum((basis.T @ levels) ** 2)) / total)
    return np.array(shares)

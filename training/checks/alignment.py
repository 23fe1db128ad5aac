"""Does the sound follow its pitch voltage in time, and is it in tune? Measured from clips whose note moves.

A clip is multiplied by the conjugate of the harmonics that its note column promises. If the sound is late by tau, what
is left turns by -tau times the pitch's own change, so tau and the tuning come out of one linear regression, to about
a sample over some sixty clips, whatever the timbre does meanwhile. That holds only near the truth; a matched filter
over +-100 ms finds the neighbourhood first, and says by the sharpness of its peak whether the sound is pitched at all.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import signal

from accel.formats import C4_HZ, HOP, RATE

Array = NDArray[np.float64]

REACH = 4800
"""Largest lag in samples that is looked for."""
MOST_SAMPLES = 48_000
FINE_CLIPS, COARSE_CLIPS = 60, 16
FINE_HARMONICS, COARSE_HARMONICS = 12, 4
SEGMENT = 6000
PITCHED = 1.6
"""Least peak of the matched filter over its median; noise gives 1.3, a pitched synth 2.3 to 13."""
LEAST_CLIPS = 3
MOST_ERROR = 24.0
"""Samples of standard error beyond which the clips do not agree on any lag."""
STRAY = 512
"""A clip whose regression runs further from the common lag than this has failed."""


@dataclass(frozen=True)
class PitchLag:
    """Lag of the sound behind its pitch voltage.

    Attributes:
        samples: median over clips, each weighted by its certainty; positive if the sound is late.
        error: standard error of that, in samples.
        cents: median tuning of the sound above its note.
        clips: how many clips told.
    """

    samples: float
    error: float
    cents: float
    clips: int


def pitch_lag(note: Array, audio: NDArray[np.float32]) -> PitchLag | None:
    """Lag and tuning over the clips whose note moves; None where they are too few, disagree, or have no such pitch.

    Args:
        note: MIDI semitones at the control rows, [N, R].
        audio: [N, (R-1)*HOP].
    """
    length = min(audio.shape[1], MOST_SAMPLES) // HOP * HOP
    note = note[:, : length // HOP + 1]
    movement = np.abs(np.diff(note, axis=1)).mean(1)
    moving = np.flatnonzero(np.ptp(note, axis=1) > 0.3)
    if len(moving) < LEAST_CLIPS or length < SEGMENT:
        return None
    liveliest = moving[np.argsort(-movement[moving])][:COARSE_CLIPS]
    start = _coarse_lag([(frequency(note[i], length), audio[i, :length]) for i in liveliest])
    if start is None:
        return None
    chosen = moving[np.linspace(0, len(moving) - 1, min(FINE_CLIPS, len(moving))).astype(int)]
    found = np.array([_clip_lag(frequency(note[i], length), audio[i, :length], start) for i in chosen])
    found = found[np.isfinite(found).all(1) & (np.abs(found[:, 0] - start) < STRAY)]
    if len(found) < LEAST_CLIPS:
        return None
    weight = 1 / np.maximum(found[:, 2], 1.0)
    samples = _weighted_median(found[:, 0], weight)
    spread = _weighted_median(np.abs(found[:, 0] - samples), weight)
    error = 1.86 * spread / np.sqrt(len(found))  # 1.4826 makes a deviation of it, sqrt(pi/2) that of a median
    if error > MOST_ERROR:
        return None
    return PitchLag(samples, float(error), _weighted_median(found[:, 1], weight), len(found))


def frequency(note: Array, length: int) -> Array:
    """Hz at each of `length` samples from MIDI semitones at the control rows, linear in V/oct between them."""
    rows = np.arange(length) / HOP
    return np.asarray(C4_HZ * np.exp2(np.interp(rows, np.arange(len(note)), (note - 60) / 12)))


def _coarse_lag(clips: list[tuple[Array, NDArray[np.float32]]]) -> float | None:
    """Whole samples of lag that gather most energy in the first harmonics of segments; None if no lag stands out."""
    score = np.zeros(2 * REACH + 1)
    window = signal.get_window("hann", SEGMENT)
    size = 1 << (SEGMENT + 2 * REACH - 1).bit_length()
    for hz, x in clips:
        phase = np.cumsum(np.concatenate([np.full(REACH, hz[0]), hz, np.full(REACH, hz[-1])])) / RATE
        starts = range(0, len(x) - SEGMENT + 1, SEGMENT // 2)
        spectra = [np.conj(np.fft.fft(x[at : at + SEGMENT] * window, size)) for at in starts]
        for k in range(1, COARSE_HARMONICS + 1):
            promised = np.exp(2j * np.pi * k * phase)
            gathered = np.zeros(2 * REACH + 1)
            for at, spectrum in zip(starts, spectra, strict=True):
                reference = np.fft.fft(promised[at : at + SEGMENT + 2 * REACH], size)
                gathered += np.abs(np.fft.ifft(reference * spectrum)[2 * REACH :: -1]) ** 2
            score += gathered / (gathered.mean() or 1.0)
    sharpness = score.max() / (np.median(score) or 1.0)
    at = int(np.argmax(score))
    return float(at - REACH) if sharpness > PITCHED and 0 < at < 2 * REACH else None


def _clip_lag(hz: Array, x: NDArray[np.float32], start: float) -> tuple[float, float, float]:
    """(lag in samples, tuning in cents, the lag's standard error) of one clip by Gauss-Newton; NaN where it fails."""
    lag, cents, error = start, float("nan"), float("nan")
    at = np.arange(len(x))
    for _ in range(4):
        turning, weight, change, advance = _harmonic_turning(np.interp(at - lag, at, hz), x)
        matrix = np.stack([-change, advance], 1) * weight[:, None]
        normal = matrix.T @ matrix
        if not np.isfinite(normal).all() or np.linalg.cond(normal) > 1e14:
            return float("nan"), float("nan"), float("nan")
        step, stray = np.linalg.solve(normal, matrix.T @ (weight * turning))
        residual = weight * turning - matrix @ [step, stray]
        error = float(np.sqrt(np.linalg.inv(normal)[0, 0] * (residual @ residual) / max(len(residual) / 2 - 2, 1)))
        lag, cents = lag + float(step), float(1200 * np.log2(max(1 + stray, 0.5)))
        if abs(step) < 0.5 or abs(lag - start) > STRAY:
            break
    return lag, cents, error


def _harmonic_turning(hz: Array, x: NDArray[np.float32]) -> tuple[Array, Array, Array, Array]:
    """How each harmonic's phase turns against the promised pitch, from frame to frame.

    Returns:
        turning in cycles of the fundamental, its weight, the pitch's change in cycles per sample, and the fundamental's
        advance in cycles: each [harmonics * (frames-1)].
    """
    size = int(np.clip(4 * RATE / hz.min(), 768, 4096)) // 4 * 4
    hop = size // 4
    window = signal.get_window("hann", size)
    window /= window.sum()
    mean = np.lib.stride_tricks.sliding_window_view(hz, size)[::hop] @ window / RATE
    cycles = np.cumsum(hz / RATE) - hz / RATE
    carrier, partial = np.exp(-2j * np.pi * cycles), x.astype(np.complex128)
    harmonics = max(1, min(FINE_HARMONICS, int(18_000 / hz.max())))
    turning, weight = [], []
    for k in range(1, harmonics + 1):
        partial = partial * carrier
        still = np.lib.stride_tricks.sliding_window_view(partial, size)[::hop] @ window
        product = still[1:] * np.conj(still[:-1])
        turning.append(np.angle(product) / (2 * np.pi * k))
        weight.append(np.sqrt(np.abs(product)) * k)
    change, advance = np.diff(mean), (mean[1:] + mean[:-1]) / 2 * hop
    return np.concatenate(turning), np.concatenate(weight), np.tile(change, harmonics), np.tile(advance, harmonics)


def _weighted_median(values: Array, weights: Array) -> float:
    order = np.argsort(values)
    below = np.cumsum(weights[order])
    return float(values[order][np.searchsorted(below, below[-1] / 2)])

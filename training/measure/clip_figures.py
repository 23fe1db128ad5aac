"""The measures of one rendered clip against its target: which of training/measure/metrics.py apply, and to what."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from training.data.dataset import C4_HZ, Dataset, pitch_phase
from training.measure import metrics

__all__ = ["ClipFigures", "measure", "phase_true"]


@dataclass(frozen=True)
class ClipFigures:
    """Measures of one clip; None where they do not apply (steady pitch, known phase). dB unless said otherwise."""

    clip: int
    part: str
    note: float
    """Median over the clip, MIDI semitones."""
    lsd: float
    mel: float
    level: float
    loudness: float
    """LU, K-weighted."""
    centroid: float
    """log2 Hz, mean over the clip, of the output."""
    centroid_target: float
    centroid_along: float | None
    """Correlation of the centroid's movement within the clip; None where the target's hardly moves."""
    harmonic: float | None
    floor: float | None
    floor_target: float | None
    cents: float | None
    snr: float | None
    latency: float | None
    """Samples by which the output's spectrum moves later than the target's; None where it hardly moves."""


def measure(output: NDArray, data: Dataset, row: int, pitched: bool = True) -> ClipFigures:
    """Figures of one rendered clip [T] against clip `row` of the set.

    Args:
        pitched: whether the pitch follows the note; of noise, nothing that needs a pitch or a phase is measured.
    """
    y, t = metrics.high_pass(output), metrics.high_pass(data.audio[row])
    note = data.control[row, :, 0]
    steady = np.ptp(data.control[row], axis=0).max() < 1e-9
    tone = steady and pitched
    f0 = float(C4_HZ * 2 ** ((note[0] - 60) / 12))
    along_y, along_t = metrics.centroid_track(y), metrics.centroid_track(t)
    moving = not steady and along_t.std() > 0.05
    return ClipFigures(
        clip=int(data.index[row]),
        part=data.part[row],
        note=float(np.median(note)),
        lsd=metrics.log_spectral_distance(y, t),
        mel=metrics.mel_distance(y, t),
        level=metrics.level_error(y, t),
        loudness=metrics.loudness(y) - metrics.loudness(t),
        centroid=float(along_y.mean()),
        centroid_target=float(along_t.mean()),
        centroid_along=_number(metrics.correlation(along_y, along_t)) if moving else None,
        harmonic=metrics.harmonic_distance(y, t, f0) if tone else None,
        floor=_number(metrics.inter_harmonic_floor(y, f0)) if tone else None,
        floor_target=_number(metrics.inter_harmonic_floor(t, f0)) if tone else None,
        cents=_number(metrics.pitch_error(y, f0)) if tone else None,
        snr=metrics.signal_to_noise(y, t) if pitched and phase_true(data, row) else None,
        latency=None if steady else _number(metrics.latency(y, t)),
    )


def phase_true(data: Dataset, row: int) -> bool:
    """Whether a clip's oscillator keeps exactly to its pitch, so that a waveform can be compared sample by sample."""
    if data.phase is None:
        return False
    stray = data.phase[row] - data.phase[row, 0] - pitch_phase(data.volts[row])
    return bool(np.abs(stray - np.round(stray)).max() < 1e-3)


def _number(value: float) -> float | None:
    return value if np.isfinite(value) else None

"""Is the sound at the note that its control says? Measured from clips whose note rests.

First the offset, in a grid of semitones and of tenths around 0, whose harmonics leave least power between them: it
finds a wrong octave or a tape at another speed even where a second, detuned oscillator hides the period. Then cents by
the phase of the harmonics (`training.measure.metrics.pitch_error`).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from accel.formats import C4_HZ
from training.measure.metrics import SETTLE, high_pass, inter_harmonic_floor, pitch_error

Array = NDArray[np.float64]

SEMITONES = np.unique(np.round(np.concatenate([np.arange(-12.0, 25.0), np.arange(-0.9, 1.0, 0.1)]), 1))
"""Offsets that are tried."""
SCAN_CLIPS, FINE_CLIPS = 12, 24
QUIET = 1e-3
STANDS_OUT_DB = 3.0
"""By so much an offset's floor must lie below the median of all for the sound to count as pitched."""
BETTER_DB = 6.0
"""By so much another offset must beat the promised note; less is the mark of chords and detuned oscillators."""
OCTAVE_DB, SAME_DB = 4.0, 1.0
"""An octave lower fits whatever a note fits, and a little more; by so much more it is the note, or not at all."""


@dataclass(frozen=True)
class Tuning:
    """How steady clips sound against their notes.

    Attributes:
        cents: median offset.
        error: standard error of that.
        clips: clips measured.
    """

    cents: float
    error: float
    clips: int


def has_steady_clips(note: Array, audio: NDArray[np.float32]) -> bool:
    """Whether there is anything for `tuning` to measure."""
    return bool(len(_steady(note, audio)))


def tuning(note: Array, audio: NDArray[np.float32]) -> Tuning | None:
    """Tuning of the clips whose note rests; None if there are none, or no pitch near their notes stands out.

    Args:
        note: MIDI semitones at the control rows, [N, R].
        audio: [N, T].
    """
    steady = _steady(note, audio)
    if not len(steady):
        return None
    semitones = _semitones(*_clips(note, audio, steady, SCAN_CLIPS))
    if semitones is None:
        return None
    sounds, hz = _clips(note, audio, steady, FINE_CLIPS)
    cents = np.array([pitch_error(x, f * 2 ** (semitones / 12)) for x, f in zip(sounds, hz, strict=True)])
    middle = float(np.median(cents))
    error = 1.86 * float(np.median(np.abs(cents - middle))) / np.sqrt(len(cents))
    return Tuning(100 * semitones + middle, float(error), len(cents))


def _steady(note: Array, audio: NDArray[np.float32]) -> NDArray[np.int64]:
    if audio.shape[1] < 2 * SETTLE + 1024:
        return np.zeros(0, np.int64)
    return np.flatnonzero((np.ptp(note, axis=1) < 1e-6) & (audio.std(1) > QUIET))


def _clips(
    note: Array, audio: NDArray[np.float32], steady: NDArray[np.int64], most: int
) -> tuple[list[Array], NDArray[np.float64]]:
    """At most so many clips, spread over the set, high-passed, and the Hz of their notes."""
    chosen = steady[np.linspace(0, len(steady) - 1, min(most, len(steady))).astype(int)]
    return [high_pass(audio[i]) for i in chosen], C4_HZ * np.exp2((note[chosen, 0] - 60) / 12)


def _semitones(sounds: list[Array], hz: Array) -> float | None:
    """The offset that fits best: 0 unless another is clearly better, or an octave above it as good."""
    scan = [[inter_harmonic_floor(x, f * 2 ** (s / 12)) for s in SEMITONES] for x, f in zip(sounds, hz, strict=True)]
    known = ~np.isnan(scan).all(0)
    offsets, floors = SEMITONES[known], np.nanmedian(np.array(scan)[:, known], axis=0)
    if not len(floors) or floors.min() > np.median(floors) - STANDS_OUT_DB:
        return None
    floor = dict(zip(offsets.tolist(), floors.tolist(), strict=True))
    best = float(offsets[np.argmin(floors)])
    while floor.get(best + 12, np.inf) < floor[best] + OCTAVE_DB:
        best += 12
    if floor.get(0.0, np.inf) < floor[best] + BETTER_DB:
        best = 0.0
        while floor.get(best + 12, np.inf) < floor[best] + SAME_DB:
            best += 12
    return best

"""The spectrum as an ear spreads it: levels in 240 bands of a twenty-fourth of an octave, and their peaks.

0 dB is a sine of full scale. The window (Hann, 171 ms) is long enough for a double bass; transformed at twice its
length, and read by parabolas between its lines.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["BANDS", "FLOOR_DB", "HOLD_SECONDS", "LOWEST", "PER_OCTAVE", "WINDOW", "Spectrum", "band_of", "hz_of"]

Floats = NDArray[np.float32]

RATE = 48_000
WINDOW = 8192
LINES = 2 * WINDOW
LOWEST, PER_OCTAVE, BANDS = 20.0, 24, 240
"""From 20 Hz to 20.5 kHz."""
FLOOR_DB = -100.0
HOLD_SECONDS, FALL_DB = 2.0, 20.0
"""A peak stands so long and then falls by so much each second."""
STEP_HZ = RATE / LINES
WIDE = 1.0
"""Bands of so many lines or more take their highest line; narrower ones are read between lines."""


def hz_of(band: float) -> float:
    """Middle frequency of a band."""
    return float(LOWEST * 2 ** (band / PER_OCTAVE))


def band_of(hz: float) -> float:
    """The band, between bands too, that a frequency in Hz above 0 lies in."""
    return float(PER_OCTAVE * np.log2(hz / LOWEST))


class Spectrum:
    """Levels and held peaks of one stream.

    Attributes:
        levels, peaks: dB, float32 [BANDS], from FLOOR_DB on.
    """

    def __init__(self) -> None:
        self.levels = np.full(BANDS, FLOOR_DB, np.float32)
        self.peaks = self.levels.copy()
        self._age = np.zeros(BANDS, np.float32)
        self._window = np.hanning(WINDOW + 1)[:-1].astype(np.float32)
        self._scale = 2.0 / float(self._window.sum())
        edges = LOWEST * 2 ** ((np.arange(BANDS + 1) - 0.5) / PER_OCTAVE) / STEP_HZ
        lines = np.ceil(edges).astype(np.intp)
        self._narrow = int(np.argmax(edges[1:] - edges[:-1] >= WIDE))
        self._starts, self._last = lines[self._narrow : -1], int(lines[-1])
        middles = LOWEST * 2 ** (np.arange(self._narrow) / PER_OCTAVE) / STEP_HZ
        self._at = np.rint(middles).astype(np.intp)
        self._away = (middles - self._at).astype(np.float32)

    @property
    def is_still(self) -> bool:
        """There is nothing to be seen, not even a peak on its way down."""
        return bool(self.peaks.max() <= FLOOR_DB)

    def push(self, samples: Floats, passed: float) -> None:
        """Take the newest samples.

        Args:
            samples: mono float32 [at least WINDOW], the newest last.
            passed: s since the last call.
        """
        power = np.fft.rfft(samples[-WINDOW:] * self._window, LINES)
        size = self._scale**2 * (power.real**2 + power.imag**2)
        level = (10 * np.log10(size + 1e-14)).astype(np.float32)
        found = np.concatenate([self._between(level), np.maximum.reduceat(_raised(level)[: self._last], self._starts)])
        self.levels = np.maximum(found, np.float32(FLOOR_DB))
        rising = self.levels >= self.peaks
        self._age = np.where(rising, np.float32(0), self._age + np.float32(passed))
        falling = np.clip(self._age - HOLD_SECONDS, 0.0, passed) * FALL_DB
        self.peaks = np.where(rising, self.levels, np.maximum(self.peaks - falling, self.levels)).astype(np.float32)

    def _between(self, level: Floats) -> Floats:
        """The narrow bands: what a parabola through the three nearest lines has in their middle."""
        before, top, after = level[self._at - 1], level[self._at], level[self._at + 1]
        found = top + self._away * (after - before) / 2 + self._away**2 * (before - 2 * top + after) / 2
        highest = np.maximum(np.maximum(before, after), top) + np.float32(1.0)
        return np.minimum(found, highest).astype(np.float32)


def _raised(level: Floats) -> Floats:
    """Every peak among the lines, dB, raised to what a sine that lies between two lines has."""
    before, top, after = level[:-2], level[1:-1], level[2:]
    places = np.flatnonzero((top > before) & (top >= after) & (top > FLOOR_DB))
    slope, bend = (before - after)[places], (before - 2 * top + after)[places]
    found = level.copy()
    found[places + 1] -= slope**2 / (8 * np.minimum(bend, -1e-6))
    return found

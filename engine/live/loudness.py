"""How loud a patch is: a note of it, played unheard beside what sounds, by ITU-R BS.1770's integrated loudness.

Only playing tells: how loud a model is at a place of its knobs cannot be read off the place, least of all where rows
of the matrix move them. One note of two seconds stands for all; a sound that changes with the key may differ there.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from accel.formats import RATE
from engine.events import Kind, event_array
from engine.library import find_model, open_model
from engine.part import Part
from engine.patch import Patch, read_patch

__all__ = ["integrated_loudness", "patch_loudness"]

NOTE, VELOCITY = 57, 100.0
HELD, LENGTH = 72_000, 96_000
"""Samples: a second and a half, and half a second of its end."""
PIECE = 4096
BLOCK, STEP = 19_200, 4_800
"""Samples of a gating block, 400 ms, and from one to the next."""
SILENT_LUFS, BELOW_LU = -70.0, 10.0
OFFSET = -0.691
"""Of the standard, dB: for it a sine of 1 kHz at full scale in one channel is at -3.01 LUFS."""
_SHELF = ((1.53512485958697, -2.69169618940638, 1.19839281085285), (1.0, -1.69065929318241, 0.73248077421585))
_HIGH_PASS = ((1.0, -2.0, 1.0), (1.0, -1.99004745483398, 0.99007225036621))
"""The two stages of the K weighting at 48 kHz: numerator and denominator, as the standard gives them."""

Floats = NDArray[np.float64]


def integrated_loudness(sound: NDArray[np.float32]) -> float | None:
    """Gated loudness of a sound, float32 [n, 2] at 48 kHz, in LUFS; None: silence, or less than 400 ms."""
    count = (len(sound) - BLOCK) // STEP + 1
    if count < 1:
        return None
    weighted = _weighted(sound.astype(np.float64))
    sums = np.concatenate([[0.0], np.cumsum(np.square(weighted).sum(axis=1))])
    begins = STEP * np.arange(count)
    power = (sums[begins + BLOCK] - sums[begins]) / BLOCK
    power = power[power > _power(SILENT_LUFS)]
    if not len(power):
        return None
    loud = power[power > _power(_lufs(float(power.mean())) - BELOW_LU)]
    return _lufs(float(loud.mean()))


def _weighted(sound: Floats) -> Floats:
    """K weighting, at once for the whole sound; zeros behind it keep its end from coming round to its beginning."""
    size = 1 << (len(sound) + RATE // 4).bit_length()
    turn = np.exp(-2j * np.pi * np.arange(size // 2 + 1) / size)
    response = np.ones_like(turn)
    for above, below in (_SHELF, _HIGH_PASS):
        response *= np.polyval(above[::-1], turn) / np.polyval(below[::-1], turn)
    found: Floats = np.fft.irfft(np.fft.rfft(sound, size, axis=0) * response[:, None], size, axis=0)[: len(sound)]
    return found


def _lufs(power: float) -> float:
    return OFFSET + 10 * math.log10(power)


def _power(lufs: float) -> float:
    return float(10 ** ((lufs - OFFSET) / 10))


def _note(patch: Patch) -> NDArray[np.float32]:
    """The note, float32 [LENGTH, 2]; in pieces, so that other threads of Python's have their turn."""
    part = Part(patch, open_model(find_model(patch.model)), seed=1)
    events = event_array([(0, Kind.NOTE_ON, 0, NOTE, VELOCITY), (HELD, Kind.NOTE_OFF, 0, NOTE, 0.0)])
    out, taken = np.zeros((LENGTH, 2), np.float32), 0
    for begin in range(0, LENGTH, PIECE):
        taken = part.render(events, taken, begin, out[begin : begin + PIECE])
    return out


def patch_loudness(text: str) -> float | None:
    """Loudness of a note of a patch, given as TOML, in LUFS; None: it is silent. Takes a tenth of a second or more.

    Raises:
        SystoleError: the patch or its model cannot be played.
    """
    return integrated_loudness(_note(read_patch(text, "patch")))

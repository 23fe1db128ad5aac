"""Low-frequency oscillators: pure functions of a position in cycles, so that nothing has to tick while idle.

Position = cycles at a reference time + elapsed samples * step. A change of rate or tempo moves the reference
to that moment, which keeps the phase continuous and independent of the block size.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from engine.jit import compiled

__all__ = ["hash32", "lfo_seed", "lfo_value", "unit_random"]

SINE, TRIANGLE, SAW, SQUARE, RANDOM = range(5)


@compiled
def hash32(a: int, b: int) -> Any:
    """32 well-mixed bits of two integers (multiply and shift, in the manner of MurmurHash3's finaliser)."""
    mixed = np.uint64(a) * np.uint64(0x9E3779B97F4A7C15) + np.uint64(b) * np.uint64(0xC2B2AE3D27D4EB4F)
    mixed = (mixed ^ (mixed >> np.uint64(33))) * np.uint64(0xFF51AFD7ED558CCD)
    mixed = (mixed ^ (mixed >> np.uint64(33))) * np.uint64(0xC4CEB9FE1A85EC53)
    return np.int64((mixed ^ (mixed >> np.uint64(33))) & np.uint64(0xFFFFFFFF))


@compiled
def unit_random(a: int, b: int) -> float:
    """A draw from -1..1 that depends only on the two integers."""
    return hash32(a, b) / 2147483648.0 - 1.0


@compiled
def lfo_seed(seed: int, lfo: int, order: int) -> Any:
    """Seed of one LFO's draws: apart for each LFO of each note (`order`: its serial number, 0 = all notes share)."""
    return hash32(hash32(seed, lfo), order)


@compiled
def lfo_value(shape: int, cycles: float, seed: int) -> float:
    """Value -1..1 of a waveform at a position in cycles.

    Sine, triangle and saw begin at 0 and rise; square begins at 1; random holds one draw per cycle.
    """
    whole = math.floor(cycles)
    x = cycles - whole
    if shape == SINE:
        return math.sin(2.0 * math.pi * x)
    if shape == TRIANGLE:
        return 1.0 - 4.0 * abs(((x + 0.25) % 1.0) - 0.5)
    if shape == SAW:
        return 2.0 * ((x + 0.5) % 1.0) - 1.0
    if shape == SQUARE:
        return 1.0 if x < 0.5 else -1.0
    return unit_random(int(whole), seed)

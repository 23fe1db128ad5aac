"""The master limiter: untouched below -3 dBFS, never at full scale, no look-ahead, no latency.

The larger channel's level is followed with an instant rise and an 80 ms fall; the gain is what brings that level
onto a curve that bends smoothly from -3 dBFS towards full scale. Following a level distorts far less than bending
the waveform itself, and both channels share the gain, so that the image stands still. An instant rise is the price
of no latency: a hard hit is rounded, not delayed.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from accel.formats import RATE
from engine.jit import compiled

__all__ = ["CEILING", "THRESHOLD", "limit", "limiter_state"]

THRESHOLD = 10.0 ** (-3.0 / 20.0)
CEILING = 0.999
"""Below full scale even after rounding to 16 bits."""
FALL = math.exp(-1.0 / (0.080 * RATE))


def limiter_state() -> NDArray[np.float64]:
    """Memory of one limiter: the followed level, float64 [1]."""
    return np.zeros(1)


@compiled
def limit(state: Any, mix: Any, count: int) -> None:
    """Limit mix[:count] (float32 [.., 2]) in place; what is not a number becomes silence."""
    level, room = state[0], CEILING - THRESHOLD
    for i in range(count):
        left, right = float(mix[i, 0]), float(mix[i, 1])
        peak = max(abs(left), abs(right))
        if not peak < 1e6:  # NaN, infinity: never to a loudspeaker
            left = right = peak = 0.0
        level = max(peak, level * FALL)
        gain = 1.0
        if level > THRESHOLD:
            beyond = (level - THRESHOLD) / room
            gain = (THRESHOLD + room * beyond / (1.0 + beyond)) / level
        mix[i, 0], mix[i, 1] = left * gain, right * gain
    state[0] = level if level > 1e-9 else 0.0

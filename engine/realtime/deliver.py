"""The last step to the device: its number of channels, and nothing but numbers from -1 to 1."""

from __future__ import annotations

import math
from typing import Any

from engine.jit import compiled

__all__ = ["clear", "deliver"]


@compiled
def _safe(rig: Any, value: float) -> float:
    """A value that a loudspeaker survives."""
    if not abs(value) < math.inf:  # true for what is not a number
        rig.counters[0].nonfinite += 1
        return 0.0
    return min(max(value, -1.0), 1.0)


@compiled
def deliver(rig: Any, stereo: Any, out: Any, channels: int, start: int, count: int) -> None:
    """Write stereo[:count] to frames [start, start + count) of a device.

    Args:
        stereo: float32 [.., 2].
        out: float32 [frames * channels], interleaved. One channel gets the mean of both; of more than two, the first
            two get them and the others are silent.
    """
    for i in range(count):
        left, right = _safe(rig, float(stereo[i, 0])), _safe(rig, float(stereo[i, 1]))
        place = (start + i) * channels
        if channels == 1:
            out[place] = 0.5 * (left + right)
            continue
        out[place], out[place + 1] = left, right
        for other in range(2, channels):
            out[place + other] = 0.0


@compiled
def clear(out: Any, count: int) -> None:
    """Silence: out[:count] of a flat array."""
    for i in range(count):
        out[i] = 0.0

"""Where in the newest samples a trace begins, so that a held sound stands still.

An edge alone is not enough: a chord crosses zero many times in what one would call its period, and not twice in the
same way. So what was shown last is looked for in the new samples, by correlation, and shown there; it is renewed
slowly, so a sound may change. Only where nothing alike is found (another note) the steepest rise begins anew.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["LOOK", "REACH", "Trigger"]

Floats = NDArray[np.float32]

COARSE = 4
"""The search goes over means of so many samples; the place found is then made exact."""
REACH = 512
"""Samples on either side of the place that must look as before: 21 ms in all at 48 kHz."""
LOOK = 4096
"""Samples to search in beyond those shown, 85 ms: a chord of five tempered notes looks alike about so often."""
NEAR = 6
"""Samples around the coarse place where the exact one is looked for."""
ALIKE = 0.6
"""A correlation below this is another sound."""
TIE = 2e-3
"""Correlations that differ by less are equal: then the newest place is taken."""
KEEP = 0.75
"""Share of what was seen before in what is looked for next."""
SILENT = 1e-4
EDGE = 32
"""Half the length, in coarse samples, of the step that finds a rise: 2.7 ms, below which ripples do not count."""


def _coarse(samples: Floats) -> Floats:
    count = len(samples) // COARSE
    means: Floats = samples[: count * COARSE].reshape(count, COARSE).mean(axis=1, dtype=np.float32)
    return means


def _alike(samples: Floats, wanted: Floats) -> Floats:
    """Normalised correlation of `wanted` with every place in `samples` where it fits, -1..1."""
    sums = np.concatenate([[0.0], np.cumsum(np.square(samples, dtype=np.float64))])
    energy = sums[len(wanted) :] - sums[: -len(wanted)]
    scale = np.sqrt(np.maximum(energy, 1e-20) * float(np.dot(wanted, wanted)) + 1e-20)
    found: Floats = (np.correlate(samples, wanted, "valid") / scale).astype(np.float32)
    return found


class Trigger:
    """Finds the place to show in one stream of samples after the other."""

    def __init__(self) -> None:
        self._seen: Floats | None = None

    def reset(self) -> None:
        """Forget what was shown."""
        self._seen = None

    def place(self, samples: Floats, span: int = 0) -> float:
        """The place, in samples from the first, that belongs into the middle of the trace.

        Args:
            samples: mono float32 [n], the newest last; n at least span + 2 * REACH + some to search in.
            span: samples that the trace shows: half of them lie on either side of the place.
        """
        side = max(span // 2 + 1, REACH) + NEAR + COARSE
        room = len(samples) - 2 * side
        if room <= COARSE or float(np.abs(samples).max(initial=0.0)) < SILENT:
            self._seen = None
            return len(samples) / 2
        place = self._again(samples, side, room) if self._seen is not None else None
        if place is None:
            place = self._rise(samples, side, room)
            self._seen = None
        piece = _piece(samples, place)
        self._seen = piece if self._seen is None else KEEP * self._seen + np.float32(1 - KEEP) * piece
        return place

    def _again(self, samples: Floats, side: int, room: int) -> float | None:
        """Where it looks most as it did; None: nowhere."""
        assert self._seen is not None
        searched = samples[side - REACH : side + room + REACH]
        scores = _alike(_coarse(searched), _coarse(self._seen))
        best = float(scores.max())
        if best < ALIKE:
            return None
        at = int(np.flatnonzero(scores >= best - TIE)[-1])
        low, high = max(0, at - 2), min(len(scores), at + 3)
        at = low + int(np.argmax(scores[low:high]))
        return self._exact(samples, side + at * COARSE)

    def _exact(self, samples: Floats, near: int) -> float:
        """The best place around a coarse one, between samples by a parabola through the best three."""
        assert self._seen is not None
        near = min(max(near, REACH + NEAR), len(samples) - REACH - NEAR)
        scores = _alike(samples[near - REACH - NEAR : near + REACH + NEAR], self._seen)
        best = int(np.argmax(scores))
        place = float(near - NEAR + best)
        if 0 < best < len(scores) - 1:
            before, top, after = (float(each) for each in scores[best - 1 : best + 2])
            bend = before - 2 * top + after
            place += 0.5 * (before - after) / bend if bend < 0 else 0.0
        return place

    def _rise(self, samples: Floats, side: int, room: int) -> float:
        """The zero crossing at the steepest rise of the smoothed sound."""
        step = np.concatenate([np.full(EDGE, -1.0, np.float32), np.full(EDGE, 1.0, np.float32)])
        first = side - EDGE * COARSE
        rises = np.correlate(_coarse(samples[first : side + room + EDGE * COARSE]), step, "valid")
        at = side + int(np.argmax(rises)) * COARSE
        low, high = max(side, at - EDGE * COARSE // 2), min(side + room, at + EDGE * COARSE // 2)
        part = samples[low : high + 1] - np.float32(samples.mean())
        crossings = np.flatnonzero((part[:-1] < 0) & (part[1:] >= 0))
        if len(crossings) == 0:
            return float(at)
        index = int(crossings[np.argmin(np.abs(crossings - (at - low)))])
        below, above = float(part[index]), float(part[index + 1])
        return low + index + below / (below - above)


def _piece(samples: Floats, place: float) -> Floats:
    """The samples around a place between two of them, float32 [2 * REACH]."""
    first = int(np.floor(place)) - REACH
    part = place - np.floor(place)
    near = samples[first : first + 2 * REACH + 1]
    found: Floats = ((1 - part) * near[:-1] + part * near[1:]).astype(np.float32)
    return found

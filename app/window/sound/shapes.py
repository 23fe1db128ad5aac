"""Envelopes and LFOs as curves to draw: plain twins of what the engine plays (`engine.envelope`, `engine.lfo`).

The engine's own functions are compiled ones, which the window does not load; a test compares the two. Envelope
segments are exponentials that end after a stated time, so each is known by its ends alone. No Qt here.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = ["DRAWS", "SHAPES", "STAGES", "Envelope", "Floats", "Segment", "lfo_phase", "lfo_points"]

ATTACK_BEYOND, FALL_BEYOND = 0.3, 0.001
SHORTEST = 1e-9
STAGES = ("idle", "attack", "decay", "sustain", "release", "fade")
"""In the order of the engine's numbers."""
SHAPES = ("sine", "triangle", "saw", "square", "random")
DRAWS = (0.42, -0.71, 0.18, 0.88, -0.25, -0.93, 0.61, 0.05)
"""What `random` is drawn as: the draws of a note are known to the engine alone."""
Segment = Literal["attack", "decay", "sustain", "release"]
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Envelope:
    """An envelope's four numbers: s, s, 0..1, s. Decay and release are times of a full-scale fall, as in the table."""

    attack: float
    decay: float
    sustain: float
    release: float

    @property
    def seconds(self) -> tuple[float, float, float]:
        """What attack, decay to the sustain and release from there take."""
        return self.attack, self.decay * _share(1.0, self.sustain), self.release * _share(self.sustain, 0.0)

    def rise(self, part: ArrayLike) -> Floats:
        """Level 0..1 after a part 0..1 of the attack."""
        whole = 1.0 + ATTACK_BEYOND
        return whole * (1.0 - (ATTACK_BEYOND / whole) ** np.asarray(part, np.float64))

    def fall(self, part: ArrayLike) -> Floats:
        """Level after a part 0..1 of the decay."""
        return _fall(part, 1.0, self.sustain)

    def end(self, part: ArrayLike) -> Floats:
        """Level after a part 0..1 of the release."""
        return _fall(part, self.sustain, 0.0)

    def at(self, time: ArrayLike, held: float) -> Floats:
        """Level at times in s after the key, which is held for so many s."""
        times = np.asarray(time, np.float64)
        left = self._held(np.asarray([held]))[0]
        whole = max(SHORTEST, self.release * _share(left, 0.0))
        ending = _fall(np.clip((times - held) / whole, 0.0, 1.0), left, 0.0)
        return np.where(times < held, self._held(times), ending)

    def _held(self, times: Floats) -> Floats:
        """Level while the key is down."""
        attack, decay, _ = self.seconds
        rising = self.rise(np.clip(times / max(SHORTEST, attack), 0.0, 1.0))
        falling = self.fall(np.clip((times - attack) / max(SHORTEST, decay), 0.0, 1.0))
        return np.where(times < attack, rising, falling)

    def part_of(self, segment: Segment, level: float) -> float:
        """The part 0..1 of a segment after which it has a level; the nearest end if it never has."""
        if segment == "sustain":
            return 0.5
        if segment == "attack":
            whole = 1.0 + ATTACK_BEYOND
            reached = min(1.0, max(0.0, level))
            return math.log(1.0 - reached / whole) / math.log(ATTACK_BEYOND / whole)
        high, low = (1.0, self.sustain) if segment == "decay" else (self.sustain, 0.0)
        if high - low < SHORTEST:
            return 1.0
        aim = low - FALL_BEYOND
        reached = min(high, max(low, level))
        return math.log((reached - aim) / (high - aim)) / math.log(FALL_BEYOND / (high - aim))


def _share(high: float, low: float) -> float:
    """Share of a full-scale fall's time that the fall from `high` to `low` takes."""
    return math.log((high - low + FALL_BEYOND) / FALL_BEYOND) / math.log((1.0 + FALL_BEYOND) / FALL_BEYOND)


def _fall(part: ArrayLike, high: float, low: float) -> Floats:
    whole = high - low + FALL_BEYOND
    found: Floats = low - FALL_BEYOND + whole * (FALL_BEYOND / whole) ** np.asarray(part, np.float64)
    return found


def lfo_points(shape: int, cycles: ArrayLike) -> Floats:
    """Values -1..1 of a waveform (its place in `SHAPES`) at positions in cycles."""
    positions = np.asarray(cycles, np.float64)
    x = positions - np.floor(positions)
    if SHAPES[shape] == "sine":
        return np.sin(2 * np.pi * x)
    if SHAPES[shape] == "triangle":
        return 1.0 - 4.0 * np.abs((x + 0.25) % 1.0 - 0.5)
    if SHAPES[shape] == "saw":
        return 2.0 * ((x + 0.5) % 1.0) - 1.0
    if SHAPES[shape] == "square":
        return np.where(x < 0.5, 1.0, -1.0)
    draws: Floats = np.asarray(DRAWS)[np.floor(positions).astype(np.int64) % len(DRAWS)]
    return draws


def lfo_phase(shape: int, value: float, guess: float) -> float:
    """The position 0..1 in its cycle at which a waveform has a value, nearest to a guess.

    Where many positions have it (square, random) the guess is kept as far as it fits.
    """
    value, guess = min(1.0, max(-1.0, value)), guess % 1.0
    name = SHAPES[shape]
    if name == "random":
        return guess
    if name == "square":
        low = 0.0 if value > 0 else 0.5
        return guess if low <= guess < low + 0.5 else min((low, low + 0.499), key=lambda each: _apart(each, guess))
    if name == "saw":
        return (value / 2) % 1.0
    rising = math.asin(value) / (2 * math.pi) if name == "sine" else value / 4
    return min((rising % 1.0, (0.5 - rising) % 1.0), key=lambda each: _apart(each, guess))


def _apart(one: float, other: float) -> float:
    """Distance of two positions in a cycle."""
    return abs((one - other + 0.5) % 1.0 - 0.5)

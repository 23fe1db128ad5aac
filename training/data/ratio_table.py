"""The table of an oscillator's ratio against a knob, measured from a synth's clips (training/data/ratios.py).

Coarse first, in steps of a twentieth of a semitone over the whole range, then around that curve in steps of a cent. The
curve is stiff: it moves only where windows ask for it, so that between two of them it is what a table would draw.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from accel.errors import SystoleError
from accel.oscillator_spec import OscillatorSpec, positions_of
from accel.oscillators import SEGMENT_BITS
from training.data.dataset import Dataset
from training.data.ratios import (
    Lines,
    Windows,
    best_curve,
    off_comb,
    smoothest_knob,
    still_windows,
    votes,
    without_comb,
)

__all__ = ["Curve", "Measured", "left_over", "measure_bank"]

Floats = NDArray[np.float64]
WINDOWS = ((16_384, (0.02, 0.004)), (4096, (0.01, 0.01)))
"""Lengths of windows, and how far note (semitones) and knobs (share of their travel) may move in them."""
COARSE, FINE, REACH = 0.05, 0.01, 0.25
"""Steps of the search in semitones, and how far around the coarse curve the fine one is searched."""
STIFFNESS = 0.3
"""Votes (nats) that a curve must gain per semitone that it moves."""
FEWEST = 20
"""Windows without which nothing is measured."""


@dataclass(frozen=True)
class Curve:
    """Semitones at those ascending positions of a knob (0 the first) for which there are windows."""

    knob: int
    places: Floats
    semitones: Floats

    def table(self, segment_bits: int, stepped: bool) -> OscillatorSpec:
        """As a table with points every 2**segment_bits counts, on lines between what is known, or the nearest of it."""
        places = positions_of(segment_bits)
        points = np.interp(places, self.places, self.semitones)
        if stepped:
            points = self.semitones[np.abs(places[:, None] - self.places).argmin(axis=1)]
        semitones = tuple(np.round(points, 3).tolist())
        return OscillatorSpec(semitones=semitones, knob=self.knob + 1, segment_bits=segment_bits, stepped=stepped)


@dataclass(frozen=True)
class Measured:
    """A bank, and what its oscillators leave of the sound.

    Attributes:
        bank: oscillators with their ratios; no channels are chosen yet.
        left: median share of power off the lines of the first 1, 2, ... oscillators, dB.
        shares: per oscillator after the first, how much of its votes each knob's best curve keeps, 0..1.
        windows: how many windows were measured.
    """

    bank: tuple[OscillatorSpec, ...]
    left: tuple[float, ...]
    shares: tuple[tuple[float, ...], ...]
    windows: int


def measure_bank(
    data: Dataset,
    count: int,
    *,
    lines: Lines | None = None,
    segment_bits: int = SEGMENT_BITS[0],
    stepped: bool = False,
    span: tuple[float, float] = (-26.0, 26.0),
    knob: int | None = None,
) -> Measured:
    """Find the oscillators of a sound one after another, each in what those before it leave.

    Args:
        data: clips, still ones among them.
        count: oscillators, 1..4, the first at the pitch but for a constant tuning.
        lines: where the others have lines; a comb, if not given.
        segment_bits: of the tables, as `OscillatorSpec`.
        stepped: the ratio jumps from one value to the next.
        span: semitones above the pitch that are searched.
        knob: the one that moves the ratios, 0 the first; found, if not given.

    Raises:
        SystoleError: too few windows hold still.
    """
    moving = data.of_parts("moving", "val_moving")  # a still clip's long windows say all that its short ones would
    sets = [still_windows(of, *window) for of, window in zip((data, moving), WINDOWS, strict=True)]
    sets = [each for each in sets if len(each.pitch)]
    total = sum(len(each.pitch) for each in sets)
    if total < FEWEST:
        raise SystoleError(f"{data.name}: {total} windows hold still, needed: {FEWEST} or more")
    tuning = _tuning(sets[0])
    bank = [OscillatorSpec(semitones=(tuning,))]
    rest = [_removed(each, Lines(), np.full(len(each.pitch), tuning)) for each in sets]
    left, shares = [_left(sets, rest)], []
    for _ in range(1, count):
        curve, kept = _next(sets, rest, lines or Lines(), span, knob)
        spec = curve.table(segment_bits, stepped)
        bank.append(spec)
        shares.append(tuple(kept))
        rest = [_removed(each, lines or Lines(), spec.octaves(each.knobs) * 12) for each in rest]
        left.append(_left(sets, rest))
    return Measured(tuple(bank), tuple(left), tuple(shares), total)


def left_over(data: Dataset, bank: Sequence[OscillatorSpec], lines: Lines | None = None) -> tuple[float, ...]:
    """Median share of power, dB, off the lines of the first 1, 2, ... of these oscillators, on still windows of clips.

    Raises:
        SystoleError: no window holds still.
    """
    windows = still_windows(data, *WINDOWS[0])
    if not len(windows.pitch):
        raise SystoleError(f"{data.name}: no window holds still")
    rest, found = windows, []
    for index, each in enumerate(bank):
        of = lines if index and lines else Lines()
        rest = _removed(rest, of, each.octaves(windows.knobs) * 12)
        found.append(_left([windows], [rest]))
    return tuple(found)


def _tuning(windows: Windows) -> float:
    """Semitones of the first oscillator above the pitch: the offset within a quarter tone that most windows like."""
    grid = np.arange(-REACH, REACH + FINE / 2, FINE)
    found = votes(windows, grid, Lines()).sum(axis=0)
    top = int(found.argmax())
    flat = np.flatnonzero(found > found[top] - 1e-3 * abs(found[top]))
    tuning = float(grid[flat].mean())
    return 0.0 if abs(tuning) < FINE else round(tuning, 3)


def _removed(windows: Windows, lines: Lines, semitones: Floats) -> Windows:
    return without_comb(windows, lines, 2 ** (semitones / 12))


def _left(sets: list[Windows], rest: list[Windows]) -> float:
    return float(np.median(np.concatenate([off_comb(*pair) for pair in zip(sets, rest, strict=True)])))


def _next(
    sets: list[Windows], rest: list[Windows], lines: Lines, span: tuple[float, float], knob: int | None
) -> tuple[Curve, list[float]]:
    """The curve that explains most of what is left, and each knob's share of the votes."""
    grid = np.arange(span[0], span[1] + COARSE / 2, COARSE)
    vote = np.concatenate([_weighted(*pair, votes(pair[1], grid, lines)) for pair in zip(sets, rest, strict=True)])
    knobs = np.concatenate([each.knobs for each in rest])
    found, kept = smoothest_knob(vote, knobs, 80, STIFFNESS, COARSE)
    chosen = found if knob is None else knob
    places = positions_of(SEGMENT_BITS[0])
    position = knobs[:, chosen]
    curve = grid[best_curve(vote, position, places, STIFFNESS, COARSE)]
    near = np.arange(-REACH, REACH + FINE / 2, FINE)
    fine = []
    for whole, each in zip(sets, rest, strict=True):
        own = np.interp(each.knobs[:, chosen], places, curve)[:, None] + near
        fine.append(_weighted(whole, each, votes(each, own, lines)))
    curve = curve + near[best_curve(np.concatenate(fine), position, places, STIFFNESS, FINE)]
    known = np.unique(np.abs(position[:, None] - places).argmin(axis=1))
    return Curve(chosen, places[known], curve[known]), kept


def _weighted(windows: Windows, rest: Windows, vote: Floats) -> Floats:
    """Votes by how much of a window is still there, full from a tenth on: leakage of what was removed hardly counts."""
    return vote * np.minimum(1.0, 10 * 10 ** (off_comb(windows, rest) / 10))[:, None]

"""Does a knob act with memory, and how fast? Measured from a synth's clips.

The level of the clips along time is regressed on all controls of the same time: a piecewise-linear curve of the knob
times low powers of the others, in dB, by ridge regression. What the knob's own voltage leaves unexplained and a
follower's output explains is memory. Errors are those of clips that a regression has not seen (six folds), and the
follower with the least is searched for (Nelder and Mead 1965), one release for all levels first. The trade-off: only
what the level shows is found; a knob that moves something else with memory, its level alone, is not.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from accel.errors import SystoleError
from accel.follower_spec import LEVELS, FollowerSpec, followed_knobs
from accel.formats import HOP
from training.data.dataset import Dataset

__all__ = ["Memory", "level_rows", "measure_memory"]

Floats = NDArray[np.float64]
WINDOW = 512
"""Samples of a Hann window in which a level is measured; a memory shorter than that (10.7 ms) is not told from none."""
FLOOR = 1e-7
"""Mean power under which a clip counts as silent: -70 dB."""
PLACES = 14
"""Points of the knob's curve."""
EDGE = WINDOW // HOP
"""Control rows at either end of a clip whose window would not be whole."""
EVERY = 6
"""Rows from one that is judged to the next: neighbours share most of their window."""
RIDGE, FOLDS = 1.0, 6
NODES: Floats = np.array([0.0, 0.25, 0.5, 1.0])
"""Knob positions whose release is searched for; between them its logarithm is interpolated."""
SMOOTH = 0.005
"""What a release that differs by a factor e from the one at the next node costs, dB: a silent level tells nothing."""
FIRST = (0.003, 0.15)
"""Seconds of attack and release that the search begins with."""
FASTEST, SLOWEST = 1e-4, 10.0


@dataclass(frozen=True)
class Memory:
    """What was found for a knob.

    Attributes:
        follower: with the least error.
        errors: root mean square of the level's error in dB, of clips that the regression has not seen, by what stood
            for the knob: nothing, its voltage, a follower of one release, `follower`.
    """

    follower: FollowerSpec
    errors: dict[str, float]


def level_rows(data: Dataset) -> tuple[Floats, NDArray[np.int64]]:
    """Level of every clip around some of its control rows, dB [N, rows], and which rows: [rows]."""
    rows = np.arange(EDGE, data.control.shape[1] - EDGE, EVERY)
    window = np.hanning(WINDOW + 2)[1:-1]
    window /= window.sum()
    at = rows[:, None] * HOP + np.arange(-(WINDOW // 2), WINDOW // 2)
    power = np.stack([(clip.astype(np.float64)[at] ** 2) @ window for clip in data.audio])
    return 10 * np.log10(power + FLOOR), rows


def _features(knob: Floats, others: Floats) -> Floats:
    """[T, features] from the knob's position [T] and the other controls [T, n], scaled to about +-1."""
    place = np.clip(knob, 0, 1) * (PLACES - 1)
    hats = np.maximum(1 - np.abs(place[:, None] - np.arange(PLACES)), 0)
    powers = [np.ones((len(knob), 1)), others, others**2, others**3]
    return np.asarray((hats[:, :, None] * np.concatenate(powers, axis=1)[:, None, :]).reshape(len(knob), -1))


def _others(data: Dataset, knob: int, rows: NDArray[np.int64]) -> Floats:
    """The other controls at these rows, scaled to about +-1: [N, rows, n]."""
    controls = np.delete(data.control[:, rows], 1 + knob, axis=2)
    low, high = controls.min(axis=(0, 1)), controls.max(axis=(0, 1))
    return np.asarray(2 * (controls - low) / np.maximum(high - low, 1e-9) - 1)


def _error(level: Floats, others: Floats, knob: Floats) -> float:
    """Root mean square error in dB of regressions that have each not seen the clips that judge it.

    Args:
        level: [N, rows] dB; others: [N, rows, n].
        knob: what stands for the knob, [N, rows].
    """
    features = _features(knob.ravel(), others.reshape(-1, others.shape[2])).reshape(*level.shape, -1)
    parts = [(features[fold::FOLDS], level[fold::FOLDS]) for fold in range(FOLDS)]
    products = [np.einsum("nrf,nrg->fg", x, x, optimize=True) for x, _ in parts]
    answers = [np.einsum("nrf,nr->f", x, y, optimize=True) for x, y in parts]
    stray = 0.0
    for fold, (x, y) in enumerate(parts):
        learnt = sum(products) - products[fold] + RIDGE * np.eye(len(products[fold]))
        stray += float(np.sum((y - x @ np.linalg.solve(learnt, sum(answers) - answers[fold])) ** 2))
    return float(np.sqrt(stray / level.size))


def measure_memory(data: Dataset, knob: str, *, evaluations: int = 300) -> Memory:
    """Search for the follower of a knob.

    Args:
        data: clips of which some move, six at least.
        knob: its id.
        evaluations: most regressions of a search; a third of them for the first one.

    Raises:
        SystoleError: no such knob, it never moves, or too few clips.
    """
    if knob not in data.knobs:
        raise SystoleError(f"{data.name}: no knob {knob}; there are {', '.join(data.knobs)}")
    at = data.knobs.index(knob)
    voltage = data.control[:, :, 1 + at]
    if float(np.ptp(voltage, axis=1).max(initial=0)) < 0.05:
        raise SystoleError(f"{data.name}: {knob} never moves within a clip, so its memory does not show")
    if len(data) < FOLDS:
        raise SystoleError(f"{data.name}: {len(data)} clips, needed: {FOLDS}")
    level, rows = level_rows(data)
    others = _others(data, at, rows)

    def of(logarithms: Any) -> float:
        spec = replace(_spec(at, logarithms), knob=1)
        return _error(level, others, followed_knobs([spec], voltage[..., None])[:, rows, 0])

    def cost(logarithms: Any) -> float:
        return of(logarithms) + SMOOTH * float(np.sum(np.diff(logarithms[1:]) ** 2))

    one = _search(cost, np.log(FIRST), evaluations // 3)
    best = _search(cost, np.concatenate([one[:1], np.full(len(NODES), one[1])]), evaluations)
    errors = {
        "nothing": _error(level, others, np.zeros(level.shape)),
        "its voltage": _error(level, others, voltage[:, rows]),
        "one release": of(one),
        "a release by level": of(best),
    }
    return Memory(_spec(at, best), errors)


def _spec(knob: int, logarithms: Floats) -> FollowerSpec:
    """A follower from logarithms of seconds: attack, then releases at `NODES`, or one; three digits are kept."""

    def seconds(value: float) -> float:
        return float(f"{np.clip(np.exp(value), FASTEST, SLOWEST):.3g}")

    release = logarithms[1:]
    nodes = np.interp(LEVELS, NODES, release) if len(release) > 1 else release
    return FollowerSpec(knob + 1, seconds(logarithms[0]), tuple(seconds(value) for value in nodes))


def _search(function: Callable[[Any], float], start: Floats, evaluations: int) -> Floats:
    """The minimum that Nelder and Mead's simplex finds."""
    from scipy.optimize import minimize

    simplex = np.vstack([start, start + 0.5 * np.eye(len(start))])
    options = {"maxfev": evaluations, "xatol": 0.01, "fatol": 0.001, "initial_simplex": simplex}
    return np.asarray(minimize(function, start, method="Nelder-Mead", options=options).x)

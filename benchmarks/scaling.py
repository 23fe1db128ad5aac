"""Does cost grow as a straight line, in voices, in layers, in samples? A fit, its worst deviation, and a picture."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from accel.random_program import random_program
from benchmarks.driver import Voices
from benchmarks.measure import Effort
from benchmarks.timing import Say, calm, quiet, times_of
from benchmarks.workloads import Workload, take_of

__all__ = ["AXES", "Fit", "fit_line", "measure_scaling", "plot"]

VOICES = (1, 2, 4, 8, 12, 16, 24, 32)
LAYERS = (3, 6, 9, 12, 18, 24, 30)
SAMPLES = (1, 2, 4, 8, 16, 32)
"""In blocks."""
AXES = ("voices", "layers", "samples")


@dataclass(frozen=True)
class Fit:
    """A straight line through medians.

    Attributes:
        axis: what grows.
        counts, seconds: the points.
        start, slope: seconds = start + slope * count.
        deviation: largest |measured / line - 1|.
    """

    axis: str
    counts: list[int]
    seconds: list[float]
    start: float
    slope: float
    deviation: float


def fit_line(axis: str, counts: Sequence[int], seconds: Sequence[float]) -> Fit:
    """Least squares of relative errors: a point of a microsecond weighs as much as one of a millisecond."""
    x, y = np.array(counts, np.float64), np.array(seconds)
    start, slope = np.linalg.lstsq(np.stack([1 / y, x / y], axis=1), np.ones(len(y)), rcond=None)[0].tolist()
    deviation = float(np.abs(y / (start + slope * x) - 1).max())
    return Fit(axis, list(counts), list(seconds), start, slope, deviation)


def _actions(workload: Workload, block: int, axis: str) -> dict[int, Callable[[], Any]]:
    """Count -> one call of that size."""
    take = take_of(workload)
    if axis == "voices":
        return {count: Voices(workload.program, take, block, count).run for count in VOICES}
    if axis == "samples":
        voices = Voices(workload.program, take, block)
        return {count: functools.partial(voices.run, count) for count in SAMPLES}
    found: dict[int, Callable[[], Any]] = {}
    cycle = workload.shape.dilations
    for count in LAYERS:
        shape = replace(workload.shape, dilations=tuple(cycle[index % len(cycle)] for index in range(count)))
        found[count] = Voices(random_program(np.random.default_rng(count), shape), take, block).run
    return found


def measure_scaling(workload: Workload, block: int, effort: Effort, *, say: Say = quiet) -> list[Fit]:
    """Fits over all axes; the points of an axis are measured in turn, round after round."""
    fits = []
    for axis in AXES:
        actions = _actions(workload, block, axis)
        found: dict[int, list[float]] = {count: [] for count in actions}
        with calm():
            for index in range(effort.rounds):
                say(f"{workload.title}: {axis}, round {index + 1} of {effort.rounds}")
                for count, action in actions.items():
                    action()
                    found[count].append(float(np.median(times_of(action, seconds=effort.turn / 4))))
        fits.append(fit_line(axis, list(found), [float(np.median(each)) for each in found.values()]))
    return fits


def plot(fits: list[Fit], title: str, path: Path) -> None:
    """One panel per axis: points and line."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(10, 3.2), layout="constrained")
    for fit, axes in zip(fits, figure.subplots(1, len(fits)), strict=True):
        counts = np.array(fit.counts)
        axes.plot(counts, (fit.start + fit.slope * counts) * 1e6, color="#888888", linewidth=1)
        axes.plot(counts, np.array(fit.seconds) * 1e6, "o", markersize=4, color="#1f5fa8")
        axes.set(xlabel="blocks in one call" if fit.axis == "samples" else fit.axis, ylabel="µs", xlim=0, ylim=0)
        axes.set_title(f"within {fit.deviation:.1%} of a line", fontsize=9)
    figure.suptitle(title, fontsize=10)
    figure.savefig(path, dpi=110)

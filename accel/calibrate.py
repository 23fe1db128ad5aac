"""What range does each stream of a float network really use? Measured over its whole control space.

Takes are short random walks and corners over pitch and knobs: enough to meet the largest values, short
enough to compile in seconds. The compiler leaves headroom on top, and the hardware saturates beyond that.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from accel.network import Network

__all__ = ["Ranges", "calibrate", "random_controls"]

LOWEST_VOLTS, HIGHEST_VOLTS = -3.0, 3.0
"""MIDI 24..96, the range that the models are trained for."""


@dataclass(frozen=True)
class Ranges:
    """Largest magnitude of each stream.

    Attributes:
        residual, head, hidden: scalars.
        control: one per hidden control layer.
        condition: [layers*2C], per row of the gated passes.
    """

    residual: float
    head: float
    hidden: float
    control: tuple[float, ...]
    condition: NDArray[np.float64]


def random_controls(rng: np.random.Generator, rows: int, knobs: int) -> tuple[NDArray, NDArray]:
    """A take for testing: (volts [rows], knobs [rows, n] in 0..1), half of them held, a third at corners."""
    volts = np.full(rows, rng.uniform(LOWEST_VOLTS, HIGHEST_VOLTS))
    target = rng.uniform(LOWEST_VOLTS, HIGHEST_VOLTS)
    start, end = rng.uniform(0, 1, (2, knobs))
    if rng.random() < 1 / 3:
        start, end = np.rint(start), np.rint(end)
    position = np.linspace(0, 1, rows)[:, None]
    if rng.random() < 0.5:
        return volts, np.repeat(start[None], rows, axis=0)
    return volts + (target - volts) * position[:, 0], start + (end - start) * position


def calibrate(network: Network, *, takes: int = 32, rows: int = 18, seed: int = 1) -> Ranges:
    """Run the float network over its control space and note the largest magnitudes."""
    rng = np.random.default_rng(seed)
    shape = network.architecture
    knobs, layers = len(shape.knobs), network.control_layers
    residual = head = hidden = 0.0
    for _ in range(takes):
        volts, positions = random_controls(rng, rows, knobs)
        noise = rng.uniform(-1, 1, (rows - 1) * shape.hop)
        condition = network.interpolate(network.control_streams(volts, positions)[-1])
        found = network.streams(network.excitation(volts, positions, noise, rng.uniform()), condition)
        residual = max(residual, float(np.abs(found["residual"]).max()))
        head, hidden = max(head, float(found["head"].max())), max(hidden, float(found["hidden"].max()))
    corners = rng.uniform(0, 1, (4096, knobs))
    corners[::3] = np.rint(corners[::3])
    streams = network.control_streams(rng.uniform(LOWEST_VOLTS, HIGHEST_VOLTS, 4096), corners)
    control = tuple(float(np.abs(each).max()) for each in streams[: layers - 1])
    return Ranges(residual, head, hidden, control, np.abs(streams[-1]).max(axis=0))

"""Float networks with random weights of sane size: what the compiler's tests and the profiler run on."""

from __future__ import annotations

import itertools

import numpy as np

from accel.network import SCHEMA, Architecture, Network, expected_shapes
from accel.program import Knob
from accel.random_program import Shape

__all__ = ["random_network"]


def random_network(rng: np.random.Generator, shape: Shape | None = None, *, residual_scale: float = 1.0) -> Network:
    """A network of the given sizes whose streams stay in the range of trained ones."""
    shape = shape or Shape()
    architecture = Architecture(
        schema=SCHEMA,
        name="random",
        title="Random weights",
        channels=shape.channels,
        skip_channels=shape.skip,
        kernel=shape.kernel,
        dilations=shape.dilations,
        harmonics=shape.harmonics,
        sines=shape.sines,
        knobs=tuple(Knob(f"knob{index}", f"Knob {index}") for index in range(shape.knobs)),
        rate=shape.rate,
        hop=shape.hop,
        residual_scale=residual_scale,
    )
    sizes = expected_shapes(architecture)
    widths = [1 + shape.knobs, *shape.hidden, len(shape.dilations) * 2 * shape.channels]
    for index, (cols, rows) in enumerate(itertools.pairwise(widths)):
        sizes[f"control.{index}"] = (rows, cols)
    weights = {}
    for name, size in sizes.items():
        fan_in = int(np.prod(size[1:]))
        weights[f"{name}.weight"] = rng.normal(0, 0.8 / np.sqrt(fan_in), size)
        weights[f"{name}.bias"] = rng.normal(0, 0.1, size[0])
    return Network(architecture, weights)

"""The one registry of workloads: what the benchmarks time is what the tests check.

Weights are random, since time does not depend on them; each float network is compiled, so that the integer
program and the peers' float network are the same network. Sizes are those of our models, of the published
vocoder, and a few that no vector width divides.
"""

from __future__ import annotations

import functools
import itertools
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from accel.calibrate import calibrate, random_controls
from accel.compiler import compile_network
from accel.formats import knob_counts, pitch_word
from accel.network import Network
from accel.program import Program
from accel.random_network import random_network
from accel.random_program import Shape

__all__ = ["FEATURED", "WORKLOADS", "Take", "Workload", "take_of"]

_SEED = 20
_STACK = tuple(2**index for index in range(10))


@dataclass(frozen=True)
class Workload:
    """One network that is timed and tested.

    Attributes:
        name: identifier.
        title: for tables.
        shape: sizes.
        residual_scale: 1, or the paper's sqrt(1/2).
        published: MAC/sample as the literature counts them, if that is not what is computed here.
        note: what a reader of the table must know.
    """

    name: str
    title: str
    shape: Shape
    residual_scale: float = 1.0
    published: float | None = None
    note: str = ""

    @functools.cached_property
    def network(self) -> Network:
        """The float network (random weights, always the same)."""
        return random_network(np.random.default_rng(_SEED), self.shape, residual_scale=self.residual_scale)

    @functools.cached_property
    def program(self) -> Program:
        """The same network, compiled."""
        return compile_network(self.network, ranges=calibrate(self.network, takes=4, rows=4))

    @property
    def layers(self) -> int:
        """Number of gated layers."""
        return len(self.shape.dilations)

    @functools.cached_property
    def macs_per_sample(self) -> float:
        """Multiply-accumulates that a sample needs, from the shape alone; `Program.macs_per_sample` agrees."""
        shape = self.shape
        c, s = shape.channels, shape.skip
        widths = [1 + shape.knobs, *shape.hidden, self.layers * 2 * c]
        control = sum(cols * rows for cols, rows in itertools.pairwise(widths)) / shape.hop
        layer = shape.kernel * c * 2 * c + c * (c + s)
        first = c * (2 * len(shape.harmonics) + 1)
        return first + self.layers * layer - c * c + s * s + s + control


@dataclass(frozen=True)
class Take:
    """Moving controls, in the units of the float network and of the program; rows are `hop` samples apart.

    Attributes:
        volts: float64 [rows]; knobs: float64 [rows, knobs] in 0..1.
        noise: float64 [samples] in [-1, 1), for the float networks.
        pitch: int32 [rows] pitch words; counts: int16 [rows, knobs]; seed: of the LFSR, which gives `noise`.
    """

    volts: NDArray[np.float64]
    knobs: NDArray[np.float64]
    noise: NDArray[np.float64]
    pitch: NDArray[np.int32] = field(repr=False)
    counts: NDArray[np.int16] = field(repr=False)
    seed: int

    @property
    def rows(self) -> int:
        """Rows of controls."""
        return len(self.volts)


@functools.lru_cache(maxsize=8)
def take_of(workload: Workload, rows: int = 33, seed: int = 7) -> Take:
    """A take of `rows` rows for a workload: a glide over the range, every knob moving, the LFSR's own noise."""
    from accel.reference import noise_words

    rng = np.random.default_rng(seed)
    shape = workload.shape
    volts, knobs = random_controls(rng, rows, shape.knobs)
    noise = noise_words((rows - 1) * shape.hop, seed) / 2.0**15
    return Take(volts, knobs, noise, pitch_word(volts), knob_counts(knobs), seed)


_ALL = (
    Workload("a15", "A15", Shape(), note="our default model"),
    Workload("a60", "A60", Shape(channels=32, skip=32), note="our large model"),
    Workload(
        "pwg",
        "PWG v1",
        Shape(
            channels=64,
            skip=64,
            kernel=3,
            dilations=_STACK * 3,
            harmonics=(),
            knobs=80,
            hidden=(),
            hop=256,
            rate=24_000,
        ),
        residual_scale=0.5**0.5,
        published=1.3e6,
        note="the published vocoder; 1.3 M MAC/sample with its conditioning computed per sample, "
        "which ours and the peers compute per frame",
    ),
    Workload("odd5", "C=5 K=3", Shape(channels=5, skip=7, kernel=3, dilations=(1, 3, 9, 27), harmonics=(1, 3))),
    Workload("odd24", "C=24 K=5", Shape(channels=24, skip=24, kernel=5, dilations=(1, 2, 4, 8, 16, 32), knobs=7)),
    Workload("odd17", "C=17 K=4", Shape(channels=17, skip=3, kernel=4, dilations=(1, 5, 25), hop=32, rate=24_000)),
    Workload(
        "one",
        "C=1 K=1",
        Shape(channels=1, skip=1, kernel=1, dilations=(1,), harmonics=(), knobs=0, hidden=()),
    ),
)
WORKLOADS: dict[str, Workload] = {each.name: each for each in _ALL}
"""Name -> workload; the tests run over all of them."""
FEATURED = ("a15", "a60", "pwg")
"""Those that the table shows."""

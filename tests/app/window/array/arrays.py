"""Programs and arrays for tests of the array view."""

from __future__ import annotations

import functools

import numpy as np

from accel.cycles import TARGETS
from accel.hardware.geometry import Geometry
from accel.program import Program
from accel.random_program import Shape, random_program
from app.window.array.occupation import Occupation

SHAPES = {
    "default": Shape(),
    "small": Shape(channels=3, skip=5, kernel=3, dilations=(1, 4), knobs=2, hidden=(7,), harmonics=(1, 2)),
    "wide": Shape(channels=8, skip=12, kernel=2, dilations=(1, 2, 8), hidden=(), knobs=1, hop=32),
}
GEOMETRIES = {
    "small": TARGETS["ecp5-25f"].geometry,
    "large": TARGETS["ecp5-85f"].geometry,
    "odd": Geometry(rows=3, cols=4, lanes=1, wgt_depth=16384, act_depth=8192, stream_depth=4096, skip_depth=4096),
}


@functools.cache
def program(name: str = "default") -> Program:
    return random_program(np.random.default_rng(0), SHAPES[name])


@functools.cache
def occupation(name: str = "default", geometry: str = "small", block: int | None = None) -> Occupation:
    return Occupation(program(name), GEOMETRIES[geometry], block=block)

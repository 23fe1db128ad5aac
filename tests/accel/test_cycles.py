"""The cycle model by itself; tests/rtl hold it to the simulated RTL's own counter."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from accel.cycles import FETCH, TARGETS, WRITTEN, budget, frame_cycles
from accel.errors import SystoleError
from accel.hardware.geometry import Geometry
from accel.random_program import Shape, random_program


def test_the_default_shape_is_busy_and_has_margin() -> None:
    program = random_program(np.random.default_rng(0))
    small, large = budget(program, TARGETS["ecp5-25f"]), budget(program, TARGETS["ecp5-85f"])
    assert small.margin > 2.2
    assert large.margin > small.margin
    assert 0.9 < small.utilisation <= 1
    assert budget(program, TARGETS["ecp5-25f"], clock=2 * small.clock).margin == pytest.approx(2 * small.margin)


def test_the_large_shape_fits_the_large_target() -> None:
    program = random_program(np.random.default_rng(0), Shape(channels=32, skip=32))
    result = budget(program, TARGETS["ecp5-85f"])
    assert result.margin > 2.2
    assert 0.9 < result.utilisation <= 1
    with pytest.raises(SystoleError, match=r"wgt_depth \d+ \(there are \d+\)"):
        budget(program, TARGETS["ecp5-25f"])


def test_a_priming_frame_by_hand() -> None:
    """One control pass of one tile: fetch, one slot to fill, one to compute, one to drain, the writes."""
    shape = Shape(channels=1, skip=1, kernel=1, dilations=(1,), harmonics=(), knobs=0, hidden=())
    program = random_program(np.random.default_rng(0), shape)
    geometry = Geometry(rows=2, cols=4, lanes=1)
    tokens = 2 * 4
    first = FETCH + 1  # the tile is taken
    computed = first + tokens + tokens
    written = computed + tokens - 4 + 4 + WRITTEN
    assert frame_cycles(program, geometry)[0] == 1 + written


def test_smaller_blocks_cost_more() -> None:
    program = random_program(np.random.default_rng(0))
    geometry = dataclasses.replace(TARGETS["ecp5-25f"].geometry, act_depth=8192, stream_depth=512, skip_depth=512)
    cycles = [frame_cycles(program, geometry, block=block)[1] for block in (64, 32, 16, 8)]
    assert cycles == sorted(cycles)
    with pytest.raises(SystoleError, match="block is 4"):
        frame_cycles(program, geometry, block=4)

"""The quick walk through a program's layers is the reference."""

from __future__ import annotations

import numpy as np
import pytest

from accel import reference
from accel.errors import SystoleError
from accel.formats import UNITY
from accel.random_program import Shape, random_program
from accel.streams import layers, output
from accel.verify import random_take


@pytest.mark.parametrize("look_ahead", [False, True])
def test_the_walk_is_the_reference(look_ahead: bool) -> None:
    shape = Shape(
        channels=9, skip=7, kernel=3, hop=16, dilations=(1, 5, 20), harmonics=(1,), knobs=2, look_ahead=look_ahead
    )
    program = random_program(np.random.default_rng(1), shape, spread=100, multiplier=23170)
    take = random_take(np.random.default_rng(2), program, 20, "any")
    walked = list(layers(program, take.pitch, take.knobs, seed=take.seed))
    wanted = reference.skip_sum(program, take.pitch, take.knobs, seed=take.seed)
    np.testing.assert_array_equal(walked[-1].skip, wanted)
    assert [layer.delay for layer in walked] == list(program.delays)
    sound = reference.run(program, take.pitch, take.knobs, seed=take.seed)
    np.testing.assert_array_equal(output(program, walked[-1].skip) * UNITY, sound)
    assert len(np.unique(sound)) > 40


def test_an_unproven_program_is_refused() -> None:
    program = random_program(
        np.random.default_rng(1), Shape(channels=64, kernel=5, dilations=(1,), knobs=1), extreme=True
    )
    with pytest.raises(SystoleError, match="not proven"):
        next(layers(program, np.zeros(2, np.int32), np.zeros((2, 1), np.int16), seed=1))

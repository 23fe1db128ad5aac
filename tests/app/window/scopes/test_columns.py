"""Soft lines cover what they should."""

from __future__ import annotations

import numpy as np
import pytest

from app.window.scopes.columns import ramp, reach_of_trace, soft_columns
from app.window.scopes.raster import Raster


def picture(top: list[float], bottom: list[float], height: int) -> np.ndarray:
    found = np.zeros((height, len(top)), np.uint8)
    places, levels = soft_columns(np.array(top, np.float32), np.array(bottom, np.float32), height)
    found.reshape(-1)[places] = levels
    return found


def test_coverage_is_the_share_of_each_pixel() -> None:
    assert picture([1.0, 0.5, 2.25], [2.0, 2.5, 2.75], 4).T.tolist() == [
        [0, 255, 0, 0],
        [128, 255, 128, 0],
        [0, 0, 128, 0],
    ]


def test_what_lies_outside_is_cut() -> None:
    assert picture([-5, 9, 1], [1, 12, -3], 3).T.tolist() == [[255, 0, 0], [0, 0, 0], [0, 0, 0]]


def test_all_of_a_dense_sound_is_in_its_columns() -> None:
    samples = np.sin(np.arange(4800) * 1.7).astype(np.float32)
    low, high = reach_of_trace(samples, 480.0, 3840.0, 200)
    assert low.shape == high.shape == (200,)
    assert np.all(high > 0.7)
    assert np.all(low < -0.7)


def test_neighbours_touch_so_a_line_has_no_gaps() -> None:
    samples = np.cumsum(np.random.default_rng(2).standard_normal(500)).astype(np.float32)
    low, high = reach_of_trace(samples, 10.3, 77.7, 300)
    assert np.all(low[1:] <= high[:-1] + 1e-6)
    assert np.all(high[1:] >= low[:-1] - 1e-6)


@pytest.mark.parametrize("level", [0, 100, 255])
def test_a_ramp_is_premultiplied(level: int) -> None:
    word = int(ramp(255, 128, 0)[level])
    assert word >> 24 == level
    assert (word >> 16) & 255 == level
    assert (word >> 8) & 255 == pytest.approx(level * 128 / 255, abs=1)
    assert word & 255 == 0


def test_a_dense_picture_is_the_same_as_one_pixel_by_pixel() -> None:
    random = np.random.default_rng(4)
    top = random.uniform(-5, 60, 200).astype(np.float32)
    bottom = (top + random.uniform(0.1, 90, 200)).astype(np.float32)
    raster, colour = Raster(200, 100), ramp(255, 255, 255)
    raster.draw_reach(top, bottom, colour)
    wanted = picture([*top], [*bottom], 100)
    assert np.abs((raster.pixels >> 24).astype(int) - wanted.astype(int)).max() <= 1

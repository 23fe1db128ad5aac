"""Ten seconds in the order in which they were, in any size."""

from __future__ import annotations

import numpy as np
import pytest

from app.window.scopes.spectrogram_view import level_colours
from app.window.scopes.spectrum import BANDS, FLOOR_DB
from app.window.scopes.waterfall import Waterfall
from app.window.theme.colours import PALETTES
from app.window.theme.oklab import from_hex, to_oklab

GREY = np.repeat(np.arange(256, dtype=np.uint8)[:, None], 3, axis=1)


def flat(level: float) -> np.ndarray:
    return np.full(BANDS, level, np.float32)


def in_order(fall: Waterfall) -> list[int]:
    """Blue of the middle row, the oldest first."""
    row = np.roll(fall.pixels[len(fall.pixels) // 2] & 255, -fall.head)
    return [int(each) for each in row]


def test_a_column_for_each_share_of_ten_seconds() -> None:
    fall = Waterfall(100, 50, GREY)
    assert fall.is_empty
    assert fall.push(flat(0), 0.05) == 0
    assert fall.push(flat(0), 0.05) == 1
    assert fall.push(flat(-50), 0.2) == 2
    assert in_order(fall)[-4:] == [0, 255, 127, 127]
    fall.push(flat(FLOOR_DB), 100.0)
    assert fall.is_empty


def test_high_frequencies_are_above() -> None:
    fall, levels = Waterfall(10, BANDS, GREY), flat(FLOOR_DB)
    levels[BANDS - 3] = 0
    fall.push(levels, 1.0)
    assert int(fall.pixels[2, 0] & 255) == 255
    assert int((fall.pixels[:, 0] & 255).sum()) == 255


def test_another_size_shows_the_same_time() -> None:
    fall = Waterfall(100, 50, GREY)
    for level in range(100):
        fall.push(flat(FLOOR_DB + level), 0.1)
    other = fall.resized(50, 80, GREY)
    assert in_order(other) == in_order(fall)[::2]


@pytest.mark.parametrize("name", PALETTES)
def test_louder_is_always_further_from_the_ground(name: str) -> None:
    palette = PALETTES[name]
    lightness = to_oklab(level_colours(palette) / 255)[:, 0]
    steps = np.diff(lightness) * (1 if name == "dark" else -1)
    assert np.all(steps > -0.004)
    assert abs(lightness[0] - float(to_oklab(from_hex(palette.ground))[0])) < 0.01
    assert abs(lightness[-1] - lightness[0]) > 0.6

"""The map as a picture: brightness as lightness, noisiness as hue from teal to amber, dots by their family.

Both scales are even to the eye (Oklab), and stay so far from the colour of what lies upon them that a cursor is seen
everywhere. No Qt here.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from app.window.theme.colours import Palette
from app.window.theme.oklab import from_hex, from_oklab
from app.window.timbre.map_file import Dots, TimbreMap

__all__ = ["dots_image", "family_colours", "field_image", "shade"]

LIGHTNESS = {"dark": (0.22, 0.66), "light": (0.72, 0.95)}
"""From the dullest to the brightest sound."""
CHROMA = {"dark": 0.095, "light": 0.062}
TEAL, AMBER = np.deg2rad(190.0), np.deg2rad(70.0)
QUIET_DB = -45.0
"""Noise so far below the sound is none to the ear."""
FINE = 6
"""Pixels of the picture for each cell; the rest is smoothed by the screen."""
SMALLEST_OCTAVES = 1.0
"""A map that spans less brightness than this is shown with less contrast, so that nothing is made out of nothing."""
DOT = ((0, 0, 255), (1, 0, 150), (-1, 0, 150), (0, 1, 150), (0, -1, 150))
"""Columns, rows and coverage of a dot."""


def shade(bright: NDArray[np.float64], noisy: NDArray[np.float64], palette: Palette) -> NDArray[np.uint8]:
    """Colours of brightness and noisiness, both 0..1: uint8 [..., 3]."""
    low, high = LIGHTNESS[palette.name]
    hue, chroma = TEAL + (AMBER - TEAL) * noisy, CHROMA[palette.name]
    lab = np.stack([low + (high - low) * bright, chroma * np.cos(hue), chroma * np.sin(hue)], axis=-1)
    return np.rint(255 * from_oklab(lab)).astype(np.uint8)


def field_image(found: TimbreMap, palette: Palette) -> NDArray[np.uint8]:
    """The background, uint8 [pixels, pixels, 3], row 0 above (y = 1); what is not rendered yet is the pad's ground."""
    known = np.isfinite(found.brightness) & np.isfinite(found.noisiness)
    octaves = np.log2(np.maximum(np.where(known, found.brightness, 100.0), 20.0))
    inside = octaves[known] if known.any() else octaves
    low, high = float(inside.min()), float(inside.max())
    span = max(high - low, SMALLEST_OCTAVES)
    bright = np.clip((octaves - (low + high - span) / 2) / span, 0.0, 1.0)
    power = np.clip(np.where(known, found.noisiness, 0.0), 10 ** (QUIET_DB / 10), 1.0)
    noisy = 1 - 10 * np.log10(power) / QUIET_DB
    pixels = FINE * len(bright)
    picture = shade(_finer(bright, pixels), _finer(noisy, pixels), palette)
    ground = np.rint(255 * from_hex(palette.ground)).astype(np.uint8)
    picture[_finer(known.astype(np.float64), pixels) < 0.99] = ground
    return np.ascontiguousarray(picture[::-1])


def _finer(cells: NDArray[np.float64], pixels: int) -> NDArray[np.float64]:
    """Linear between cells, whose outer ones lie on the edges."""
    places, at = np.linspace(0, len(cells) - 1, pixels), np.arange(len(cells))
    rows = np.stack([np.interp(places, at, row) for row in cells])
    return np.stack([np.interp(places, at, column) for column in rows.T], axis=1)


def family_colours(count: int, palette: Palette) -> NDArray[np.uint8]:
    """As many hues as there are families, as far apart as can be, equally light: uint8 [count, 3]."""
    lightness = 0.80 if palette.name == "dark" else 0.50
    hue = 2 * np.pi * np.arange(count) / max(1, count) + 0.5
    lab = np.stack([np.full(count, lightness), 0.13 * np.cos(hue), 0.13 * np.sin(hue)], axis=-1)
    return np.rint(255 * from_oklab(lab)).astype(np.uint8)


def dots_image(dots: Dots, width: int, height: int, palette: Palette) -> NDArray[np.uint32]:
    """Thousands of dots as one picture: uint32 [height, width], Qt's premultiplied ARGB32 words."""
    picture = np.zeros((height, width), np.uint32)
    colours = family_colours(len(dots.families), palette)[dots.family].astype(np.uint32)
    columns = np.rint(dots.places[:, 0] * (width - 1)).astype(np.intp)
    rows = np.rint((1 - dots.places[:, 1]) * (height - 1)).astype(np.intp)
    for right, down, cover in reversed(DOT):
        parts = colours * cover // 255
        words = np.uint32(cover << 24) | parts[:, 0] << 16 | parts[:, 1] << 8 | parts[:, 2]
        x, y = columns + right, rows + down
        inside = (x >= 0) & (x < width) & (y >= 0) & (y < height)
        picture[y[inside], x[inside]] = words[inside]
    return picture

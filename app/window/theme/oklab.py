"""Colours mixed as an eye sees them, in Oklab (Ottosson 2020): even steps look even, and nothing turns grey between.

No Qt here; colours are sRGB 0..1.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

__all__ = ["from_hex", "from_oklab", "scale", "to_oklab"]

Floats = NDArray[np.float64]

_TO_CONE = np.array(
    [
        [0.4122214708, 0.5363325363, 0.0514459929],
        [0.2119034982, 0.6806995451, 0.1073969566],
        [0.0883024619, 0.2817188376, 0.6299787005],
    ]
)
_TO_LAB = np.array(
    [
        [0.2104542553, 0.7936177850, -0.0040720468],
        [1.9779984951, -2.4285922050, 0.4505937099],
        [0.0259040371, 0.7827717662, -0.8086757660],
    ]
)
_FROM_LAB, _FROM_CONE = np.linalg.inv(_TO_LAB), np.linalg.inv(_TO_CONE)


def from_hex(colour: str) -> Floats:
    """`#rrggbb` as sRGB, float64 [3]."""
    return np.array([int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)])


def to_oklab(colours: Floats) -> Floats:
    """Lightness 0..1 and the two opponent axes, of sRGB [..., 3]."""
    light = np.where(colours <= 0.04045, colours / 12.92, ((colours + 0.055) / 1.055) ** 2.4)
    found: Floats = np.cbrt(light @ _TO_CONE.T) @ _TO_LAB.T
    return found


def from_oklab(colours: Floats) -> Floats:
    """sRGB [..., 3], cut to 0..1 where a screen cannot show it."""
    light = np.clip((colours @ _FROM_LAB.T) ** 3 @ _FROM_CONE.T, 0.0, 1.0)
    return np.where(light <= 0.0031308, 12.92 * light, 1.055 * light ** (1 / 2.4) - 0.055)


def scale(colours: Sequence[str], steps: int = 256) -> NDArray[np.uint8]:
    """A scale through some colours (`#rrggbb`), evenly spaced: uint8 [steps, 3]."""
    labs = to_oklab(np.array([from_hex(each) for each in colours]))
    places, stops = np.linspace(0, len(labs) - 1, steps), np.arange(len(labs))
    mixed = np.stack([np.interp(places, stops, labs[:, axis]) for axis in range(3)], axis=1)
    return np.rint(255 * from_oklab(mixed)).astype(np.uint8)

"""The last ten seconds of a spectrum as a picture: a ring of columns, so that a frame writes only what is new."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from app.window.scopes.spectrum import BANDS, FLOOR_DB

__all__ = ["SECONDS", "Waterfall"]

SECONDS = 10.0
TOP_DB = 0.0


class Waterfall:
    """Pixels of a spectrogram, the newest column just before `head`.

    Attributes:
        pixels: uint32 [height, width], Qt's ARGB32 words, all opaque; high frequencies above.
        head: column that is written next: the oldest one.

    Args:
        colours: uint8 [256, 3], from silence to full scale.
    """

    def __init__(self, width: int, height: int, colours: NDArray[np.uint8]) -> None:
        self._levels: NDArray[np.uint8] = np.zeros((width, BANDS), np.uint8)
        self._bands = np.rint(np.linspace(BANDS - 1, 0, height)).astype(np.intp)
        self._owed, self.head = 0.0, 0
        self.pixels: NDArray[np.uint32] = np.empty((height, width), np.uint32)
        self.set_colours(colours)

    @property
    def width(self) -> int:
        """Columns."""
        return len(self._levels)

    @property
    def is_empty(self) -> bool:
        """Nothing but silence is to be seen."""
        return not self._levels.any()

    def set_colours(self, colours: NDArray[np.uint8]) -> None:
        """Other colours for all that is shown."""
        parts = colours.astype(np.uint32)
        self._words = 0xFF000000 | (parts[:, 0] << 16) | (parts[:, 1] << 8) | parts[:, 2]
        self.pixels[:] = self._words[self._levels.T[self._bands]]

    def push(self, levels: NDArray[np.float32], passed: float) -> int:
        """Take levels (dB, float32 [BANDS]) that stood for some seconds; columns written."""
        self._owed += passed * self.width / SECONDS
        count = min(int(self._owed), self.width)
        self._owed = min(self._owed - count, 1.0)
        if count:
            column = np.clip(255 * (levels - FLOOR_DB) / (TOP_DB - FLOOR_DB), 0, 255).astype(np.uint8)
            places = (self.head + np.arange(count)) % self.width
            self._levels[places] = column
            self.pixels[:, places] = self._words[column[self._bands]][:, None]
            self.head = (self.head + count) % self.width
        return count

    def resized(self, width: int, height: int, colours: NDArray[np.uint8]) -> Waterfall:
        """The same ten seconds in another size."""
        found = Waterfall(width, height, colours)
        if width and self.width:
            places = (self.head + np.arange(width) * self.width // width) % self.width
            found._levels[:] = self._levels[places]
            found.set_colours(colours)
        return found

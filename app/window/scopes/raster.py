"""A picture whose pixels are a NumPy array: what moves is written there and put on the screen in one go."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF
from PySide6.QtGui import QImage, QPainter

from app.window.scopes.columns import soft_columns

__all__ = ["Raster"]

Floats = NDArray[np.float32]
DENSE = 0.15
"""Where more of the picture than this is covered, what is covered fully is filled by rows."""


class Raster:
    """Width x height pixels of the screen, transparent at first.

    Attributes:
        pixels: uint32 [height, width], Qt's premultiplied ARGB32 words.
    """

    def __init__(self, width: int, height: int, ratio: float = 1.0) -> None:
        self.width, self.height, self.ratio = max(1, width), max(1, height), ratio
        self.pixels: NDArray[np.uint32] = np.zeros((self.height, self.width), np.uint32)
        self._image = QImage(
            self.pixels.data, self.width, self.height, 4 * self.width, QImage.Format.Format_ARGB32_Premultiplied
        )
        self._image.setDevicePixelRatio(ratio)

    def is_for(self, width: int, height: int, ratio: float) -> bool:
        """It has this size, so it need not be made anew."""
        return (self.width, self.height, self.ratio) == (max(1, width), max(1, height), ratio)

    def clear(self) -> None:
        """Transparent again."""
        self.pixels.fill(0)

    def draw_reach(self, top: Floats, bottom: Floats, colour: NDArray[np.uint32]) -> None:
        """Fill what lies between two heights in each column; `colour` is a `columns.ramp`. Covers what was there."""
        if float(np.sum(bottom - top)) > DENSE * self.pixels.size:
            self._fill(np.ceil(top), np.floor(bottom), colour[-1])
            low = np.minimum(np.ceil(top), bottom)
            reaches = [(np.maximum(np.floor(bottom), low), bottom), (top, low)]  # in this order where both are a pixel
        else:
            reaches = [(top, bottom)]
        for upper, lower in reaches:
            places, levels = soft_columns(upper, lower, self.height)
            self.pixels.reshape(-1)[places] = colour[levels]

    def _fill(self, first: Floats, last: Floats, word: np.uint32) -> None:
        """Rows [first, last) of each column."""
        rows = np.arange(self.height, dtype=np.int16)[:, None]
        begin, end = (np.clip(each, 0, self.height).astype(np.int16) for each in (first, last))
        np.copyto(self.pixels, word, where=(rows >= begin) & (rows < end))

    def put(self, painter: QPainter, at: QPointF) -> None:
        """Paint it with its upper left corner there."""
        painter.drawImage(at, self._image)

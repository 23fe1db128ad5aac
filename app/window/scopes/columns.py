"""Lines as columns of pixels: what lies between a lowest and a highest point, with soft edges.

Qt takes 5 ms for an antialiased line of 640 points, and hundreds where it is dense. This takes 0.2 ms and 0.6 ms,
and looks the same for a function of x.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["ramp", "reach_of_trace", "soft_columns"]

Floats = NDArray[np.float32]
FULL = 255


def reach_of_trace(samples: Floats, begin: float, span: float, width: int) -> tuple[Floats, Floats]:
    """The lowest and the highest value in each column of a trace.

    Args:
        samples: float32 [n].
        begin: place of the left edge in samples, between samples too; span: samples over the whole width.
        width: columns.
    """
    each = max(1, int(np.ceil(2 * span / width)))
    places = begin + span / (width * each) * np.arange(width * each + 1)
    values = np.interp(places, np.arange(len(samples)), samples).astype(np.float32)
    inside, after = values[:-1].reshape(width, each), values[each::each]
    return np.minimum(inside.min(axis=1), after), np.maximum(inside.max(axis=1), after)


def soft_columns(top: Floats, bottom: Floats, height: int) -> tuple[NDArray[np.intp], NDArray[np.uint8]]:
    """Pixels that a filled reach in each column touches: their places in a picture [height, width], and how much.

    Args:
        top, bottom: float32 [width], in pixels from the picture's upper edge, top <= bottom.

    Returns:
        Flat places and coverage 1..255.
    """
    width = len(top)
    top, bottom = np.clip(top, 0, height), np.clip(bottom, 0, height)
    first = np.floor(top).astype(np.int32)
    counts = np.maximum(np.ceil(bottom).astype(np.int32) - first, 0)
    ends = np.cumsum(counts)
    columns = np.repeat(np.arange(width, dtype=np.int32), counts)
    rows = np.arange(int(ends[-1]) if width else 0, dtype=np.int32) - np.repeat(ends - counts, counts)
    rows += first[columns]
    cover = np.minimum(rows + 1, bottom[columns]) - np.maximum(rows, top[columns])
    levels = np.rint(FULL * np.clip(cover, 0, 1)).astype(np.uint8)
    return rows.astype(np.intp) * width + columns, levels


def ramp(red: int, green: int, blue: int) -> NDArray[np.uint32]:
    """A colour with coverage 0..255, as Qt's premultiplied ARGB32 words, uint32 [256]."""
    cover = np.arange(FULL + 1, dtype=np.uint32)
    parts = [(cover * part + FULL // 2) // FULL for part in (red, green, blue)]
    words = (cover << 24) | (parts[0] << 16) | (parts[1] << 8) | parts[2]
    return words.astype(np.uint32)

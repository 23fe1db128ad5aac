"""What both scope panels do with a frame: fetch samples once, choose a side, feed the spectrum every second time."""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import NDArray

from app.window.scopes.spectrum import WINDOW, Spectrum

__all__ = ["SIDES", "Side", "SpectrumTurn", "one_side"]

Side = Literal["mix", "left", "right"]
SIDES: dict[Side, str] = {"mix": "L + R", "left": "Left", "right": "Right"}


def one_side(samples: NDArray[np.float32], side: Side) -> NDArray[np.float32]:
    """Mono float32 [n] of stereo [n, 2]: one side, or the mean of both."""
    if side == "mix":
        return np.float32(0.5) * (samples[:, 0] + samples[:, 1])
    return np.ascontiguousarray(samples[:, 0 if side == "left" else 1])


class SpectrumTurn:
    """Decides when a spectrum is due: every second frame, and not while there is nothing to see.

    Attributes:
        spectrum: the one that is kept up to date.
    """

    def __init__(self) -> None:
        self.spectrum = Spectrum()
        self._passed, self._is_turn = 0.0, False

    def next(self, passed: float, *, is_sounding: bool) -> int:
        """Samples that `take` wants in this frame; 0: it is not its turn. `passed`: s since the frame before."""
        self._passed += passed
        self._is_turn = not self._is_turn
        is_idle = not is_sounding and self.spectrum.is_still
        return 0 if is_idle or not self._is_turn else WINDOW

    def take(self, samples: NDArray[np.float32]) -> float:
        """Update the spectrum; seconds since the last time."""
        passed, self._passed = self._passed, 0.0
        self.spectrum.push(samples, passed)
        return passed

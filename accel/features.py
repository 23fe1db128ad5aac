"""What an imported vocoder hears: mel frames to rows of control voltages, by the network's own upsampler.

Parallel WaveGAN widens its features to the sample rate and lets every layer take them through a 1x1 convolution
(Yamamoto et al. 2020, section 3.1). Both are linear and the upsampler treats all bands alike, so they commute: here the
host upsamples 80 bands, keeps one row in `hop` samples, and the program's control network is all the layers' 1x1 at
once, its outputs joined by straight lines. The trade-off: those lines are not quite the upsampler's curve between rows;
`systole import` measures what that costs.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from accel.errors import SystoleError

__all__ = ["Features"]

Floats = NDArray[np.float64]
_PREFIX = "features."
LONGEST = 1 << 16
"""Frames of a take, which is widened as a whole; some thirteen minutes."""


@dataclass(frozen=True, eq=False)
class Features:
    """How frames of B bands become knob positions; float32 arrays, as a model file stores them.

    Attributes:
        mean, scale: [B], what is subtracted from the bands, then divided by.
        first: [B, B, K] convolution over K frames, over the frame and those around it (causal: before it).
        filters: of each stage of the upsampler, 2 * factor + 1 taps; a stage repeats its input `factor` times first.
        span: [B], the upsampled value at knob position 1; -span is at 0.
        causal: whether no stage hears what comes after.
    """

    mean: NDArray[np.float32]
    scale: NDArray[np.float32]
    first: NDArray[np.float32]
    filters: tuple[NDArray[np.float32], ...]
    span: NDArray[np.float32]
    causal: bool

    @property
    def bands(self) -> int:
        """Values in a frame."""
        return len(self.mean)

    @cached_property
    def frame(self) -> int:
        """Samples of a frame."""
        return int(np.prod([(len(taps) - 1) // 2 for taps in self.filters]))

    @property
    def context(self) -> int:
        """Frames on either side that the first convolution hears (causal: before)."""
        return (self.first.shape[2] - 1) // (1 if self.causal else 2)

    def check(self, frames: NDArray[Any], where: str) -> Floats:
        """Frames [N, B] as float64.

        Raises:
            SystoleError: wrong type, width or length, or a value that is not finite.
        """
        if frames.ndim != 2 or frames.dtype.kind not in "fiu" or frames.shape[1] != self.bands:
            found = f"{frames.dtype} {list(frames.shape)}"
            raise SystoleError(f"{where}: features are {found}, needed: float [frames, {self.bands}]")
        if not 1 <= len(frames) <= LONGEST:
            raise SystoleError(f"{where}: {len(frames)} frames, allowed: 1 to {LONGEST}")
        bad = np.flatnonzero(~np.isfinite(frames).all(axis=1))
        if len(bad):
            raise SystoleError(f"{where}: frame {bad[0]} holds a value that is not finite")
        return frames.astype(np.float64)

    def encoded(self, frames: Floats) -> Floats:
        """Normalised and through the first convolution, the ends repeated: [N, B] -> [N, B]."""
        normal = (frames - self.mean) / self.scale
        padded = np.pad(normal, ((self.context, self.context), (0, 0)), mode="edge")
        taps = range(self.first.shape[2])
        return np.sum([padded[tap:][: len(frames)] @ self.first[:, :, tap].T for tap in taps], axis=0)

    def upsampled(self, frames: Floats, every: int = 1) -> Floats:
        """Bands at the sample rate, [N, B] -> [N * frame, B], or of those the rows 0, `every`, 2 * `every`, ..."""
        columns = [self._stretch(band)[::every].copy() for band in self.encoded(frames).T]
        return np.stack(columns, axis=1)

    def _stretch(self, band: Floats) -> Floats:
        """One band through all stages: repeat, then filter; zeros beyond the ends."""
        for taps in self.filters:
            factor = (len(taps) - 1) // 2
            ends = (2 * factor, 0) if self.causal else (factor, factor)
            band = np.correlate(np.pad(np.repeat(band, factor), ends), taps.astype(np.float64), "valid")
        return band

    def positions(self, frames: Floats, hop: int, late: int) -> Floats:
        """Knob positions, row k at sample k * hop: [N, B] -> [rows, B] in 0..1.

        Args:
            frames: as `check` returns them.
            hop: samples of a row.
            late: samples to go on after the end, for a model that looks ahead; the last row is held.
        """
        rows = 1 + -(-(len(frames) * self.frame + late) // hop)
        found = self.upsampled(frames, hop)
        position = 0.5 + found / (2 * self.span.astype(np.float64))
        return np.clip(np.pad(position, ((0, rows - len(found)), (0, 0)), mode="edge"), 0.0, 1.0)

    # --- storage --------------------------------------------------------------------------------------
    def tensors(self) -> dict[str, NDArray[Any]]:
        """As a model file stores them."""
        parts: dict[str, NDArray[Any]] = {name: getattr(self, name) for name in ("mean", "scale", "first", "span")}
        parts |= {f"filter{index}": taps for index, taps in enumerate(self.filters)}
        return {_PREFIX + name: part for name, part in parts.items()} | {
            _PREFIX + "causal": np.array([self.causal], np.uint8)
        }

    @classmethod
    def of_tensors(cls, tensors: dict[str, NDArray[Any]], where: str) -> Features | None:
        """Take the features out of a file's tensors; None if there are none.

        Raises:
            SystoleError: one is missing, of another type or shape, or not finite.
        """
        own = {name.removeprefix(_PREFIX): tensors.pop(name) for name in list(tensors) if name.startswith(_PREFIX)}
        if not own:
            return None
        count = sum(name.startswith("filter") for name in own)
        names = {"mean", "scale", "first", "span", "causal", *(f"filter{index}" for index in range(count))}
        if set(own) != names:
            raise SystoleError(f"{where}: feature tensors are {sorted(own)}, needed: {sorted(names)}")
        filters = tuple(own[f"filter{index}"] for index in range(count))
        causal = bool(own["causal"].any())
        found = cls(own["mean"], own["scale"], own["first"], filters, own["span"], causal)
        found._validate(where)
        return found

    def _validate(self, where: str) -> None:
        parts = (self.mean, self.scale, self.first, self.span, *self.filters)
        good = all(part.dtype == np.float32 and np.isfinite(part).all() for part in parts)
        bands = len(self.mean)
        good = good and all(part.shape == (bands,) for part in (self.mean, self.scale, self.span))
        good = good and self.first.ndim == 3 and self.first.shape[:2] == (bands, bands) and 1 <= bands <= 128
        good = good and 1 <= self.first.shape[2] <= 64 and (self.causal or self.first.shape[2] % 2 == 1)
        good = good and 1 <= len(self.filters) <= 8 and all(taps.ndim == 1 for taps in self.filters)
        good = good and all(3 <= len(taps) <= 129 and len(taps) % 2 == 1 for taps in self.filters)
        if not (good and (self.scale > 0).all() and (self.span > 0).all() and self.frame <= 1 << 16):
            raise SystoleError(f"{where}: the feature tensors do not fit together or are not finite")

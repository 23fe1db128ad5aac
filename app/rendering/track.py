"""One output file of a render: takes blocks of any length, converts the rate, writes a WAV.

Blocks are gathered into chunks of a fixed length first: a render in blocks of one sample then costs no more
here than one in thousands, and the bytes cannot depend on the block length.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.wav import WavWriter

__all__ = ["Track"]

_CHUNK = 8192


class Track:
    """Feeds a WavWriter.

    Rate conversion is soxr's VHQ recipe, streaming: linear phase, its delay taken out, and round(n *
    rate_out / rate_in) samples for n; at the native rate samples pass untouched.
    """

    def __init__(self, writer: WavWriter, *, channels: int, rate_in: int, rate_out: int, dtype: type) -> None:
        self._writer = writer
        self._chunk: NDArray[Any] = np.zeros((_CHUNK, channels), dtype)
        self._filled = 0
        self._peak = 0.0
        self._resampler: Any = None
        if rate_in != rate_out:
            import soxr

            self._resampler = soxr.ResampleStream(rate_in, rate_out, channels, dtype="float32", quality="VHQ")

    @property
    def frames(self) -> int:
        """Frames written so far."""
        return self._writer.frames

    @property
    def peak(self) -> float:
        """Largest magnitude written so far; full scale is 1."""
        return self._peak

    def add(self, block: NDArray[Any]) -> None:
        """Append `block` ([n, channels], or [n] for one channel)."""
        if block.ndim == 1:
            block = block[:, None]
        start = 0
        while start < len(block):
            count = min(len(block) - start, _CHUNK - self._filled)
            self._chunk[self._filled : self._filled + count] = block[start : start + count]
            self._filled += count
            start += count
            if self._filled == _CHUNK:
                self._flush(last=False)

    def finish(self) -> None:
        """Write what is held back and complete the file."""
        self._flush(last=True)
        self._writer.finish()

    def _flush(self, *, last: bool) -> None:
        frames = self._chunk[: self._filled]
        self._filled = 0
        if self._resampler is not None:
            frames = self._resampler.resample_chunk(_as_float(frames), last=last)
        if len(frames):
            self._peak = max(self._peak, float(np.abs(_as_float(frames)).max()))
            self._writer.write(frames)


def _as_float(frames: NDArray[Any]) -> NDArray[np.float32]:
    if frames.dtype == np.int16:
        return frames.astype(np.float32) * np.float32(1 / 32768)
    return frames.astype(np.float32, copy=False)

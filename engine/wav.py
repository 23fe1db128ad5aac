"""WAV files written front to back: to a file, whose sizes are filled in at the end, or to a pipe.

Written here, not by libsndfile, for two reasons: libsndfile cannot write to a pipe, and it stamps the time
into float files, so that two equal renders would differ. Format: Microsoft/IBM RIFF WAVE; PCM (tag 1) and
IEEE float (tag 3).
"""

from __future__ import annotations

import struct
from enum import Enum
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from accel.errors import SystoleError

__all__ = ["SampleFormat", "Sink", "WavWriter", "encode"]

_UNKNOWN = 0x7FFFF000
"""The size of what has no end yet, by sox's convention; readers that take it literally stop after 2 GiB."""
_LIMIT = 0xFFFFFFFF - 256  # a RIFF's sizes are 32 bits


class Sink(Protocol):
    """Takes the bytes: a file or a pipe, whose owner opens it and says what went wrong with it."""

    def write(self, data: bytes) -> None:
        """Write all of `data`."""

    def rewind(self) -> None:
        """Go back to the first byte; asked of a file only."""

    def flush(self) -> None:
        """Hand everything to the system."""


class SampleFormat(Enum):
    """How a sample is stored."""

    PCM16 = "pcm16"
    PCM24 = "pcm24"
    FLOAT = "float"

    @property
    def width(self) -> int:
        """Bytes per sample."""
        return {"pcm16": 2, "pcm24": 3, "float": 4}[self.value]


def encode(frames: NDArray[Any], sample_format: SampleFormat) -> bytes:
    """Little-endian bytes of `frames` (int16, or float32 with full scale +-1), in the order they lie.

    int16 goes to every format exactly. Floats are rounded to nearest and clipped, without dither: the
    voices are 16-bit signals themselves, silence stays digital silence, and equal renders stay equal.
    """
    if sample_format is SampleFormat.FLOAT:
        if frames.dtype == np.int16:
            frames = frames.astype(np.float32) * np.float32(1 / 32768)
        return frames.astype("<f4").tobytes()
    if sample_format is SampleFormat.PCM16:
        return (frames if frames.dtype == np.int16 else _quantise(frames, 16)).astype("<i2").tobytes()
    wide = frames.astype(np.int32) << 8 if frames.dtype == np.int16 else _quantise(frames, 24)
    lanes = np.ascontiguousarray(wide, "<i4").reshape(-1, 1).view(np.uint8)
    return lanes[:, :3].tobytes()


def _quantise(frames: NDArray[Any], bits: int) -> NDArray[np.int32]:
    full = 1 << (bits - 1)
    return np.clip(np.rint(frames.astype(np.float64) * full), -full, full - 1).astype(np.int32)


class WavWriter:
    """Writes one WAV to a sink; call `finish` at the end.

    Args:
        sink: takes the bytes.
        rate: sample rate in Hz.
        channels: interleaved channels.
        sample_format: how samples are stored.
        seekable: whether the sizes can be filled in at the end; False for a pipe.
    """

    def __init__(self, sink: Sink, *, rate: int, channels: int, sample_format: SampleFormat, seekable: bool) -> None:
        self._sink = sink
        self._rate = rate
        self._channels = channels
        self._format = sample_format
        self._seekable = seekable
        self._bytes = 0
        sink.write(self._header(_UNKNOWN))

    @property
    def frames(self) -> int:
        """Frames written so far."""
        return self._bytes // (self._channels * self._format.width)

    def write(self, frames: NDArray[Any]) -> None:
        """Append `frames` ([n, channels], int16 or float32).

        Raises:
            SystoleError: the file would outgrow what a WAV can hold (4 GiB).
        """
        data = encode(frames, self._format)
        if self._seekable and self._bytes + len(data) > _LIMIT:
            raise SystoleError("longer than a WAV file can hold (4 GiB): use a smaller format or rate, or a pipe")
        self._sink.write(data)
        self._bytes += len(data)

    def finish(self) -> None:
        """Pad to an even size and, where possible, fill in the sizes; flush."""
        if self._bytes % 2:
            self._sink.write(b"\0")
        if self._seekable:
            self._sink.rewind()
            self._sink.write(self._header(self._bytes))
        self._sink.flush()

    def _header(self, data_bytes: int) -> bytes:
        frame = self._channels * self._format.width
        is_float = self._format is SampleFormat.FLOAT
        layout = struct.pack(
            "<HHIIHH",
            3 if is_float else 1,
            self._channels,
            self._rate,
            self._rate * frame,
            frame,
            8 * self._format.width,
        )
        chunks = _chunk(b"fmt ", layout + b"\0\0" if is_float else layout)
        if is_float:  # the standard asks for a count of frames in anything that is not PCM
            chunks += _chunk(b"fact", struct.pack("<I", data_bytes // frame))
        size = 4 + len(chunks) + 8 + data_bytes + data_bytes % 2
        return b"RIFF" + struct.pack("<I", size) + b"WAVE" + chunks + b"data" + struct.pack("<I", data_bytes)


def _chunk(name: bytes, payload: bytes) -> bytes:
    return name + struct.pack("<I", len(payload)) + payload

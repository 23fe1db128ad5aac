"""A sound device as a test needs it: calls the callback through C, as PortAudio does."""

from __future__ import annotations

import ctypes
from typing import Any

import numpy as np

from engine.realtime.callback import audio_address, finished_address
from engine.realtime.link import Link

AUDIO = ctypes.CFUNCTYPE(
    ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_uint64, ctypes.c_void_p, ctypes.c_uint64, ctypes.c_void_p
)
FINISHED = ctypes.CFUNCTYPE(None, ctypes.c_void_p)


class Device:
    """One stream; `link` as for `Link`."""

    def __init__(self, rig: Any, **link: Any) -> None:
        self.inputs, self.outputs = link.get("inputs", 0), link.get("outputs", 2)
        self.link = Link(rig, **link)
        self._audio, self._finished = AUDIO(audio_address()), FINISHED(finished_address())

    def call(self, frames: int, inputs: np.ndarray | None = None, *, flags: int = 0, high: int = 0) -> np.ndarray:
        """One callback; float32 [frames, outputs]. `high`: what stands above 32 bits in frames and flags."""
        guard = np.full(frames * self.outputs + 32, 7.0, np.float32)
        source = None if inputs is None else np.ascontiguousarray(inputs, np.float32)
        address = 0 if source is None else source.ctypes.data
        result = self._audio(
            address, guard[16:].ctypes.data, frames | high << 32, 0, flags | high << 32, self.link.address
        )
        assert result == 0
        assert (guard[:16] == 7).all() and (guard[-16:] == 7).all()  # nothing is written beyond the buffer
        return guard[16:-16].reshape(frames, self.outputs).copy()

    def finish(self) -> None:
        self._finished(self.link.address)

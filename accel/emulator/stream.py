"""A take that is played on and on: all arrays are handed over once, each further call is two integers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from accel.emulator.fast_pack import FastProgram
from accel.emulator.handle import WORDS, step
from accel.emulator.kernels import voice_control, voice_render
from accel.emulator.pack import PackedProgram, VoiceStates
from accel.emulator.registers import REGISTER_AT

__all__ = ["Stream"]

RAMP = REGISTER_AT["ramp"]


class Stream:
    """Voices `voice`, `voice` + 1, ... play a take into `out`, which is filled again and again.

    The arrays stay alive as long as the stream, which is the only one that knows their addresses; who keeps a
    view of `out` reads what was written last. Made by `Emulator.stream`, which checks the arguments.

    Args:
        pitch: int32 [rows]; knobs: int16 [rows, knobs]; row 0 was given when the voices were reset.
        out: int16 [voices, samples], C order.
        hop: samples of a control frame.
        loop: after the last row comes row 1 again; else the stream ends there.
    """

    def __init__(
        self,
        packed: PackedProgram,
        states: VoiceStates,
        voice: int,
        pitch: NDArray[np.int32],
        knobs: NDArray[np.int16],
        out: NDArray[np.int16],
        *,
        hop: int,
        loop: bool,
    ) -> None:
        self.out = out
        self._packed, self._states, self._pitch, self._knobs = packed, states, pitch, knobs
        self._voice, self._hop, self._row, self._at = voice, hop, 1, 0
        self._left = -1 if loop else (len(pitch) - 1) * hop
        self._advance: Callable[[int, int], Any] = self._advance_exact
        self._address = 0
        if isinstance(packed, FastProgram):
            self._words = self._fill(states)
            self._advance, self._address = step, int(self._words.ctypes.data)

    def _fill(self, states: Any) -> NDArray[np.int64]:
        values = {
            "state": states.handle.ctypes.data,
            "voice": self._voice,
            "voices": self.out.shape[0],
            "pitch": self._pitch.ctypes.data,
            "knobs": self._knobs.ctypes.data,
            "row": 1,
            "rows": len(self._pitch),
            "out": self.out.ctypes.data,
            "stride": self.out.strides[0],
            "size": self.out.shape[1],
            "at": 0,
        }
        return np.array([values[name] for name in WORDS], np.int64)

    def __reduce__(self) -> Any:
        raise TypeError("a stream holds addresses: make a new one instead of copying")

    def step(self, samples: int) -> None:
        """Play the next `samples` samples into `out`, from where the last call stopped.

        Raises:
            ValueError: less than one sample, or more than the take has left.
        """
        if samples < 1:
            raise ValueError(f"{samples} samples, allowed: 1 or more")
        if self._left >= 0:
            if samples > self._left:
                raise ValueError(f"{samples} samples, {self._left} are left of the take")
            self._left -= samples
        self._advance(self._address, samples)

    def _advance_exact(self, _: int, samples: int) -> None:
        """The same for the exact form, which is too slow for the cost of a call to matter."""
        registers, size = self._states.registers, self.out.shape[1]
        voices = range(self._voice, self._voice + self.out.shape[0])
        while samples > 0:
            if registers[self._voice, RAMP] >= self._hop:
                for voice in voices:
                    pitch, knobs = int(self._pitch[self._row]), self._knobs[self._row]
                    voice_control(self._packed, self._states, voice, pitch, knobs)
                self._row = self._row + 1 if self._row + 1 < len(self._pitch) else 1
            part = min(samples, size - self._at, self._hop - int(registers[self._voice, RAMP]))
            for voice, out in zip(voices, self.out, strict=True):
                voice_render(self._packed, self._states, voice, part, out, self._at)
            self._at = (self._at + part) % size
            samples -= part

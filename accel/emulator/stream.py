"""The emulator as Python code calls it: N voices of one program, controls by rows, blocks of any length."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from accel.emulator.kernels import voice_control, voice_render, voice_reset
from accel.emulator.pack import allocate, pack
from accel.emulator.registers import REGISTER_AT
from accel.program import Program
from accel.reference import DEFAULT_SEED

__all__ = ["Emulator"]


class Emulator:
    """Voices that render takes (rows of controls) in blocks; the same bits as `reference.run` of each take."""

    def __init__(self, program: Program, voices: int = 1, form: str | None = None) -> None:
        self.program = program
        self.packed = pack(program, form)
        self.states = allocate(self.packed, voices)

    def reset(
        self, voice: int, pitch: int, knobs: NDArray[np.int16], *, seed: int = DEFAULT_SEED, phase: int = 0
    ) -> None:
        """Start a take: histories zero, controls at row 0.

        Raises:
            ValueError: the seed is 0, where the LFSR would stand still.
        """
        if seed & 0xFFFFFFFF == 0:
            raise ValueError("seed is 0 modulo 2**32")
        counts = self._checked(voice, knobs)
        voice_reset(self.packed, self.states, voice, seed, phase)
        voice_control(self.packed, self.states, voice, int(pitch), counts)
        self.states.registers[voice, REGISTER_AT["ramp"]] = self.program.hop

    def frame(self, voice: int, pitch: int, knobs: NDArray[np.int16]) -> None:
        """Give the next row of controls, at a frame boundary."""
        voice_control(self.packed, self.states, voice, int(pitch), self._checked(voice, knobs))

    def _checked(self, voice: int, knobs: NDArray[np.int16]) -> NDArray[np.int16]:
        """The knobs as the kernels read them; kernels themselves check nothing."""
        voices, wanted = len(self.states.registers), len(self.program.knobs)
        if not 0 <= voice < voices:
            raise IndexError(f"voice {voice}, allowed: 0..{voices - 1}")
        counts = np.ascontiguousarray(knobs)
        if counts.shape != (wanted,) or counts.dtype != np.int16:
            raise ValueError(f"knobs are {counts.dtype} {counts.shape}, needed: int16 ({wanted},)")
        return counts

    def left_in_frame(self, voice: int) -> int:
        """Samples until the next row is due."""
        return self.program.hop - int(self.states.registers[voice, REGISTER_AT["ramp"]])

    def render(self, voice: int, out: NDArray[np.int16], start: int, count: int) -> None:
        """Render inside the current frame into out[start : start + count].

        Raises:
            ValueError: `count` is more than `left_in_frame`, or `out` does not hold it.
        """
        if out.dtype != np.int16 or out.ndim != 1 or not out.flags.c_contiguous:
            raise ValueError("out must be a contiguous one-dimensional int16 array")
        if not 0 <= start <= start + count <= len(out):
            raise ValueError(f"samples {start}..{start + count} of an array of {len(out)}")
        if not 0 < count <= self.left_in_frame(voice):
            raise ValueError(f"count {count}, {self.left_in_frame(voice)} samples left in the frame")
        voice_render(self.packed, self.states, voice, count, out, start)

    def block(
        self, voice: int, pitch: NDArray[np.int32], knobs: NDArray[np.int16], row: int, out: NDArray[np.int16]
    ) -> int:
        """Fill `out` from a take whose next row is `row`; returns the row that is due then."""
        done = 0
        while done < len(out):
            if self.left_in_frame(voice) == 0:
                self.frame(voice, int(pitch[row]), knobs[row])
                row += 1
            count = min(len(out) - done, self.left_in_frame(voice))
            self.render(voice, out, done, count)
            done += count
        return row

    def run(
        self,
        pitch: NDArray[np.int32],
        knobs: NDArray[np.int16],
        *,
        seed: int = DEFAULT_SEED,
        phase: int = 0,
        voice: int = 0,
    ) -> NDArray[np.int16]:
        """Render a whole take from reset: pitch words [N], knob counts [N, knobs] -> int16 [(N-1)*hop]."""
        out = np.zeros((len(pitch) - 1) * self.program.hop, np.int16)
        self.reset(voice, int(pitch[0]), knobs[0], seed=seed, phase=phase)
        self.block(voice, pitch, knobs, 1, out)
        return out

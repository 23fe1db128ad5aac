"""The emulator as Python code calls it: N voices of one program that play takes (rows of controls)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from accel.emulator.kernels import voice_control, voice_reset
from accel.emulator.pack import allocate, pack
from accel.emulator.registers import REGISTER_AT
from accel.emulator.stream import Stream
from accel.program import Program
from accel.reference import DEFAULT_SEED

__all__ = ["Emulator"]


class Emulator:
    """Voices of a program; the same bits as `reference.run` of each take, in blocks of any length.

    The voices share scratch memory: one thread at a time.
    """

    def __init__(self, program: Program, voices: int = 1, form: str | None = None) -> None:
        self.program = program
        self.packed = pack(program, form)
        self.states = allocate(self.packed, voices)

    def reset(
        self, voice: int, pitch: int, knobs: NDArray[np.int16], *, seed: int = DEFAULT_SEED, phase: int = 0
    ) -> None:
        """Start a take: histories zero, controls at row 0.

        Raises:
            ValueError: the seed is 0, where the LFSR would stand still, or the knobs are not int16 [knobs].
            IndexError: there is no such voice.
        """
        if seed & 0xFFFFFFFF == 0:
            raise ValueError("seed is 0 modulo 2**32")
        self._check_voices(voice, 1)
        counts = self._rows(knobs, 1)
        voice_reset(self.packed, self.states, voice, seed, phase)
        voice_control(self.packed, self.states, voice, int(pitch), counts)
        self.states.registers[voice, REGISTER_AT["ramp"]] = self.program.hop

    def stream(
        self,
        pitch: NDArray[np.int32],
        knobs: NDArray[np.int16],
        out: NDArray[np.int16],
        *,
        voice: int = 0,
        loop: bool = False,
    ) -> Stream:
        """Play a take whose row 0 `reset` was given.

        Args:
            pitch: pitch words [rows], at least 2; knobs: counts int16 [rows, knobs].
            out: C-ordered int16 [samples] for one voice, or [voices, samples] for `voice` and those after it, which
                all play this take.
            loop: after the last row comes row 1 again.

        Raises:
            ValueError: an array has another type, shape or order.
            IndexError: there are no such voices.
        """
        if out.dtype != np.int16 or out.ndim not in (1, 2) or not out.flags.c_contiguous or not out.flags.writeable:
            raise ValueError("out must be a writeable C-ordered int16 array, [samples] or [voices, samples]")
        if out.size == 0:
            raise ValueError("out is empty")
        lines = out.reshape(-1, out.shape[-1])
        self._check_voices(voice, len(lines))
        words = np.ascontiguousarray(pitch, np.int32)
        if words.ndim != 1 or len(words) < 2:
            raise ValueError(f"pitch has shape {words.shape}, needed: [rows], at least 2")
        counts = self._rows(knobs, len(words))
        return Stream(self.packed, self.states, voice, words, counts, lines, hop=self.program.hop, loop=loop)

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
        self.stream(pitch, knobs, out, voice=voice).step(len(out))
        return out

    def _check_voices(self, voice: int, count: int) -> None:
        voices = len(self.states.registers)
        if not 0 <= voice <= voice + count - 1 < voices:
            raise IndexError(f"voices {voice}..{voice + count - 1}, allowed: 0..{voices - 1}")

    def _rows(self, knobs: NDArray[np.int16], rows: int) -> NDArray[np.int16]:
        """Rows of knobs as the kernels read them; kernels themselves check nothing."""
        wanted = (len(self.program.knobs),) if knobs.ndim == 1 else (rows, len(self.program.knobs))
        counts = np.ascontiguousarray(knobs)
        if counts.shape != wanted or counts.dtype != np.int16:
            raise ValueError(f"knobs are {counts.dtype} {counts.shape}, needed: int16 {wanted}")
        return counts

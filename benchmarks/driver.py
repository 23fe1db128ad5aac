"""Our side of every comparison: whole blocks of several voices in one compiled call, as the engine makes them."""

from __future__ import annotations

from typing import Any

import numba
import numpy as np
from numpy.typing import NDArray

from accel.emulator import allocate, pack
from accel.emulator.kernels import voice_control, voice_render, voice_reset
from accel.jit import JIT
from accel.program import Program
from benchmarks.workloads import Take

__all__ = ["Voices"]


@numba.njit(**JIT)
def _start(packed: Any, states: Any, voices: int, pitch: Any, knobs: Any, seed: int) -> None:
    for voice in range(voices):
        voice_reset(packed, states, voice, seed + voice, 0)
        voice_control(packed, states, voice, pitch[0], knobs[0])


@numba.njit(**JIT)
def _blocks(
    packed: Any, states: Any, voices: int, pitch: Any, knobs: Any, clock: Any, hop: int, out: Any, blocks: int
) -> None:
    """Render `blocks` blocks of out.shape[1] samples; clock holds the row that is due and the samples until then."""
    size = out.shape[1]
    for _ in range(blocks):
        done = 0
        while done < size:
            if clock[1] == 0:
                for voice in range(voices):
                    voice_control(packed, states, voice, pitch[clock[0]], knobs[clock[0]])
                clock[0] = clock[0] + 1 if clock[0] + 1 < pitch.shape[0] else 1
                clock[1] = hop
            part = min(clock[1], size - done)
            for voice in range(voices):
                voice_render(packed, states, voice, part, out[voice], done)
            clock[1] -= part
            done += part


class Voices:
    """`voices` voices of a program that all play the same take (at its end: from row 1 again), block by block.

    Attributes:
        out: int16 [voices, block], the last block.
    """

    def __init__(self, program: Program, take: Take, block: int, voices: int = 1) -> None:
        self.packed = pack(program)
        self.states = allocate(self.packed, voices)
        self.out: NDArray[np.int16] = np.zeros((voices, block), np.int16)
        self._take, self._hop, self._voices = take, program.hop, voices
        self._clock = np.array([1, 0], np.int64)
        _start(self.packed, self.states, voices, take.pitch, take.counts, take.seed)

    def run(self, blocks: int = 1) -> None:
        """Render the next blocks in one call."""
        take = self._take
        _blocks(
            self.packed,
            self.states,
            self._voices,
            take.pitch,
            take.counts,
            self._clock,
            self._hop,
            self.out,
            blocks,
        )

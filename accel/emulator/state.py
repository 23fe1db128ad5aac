"""Streaming state of the voices of one model: histories in one contiguous block per voice, allocated once."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from accel.emulator.pack import CHUNK, HEADER_AT, PackedProgram

__all__ = ["REGISTER_AT", "VoiceStates", "allocate"]

REGISTERS = ("phase", "lfsr", "time", "ramp", "pitch_previous", "pitch_current", "fresh")
REGISTER_AT: dict[str, int] = {name: at for at, name in enumerate(REGISTERS)}


class VoiceStates(NamedTuple):
    """Arrays that the kernels change. Scratch is shared by the voices: one thread per VoiceStates.

    Attributes:
        registers: int64 [voices, len(REGISTERS)], named by REGISTER_AT.
        history: int16 [voices, history]: the layers' rings, [time][channel].
        condition: int16 [voices, 2, conditions]: previous and current conditioning.
        narrow: int16 [3, CHUNK * widest] scratch: excitation, gate or hidden, residual stream.
        wide: int32 [2, CHUNK * widest] scratch: accumulators, skip sums.
    """

    registers: NDArray[np.int64]
    history: NDArray[np.int16]
    condition: NDArray[np.int16]
    narrow: NDArray[np.int16]
    wide: NDArray[np.int32]


def allocate(packed: PackedProgram, voices: int) -> VoiceStates:
    """State for `voices` voices, not yet reset."""
    header = packed.header
    widest = int(header[HEADER_AT["widest"]])
    return VoiceStates(
        np.zeros((voices, len(REGISTERS)), np.int64),
        np.zeros((voices, int(header[HEADER_AT["history"]])), np.int16),
        np.zeros((voices, 2, int(header[HEADER_AT["conditions"]])), np.int16),
        np.zeros((3, CHUNK * widest), np.int16),
        np.zeros((2, CHUNK * widest), np.int32),
    )

"""Mel features from a .npy file, and the renderer that feeds them to a vocoder as rows of knobs."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from accel.errors import SystoleError
from accel.formats import knob_counts
from accel.program import Program

__all__ = ["VocoderRenderer", "load_features"]


def load_features(path: Path) -> NDArray[Any]:
    """The array in a .npy file.

    Raises:
        SystoleError: unreadable, no array, or one of objects (which could hold code).
    """
    try:
        found = np.load(path, allow_pickle=False)
    except (OSError, ValueError, EOFError, MemoryError) as error:
        reason = " ".join(str(error).split()) or type(error).__name__
        raise SystoleError(f"{path}: not a readable .npy file: {reason}") from None
    if not isinstance(found, np.ndarray):
        raise SystoleError(f"{path}: an archive of arrays, needed: one array in a .npy file")
    return found


class VocoderRenderer:
    """Renders features through an imported model: int16 mono at the model's rate, frame * N samples for N frames.

    The look-ahead is taken out: the model runs on for its latency, and that many samples are left out at the start.

    Args:
        frames: [N, bands]; the model normalises them if it was imported with statistics.
        where: name for messages.

    Raises:
        SystoleError: the model takes no features, or these are none of its.
    """

    def __init__(self, frames: NDArray[Any], program: Program, *, where: str, block: int, seed: int) -> None:
        from accel.emulator import Emulator

        if program.features is None:
            raise SystoleError(f"{program.name}: takes control voltages, no features: it was not imported")
        checked = program.features.check(frames, where)
        self._late, self._block, self._seed = program.card.latency, block, (seed & 0xFFFFFFFF) or 1
        self._knobs = knob_counts(program.features.positions(checked, program.hop, self._late))
        self._pitch = np.zeros(len(self._knobs), np.int32)
        self._emulator = Emulator(program)
        self.total_samples = len(checked) * program.features.frame

    def blocks(self) -> Iterator[NDArray[np.int16]]:
        """Render from the start to the end, int16 [n] each; can be used once."""
        self._emulator.reset(0, 0, self._knobs[0], seed=self._seed)
        out = np.zeros(self._block, np.int16)
        stream = self._emulator.stream(self._pitch, self._knobs, out)
        end = self._late + self.total_samples
        for start in range(0, end, self._block):
            count = min(self._block, end - start)
            stream.step(count)
            if start + count > self._late:
                yield out[max(self._late - start, 0) : count].copy()

"""A model as a function from control rows to audio, which is all that measuring sees of it; here, that of a program.

That of float weights is in training/model/render.py, so that integers play without PyTorch.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from accel.emulator import Emulator
from accel.formats import UNITY, knob_counts, midi_to_volts, pitch_word
from accel.program import Program

__all__ = ["Render", "render_integers"]

Render = Callable[[NDArray[np.float64], float], NDArray[np.float32]]
"""render(rows, phase) -> audio [(R-1)*HOP], full scale +-1, from empty histories.

rows: control rows float64 [R, 1+knobs], note (MIDI) first, knobs in 0..1. phase: the oscillator's start phase in
cycles; a model may ignore it, since only SNR depends on it."""


def render_integers(program: Program) -> Render:
    """`render(rows, phase)` by the emulator, that is, by the hardware's bits."""
    emulator = Emulator(program)

    def render(rows: NDArray[np.float64], phase: float) -> NDArray[np.float32]:
        words, counts = pitch_word(midi_to_volts(rows[:, 0])), knob_counts(rows[:, 1:])
        out = emulator.run(words, counts, phase=int(phase * 2.0**32) & 0xFFFFFFFF)
        return (out / UNITY).astype(np.float32)

    return render

"""The excitation of a bank of oscillators in float: each walks at its own ratio to the pitch.

The ratios are those of the integers (accel/oscillator_spec.py), looked up at the control rows and ramped between them.
Phases are free in training: crops begin anywhere, so all but the first oscillator start at random.
"""

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from accel.formats import HOP, knob_counts
from accel.oscillator_spec import OscillatorSpec
from accel.oscillators import gate_rises, start_phases
from training.model.excitation import excitation, oscillator

__all__ = ["bank_excitation", "bank_starts"]


def bank_starts(sources: Sequence[OscillatorSpec], phase: float) -> NDArray[np.float64]:
    """Phase in cycles of each oscillator of a voice that starts at `phase`, as the integers have them; the first, if it
    is free, exactly `phase`.
    """
    starts = np.array(start_phases([each.compiled() for each in sources], round(phase % 1 * 2.0**32))) / 2.0**32
    if sources[0].free:
        starts[0] = phase
    return starts


def bank_excitation(
    sources: Sequence[OscillatorSpec],
    first: tuple[Tensor, Tensor],
    volts: Tensor,
    knobs: NDArray[np.float64],
    starts: NDArray[np.float64],
    noise: Tensor,
) -> Tensor:
    """Excitation channels of all oscillators, then noise, float32 [B, T, E].

    Args:
        sources: the oscillators.
        first: phase and frequency of an oscillator at the pitch, as `oscillator` gives them or bent to a synth's own;
            it is the first one's where that has no ratio and no gate.
        volts: V/oct rows, float64 [B, R]; knobs: positions [B, R, n] in 0..1.
        starts: phase of each oscillator at sample 0, cycles [B, oscillators].
        noise: float32 [B, T], the last channel.
    """
    parts = []
    for index, each in enumerate(sources):
        phase, f0 = first
        if index or any(each.semitones) or each.gate:
            octaves = torch.from_numpy(each.octaves(knobs))
            phase, f0 = oscillator(volts + octaves, torch.from_numpy(starts[:, index]))
        if each.gate:
            phase = _set_by_gate(each, phase, knobs)
        channels = excitation(phase, f0, noise, each.harmonics, each.sines)
        parts.append(channels if index == len(sources) - 1 else channels[..., :-1])
    return parts[0] if len(parts) == 1 else torch.cat(parts, 2)


def _set_by_gate(each: OscillatorSpec, phase: Tensor, knobs: NDArray[np.float64]) -> Tensor:
    """Phases [B, T] that begin anew in every frame at whose start the gate rises."""
    phase = phase.clone()
    for row, positions in enumerate(knobs):
        for frame in np.flatnonzero(gate_rises(each.compiled(), knob_counts(positions))):
            after = phase[row, frame * HOP :]
            after += each.start - after[0].item()
    return phase - torch.floor(phase)

"""Batches of crops for training, a pure function of (seed, step): a resumed run draws what an uninterrupted one would.

A warm crop starts anywhere on a control row and carries `context` samples of past that the loss leaves out. A cold crop
is a clip's start with empty histories, as when a voice begins, and the loss counts its first sample.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from accel.oscillator_spec import OscillatorSpec
from training.data.dataset import HOP, RATE, Dataset
from training.model.excitation import HARMONICS, oscillator, rows_to_samples
from training.model.generator import control_input
from training.model.oscillators import bank_excitation
from training.run.recipe import Stage


@dataclass(frozen=True)
class Batch:
    """Crops [B, T]; the first `skip` samples of the output are not to be judged."""

    excitation: Tensor
    control: Tensor
    target: Tensor
    skip: int


class Sampler:
    """Draws batches from a data set; start phases are random where the set does not know them.

    Args:
        data: the clips.
        context: samples of past that a warm crop carries.
        seed: of the draws.
        sources: the oscillators of the generator that is to be driven.
    """

    def __init__(
        self,
        data: Dataset,
        context: int,
        seed: int,
        sources: Sequence[OscillatorSpec] = (OscillatorSpec(HARMONICS),),
    ) -> None:
        self.data, self.context, self.seed, self.sources = data, context, seed, sources
        self.volts, self.knobs, self.phase = data.volts, data.control[:, :, 1:], data.phase

    def batch(self, step: int, stage: Stage) -> Batch:
        """The batch of training step `step`."""
        rng = np.random.default_rng((self.seed, step))
        cold = rng.random() < stage.cold
        rows = (stage.crop + self.context) // HOP
        clip = rng.integers(len(self.data), size=stage.batch)
        first = rng.integers(self.volts.shape[1] - rows, size=stage.batch) * (not cold)
        at = (clip[:, None], first[:, None] + np.arange(rows + 1))
        start = rng.random(stage.batch) if self.phase is None else self.phase[clip, first]
        volts = torch.from_numpy(self.volts[at])
        phase, f0 = oscillator(volts, torch.from_numpy(start))
        if self.phase is not None:
            phase = follow(phase, f0, torch.from_numpy(self.phase[at]))
        noise = torch.from_numpy(rng.uniform(-1, 1, (stage.batch, rows * HOP)).astype(np.float32))
        samples = first[:, None] * HOP + np.arange(rows * HOP)
        starts = np.concatenate([start[:, None], rng.random((stage.batch, len(self.sources) - 1))], axis=1)
        return Batch(
            excitation=bank_excitation(self.sources, (phase, f0), volts, self.knobs[at], starts, noise),
            control=control_input(volts, torch.from_numpy(self.knobs[at])).float(),
            target=torch.from_numpy(self.data.audio[clip[:, None], samples]),
            skip=0 if cold else self.context,
        )


def follow(phase: Tensor, f0: Tensor, rows: Tensor) -> Tensor:
    """Bend phases [B, T] of an exact oscillator to go through the synth's true phases at the control rows [B, R].

    A real synth's tuning strays by fractions of a cent, which over a clip is enough to teach wrong waveforms.
    """
    last = (phase[:, -1] + f0[:, -1] / RATE)[:, None]
    exact = torch.cat([phase[:, ::HOP], last], 1)
    stray = rows - exact
    return phase + rows_to_samples(stray - torch.round(stray))

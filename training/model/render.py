"""The float generator as a function from control rows to audio."""

import numpy as np
import torch
from numpy.typing import NDArray

from accel.formats import HOP
from training.model.excitation import oscillator, rows_to_samples
from training.model.generator import Generator, control_input
from training.model.oscillators import bank_excitation, bank_starts
from training.model.playing import Render

NOISE_SEED = 5


def render_float(generator: Generator) -> Render:
    """`render(rows, phase)` with the product's conditioning: interpolated between rows."""
    return _renderer(generator, per_sample=False)


def render_per_sample(generator: Generator) -> Render:
    """The same, with the control network run at every sample: the reference that interpolation is judged by."""
    return _renderer(generator, per_sample=True)


def _renderer(generator: Generator, per_sample: bool) -> Render:
    arch = generator.arch

    @torch.no_grad()
    def render(rows: NDArray[np.float64], phase: float) -> NDArray[np.float32]:
        length = (len(rows) - 1) * HOP
        control = torch.from_numpy(rows)[None]
        volts = (control[:, :, 0] - 60) / 12
        noise = np.random.default_rng(NOISE_SEED).uniform(-1, 1, (1, length)).astype(np.float32)
        first = oscillator(volts, torch.tensor([phase], dtype=torch.float64))
        starts = bank_starts(arch.sources, phase)[None]
        driven = bank_excitation(arch.sources, first, volts, rows[None, :, 1:], starts, torch.from_numpy(noise))
        if per_sample:
            columns = [torch.cat([rows_to_samples(c), c[:, -1:]], 1) for c in control.unbind(2)]
            control = torch.stack(columns, 2)
            volts = (control[:, :, 0] - 60) / 12
        audio: NDArray[np.float32] = generator(driven, control_input(volts, control[:, :, 1:]).float())[0].numpy()
        return audio

    return render

"""The last correction of a trained generator: one gain, so that its level is right in the mean.

A loss of log magnitudes matches the median of a noisy spectrum, which lies below its power. What remains of that as a
common offset in dB over the training clips is taken out here. The price: spectra that were matched in the median are
so no longer (noise: 0.1 dB farther), and the last product's weights are rounded once more. Where single clips are too
quiet, because their formants are missed, it only makes the others too loud.
"""

import copy

import numpy as np
import torch

from training.data.dataset import Dataset
from training.measure.metrics import high_pass, level_error
from training.model.generator import Generator
from training.model.render import render_float

__all__ = ["level_bias", "trimmed"]

CLIPS = 96
"""Training clips that are rendered, spread over the set; half a second each."""
QUIET_DB = -60.0
"""Clips whose rms lies below this under full scale say nothing about the level."""
MOST_DB = 6.0
"""A larger offset is no matter of level."""


def level_bias(generator: Generator, data: Dataset, clips: int = CLIPS) -> float:
    """Mean over `clips` clips of the output's level above the target's, dB; 0.0 where all are quieter than QUIET_DB."""
    render = render_float(generator)
    found = []
    for i in np.unique(np.linspace(0, len(data) - 1, clips).astype(int)):
        target = high_pass(data.audio[i])
        if 10 * np.log10(np.mean(target**2) + 1e-12) > QUIET_DB:
            found.append(level_error(high_pass(render(data.control[i], float(data.start_phase[i]))), target))
    return float(np.mean(found)) if found else 0.0


def trimmed(generator: Generator, data: Dataset) -> Generator:
    """A copy whose output is louder or quieter by the level bias over clips of `data`, at most MOST_DB."""
    gain = 10 ** (-float(np.clip(level_bias(generator, data), -MOST_DB, MOST_DB)) / 20)
    louder = copy.deepcopy(generator)
    with torch.no_grad():
        for kind in ("weight", "bias"):
            louder.get_parameter(f"last_conv_layers.3.{kind}").mul_(gain)
    return louder

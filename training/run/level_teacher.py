"""Levels of harmonics as one function of the controls and the harmonic's number, learnt from measured clips.

A few hundred clips leave most of the control space empty, and a network with an output per harmonic learns each one's
level from them anew. Here all harmonics share one network that is told which of them it is asked for: a peak that moves
over the spectrum is then one thing to learn, and what is learnt at one harmonic helps the next. The number comes as
itself, its logarithm, whether it is even, and waves over the spectrum, which peaks and combs are easily made of.

The price: it runs once per harmonic, so no program could hold it. It teaches one that can
(training/run/first_levels.py).
"""

import math
from collections.abc import Callable, Sequence

import torch
from torch import Tensor, nn
from torch.nn.functional import linear, silu

from training.run.level_fit import LevelFit
from training.run.level_regression import descend, level_error

__all__ = ["Teacher", "harmonic_features", "taught"]

WAVES = 4
"""Sine and cosine of 1 to so many periods over the spectrum."""
BATCH = 256
"""Points of a step, each with all its harmonics."""
ASKED = 2000
"""Points that are asked for at once; more leave the cache."""
NOTE = 0.25
"""What the note is multiplied by: from one to the next a sound's levels change far less than along a knob."""
RATE = 1 / 6
"""Of the control network's; a deeper network bears less."""
OFFSET, TOP = -3.0, 2.5
"""Natural logarithms of the amplitude that an output of 0 means, and of the largest that there is."""


def harmonic_features(harmonics: Sequence[int]) -> Tensor:
    """What tells harmonics apart, [K, 3 + 2 * WAVES], about -1..1, from their K numbers."""
    number = torch.tensor(harmonics, dtype=torch.float32)
    place = 2 * number / number.max()  # 0..2
    even = 2 * (number % 2) - 1
    octave = 2 * torch.log2(number) / math.log2(max(2, *harmonics)) - 1
    waves = [wave(math.pi * n * place) for n in range(1, WAVES + 1) for wave in (torch.sin, torch.cos)]
    return torch.stack([place - 1, even, octave, *waves], 1)


class Teacher(nn.Module):
    """Amplitudes of harmonics from controls.

    Args:
        inputs: columns of `control_input`.
        harmonics: the K numbers that it knows.
        width: neurons of each hidden layer.
        depth: hidden layers, 1 or more.
    """

    def __init__(self, inputs: int, harmonics: Sequence[int], width: int, depth: int) -> None:
        super().__init__()
        self.features = harmonic_features(harmonics)
        self.first = nn.Linear(inputs + self.features.shape[1], width)
        self.hidden = nn.ModuleList(nn.Linear(width, width) for _ in range(depth - 1))
        self.last = nn.Linear(width, 1)

    def forward(self, control: Tensor) -> Tensor:
        """Amplitudes [P, K], above 0, from rows [P, inputs] of `control_input`."""
        inputs = control.shape[1]
        control = torch.cat([NOTE * control[:, :1], control[:, 1:]], 1)
        of_control = linear(control, self.first.weight[:, :inputs], self.first.bias)
        of_harmonic = linear(self.features, self.first.weight[:, inputs:])  # a product each, instead of one per pair
        h = silu(of_control[:, None] + of_harmonic)
        for layer in self.hidden:
            h = silu(layer(h))
        return torch.exp((self.last(h)[..., 0] + OFFSET).clamp_max(TOP))

    @torch.no_grad()
    def ask(self, control: Tensor) -> Tensor:
        """The same for any number of rows, without gradients."""
        return torch.cat([self(rows) for rows in control.split(ASKED)])


def taught(
    control: Tensor, levels: Tensor, harmonics: Sequence[int], fit: LevelFit, report: Callable[[int, Tensor], None]
) -> Teacher:
    """A teacher of measured levels; draws its first weights and batches from torch's global generator.

    Args:
        control: rows of `control_input`, float32 [P, 1+knobs].
        levels: amplitudes, float32 [P, K]; NaN where not known.
        harmonics: their K numbers.
        fit: width, depth, teacher_steps and rate.
        report: as in `descend`.
    """
    teacher = Teacher(control.shape[1], harmonics, fit.width, fit.depth)

    def loss() -> Tensor:
        drawn = torch.randint(len(control), (BATCH,))
        return level_error(teacher(control[drawn]), levels[drawn])

    descend(teacher.parameters(), loss, fit.teacher_steps, RATE * fit.rate, report)
    return teacher

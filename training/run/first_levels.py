"""First weights of a bank's control network, from levels that were measured instead of learnt by ear.

Trained on crops of audio, a step sees as many points of the control space as it has crops, and a map as steep as from
knobs to the levels of 24 harmonics is learnt at the clips alone. But levels can be measured
(training/data/harmonic_levels.py), a teacher that generalises fitted to them (training/run/level_teacher.py), and the
control network to the teacher at as many random controls as one likes: distillation (Hinton, Vinyals, Dean 2015,
"Distilling the knowledge in a neural network") of a network that no program could hold.

The price: minutes before the first step, and a synth whose sound at a moment follows from its controls then, at the
pitch of its note. The control network is fitted in place, through the bank's own closed form.
"""

import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial

import numpy as np
import torch
from torch import Tensor

from accel.errors import SystoleError
from training.data.dataset import Dataset
from training.data.harmonic_levels import harmonic_levels
from training.model.generator import Generator, control_input
from training.model.harmonic_bank import CLOSED, amplitudes, bank_harmonics, gate_rows, open_amplitudes, reach
from training.run.checkpoint import State
from training.run.level_fit import LevelFit
from training.run.level_regression import SILENCE, descend, level_error
from training.run.level_teacher import taught
from training.run.progress import Progress
from training.run.recipe import Recipe
from training.run.trainer import BANK_LIMIT

__all__ = ["begin_with_levels", "first_levels"]

BATCH = 1024
"""Random controls of a step of the control network."""
LOUD = 3.0
"""How much more the strongest harmonic of a point counts than a silent one. Peaks are what a smooth map falls short of:
counting alike, all together came out 4 dB too quiet."""
DIRECTION, SPREAD = 2.0, 0.3
"""Of its first weights: length of a row of the first layer, and deviation of the biases between hidden layers."""
Report = Callable[[str, int, Tensor], None]


def begin_with_levels(state: State, recipe: Recipe, data: Dataset) -> None:
    """Fit the levels of a new state, generator and average alike, and show on stderr how far that is.

    The time it takes does not count as training: a schedule over minutes begins after it. No random number of torch's
    is drawn that a training could miss.

    Args:
        state: at step 0, on the CPU.
        recipe: with `levels`.
        data: the clips to learn from.

    Raises:
        SystoleError: the clips are too short to measure any level.
    """
    fit = recipe.levels
    if fit is None:
        return
    steps = fit.teacher_steps + fit.steps
    with Progress(recipe.name) as shown:

        def report(what: str, step: int, error: Tensor) -> None:
            done = step + (fit.teacher_steps if what != "teacher" else 0)
            shown.update(done / steps, lambda: f"first levels: {what}, step {step}, {float(error):.2f} dB")

        shown.note(f"first levels: measured on {len(data)} clips, then learnt in {steps} steps")
        error = first_levels(state.generator, data, fit, recipe.seed, report)
        shown.note(f"first levels: within {error:.2f} dB of those measured")
    state.ema.load_state_dict(state.generator.state_dict())


def first_levels(generator: Generator, data: Dataset, fit: LevelFit, seed: int, report: Report) -> float:
    """Fit the control network of a bank that has just been started; the same weights again on the same machine.

    Args:
        generator: of an architecture with `bank`, on the CPU.
        data: clips whose pitch follows their note.
        fit: how.
        seed: of everything that is drawn.
        report: called after every step with `teacher` or `control network`, the step's number and its error in dB.

    Returns:
        mean size of the difference from the measured levels in dB, as `level_error` has it.

    Raises:
        SystoleError: the clips are too short to measure any level.
    """
    harmonics = bank_harmonics(generator.arch)
    control, levels = _measured(data, harmonics)
    share = reach(generator, float(np.nanmax(levels.numpy())))
    with _repeatable(seed):
        teacher = taught(control, levels, harmonics, fit, partial(report, "teacher"))
        dense = _random_controls(data, fit.points)
        _spread_kinks(generator, dense)
        _learn(generator, dense, teacher.ask(dense), share, fit, report)
    with torch.no_grad():
        return float(level_error(_levels(generator, control, share), levels))


@contextmanager
def _repeatable(seed: int) -> Iterator[None]:
    """One thread, and torch's random numbers from `seed` on; what others draw afterwards is untouched."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            yield
    finally:
        torch.set_num_threads(threads)


def _measured(data: Dataset, harmonics: tuple[int, ...]) -> tuple[Tensor, Tensor]:
    """Rows of `control_input` [P, 1+knobs] and amplitudes [P, K], where anything was measured."""
    rows, levels = harmonic_levels(data, harmonics)
    known = np.isfinite(levels).any(2)
    if not known.any():
        raise SystoleError(f"{data.name}: clips of {data.audio.shape[1]} samples are too short to measure levels in")
    return _inputs(torch.from_numpy(rows[known])), torch.from_numpy(levels[known])


def _inputs(rows: Tensor) -> Tensor:
    """Rows of `control_input` from control rows [P, 1+knobs]."""
    return control_input((rows[None, :, 0] - 60) / 12, rows[None, :, 1:])[0].float()


def _random_controls(data: Dataset, points: int) -> Tensor:
    """Rows of `control_input` [points, 1+knobs]: notes within those of the data, knobs from end to end."""
    note = data.control[:, :, 0]
    rows = torch.rand(points, data.control.shape[2], dtype=torch.float64)
    rows[:, 0] = note.min() + (note.max() - note.min()) * rows[:, 0]
    return _inputs(rows)


@torch.no_grad()
def _spread_kinks(generator: Generator, dense: Tensor) -> None:
    """First weights of the control network: each neuron of the first layer bends somewhere among the controls.

    Drawn as usual, most kinks would lie outside or run near the middle, and a steep map has nothing to be made of. The
    layers between keep the deviation of what they read (He et al. 2015, "Delving deep into rectifiers"). The last gives
    the gates alone, CLOSED but for a little; all its other rows are zero.
    """
    first, *between, last = (layer for layer in generator.control if isinstance(layer, torch.nn.Linear))
    direction = torch.randn_like(first.weight)
    first.weight.copy_(DIRECTION * direction / direction.norm(dim=1, keepdim=True))
    places = dense[torch.randint(len(dense), (len(first.weight),))]
    first.bias.copy_(-(first.weight * places).sum(1))
    for layer in between:
        layer.weight.normal_(0, math.sqrt(2 / layer.in_features))
        layer.bias.normal_(0, SPREAD)
    gates, bound = gate_rows(generator.arch), 1 / math.sqrt(last.in_features)
    last.weight.zero_()
    last.bias.zero_()
    last.weight[gates].uniform_(-bound, bound)
    last.bias[gates] = CLOSED


def _biases(generator: Generator, control: Tensor) -> Tensor:
    """Biases [P, K] of the bank's gates."""
    return generator.conditioning(control)[:, gate_rows(generator.arch)]


def _volts(control: Tensor) -> Tensor:
    """V/oct [P] of rows of `control_input`."""
    return 3 * control[:, 0]


def _levels(generator: Generator, control: Tensor, share: float) -> Tensor:
    """Amplitudes [P, K] of the bank's harmonics."""
    return amplitudes(_biases(generator, control), _volts(control), bank_harmonics(generator.arch), share)


def _learn(generator: Generator, control: Tensor, levels: Tensor, share: float, fit: LevelFit, report: Report) -> None:
    """Bring the bank's levels near `levels` [P, K] at rows `control` [P, 1+knobs].

    A harmonic counts as much as the excitation has of it: where it fades out, no gate could make up for that. The
    louder, the more it counts. Gates are kept to what int16 streams hold, as in training.
    """
    harmonics = bank_harmonics(generator.arch)
    opened = open_amplitudes(_volts(control), harmonics)
    levels = torch.where(opened > 0, levels, math.nan)
    strongest = torch.nan_to_num(levels).amax(1, keepdim=True).clamp_min(SILENCE)
    weights = opened / opened.max() * (1 + LOUD * torch.nan_to_num(levels) / strongest)

    def loss() -> Tensor:
        drawn = torch.randint(len(control), (BATCH,))
        biases = _biases(generator, control[drawn])
        loud = amplitudes(biases, _volts(control[drawn]), harmonics, share)
        excess = torch.relu(biases.abs() - BANK_LIMIT).square().mean()
        return level_error(loud, levels[drawn], weights[drawn]) + 0.1 * excess

    named = partial(report, "control network")
    descend(generator.control.parameters(), loss, fit.steps, fit.rate, named)

"""What the two fits of levels share: the distance between levels, and the descent that makes it small.

The distance is the log-spectral one of training/measure/metrics.py, taken at the harmonics alone, and its mean size
instead of its rms: a few levels that cannot be met must not outweigh all others.
"""

import math
from collections.abc import Callable, Iterable

import torch
from torch import Tensor, nn

from training.run.checkpoint import BETAS

__all__ = ["SILENCE", "descend", "level_error"]

FLOOR = 1e-3
"""Added to both amplitudes, as a share of the strongest harmonic's: what lies 60 dB below it hardly counts."""
SILENCE = 1e-5
"""Least amplitude that the strongest harmonic is taken to have."""
WARM_UP = 0.05
"""Share of the steps over which the rate rises."""
CLIP = 1.0
"""Norm of the gradient."""


def level_error(amplitudes: Tensor, targets: Tensor, weights: Tensor | None = None) -> Tensor:
    """Mean size of the level difference in dB, a scalar; 0 where nothing is known.

    Args:
        amplitudes: [P, K], 0 or more.
        targets: [P, K]; NaN is not known and does not count.
        weights: [P, K], how much each counts, 0 or more; None: all alike.
    """
    known = torch.isfinite(targets)
    targets = torch.where(known, targets, 0.0)
    floor = FLOOR * targets.amax(1, keepdim=True).clamp_min(SILENCE)
    error = 20 * torch.log10((amplitudes + floor) / (targets + floor)).abs()
    counts = known.to(error.dtype) if weights is None else known * weights
    return (error * counts).sum() / counts.sum().clamp_min(1e-9)


def descend(
    parameters: Iterable[nn.Parameter],
    loss: Callable[[], Tensor],
    steps: int,
    rate: float,
    report: Callable[[int, Tensor], None],
) -> None:
    """Adam over `steps` steps: the rate rises to `rate`, then falls to 0 as a cosine; the gradient's norm is clipped.

    Args:
        parameters: what is to change.
        loss: of a batch that it draws; called once a step.
        report: called after every step with its number, from 1, and its loss.
    """
    changed = list(parameters)
    adam = torch.optim.Adam(changed, rate, betas=BETAS)
    for step in range(steps):
        rising = min(1.0, (step + 1) / max(1.0, WARM_UP * steps))
        for group in adam.param_groups:
            group["lr"] = rate * rising * 0.5 * (1 + math.cos(math.pi * step / steps))
        adam.zero_grad(set_to_none=True)
        value = loss()
        value.backward()
        nn.utils.clip_grad_norm_(changed, CLIP)
        adam.step()
        report(step + 1, value.detach())
    adam.zero_grad(set_to_none=True)

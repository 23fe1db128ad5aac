"""First weights that make a generator a bank of harmonics whose amplitudes its control network sets.

The idea is DDSP's (Engel, Hantrakul, Gu, Roberts 2020, "DDSP: Differentiable Digital Signal Processing", section 3.2:
a harmonic oscillator, the sum of sin(k phi) weighted by amplitudes that a network gives at a control rate). Here it is
not a module of its own but how an ordinary gated network begins: channel j is harmonic j + 1, the first block's gate
lets it through, and the skip sum collects what passes. A sigmoid far below zero is an exponential, so a harmonic's
level in dB is linear in what the control network gives, and that is interpolated between control frames as ever.

A stage of the training may move the levels alone (`keep_levels`): an optimiser that moves all weights by steps of one
size, as Adam does, would bend the sines faster than it learns how loud they should be. From there on everything is free
to learn, and a program needs nothing new. The price: as many of the first block's channels as there are harmonics, a
sine for each of them in the excitation, and two skip channels.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import torch

if TYPE_CHECKING:
    from training.model.generator import Generator

__all__ = ["keep_levels", "sine_channels", "start_as_bank"]

TONE = 0.15
"""Amplitude of a sine in its channel: tanh leaves its third harmonic 54 dB below it."""
SHARE = 3.0
"""Weight of a harmonic in the skip sum: half of full scale when its gate is open."""
CLOSED = -3.0
"""What a gate begins at: an amplitude of 0.05, and 26 dB to open."""


def sine_channels(harmonics: Sequence[int], sines: Sequence[int]) -> list[int]:
    """Excitation channels that are sines, in ascending order of their harmonics."""
    places = {k: 2 * i for i, k in enumerate(harmonics)}
    places |= {k: 2 * len(harmonics) + i for i, k in enumerate(sines)}
    return [places[k] for k in sorted(places)]


@torch.no_grad()
def start_as_bank(generator: Generator) -> None:
    """Change freshly drawn weights so that the output begins, roughly, as the sum of sigmoid(c_k) sin(k phi).

    c_k comes from the control network, k are the lowest harmonics that have a sine in the excitation, one per residual
    channel. Roughly: tanh bends each sine a little. What lies beside the bank keeps its ordinary weights up to the last
    product before the output, which is zero. No random number is drawn. The generator has two skip channels or more.

    Raises:
        ValueError: the excitation holds no sine.
    """
    arch = generator.arch
    columns = sine_channels(arch.harmonics, arch.sines)[: arch.channels]
    if not columns:
        raise ValueError("a bank of harmonics needs a sine among harmonics and sines")
    _spread_out(generator, columns)
    _gate(generator, len(columns))
    _sum_up(generator, len(columns))


def keep_levels(generator: Generator) -> None:
    """Leave no gradient but that of the harmonics' levels: of the control network up to the first block's gates."""
    arch = generator.arch
    last = f"control.{arch.control_depth}"
    gates = slice(arch.channels, arch.channels + len(sine_channels(arch.harmonics, arch.sines)[: arch.channels]))
    for name, parameter in generator.named_parameters():
        if not name.startswith("control."):
            parameter.grad = None
        elif name.startswith(last) and parameter.grad is not None:
            kept = parameter.grad[gates].clone()
            parameter.grad.zero_()
            parameter.grad[gates] = kept


def _spread_out(generator: Generator, columns: Sequence[int]) -> None:
    """Channel j of the residual stream is a sine alone; those left over are mixtures as ever."""
    weight, bias = generator.first_conv.weight, generator.first_conv.bias
    weight[: len(columns)] = 0
    bias[: len(columns)] = 0
    weight[torch.arange(len(columns)), torch.tensor(columns)] = TONE


def _gate(generator: Generator, count: int) -> None:
    """The first block passes every sine through a gate that the control network alone opens."""
    channels, last = generator.arch.channels, f"control.{generator.arch.control_depth}"
    conv = generator.get_parameter("conv_layers.0.conv.weight")
    condition, level = generator.get_parameter(f"{last}.weight"), generator.get_parameter(f"{last}.bias")
    tanh, sigmoid = slice(0, count), slice(channels, channels + count)
    for part in (conv, condition, level):  # a constant beside the sine would bend it and leave DC behind
        part[tanh] = 0
    conv[torch.arange(count), torch.arange(count), -1] = 1
    conv[sigmoid] = 0
    level[sigmoid] = CLOSED


def _sum_up(generator: Generator, count: int) -> None:
    """Skip rows 0 and 1 are the sum and its negative, which bring both halves of the wave through the ReLUs."""
    for index in range(generator.arch.layers):
        generator.get_parameter(f"conv_layers.{index}.conv1x1_skip.weight")[:2] = 0
    first = generator.get_parameter("conv_layers.0.conv1x1_skip.weight")
    first[0, :count], first[1, :count] = SHARE, -SHARE
    weight, bias = (generator.get_parameter(f"last_conv_layers.1.{kind}") for kind in ("weight", "bias"))
    weight[:2] = 0
    weight[:2, :2] = torch.eye(2)
    bias[:2] = 0
    out, offset = (generator.get_parameter(f"last_conv_layers.3.{kind}") for kind in ("weight", "bias"))
    out[0, 2:] = 0
    out[0, :2] = torch.tensor([1.0, -1.0])
    offset.zero_()

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
from torch import Tensor

from accel.formats import C4_HZ, RATE
from training.model.excitation import FADE_END, FADE_SLOPE

if TYPE_CHECKING:
    from training.model.generator import Architecture, Generator

__all__ = [
    "amplitudes",
    "bank_harmonics",
    "gate_rows",
    "keep_levels",
    "open_amplitudes",
    "reach",
    "signs",
    "sine_channels",
    "start_as_bank",
]

TONE = 0.15
"""Amplitude of a sine in its channel: tanh leaves its third harmonic 54 dB below it."""
SHARE = 3.0
"""Weight of a harmonic in the skip sum: half of full scale when its gate is open."""
CLOSED = -3.0
"""What a gate begins at: an amplitude of 0.05, and 26 dB to open."""
OPEN = 0.9
"""How far the gate of the loudest harmonic should have to open; the last tenth would take ever larger biases."""


def sine_channels(harmonics: Sequence[int], sines: Sequence[int]) -> list[int]:
    """Excitation channels that are sines, in ascending order of their harmonics."""
    places = {k: 2 * i for i, k in enumerate(harmonics)}
    places |= {k: 2 * len(harmonics) + i for i, k in enumerate(sines)}
    return [places[k] for k in sorted(places)]


def bank_harmonics(arch: Architecture) -> tuple[int, ...]:
    """Numbers of the harmonics that are the first channels of a bank, ascending."""
    return tuple(sorted((*arch.harmonics, *arch.sines)))[: arch.channels]


def gate_rows(arch: Architecture) -> slice:
    """Rows of the last control layer that are the gates of those harmonics."""
    return slice(arch.channels, arch.channels + len(bank_harmonics(arch)))


def open_amplitudes(volts: Tensor, harmonics: Sequence[int], share: float = SHARE) -> Tensor:
    """Amplitude [..., K] that each harmonic has with its gate wide open, 1 a sine at full scale.

    Args:
        volts: pitch in V/oct, [...]; 0 V = C4.
        harmonics: their K numbers.
        share: weight of a harmonic in the skip sum.
    """
    cycles = torch.exp2(volts)[..., None] * (C4_HZ / RATE) * torch.tensor(harmonics, dtype=volts.dtype)
    sine = TONE * ((FADE_END - cycles) * FADE_SLOPE).clamp(0, 1)
    # The fundamental of tanh(a sin x), by its series: within 4e-7 of it up to TONE.
    return share * sine * (1 - sine.square() / 4 + sine.square().square() / 12)


def amplitudes(biases: Tensor, volts: Tensor, harmonics: Sequence[int], share: float = SHARE) -> Tensor:
    """Amplitude [..., K] of each harmonic of a bank's output from its gates' biases [..., K]; the rest as above.

    Exact but for what a sine bent by tanh adds to its odd multiples: -54 dB at the third.
    """
    return open_amplitudes(volts, harmonics, share) * torch.sigmoid(biases)


@torch.no_grad()
def reach(generator: Generator, loudest: float) -> float:
    """Raise the weight of every harmonic in the skip sum until a gate OPEN so far gives amplitude `loudest` (0..1).

    Returns:
        the weight, SHARE or more.
    """
    share = max(SHARE, loudest / (OPEN * TONE * (1 - TONE**2 / 4)))
    count = len(bank_harmonics(generator.arch))
    skip = generator.get_parameter("conv_layers.0.conv1x1_skip.weight")
    skip[0, :count], skip[1, :count] = share * signs(count), -share * signs(count)
    return share


def signs(count: int) -> Tensor:
    """+1 or -1 for each of `count` harmonics: the Rudin-Shapiro sequence (Shapiro 1951; Rudin 1959).

    Sines that all rise together at phase 0 add up to a peak that no output holds. With these signs, of the levels
    measured in Plaits' `additive`, 0.5 % would clip instead of 4.5 %.
    """
    return torch.tensor([1.0 - 2.0 * ((n & (n >> 1)).bit_count() % 2) for n in range(count)])


@torch.no_grad()
def start_as_bank(generator: Generator) -> None:
    """Change freshly drawn weights so that the output begins, roughly, as the sum of +-sigmoid(c_k) sin(k phi).

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
    gates = gate_rows(arch)
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
    first[0, :count], first[1, :count] = SHARE * signs(count), -SHARE * signs(count)
    weight, bias = (generator.get_parameter(f"last_conv_layers.1.{kind}") for kind in ("weight", "bias"))
    weight[:2] = 0
    weight[:2, :2] = torch.eye(2)
    bias[:2] = 0
    out, offset = (generator.get_parameter(f"last_conv_layers.3.{kind}") for kind in ("weight", "bias"))
    out[0, 2:] = 0
    out[0, :2] = torch.tensor([1.0, -1.0])
    offset.zero_()

"""The float network as a good engineer would hand it to a runtime: float32, everything foldable folded.

- The residual scale goes into the weights (x_l = scale**l * x'_l), the skip scale into the head. Not for int8:
  there the rows of residual and skip share one format, which a factor of 2**14 between them would ruin.
- Biases of the first and the residual 1x1 layers are constants of the stream: they go into the gated biases, and
  histories start at their negative, so that the first samples are right as well.
- Gated biases go into the last control layer (the weights of an interpolation add up to one).
- Residual and skip 1x1 are one matrix; skip biases are added once, in front of the head.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from accel.network import Network

__all__ = ["Folded", "fold", "tanh_only"]

Floats = NDArray[np.float32]


@dataclass(frozen=True)
class Folded:
    """float32 weights; matrices are [in, out].

    Attributes:
        carry: factor on the residual stream from layer to layer, 1 if folded.
        first: [E, C]. Excitation order: all sines, all cosines, noise.
        control: (matrix, bias) per control layer; the last one holds the gated biases.
        gated: per layer [K, C, 2C]; tap K-1 is the current sample.
        rest: per layer [C]: what its history holds before the first sample.
        mix: per layer [C, C+S] (residual, then skip; the last layer: [C, S]).
        skip_bias: [S], added to the skip sum.
        head, head_bias, last, last_bias: [S, S], [S], [S, 1], [1].
    """

    carry: float
    first: Floats
    control: list[tuple[Floats, Floats]]
    gated: list[Floats]
    rest: list[Floats]
    mix: list[Floats]
    skip_bias: Floats
    head: Floats
    head_bias: Floats
    last: Floats
    last_bias: Floats


def _single(array: NDArray[np.floating]) -> Floats:
    return np.ascontiguousarray(array, np.float32)


def _matrix(network: Network, name: str) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """A 1x1 layer as ([in, out], bias)."""
    weight, bias = network.layer(name)
    return weight.reshape(weight.shape[:2]).T, bias


def fold(network: Network, *, scale_too: bool = True) -> Folded:
    """Fold a float network; `scale_too`: the residual scale as well, else it stays as `carry`."""
    shape = network.architecture
    layers = len(shape.dilations)
    scale, carry = (shape.residual_scale, 1.0) if scale_too else (1.0, shape.residual_scale)
    first, constant = _matrix(network, "first_conv")
    sines = 2 * len(shape.harmonics)
    order = [*range(0, sines, 2), *range(1, sines, 2), *range(sines, len(first))]
    gated, gated_bias, rest, mix = [], [], [], []
    skip_bias = np.zeros(shape.skip_channels)
    for index in range(layers):
        name = f"conv_layers.{index}"
        weight, bias = network.layer(f"{name}.conv")
        taps = weight.transpose(2, 1, 0) * scale**index
        gated.append(_single(taps))
        gated_bias.append(bias + constant @ taps.sum(axis=0))
        rest.append(_single(-constant))
        part, bias = _matrix(network, f"{name}.conv1x1_skip")
        parts = [part]
        skip_bias += bias
        if index < layers - 1:
            part, bias = _matrix(network, f"{name}.conv1x1_out")
            parts.insert(0, part * carry / scale**index)
            constant = (constant + bias / scale**index) * carry
        mix.append(_single(np.concatenate(parts, axis=1)))
    control = [_matrix(network, f"control.{index}") for index in range(network.control_layers)]
    control[-1] = (control[-1][0], control[-1][1] + np.concatenate(gated_bias))
    head, head_bias = _matrix(network, "last_conv_layers.1")
    last, last_bias = _matrix(network, "last_conv_layers.3")
    return Folded(
        carry,
        _single(first[order]),
        [(_single(matrix), _single(bias)) for matrix, bias in control],
        gated,
        rest,
        mix,
        _single(skip_bias),
        _single(head * shape.skip_scale),
        _single(head_bias),
        _single(last),
        _single(last_bias),
    )


def tanh_only(folded: Folded, channels: int) -> Folded:
    """The same network with sigmoid(v) written as (1 + tanh(v/2)) / 2 and both constants folded away.

    The gate is then tanh(left) * (1 + tanh(right)): one function over all rows.
    """
    layers = len(folded.gated)
    half = np.ones(2 * channels, np.float32)
    half[channels:] = 0.5
    *hidden, (matrix, bias) = folded.control
    everywhere = np.tile(half, layers)
    return replace(
        folded,
        control=[*hidden, (matrix * everywhere, bias * everywhere)],
        gated=[taps * half for taps in folded.gated],
        mix=[matrix * np.float32(0.5) for matrix in folded.mix],
    )

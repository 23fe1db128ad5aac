"""Weights to int8 rows with a power of two each, biases to accumulator integers, streams to int16 formats."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from accel.errors import SystoleError
from accel.formats import ACTIVATION_BITS, MAX_SHIFT, MIN_SHIFT, WEIGHT_BITS

__all__ = ["FINEST_GATED", "FINEST_WEIGHT", "Row8", "fraction_bits", "quantise_rows", "round_half_up"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
HEADROOM = 1.25
WEIGHT_TOP = (1 << (WEIGHT_BITS - 1)) - 1
FINEST_WEIGHT = 15
"""Rows of tiny weights are not scaled beyond this: their accumulators would outgrow a bias."""
FINEST_GATED = 12
"""The same for gated rows: 27 fraction bits of an accumulator at most, from which 15 shifts (hop, ramp) lead to the 12
that int16 has for a sigmoid's whole range, so that any conditioning fits beside rows of zeros."""
_WIDEST = (1 << 31) - 1


@dataclass(frozen=True)
class Row8:
    """A quantised matrix.

    Attributes:
        weight: [rows, cols, taps] integers in int8.
        bias: [rows] at the accumulator's scale.
        exponent: [rows] fraction bits of each row's weights.
        shift: [rows] right shift from accumulator to the target stream.
    """

    weight: Ints
    bias: Ints
    exponent: Ints
    shift: Ints


def fraction_bits(largest: float) -> int:
    """Fraction bits of the finest int16 format that holds +-largest with headroom, at most Q0.15."""
    top = ACTIVATION_BITS - 1
    return min(top, top - math.ceil(math.log2(max(largest * HEADROOM, 1e-9))))


def round_half_up(values: Floats, exponent: Ints | int, top: int) -> Ints:
    """Integers at 2**exponent per row, clipped to +-top."""
    scale = np.exp2(np.asarray(exponent, np.float64)).reshape((-1,) + (1,) * (values.ndim - 1))
    return np.clip(np.floor(values * scale + 0.5), -top, top).astype(np.int64)


def row_exponents(weight: Floats) -> Ints:
    """Per row the largest power of two that keeps its weights in int8."""
    largest = np.maximum(np.abs(weight).reshape(len(weight), -1).max(axis=1), 2.0**-FINEST_WEIGHT)
    finest = np.floor(np.log2((WEIGHT_TOP + 0.49) / largest)).astype(np.int64)
    return np.minimum(finest, FINEST_WEIGHT)


def quantise_rows(
    layer: tuple[Floats, Floats], source: int, target: Ints | int, name: str, finest: int = FINEST_WEIGHT
) -> Row8:
    """Quantise a matrix between two streams.

    Args:
        layer: (weight [rows, cols] or [rows, cols, taps], bias [rows]).
        source, target: fraction bits of the input stream and of each output row.
        name: what an error message calls it.
        finest: fraction bits that no row's weights exceed.

    Raises:
        SystoleError: weights so large that the accumulator would have to be shifted left.
    """
    weight, bias = layer
    weight = weight.reshape(len(weight), weight.shape[1], -1)
    distance = np.asarray(target, np.int64) - source
    exponent = np.minimum(np.minimum(row_exponents(weight), finest), distance + MAX_SHIFT)
    if (exponent < distance + MIN_SHIFT).any():
        largest = np.abs(weight).max()
        raise SystoleError(f"{name}: weights up to {largest:.3g} are too large for its streams; retrain or clip")
    return Row8(
        round_half_up(weight, exponent, WEIGHT_TOP),
        round_half_up(bias, source + exponent, _WIDEST),
        exponent,
        exponent - distance,
    )

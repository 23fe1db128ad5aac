"""The accelerator's arithmetic in torch, with gradients: rounding, int8 rows, the ROM's gate.

Values stay in real units, on the integers' grid. In float64 every result is the integer program's, bit for bit, because
53 bits hold every accumulator; in float32, which trains, sums beyond 24 bits may round another way now and then.

Gradients go straight through rounding and saturation (Bengio, Léonard, Courville 2013, "Estimating or propagating
gradients through stochastic neurons", section 4): a saturated stream still learns to come back.
"""

from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from accel.formats import (
    ACTIVATION_BITS,
    SIGMOID_FRACTION,
    TANH_BASE,
    TANH_FRACTION,
    TANH_SLOPE,
    TANH_STEP_BITS,
    UNITY,
    WEIGHT_BITS,
)
from accel.quantise import FINEST_WEIGHT

__all__ = ["Q15", "Gate", "Grid", "int8_rows", "round_stream", "tanh_table"]

TOP = float((1 << (ACTIVATION_BITS - 1)) - 1)


@dataclass(frozen=True)
class Grid:
    """Multiples of a power of two.

    Attributes:
        scale: counts per unit.
        step: its inverse, kept because a product is cheaper than a quotient.
    """

    scale: Tensor | float
    step: Tensor | float

    def round(self, x: Tensor) -> Tensor:
        """x rounded half up; the gradient is x's."""
        return _straight_through(x, torch.floor(x.detach() * self.scale + 0.5) * self.step)


Q15 = Grid(float(UNITY), 1.0 / UNITY)
"""Excitation, gate and output."""


def round_stream(x: Tensor, grid: Grid) -> Tensor:
    """x as an int16 stream holds it: rounded half up, then saturated; the gradient is x's."""
    counts = torch.floor(x.detach() * grid.scale + 0.5).clamp(-TOP - 1, TOP)
    return _straight_through(x, counts * grid.step)


def add_streams(x: Tensor, y: Tensor, grid: Grid) -> Tensor:
    """Sum of two streams of one format, saturated; the gradient is the sum's."""
    total = x + y
    return _straight_through(total, (total.detach() * grid.scale).clamp(-TOP - 1, TOP) * grid.step)


def int8_rows(weight: Tensor, finest: Tensor, bits: int = WEIGHT_BITS) -> tuple[Tensor, Tensor]:
    """Weights as the compiler makes them int8 (accel.quantise.row_exponents), and each row's power of two.

    Args:
        weight: [rows, columns].
        finest: fraction bits that a row's weights do not exceed, [rows], float64.
        bits: of a weight, 2..8; with fewer than 8 the rows are int8 still, on a coarser grid.

    Returns:
        weight on its grid, same shape; scale [rows], counts per unit.
    """
    largest = weight.detach().abs().amax(1).double().clamp_min(2.0**-FINEST_WEIGHT)
    exponent = torch.floor(torch.log2(((1 << (bits - 1)) - 0.51) / largest)).minimum(finest)
    scale = torch.exp2(exponent).to(weight.dtype)
    return Grid(scale[:, None], 1 / scale[:, None]).round(weight), scale


def tanh_table() -> Tensor:
    """Base and slope of the tanh ROM's lines, float64 [2, 64]."""
    return torch.stack([torch.from_numpy(TANH_BASE.astype(float)), torch.from_numpy(TANH_SLOPE.astype(float))])


def tanh_rom(counts: Tensor, table: Tensor) -> Tensor:
    """tanh of int16 counts in Q2.13, in counts of Q0.15 (accel.formats.tanh_q15)."""
    width = 1 << TANH_STEP_BITS
    magnitude = counts.abs().clamp_max(TOP)
    segment = torch.floor(magnitude * (1 / width))
    at = segment.to(torch.int32)
    rise = torch.floor(table[1][at] * (magnitude - segment * width) * (1 / width) + 0.5)
    return torch.copysign(table[0][at] + rise, counts)


class Gate(torch.autograd.Function):
    """tanh(h[..., :C]) * sigmoid(h[..., C:]) by the ROM, Q0.15: [..., 2C] -> [..., C].

    Rows are first brought to the ROM's input formats, as the requantising of a gated pass does. The backward pass has
    the slopes of the smooth functions, 1 - tanh^2 and s(1 - s); the lines' own slopes jump at 64 corners.
    """

    @staticmethod
    def forward(ctx: Any, h: Tensor, table: Tensor) -> Tensor:
        """Gate of pre-activations h, by `tanh_table()`."""
        half = h.shape[-1] // 2
        rows = [
            torch.floor(part * scale + 0.5).clamp(-TOP - 1, TOP)
            for part, scale in ((h[..., :half], 2.0**TANH_FRACTION), (h[..., half:], 2.0**SIGMOID_FRACTION))
        ]
        tanh = tanh_rom(rows[0], table) * (1 / UNITY)
        sigmoid = (torch.floor(tanh_rom(rows[1], table) * 0.5) + UNITY / 2) * (1 / UNITY)
        ctx.save_for_backward(tanh, sigmoid)
        return torch.floor(tanh * sigmoid * UNITY + 0.5) * (1 / UNITY)

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor, None]:
        """Gradient of h."""
        tanh, sigmoid = ctx.saved_tensors
        (gradient,) = gradients
        return torch.cat([gradient * sigmoid * (1 - tanh * tanh), gradient * tanh * sigmoid * (1 - sigmoid)], -1), None


def _straight_through(x: Tensor, rounded: Tensor) -> Tensor:
    return x + (rounded - x.detach())

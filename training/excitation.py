"""The generator's excitation in float: a phase-continuous oscillator's octave harmonics, and white noise.

Phase is kept in float64 (a float32 phase drifts by cents over a clip); the sines are float32, each octave made from
the one below by the double-angle formula, whose error after five doublings (2e-6) is far below the int16 grid.
"""

import torch
from torch import Tensor

from accel.formats import C4_HZ, FADE_TOP, FADE_WIDTH_BITS, HOP, RATE

HARMONICS = (1, 2, 4, 8, 16, 32)
CHANNELS = 2 * len(HARMONICS) + 1
FADE_END, FADE_SLOPE = FADE_TOP / 2.0**32, 2.0 ** (32 - FADE_WIDTH_BITS)


def rows_to_samples(rows: Tensor) -> Tensor:
    """Control rows [B, R] -> per-sample values [B, (R-1)*HOP], linear between rows; row k sits at sample HOP*k."""
    ramp = torch.arange(HOP, dtype=rows.dtype, device=rows.device) / HOP
    start, end = rows[:, :-1, None], rows[:, 1:, None]
    return (start + (end - start) * ramp).flatten(1)


def oscillator(volts: Tensor, start_phase: Tensor) -> tuple[Tensor, Tensor]:
    """Oscillator state of every sample.

    Args:
        volts: V/oct rows, float64 [B, R]; 0 V = C4.
        start_phase: phase of sample 0 in cycles, float64 [B].

    Returns:
        phase in cycles, before the sample's increment is added, wrapped to 0..1, and frequency in Hz; float64 [B, T].
    """
    f0 = C4_HZ * torch.exp2(rows_to_samples(volts))
    step = f0 / RATE
    phase = start_phase[:, None] + torch.cumsum(step, 1) - step
    return phase - torch.floor(phase), f0


def excitation(phase: Tensor, f0: Tensor, noise: Tensor) -> Tensor:
    """Excitation channels, float32 [B, T, CHANNELS]: g_k sin, g_k cos for every k in HARMONICS, then noise.

    Args:
        phase: cycles, float64 [B, T].
        f0: Hz, [B, T]; harmonic k fades out while k*f0 goes from 0.3125 to 0.4375 of the rate (15 to 21 kHz).
        noise: uniform in [-1, 1), float32 [B, T].
    """
    angle = (2 * torch.pi * phase).float()
    sin, cos = torch.sin(angle), torch.cos(angle)
    cycles = (f0 / RATE).float()
    channels = []
    for k in HARMONICS:
        if k > 1:  # HARMONICS are octaves: double the angle
            sin, cos = 2 * sin * cos, 1 - 2 * sin * sin
        gain = ((FADE_END - k * cycles) * FADE_SLOPE).clamp(0, 1)
        channels += [gain * sin, gain * cos]
    return torch.stack([*channels, noise], 2)

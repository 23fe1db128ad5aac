"""The generator's excitation in float: harmonics of a phase-continuous oscillator, and white noise.

Phase is kept in float64 (a float32 phase drifts by cents over a clip), and is multiplied and wrapped there, one
harmonic after another so that all stays in cache; the sines are float32, within 3e-7. Pairs an octave above another up
to harmonic 32 come by the double-angle formula, for half the time: each doubling doubles the error, after five it is
1.3e-5, below half a step of int16. 24 sines for four crops of 3072 samples take 2 ms, where the training step takes
100. Chebyshev's recurrence would take as long in float64, and in float32 be wrong by 1.2e-5.
"""

import math
from collections.abc import Sequence

import torch
from torch import Tensor

from accel.formats import C4_HZ, FADE_TOP, FADE_WIDTH_BITS, HOP, RATE

HARMONICS = (1, 2, 4, 8, 16, 32)
"""The octaves that a model has if nothing else is asked for."""
MOST_DOUBLED = 32
FADE_END, FADE_SLOPE = FADE_TOP / 2.0**32, 2.0 ** (32 - FADE_WIDTH_BITS)


def channel_count(harmonics: Sequence[int] = HARMONICS, sines: Sequence[int] = ()) -> int:
    """Channels of `excitation`."""
    return 2 * len(harmonics) + len(sines) + 1


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


def excitation(
    phase: Tensor, f0: Tensor, noise: Tensor, harmonics: Sequence[int] = HARMONICS, sines: Sequence[int] = ()
) -> Tensor:
    """Excitation channels, float32 [B, T, channel_count(harmonics, sines)].

    Args:
        phase: cycles, float64 [B, T].
        f0: Hz, [B, T]; harmonic k fades out while k*f0 goes from 0.3125 to 0.4375 of the rate (15 to 21 kHz).
        noise: uniform in [-1, 1), float32 [B, T]; the last channel.
        harmonics: numbers of the first channels, each sine, then cosine.
        sines: numbers of the channels after them, sine alone.
    """
    cycles = (f0 / RATE).float()
    channels = []
    for k, pair in _pairs(phase, harmonics).items():
        gain = _gain(k * cycles)
        channels += [gain * each for each in pair]
    channels += [_gain(k * cycles) * torch.sin(_angle(phase, k)) for k in sines]
    return torch.stack([*channels, noise], 2)


def _gain(cycles: Tensor) -> Tensor:
    """Gain 0..1 of a tone of so many cycles per sample."""
    return ((FADE_END - cycles) * FADE_SLOPE).clamp(0, 1)


def _pairs(phase: Tensor, harmonics: Sequence[int]) -> dict[int, tuple[Tensor, Tensor]]:
    """Sine and cosine of every harmonic, float32 [B, T] each."""
    found: dict[int, tuple[Tensor, Tensor]] = {}
    for k in harmonics:
        below = found.get(k // 2) if k % 2 == 0 and k <= MOST_DOUBLED else None
        if below:
            sin, cos = below
            found[k] = 2 * sin * cos, 1 - 2 * sin * sin
        else:
            angle = _angle(phase, k)
            found[k] = torch.sin(angle), torch.cos(angle)
    return found


def _angle(phase: Tensor, k: int) -> Tensor:
    """Angle of harmonic k from cycles in float64, float32 and within +-pi; of the fundamental 2 pi times its cycles."""
    turns = k * phase
    if k > 1:
        turns -= torch.round(turns)
    return (2 * math.pi * turns).float()

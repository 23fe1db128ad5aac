"""Training losses: how far a rendered crop is from its target.

`SpectralLoss` compares magnitudes only, so it assumes nothing about the synth's phase. Logarithms start at a floor
under each crop's own peak, so quiet partials and quiet crops both count, yet silence does not explode: the floor never
falls below `SILENCE`. It matches magnitudes in their median, which is not the power of noise: `BandPowerLoss` matches
that. `waveform_loss` needs the true phase, and is then the fastest teacher.
"""

import math

import torch
from auraloss.freq import STFTMagnitudeLoss
from torch import Tensor, nn
from torch.nn.functional import l1_loss

from accel.formats import RATE

FLOOR_DB = -65.0
SILENCE = 1e-5
MEL_FFT = 2048
MEL_BANDS = 40
POWER_SIZES = (256, 1024)
STEEPEST = 2.0
"""Log ratio beyond which the band power's loss goes on as a straight line: 8.7 dB too little."""


class SpectralLoss(nn.Module):
    """Multi-resolution log-magnitude L1 + spectral convergence + long-term level in mel bands.

    Args:
        sizes: FFT sizes; Hann windows, hop a quarter. Sizes longer than a crop are left out.
        convergence: weight of the spectral convergence |Y-T| / |T| (Frobenius norm of each crop).
        level: weight of the time-averaged mel log power and total log power, without which levels come out low.
    """

    def __init__(self, sizes: tuple[int, ...], convergence: float = 0.5, level: float = 0.3) -> None:
        super().__init__()
        self.sizes, self.convergence, self.level = sizes, convergence, level
        self.log_magnitude = STFTMagnitudeLoss(log=True, distance="L1")
        self.register_buffer("mel", _mel_filters(MEL_FFT, MEL_BANDS))
        for size in sizes:
            window = torch.hann_window(size)
            self.register_buffer(f"window_{size}", window / window.sum() * 2)

    def forward(self, output: Tensor, target: Tensor) -> Tensor:
        """Mean loss of crops [B, T]."""
        terms = []
        for size in self.sizes:
            if size > target.shape[1]:
                continue
            window = self.get_buffer(f"window_{size}")
            y, t = _magnitudes(output, window), _magnitudes(target, window)
            floor = t.amax((1, 2), keepdim=True).mul(10 ** (FLOOR_DB / 20)).clamp_min(SILENCE)
            term = self.log_magnitude(y + floor, t + floor)
            if self.convergence:
                term = term + self.convergence * _spectral_convergence(y, t).mean()
            if self.level and size == MEL_FFT:
                terms.append(term + self.level * len(self.sizes) * self._level(y, t, floor))
            else:
                terms.append(term)
        return torch.stack(terms).sum() / len(terms)

    def _level(self, y: Tensor, t: Tensor, floor: Tensor) -> Tensor:
        py, pt = y.square().mean(1), t.square().mean(1)
        least = floor.square().squeeze(1)
        mel = self.get_buffer("mel")
        bands = (torch.log(py @ mel + least) - torch.log(pt @ mel + least)).abs().mean()
        total = (torch.log(py.sum(1) + least[:, 0]) - torch.log(pt.sum(1) + least[:, 0])).abs().mean()
        return bands + total


class BandPowerLoss(nn.Module):
    """Itakura-Saito divergence r - log r - 1 of mel-band powers averaged over the crop, r = target's over output's.

    Least in the mean where the output's power is the target's mean power, however much the target varies from crop to
    crop (Itakura, Saito 1968; Févotte, Bertin, Durrieu 2009, "Nonnegative matrix factorization with the Itakura-Saito
    divergence", section 2): what noise needs, and what an absolute difference of logarithms does not give.
    """

    def __init__(self) -> None:
        super().__init__()
        for size in POWER_SIZES:
            window = torch.hann_window(size)
            self.register_buffer(f"window_{size}", window / window.sum() * 2)
            filters = _mel_filters(size, MEL_BANDS)
            self.register_buffer(f"mel_{size}", filters[:, filters.sum(0) > 0])  # the lowest lie between two bins

    def forward(self, output: Tensor, target: Tensor) -> Tensor:
        """Mean loss of crops [B, T], T at least the longest of POWER_SIZES."""
        terms = []
        for size in POWER_SIZES:
            window, mel = self.get_buffer(f"window_{size}"), self.get_buffer(f"mel_{size}")
            y, t = (_magnitudes(x, window).square().mean(1) @ mel for x in (output, target))
            floor = t.amax(1, keepdim=True).mul(10 ** (FLOOR_DB / 10)).clamp_min(SILENCE**2)
            ratio = torch.log((t + floor) / (y + floor))
            steep = ratio.clamp_max(STEEPEST)
            beyond = (ratio - steep) * (math.exp(STEEPEST) - 1)
            terms.append((torch.exp(steep) - steep - 1 + beyond).mean())
        return torch.stack(terms).mean()


def waveform_loss(output: Tensor, target: Tensor) -> Tensor:
    """4 * L1 + 8 * L1 of the pre-emphasised crops [B, T]; for targets whose phase is known."""
    emphasised = l1_loss(output[:, 1:] - 0.9 * output[:, :-1], target[:, 1:] - 0.9 * target[:, :-1])
    return 4 * l1_loss(output, target) + 8 * emphasised


def _magnitudes(x: Tensor, window: Tensor) -> Tensor:
    """STFT magnitudes [B, frames, bins] in units of a sine's amplitude; smooth at zero."""
    size = len(window)
    spectrum = torch.fft.rfft(x.unfold(1, size, size // 4) * window)
    return torch.sqrt(spectrum.real.square() + spectrum.imag.square() + (0.1 * SILENCE) ** 2)


def _spectral_convergence(y: Tensor, t: Tensor) -> Tensor:
    """|Y-T| / |T| per crop; near silence |T| counts as at least a tenth of |Y|, so the ratio stays below eleven."""
    reference = torch.linalg.vector_norm(t, dim=(1, 2))
    least = 0.1 * torch.linalg.vector_norm(y.detach(), dim=(1, 2)) + SILENCE
    return torch.linalg.vector_norm(y - t, dim=(1, 2)) / torch.maximum(reference, least)


def _mel_filters(size: int, bands: int) -> Tensor:
    """Triangular mel filters [size/2+1, bands], 30 Hz to 20 kHz."""

    def mel(hz: float) -> float:
        return 2595 * math.log10(1 + hz / 700)

    points = torch.linspace(mel(30), mel(20000), bands + 2, dtype=torch.float64)
    hz = 700 * (10 ** (points / 2595) - 1)
    bins = torch.arange(size // 2 + 1, dtype=torch.float64)[:, None] * RATE / size
    rising = (bins - hz[:-2]) / (hz[1:-1] - hz[:-2])
    falling = (hz[2:] - bins) / (hz[2:] - hz[1:-1])
    return torch.minimum(rising, falling).clamp_min(0).float()

import pytest
import torch

from training.run.losses import BandPowerLoss, SpectralLoss, waveform_loss

SIZES = (64, 128, 256, 512, 1024, 2048)


@pytest.fixture(scope="module")
def spectral() -> SpectralLoss:
    return SpectralLoss(SIZES)


@pytest.mark.parametrize("output", ["silence", "tiny", "loud"])
@pytest.mark.parametrize("target", ["silence", "tiny", "loud"])
def test_loss_and_gradient_stay_small_near_silence(spectral, output, target):
    torch.manual_seed(1)
    level = {"silence": 0.0, "tiny": 1e-6, "loud": 0.3}
    y = (level[output] * torch.randn(2, 4096)).requires_grad_()
    loss = spectral(y, level[target] * torch.randn(2, 4096)) + waveform_loss(y, torch.zeros(2, 4096))
    loss.backward()
    assert loss.item() < 60
    assert torch.isfinite(y.grad).all()


def test_the_target_itself_costs_nothing(spectral):
    t = torch.randn(2, 4096)
    assert spectral(t, t).item() < 1e-5
    assert waveform_loss(t, t).item() == 0


def test_phase_does_not_matter_to_spectra_but_to_waveforms(spectral):
    n = torch.arange(8192, dtype=torch.float64)
    sine, cosine = ((0.3 * f(2 * torch.pi * 997 * n / 48000)).float()[None] for f in (torch.sin, torch.cos))
    assert spectral(sine, cosine).item() < 0.1
    assert waveform_loss(sine, cosine).item() > 1


def test_level_counts(spectral):
    t = torch.randn(2, 4096)
    assert SpectralLoss(SIZES, level=1.0)(0.7 * t, t) > SpectralLoss(SIZES, level=0.0)(0.7 * t, t) + 0.3


def test_quiet_crops_count_as_much_as_loud_ones(spectral):
    torch.manual_seed(2)
    t = torch.randn(1, 4096)
    y = t + 0.3 * torch.randn(1, 4096)
    assert spectral(0.01 * y, 0.01 * t).item() == pytest.approx(spectral(y, t).item(), rel=0.02)


def test_sizes_longer_than_the_crop_are_left_out(spectral):
    assert torch.isfinite(spectral(torch.randn(1, 512), torch.randn(1, 512)))


def best_gain(loss, target: torch.Tensor, noise: torch.Tensor) -> float:
    """Gain of steady noise that has the least loss against noise of another source, in dB."""
    gains = torch.linspace(-12, 12, 49)
    return float(gains[torch.stack([loss(noise * 10 ** (gain / 20), target) for gain in gains]).argmin()])


def test_band_power_matches_bursts_in_power_where_log_magnitudes_match_the_median():
    """Every fourth crop is ten times as loud as the others: the mean power is 14.1 dB above the median."""
    torch.manual_seed(4)
    loudness = torch.tensor([1.0, 1.0, 1.0, 10.0]).repeat(16)[:, None]
    target, noise = 0.02 * loudness * torch.randn(64, 4096), 0.05 * torch.randn(64, 4096)
    wanted = 10 * torch.log10(target.square().mean() / noise.square().mean())
    assert best_gain(BandPowerLoss(), target, noise) == pytest.approx(float(wanted), abs=1.1)
    assert best_gain(SpectralLoss((512,), convergence=0.0, level=0.0), target, noise) < float(wanted) - 6


def test_band_power_is_least_at_the_target_and_finite_at_silence():
    torch.manual_seed(5)
    t, power = torch.randn(2, 4096), BandPowerLoss()
    assert power(t, t).item() < 1e-6
    assert power(1.2 * t, t) > 0.01 < power(0.8 * t, t)
    y = torch.zeros(2, 4096, requires_grad=True)
    loss = power(y, t)
    loss.backward()
    assert loss.item() < 200
    assert torch.isfinite(y.grad).all()

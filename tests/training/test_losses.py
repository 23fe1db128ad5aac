import pytest
import torch

from training.losses import SpectralLoss, waveform_loss

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

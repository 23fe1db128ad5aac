import math

import numpy as np
import pytest
import torch

from training.excitation import C4_HZ, HARMONICS, excitation, oscillator
from training.generator import Architecture, Generator, control_input
from training.render import render_float, render_per_sample

SMALL = Architecture(channels=4, skip_channels=3, kernel=3, dilations=(1, 4, 2), knobs=2)


@pytest.fixture
def generator() -> Generator:
    torch.manual_seed(1)
    return Generator(SMALL)


def naive(weights: dict[str, np.ndarray], driven: np.ndarray, control: np.ndarray) -> np.ndarray:
    """The paper's formula, sample by sample and channel by channel."""

    def leaky(v: np.ndarray) -> np.ndarray:
        return np.where(v < 0, v / 8, v)

    def dense(name: str, v: np.ndarray) -> np.ndarray:
        return weights[f"{name}.weight"] @ v + weights[f"{name}.bias"]

    rows = [dense("control.2", leaky(dense("control.1", leaky(dense("control.0", c))))) for c in control]
    c, out = SMALL.channels, []
    history: list[list[np.ndarray]] = [[] for _ in SMALL.dilations]
    for t, e in enumerate(driven):
        frame, ramp = divmod(t, 64)
        p = rows[frame] + (rows[frame + 1] - rows[frame]) * ramp / 64
        x, skip = dense("first_conv", e), 0
        for layer, dilation in enumerate(SMALL.dilations):
            history[layer].append(x)
            conv = weights[f"conv_layers.{layer}.conv.weight"]
            h = weights[f"conv_layers.{layer}.conv.bias"] + p[layer * 2 * c : (layer + 1) * 2 * c]
            for tap in range(SMALL.kernel):
                past = t - (SMALL.kernel - 1 - tap) * dilation
                if past >= 0:
                    h = h + conv[:, :, tap] @ history[layer][past]
            z = np.tanh(h[:c]) / (1 + np.exp(-h[c:]))
            skip = skip + dense(f"conv_layers.{layer}.conv1x1_skip", z)
            if layer < len(SMALL.dilations) - 1:
                x = x + dense(f"conv_layers.{layer}.conv1x1_out", z)
        y = dense("last_conv_layers.1", np.maximum(skip, 0))
        out.append(dense("last_conv_layers.3", np.maximum(y, 0))[0])
    return np.array(out)


def test_generator_is_the_naive_loop(generator):
    torch.manual_seed(2)
    driven, control = torch.randn(1, 256, 13), torch.randn(1, 5, 3)
    weights = {name: value.numpy().astype(float) for name, value in generator.state_dict().items()}
    expected = naive(weights, driven[0].numpy().astype(float), control[0].numpy().astype(float))
    output = generator(driven, control)[0].detach().numpy()
    assert np.abs(output - expected).max() < 1e-5
    assert output.std() > 0.01


def test_a_crop_is_right_after_its_context(generator):
    torch.manual_seed(3)
    driven, control = torch.randn(1, 512, 13), torch.randn(1, 9, 3)
    whole = generator(driven, control)
    crop = generator(driven[:, 192:], control[:, 3:])
    context = SMALL.context
    assert context == 64
    torch.testing.assert_close(crop[:, context:], whole[:, 192 + context :], rtol=0, atol=1e-5)
    assert (crop[:, :4] - whole[:, 192:196]).abs().max() > 1e-4


def test_the_output_never_looks_ahead(generator):
    driven = torch.zeros(1, 128, 13, requires_grad=True)
    generator(driven, torch.zeros(1, 3, 3))[0, 50].backward()
    assert driven.grad[0, 51:].abs().max() == 0
    assert driven.grad[0, 50].abs().max() > 0


def test_default_is_a15():
    count = sum(p.numel() for p in Generator(Architecture()).parameters())
    assert Architecture().context == 512
    assert count == 25393


def test_excitation_channels():
    volts = torch.tensor([[0.0, 0.0, 1.0]], dtype=torch.float64)
    noise = torch.rand(1, 128) * 2 - 1
    phase, f0 = oscillator(volts, torch.tensor([0.25], dtype=torch.float64))
    channels = excitation(phase, f0, noise)[0].numpy()
    turns, step = 0.25, []
    for n in range(128):
        hz = C4_HZ * 2 ** (max(0, n - 64) / 64)
        for i, k in enumerate(HARMONICS):
            gain = min(1, max(0, (0.4375 - k * hz / 48000) * 8))
            assert channels[n, 2 * i] == pytest.approx(gain * math.sin(2 * math.pi * k * turns), abs=1e-5)
            assert channels[n, 2 * i + 1] == pytest.approx(gain * math.cos(2 * math.pi * k * turns), abs=1e-5)
        turns += hz / 48000
        step.append(hz)
    np.testing.assert_array_equal(channels[:, -1], noise[0].numpy())


def test_harmonics_fade_out_before_nyquist():
    f0 = torch.tensor([[15000.0, 18000.0, 21000.0]], dtype=torch.float64)
    channels = excitation(torch.zeros_like(f0) + 0.25, f0, torch.zeros(1, 3))[0, :, 0]
    torch.testing.assert_close(channels, torch.tensor([1.0, 0.5, 0.0]), rtol=0, atol=1e-6)


def test_control_input_is_about_one():
    control = control_input(torch.tensor([[3.0, -3.0]]), torch.tensor([[[0.0, 1.0], [0.5, 0.5]]]))
    assert control.tolist() == [[[1.0, -1.0, 1.0], [-1.0, 0.0, 0.0]]]


def test_interpolated_conditioning_is_exact_while_controls_rest(generator):
    rows = np.tile([57.0, 0.3, 0.9], (5, 1))
    np.testing.assert_allclose(render_float(generator)(rows, 0.1), render_per_sample(generator)(rows, 0.1), atol=1e-5)

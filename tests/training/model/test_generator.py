from dataclasses import replace

import numpy as np
import pytest
import torch

from training.model.excitation import channel_count
from training.model.generator import Architecture, Generator, control_input
from training.model.quantised import as_network
from training.model.render import NOISE_SEED, render_float, render_per_sample

SMALL = Architecture(channels=4, skip_channels=3, kernel=3, dilations=(1, 4, 2), knobs=2)
SHALLOW = replace(SMALL, harmonics=(), sines=(1, 2, 3), control_width=5, control_depth=1)
DEEP = replace(SMALL, harmonics=(2, 1), sines=(5,), control_width=9, control_depth=3)


@pytest.fixture
def generator() -> Generator:
    torch.manual_seed(1)
    return Generator(SMALL)


def naive(arch: Architecture, weights: dict[str, np.ndarray], driven: np.ndarray, control: np.ndarray) -> np.ndarray:
    """The paper's formula, sample by sample and channel by channel."""

    def dense(name: str, v: np.ndarray) -> np.ndarray:
        return weights[f"{name}.weight"] @ v + weights[f"{name}.bias"]

    def conditioning(v: np.ndarray) -> np.ndarray:
        for index in range(arch.control_depth):
            v = dense(f"control.{index}", v)
            v = np.where(v < 0, v / 8, v)
        return dense(f"control.{arch.control_depth}", v)

    rows = [conditioning(c) for c in control]
    c, out = arch.channels, []
    history: list[list[np.ndarray]] = [[] for _ in arch.dilations]
    for t, e in enumerate(driven):
        frame, ramp = divmod(t, 64)
        p = rows[frame] + (rows[frame + 1] - rows[frame]) * ramp / 64
        x, skip = dense("first_conv", e), 0
        for layer, dilation in enumerate(arch.dilations):
            history[layer].append(x)
            conv = weights[f"conv_layers.{layer}.conv.weight"]
            h = weights[f"conv_layers.{layer}.conv.bias"] + p[layer * 2 * c : (layer + 1) * 2 * c]
            for tap in range(arch.kernel):
                past = t - (arch.kernel - 1 - tap) * dilation
                if past >= 0:
                    h = h + conv[:, :, tap] @ history[layer][past]
            z = np.tanh(h[:c]) / (1 + np.exp(-h[c:]))
            skip = skip + dense(f"conv_layers.{layer}.conv1x1_skip", z)
            if layer < len(arch.dilations) - 1:
                x = x + dense(f"conv_layers.{layer}.conv1x1_out", z)
        y = dense("last_conv_layers.1", np.maximum(skip, 0))
        out.append(dense("last_conv_layers.3", np.maximum(y, 0))[0])
    return np.array(out)


@pytest.mark.parametrize("arch", [SMALL, SHALLOW, DEEP])
def test_generator_is_the_naive_loop(arch):
    torch.manual_seed(1)
    generator = Generator(arch)
    torch.manual_seed(2)
    driven, control = torch.randn(1, 256, channel_count(arch.harmonics, arch.sines)), torch.randn(1, 5, 3)
    weights = {name: value.numpy().astype(float) for name, value in generator.state_dict().items()}
    expected = naive(arch, weights, driven[0].numpy().astype(float), control[0].numpy().astype(float))
    output = generator(driven, control)[0].detach().numpy()
    assert np.abs(output - expected).max() < 1e-5
    assert output.std() > 0.001


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


def test_a_seed_gives_the_first_weights_that_it_always_gave():
    """The committed recipes would make other models otherwise."""
    torch.manual_seed(1)
    weights = Generator(Architecture()).state_dict()
    sums = [float(weights[name].double().abs().sum()) for name in ("first_conv.weight", "control.0.bias")]
    assert sums == pytest.approx([28.542357940692455, 7.441952910507098], rel=1e-6)
    assert float(weights["control.2.weight"].double().abs().sum()) == pytest.approx(408.019653115884, rel=1e-6)


@pytest.mark.parametrize(
    ("fields", "fault"),
    [
        ({"harmonics": (1, 65)}, r"harmonics: 65 .* 1\.\.64"),
        ({"harmonics": (0,)}, "harmonics: 0 "),
        ({"harmonics": [1]}, r"harmonics is \[1\]"),
        ({"sines": 3}, "sines is 3; allowed: a list"),
        ({"sines": (3, 3)}, "sines: 3 comes twice"),
        ({"sines": (4,)}, "sines: 4 comes twice"),  # it is an octave already
        ({"sines": (1.5,)}, r"sines: 1\.5 is no harmonic number"),
        ({"sines": (True,)}, "sines: True is no harmonic number"),
        ({"control_width": 0}, r"control_width is 0; allowed: integers 1\.\.512"),
        ({"control_width": 32.0}, r"control_width is 32\.0"),
        ({"control_depth": 4}, r"control_depth is 4; allowed: integers 1\.\.3"),
        ({"control_depth": 0}, "control_depth is 0"),
        ({"bank": 1}, "bank is 1; allowed: true or false"),
        ({"bank": True, "harmonics": ()}, "bank is true without any harmonics or sines"),
        ({"bank": True, "skip_channels": 1}, "bank is true with 1 skip_channels; needed: 2"),
    ],
)
def test_what_no_program_could_hold_is_refused(fields, fault):
    with pytest.raises(ValueError, match=fault):
        Architecture(**fields)


def test_control_input_is_about_one():
    control = control_input(torch.tensor([[3.0, -3.0]]), torch.tensor([[[0.0, 1.0], [0.5, 0.5]]]))
    assert control.tolist() == [[[1.0, -1.0, 1.0], [-1.0, 0.0, 0.0]]]


def test_interpolated_conditioning_is_exact_while_controls_rest(generator):
    rows = np.tile([57.0, 0.3, 0.9], (5, 1))
    np.testing.assert_allclose(render_float(generator)(rows, 0.1), render_per_sample(generator)(rows, 0.1), atol=1e-5)


@pytest.mark.parametrize("arch", [SMALL, SHALLOW, DEEP])
def test_it_renders_what_the_compiler_s_float_network_plays(arch):
    torch.manual_seed(5)
    generator, rng = Generator(arch), np.random.default_rng(6)
    rows = np.column_stack([rng.uniform(40, 80, 6), rng.random((6, 2))])
    noise = np.random.default_rng(NOISE_SEED).uniform(-1, 1, 5 * 64)
    wanted = as_network(generator).run((rows[:, 0] - 60) / 12, rows[:, 1:], noise, 0.3)
    np.testing.assert_allclose(render_float(generator)(rows, 0.3), wanted, atol=2e-5)

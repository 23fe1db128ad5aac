"""A generator that starts as a bank: a sum of sines, each with a level of its own that the control network sets."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from accel.compiler import compile_network
from accel.network import load_network
from training.model.excitation import channel_count, excitation, oscillator
from training.model.generator import Architecture, Generator
from training.model.harmonic_bank import (
    amplitudes,
    bank_harmonics,
    keep_levels,
    reach,
    signs,
    sine_channels,
    start_as_bank,
)
from training.model.weights import load_weights, save_weights
from training.run.checkpoint import load_checkpoint
from training.run.recipe import metadata, recipe_from
from training.ship import quantisation_snr
from training.train import train

F0, PERIOD = 375.0, 128
BANK = Architecture(
    channels=12, skip_channels=6, dilations=(1, 2, 4), knobs=2, harmonics=(1,), sines=tuple(range(2, 13)), bank=True
)


def started(arch: Architecture, seed: int = 0) -> Generator:
    torch.manual_seed(seed)
    return Generator(arch)


def steady(generator: Generator, noise: float = 1.0, octaves: int = 0) -> tuple[np.ndarray, torch.Tensor]:
    """Sixteen periods of a steady note, once the histories are full, and the gates' conditioning [2C] of block 0."""
    arch = generator.arch
    volts = torch.full((1, 37), np.log2(F0 / 261.6255653) + octaves, dtype=torch.float64)
    phase, f0 = oscillator(volts, torch.zeros(1, dtype=torch.float64))
    torch.manual_seed(9)
    driven = excitation(phase, f0, noise * (2 * torch.rand(phase.shape) - 1), arch.harmonics, arch.sines)
    control = torch.tensor([0.2, 0.5, -0.6]).expand(1, 37, 3)
    with torch.no_grad():
        return generator(driven, control)[0, -16 * PERIOD :].numpy(), generator.conditioning(control)[0, 0]


def levels(audio: np.ndarray) -> np.ndarray:
    """Sine amplitude of every harmonic from the first on."""
    return -np.fft.rfft(audio).imag[16::16] / (len(audio) / 2)


def test_channels_go_by_harmonic():
    assert sine_channels((1,), (2, 3)) == [0, 2, 3]
    assert sine_channels((4, 1), (3, 2)) == [2, 5, 4, 0]
    assert sine_channels((), ()) == []


@pytest.mark.parametrize(
    ("arch", "harmonics"),
    [
        (BANK, range(1, 13)),
        (replace(BANK, channels=20), range(1, 13)),  # more channels than sines
        (replace(BANK, channels=5), range(1, 6)),  # fewer
        (replace(BANK, harmonics=(), sines=(3, 2, 7)), (2, 3, 7)),
        (replace(BANK, harmonics=(4, 2), sines=(1,), control_depth=1, kernel=3), (1, 2, 4)),
    ],
)
def test_the_output_is_the_sum_of_gated_sines(arch, harmonics):
    generator = started(arch)
    audio, conditioning = steady(generator)
    opened = torch.sigmoid(conditioning[arch.channels : arch.channels + len(harmonics)]).numpy()
    turns = np.arange(16 * PERIOD) / PERIOD
    signed = opened * signs(len(harmonics)).numpy()
    wanted = sum(a * np.sin(2 * np.pi * k * turns) for k, a in zip(harmonics, signed, strict=True))
    assert np.corrcoef(audio, wanted)[0, 1] > 0.9999
    assert np.std(audio) / (3 * np.tanh(0.15) * np.std(wanted)) == pytest.approx(1, rel=0.02)
    np.testing.assert_allclose(opened, 0.047, rtol=0.4)  # all begin alike


@pytest.mark.parametrize("steps", [-1.5, 1.5, 3.0])
def test_the_control_network_sets_each_level_alone(steps):
    """A step of 1 is 8.7 dB as long as the gate is nearly closed: a sigmoid far below zero is an exponential."""
    generator = started(BANK)
    before, conditioning = steady(generator, noise=0)
    row = BANK.channels + 6  # the sigmoid row of harmonic 7
    with torch.no_grad():
        generator.control[2].bias[row] += steps
    after, moved = steady(generator, noise=0)
    change = (levels(after)[:12] - levels(before)[:12]) * signs(12).numpy()
    opened = torch.sigmoid(moved[row]) - torch.sigmoid(conditioning[row])
    assert change[6] == pytest.approx(3 * np.tanh(0.15) * float(opened), rel=0.02)
    assert np.abs(np.delete(change, 6)).max() < 0.001 * abs(change[6])


@pytest.mark.parametrize("loudest", [0.3, 0.9])
@pytest.mark.parametrize("octaves", [-1, 0, 2])
def test_the_closed_form_gives_the_amplitudes_of_what_is_rendered(loudest, octaves):
    """At 1500 Hz, harmonics 11 and 12 lie where the excitation fades out."""
    generator = started(BANK)
    share, biases = reach(generator, loudest), torch.empty(12).uniform_(-1, 3)
    with torch.no_grad():
        generator.control[2].weight.zero_()
        generator.control[2].bias[12:24] = biases
    volts = np.log2(F0 / 261.6255653) + octaves
    wanted = amplitudes(biases, torch.tensor(volts, dtype=torch.float32), bank_harmonics(BANK), share).numpy()
    audio, _ = steady(generator, noise=0, octaves=octaves)
    every = int(16 * 2.0**octaves)
    found = -np.fft.rfft(audio).imag[every : 12 * every + 1 : every] / (len(audio) / 2) * signs(12).numpy()
    assert np.abs(20 * np.log10(found / wanted)).max() < 0.2  # a sine bent by tanh adds 1/500 of itself to its third
    assert share == 3.0 or (share * np.tanh(0.15) * 0.9 == pytest.approx(loudest, rel=0.01))


def test_gradients_of_every_level_reach_the_control_network_at_once():
    generator = started(BANK)
    driven, control = torch.randn(1, 64, channel_count((1,), BANK.sines)), torch.randn(1, 2, 3)
    generator(driven, control).square().sum().backward()
    rows = generator.control[2].weight.grad[BANK.channels : 2 * BANK.channels]
    assert (rows.abs().sum(1) > 1e-6).all()


def test_levels_alone_may_learn():
    generator = started(BANK)
    driven, control = torch.randn(1, 64, channel_count((1,), BANK.sines)), torch.randn(1, 2, 3)
    generator(driven, control).square().sum().backward()
    whole = {name: p.grad.clone() for name, p in generator.named_parameters()}
    keep_levels(generator)
    for name, parameter in generator.named_parameters():
        if not name.startswith("control."):
            assert parameter.grad is None, name
        elif name.startswith("control.2"):
            assert torch.equal(parameter.grad[12:24], whole[name][12:24])
            assert not parameter.grad[:12].any()
            assert not parameter.grad[24:].any()
        else:
            assert torch.equal(parameter.grad, whole[name])


def test_a_stage_of_levels_leaves_the_sines_as_they_are(recipe_fields, tiny_set, tmp_path):
    model = {"channels": 4, "skip_channels": 4, "dilations": [1], "harmonics": [1], "sines": [2, 3], "bank": True}
    stage = {**recipe_fields["stages"][-1], "until": 1.0, "levels_only": True}
    recipe = recipe_from({**recipe_fields, "model": model, "stages": [stage]})
    before = started(recipe.architecture, recipe.seed).state_dict()
    train(recipe, tiny_set.parent, tmp_path, compiled=False)
    after = load_checkpoint(tmp_path / "tiny.ckpt", recipe).generator.state_dict()
    assert torch.equal(after["conv_layers.0.conv.weight"], before["conv_layers.0.conv.weight"])
    assert not torch.equal(after["control.0.weight"], before["control.0.weight"])
    with pytest.raises(ValueError, match="levels_only is true; allowed"):
        recipe_from({**recipe_fields, "stages": [stage]})


def test_no_random_number_is_drawn_and_the_rest_starts_as_ever():
    bank, after_bank = started(BANK), torch.rand(1)
    plain, after_plain = started(replace(BANK, bank=False)), torch.rand(1)
    assert torch.equal(after_bank, after_plain)
    same = {"control.0.weight", "control.1.bias", "conv_layers.1.conv.weight", "conv_layers.2.conv1x1_skip.bias"}
    for name in same | {"conv_layers.0.conv1x1_out.weight"}:
        assert torch.equal(bank.state_dict()[name], plain.state_dict()[name]), name
    assert torch.equal(bank.conv_layers[0].conv.weight[24:], plain.conv_layers[0].conv.weight[24:])


def test_it_is_no_part_of_what_is_exported(recipe_fields, tmp_path):
    model = {"channels": 4, "skip_channels": 4, "dilations": [1, 2], "harmonics": [1], "sines": [2, 3], "bank": True}
    recipe = recipe_from({**recipe_fields, "model": model})
    generator, path = started(recipe.architecture), tmp_path / "bank.safetensors"
    save_weights(path, generator.state_dict(), metadata(recipe, {}))
    again, meta = load_weights(path)
    assert "bank" not in meta
    assert again.arch == replace(recipe.architecture, bank=False)
    driven, control = torch.randn(1, 64, 5), torch.randn(1, 2, 2)
    assert torch.equal(again(driven, control), generator(driven, control))


def test_a_bank_trains_and_compiles(recipe_fields, tiny_set, tmp_path):
    """On tones of six harmonics whose levels the knob sets; the second half on integers."""
    first, second = ({**stage, "waveform": 0.0, "spectral": 1.0} for stage in recipe_fields["stages"])
    model = {"channels": 6, "skip_channels": 4, "dilations": [1, 2], "harmonics": [1], "sines": [2, 3, 4, 5, 6]}
    fields = {**recipe_fields, "steps": 120, "stages": [first, {**second, "integers": True}]}
    recipe = recipe_from({**fields, "model": {**model, "control_depth": 1, "bank": True}})
    path = train(recipe, tiny_set.parent, tmp_path, compiled=False)
    history = load_checkpoint(tmp_path / "tiny.ckpt", recipe).history
    assert history[-1][3] < 3.3  # dB; it begins at 4.4, and octaves reach 4.8 in so many steps
    network = load_network(path)
    assert network.architecture.sines == (2, 3, 4, 5, 6)
    assert quantisation_snr(network, compile_network(network)) > 40


def test_gates_that_are_nearly_shut_survive_the_rounding(recipe_fields, tmp_path):
    """Their rows have no weights but the conditioning's, which must not take the accumulator's scale from it."""
    model = {"channels": 8, "skip_channels": 4, "dilations": [1], "harmonics": [1], "sines": [2, 3, 4, 5, 6, 7, 8]}
    recipe = recipe_from({**recipe_fields, "model": {**model, "bank": True}})
    generator, path = started(recipe.architecture), tmp_path / "bank.safetensors"
    with torch.no_grad():
        generator.control[2].bias[8:] = torch.tensor([0.0, -2.0, -7.5, -7.5, 0.5, -7.5, -3.0, -7.5])
    save_weights(path, generator.state_dict(), metadata(recipe, {}))
    network = load_network(path)
    assert quantisation_snr(network, compile_network(network)) > 35


def test_a_bank_needs_a_sine():
    with pytest.raises(ValueError, match="needs a sine"):
        start_as_bank(started(replace(BANK, bank=False, harmonics=(), sines=())))


def test_the_signs_keep_peaks_low():
    turns = np.arange(4096) / 4096
    sines = np.sin(2 * np.pi * np.outer(np.arange(1, 25), turns))
    signed = signs(24).numpy()
    assert set(signed) == {-1.0, 1.0}
    assert np.abs(signed @ sines).max() < 0.6 * np.abs(sines.sum(0)).max()

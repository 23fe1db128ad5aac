import math

import numpy as np
import pytest
import torch

from accel.network import Network
from training.model.excitation import C4_HZ, HARMONICS, channel_count, excitation, oscillator
from training.model.generator import Architecture, Generator
from training.model.quantised import as_network


def driven(rows: list[float], harmonics=HARMONICS, sines=(), start=0.25):
    """Channels [T, E] as float64, the noise in them, and the phase in cycles and frequency in Hz behind them."""
    torch.manual_seed(1)
    volts = torch.tensor([rows], dtype=torch.float64)
    phase, f0 = oscillator(volts, torch.tensor([start], dtype=torch.float64))
    noise = torch.rand(phase.shape) * 2 - 1
    channels = excitation(phase, f0, noise, harmonics, sines)
    assert channels.dtype == torch.float32
    return channels[0].double().numpy(), noise[0].numpy(), phase[0].numpy(), f0[0].numpy()


def test_excitation_channels():
    channels, noise, _, _ = driven([0.0, 0.0, 1.0])
    turns = 0.25
    for n in range(128):
        hz = C4_HZ * 2 ** (max(0, n - 64) / 64)
        for i, k in enumerate(HARMONICS):
            gain = min(1, max(0, (0.4375 - k * hz / 48000) * 8))
            assert channels[n, 2 * i] == pytest.approx(gain * math.sin(2 * math.pi * k * turns), abs=2e-5)
            assert channels[n, 2 * i + 1] == pytest.approx(gain * math.cos(2 * math.pi * k * turns), abs=2e-5)
        turns += hz / 48000
    np.testing.assert_array_equal(channels[:, -1], noise)


@pytest.mark.parametrize(
    ("harmonics", "sines"),
    [((1,), tuple(range(2, 25))), ((), tuple(range(1, 65))), ((6, 3, 1), (2, 64)), ((5, 10, 20), ()), ((), ())],
)
def test_any_choice_of_harmonics_is_the_formula_to_1e_5(harmonics, sines):
    channels, noise, phase, f0 = driven([-1.0, 2.0, 5.5, -3.0] * 8, harmonics, sines)
    assert channels.shape == (31 * 64, channel_count(harmonics, sines))
    tones = [(k, wave) for k in harmonics for wave in (np.sin, np.cos)] + [(k, np.sin) for k in sines]
    for i, (k, wave) in enumerate(tones):
        gain = np.clip((0.4375 - k * f0 / 48000) * 8, 0, 1)
        assert np.abs(channels[:, i] - gain * wave(2 * np.pi * (k * phase % 1))).max() < 1e-5, (k, wave)
    np.testing.assert_array_equal(channels[:, -1], noise)


def test_phases_beyond_a_cycle_are_those_within():
    phase = torch.rand(1, 500, dtype=torch.float64)
    f0, noise = torch.full_like(phase, 100.0), torch.zeros(1, 500)
    within, beyond = (excitation(each, f0, noise, (1, 3), (7, 50)) for each in (phase, phase + 1))
    torch.testing.assert_close(beyond, within, rtol=0, atol=2e-6)


def test_the_octaves_are_doubled_as_ever():
    """Bit for bit: the models that ship were trained on these values."""
    phase, f0 = oscillator(torch.linspace(-2, 2, 20).double()[None], torch.tensor([0.3], dtype=torch.float64))
    angle, cycles = (2 * torch.pi * phase).float(), (f0 / 48000).float()
    sin, cos, channels = torch.sin(angle), torch.cos(angle), []
    for k in HARMONICS:
        if k > 1:
            sin, cos = 2 * sin * cos, 1 - 2 * sin * sin
        gain = ((0.4375 - k * cycles) * 8).clamp(0, 1)
        channels += [gain * sin, gain * cos]
    noise = torch.rand(phase.shape)
    assert torch.equal(excitation(phase, f0, noise), torch.stack([*channels, noise], 2))


def test_it_is_what_the_compiler_s_float_network_hears():
    arch = Architecture(channels=4, skip_channels=4, dilations=(1,), knobs=1, harmonics=(1, 4), sines=(2, 3, 40))
    network: Network = as_network(Generator(arch))
    rows = [-1.0, 0.5, 1.5, 1.0]
    channels, noise, _, _ = driven(rows, arch.harmonics, arch.sines, start=0.1)
    wanted = network.excitation(np.array(rows), np.zeros((len(rows), 1)), noise, 0.1)
    assert np.abs(channels - wanted).max() < 1e-5


def test_harmonics_fade_out_before_nyquist():
    f0 = torch.tensor([[15000.0, 18000.0, 21000.0]], dtype=torch.float64)
    channels = excitation(torch.zeros_like(f0) + 0.25, f0, torch.zeros(1, 3))[0, :, 0]
    torch.testing.assert_close(channels, torch.tensor([1.0, 0.5, 0.0]), rtol=0, atol=1e-6)
    fifths = excitation(torch.zeros_like(f0) + 0.05, f0 / 5, torch.zeros(1, 3), (), (5,))[0, :, 0]
    torch.testing.assert_close(fifths, torch.tensor([1.0, 0.5, 0.0]), rtol=0, atol=1e-6)

"""A float model's file: which oscillators it may ask for, and that they are the integers' oscillators."""

from __future__ import annotations

import msgspec
import numpy as np
import pytest
from safetensors.numpy import save_file

from accel import reference
from accel.compiler import compile_network
from accel.errors import SystoleError
from accel.formats import UNITY, pitch_word
from accel.network import expected_shapes, load_network
from accel.oscillator_spec import check_tones
from accel.random_network import random_network
from accel.random_program import Shape

SHAPE = Shape(channels=3, skip=2, dilations=(1, 2), harmonics=(1, 6), sines=(2, 9, 40), knobs=1, hidden=(4,))


def written(path, network, drop=(), **fields):
    """The network as a file, some fields of its metadata replaced and some left out."""
    meta = msgspec.to_builtins(network.architecture) | fields
    text = msgspec.json.encode({key: value for key, value in meta.items() if key not in drop}).decode()
    save_file({name: array.astype(np.float32) for name, array in network.weights.items()}, path, {"systole": text})
    return path


@pytest.fixture
def network():
    return random_network(np.random.default_rng(1), SHAPE)


def test_a_file_keeps_its_oscillators(network, tmp_path):
    found = load_network(written(tmp_path / "a.safetensors", network))
    assert found.architecture == network.architecture
    assert found.architecture.excitation_channels == 8
    np.testing.assert_allclose(found.weights["first_conv.weight"], network.weights["first_conv.weight"], rtol=1e-6)


def test_a_file_without_sines_has_none(tmp_path):
    network = random_network(np.random.default_rng(1), Shape(channels=3, skip=2, dilations=(1,), harmonics=(1, 2)))
    found = load_network(written(tmp_path / "old.safetensors", network, drop=("sines",)))
    assert found.architecture.sines == ()
    assert expected_shapes(found.architecture)["first_conv"] == (3, 5, 1)


@pytest.mark.parametrize(
    ("fields", "fault"),
    [
        ({"harmonics": [1, 65]}, r"harmonics: 65 is no harmonic number; allowed: integers 1\.\.64"),
        ({"sines": [0, 9, 40]}, "sines: 0 is no harmonic number"),
        ({"sines": [2, 2, 9]}, "sines: 2 comes twice"),
        ({"sines": [1, 9, 40]}, "sines: 1 comes twice; allowed: each harmonic once in harmonics and sines"),
        ({"sines": [2.5, 9, 40]}, r"\$\.sines"),
        ({"sines": 4}, r"\$\.sines"),
        ({"harmonics": [], "sines": [], "noise": False}, "harmonics, sines and noise give no excitation channel"),
        ({"sines": [2, 9]}, "first_conv.weight is of shape"),
    ],
)
def test_oscillators_that_cannot_be_are_refused(network, tmp_path, fields, fault):
    with pytest.raises(SystoleError, match=rf"bad\.safetensors: .*{fault}"):
        load_network(written(tmp_path / "bad.safetensors", network, **fields))


def test_truth_values_are_no_harmonics():
    with pytest.raises(ValueError, match="harmonics: True"):
        check_tones((True,), ())


def test_every_channel_is_the_integers_channel(network):
    program, volts = compile_network(network), np.array([-2.0, -1.0, 0.7, 3.0])
    counts = np.zeros((len(volts), len(program.knobs)), np.int16)
    wanted = reference.excitation(program, pitch_word(volts), counts, seed=5, phase=1 << 30) / UNITY
    found = network.excitation(volts, counts / 20_000, reference.noise_words(len(wanted), 5) / UNITY, 0.25)
    assert found.shape == wanted.shape == (3 * SHAPE.hop, 8)
    assert np.abs(found - wanted).max() < 3e-3  # at harmonic 40 of the highest note; the phase itself has 32 bits
    assert np.abs(found - wanted).mean() < 2e-4

"""Oscillators of a float model: what they may ask for, and that their channels are the integers' channels."""

from __future__ import annotations

import dataclasses

import msgspec
import numpy as np
import pytest
from safetensors.numpy import save_file

from accel import reference
from accel.compiler import compile_network
from accel.errors import SystoleError
from accel.formats import UNITY, knob_counts, pitch_word
from accel.network import Network, load_network
from accel.oscillator_spec import OscillatorSpec, oscillators_from, plain_fields, positions_of
from accel.program_file import load_program, save_program
from accel.random_network import random_network
from accel.random_program import Shape

DETUNE = tuple(np.interp(positions_of(8), [0, 0.4, 0.6, 1], [-12, 0, 0, 7.02]).tolist())
BANK = (
    OscillatorSpec((1, 2), (3,)),
    OscillatorSpec((1,), (), DETUNE, 1, 8),
    OscillatorSpec((), (1,), (19.02,), free=False, start=0.25, gate=2),
    OscillatorSpec((2,), (), tuple(np.round(np.array(DETUNE)).tolist()), 1, 8, stepped=True),
)
CHANNELS = 5 + 2 + 1 + 2 + 1


def network_with(bank: tuple[OscillatorSpec, ...]) -> Network:
    """A random network with two knobs that hears this bank."""
    shape = Shape(channels=3, skip=2, dilations=(1, 2), harmonics=(1, 6), sines=(2, 9), knobs=2, hidden=(4,))
    plain = random_network(np.random.default_rng(1), shape)
    wide = np.random.default_rng(2).normal(0, 0.3, (3, sum(each.channels for each in bank) + 1, 1))
    changed = {"harmonics": (), "sines": (), "oscillators": bank}
    architecture = msgspec.structs.replace(plain.architecture, **changed)
    return Network(architecture, plain.weights | {"first_conv.weight": wide})


def test_every_channel_is_the_integers_channel():
    network = network_with(BANK)
    program, volts = compile_network(network), np.array([-1.0, -1.0, 0.3, 0.7, 1.0])
    knobs = np.array([[0.1, 0.9], [0.5, 0.1], [0.9, 0.9], [0.3, 0.2], [0.45, 0.2]])
    assert [each.gate for each in program.bank] == [0, 0, 2, 0]
    wanted = reference.excitation(program, pitch_word(volts), knob_counts(knobs), seed=5, phase=0x3C0FFEE5) / UNITY
    noise = reference.noise_words(len(wanted), 5) / UNITY
    found = network.excitation(volts, knobs, noise, 0x3C0FFEE5 / 2.0**32)
    assert found.shape == wanted.shape == (4 * 64, CHANNELS)
    assert np.abs(found - wanted).max() < 3e-3
    assert np.abs(found - wanted).mean() < 2e-4


def test_a_bank_survives_both_files(tmp_path):
    network = network_with(BANK)
    meta = msgspec.json.encode(network.architecture).decode()
    tensors = {name: array.astype(np.float32) for name, array in network.weights.items()}
    save_file(tensors, tmp_path / "float.safetensors", {"systole": meta})
    found = load_network(tmp_path / "float.safetensors")
    assert found.architecture == network.architecture
    program = compile_network(found)
    save_program(program, tmp_path / "integers.safetensors")
    loaded = load_program(tmp_path / "integers.safetensors")
    for each, spec in zip(loaded.bank, BANK, strict=True):
        np.testing.assert_array_equal(each.words(), spec.compiled().words())
        again = OscillatorSpec.of(each, spec.harmonics, spec.sines)
        np.testing.assert_array_equal(again.compiled().words(), each.words())
        np.testing.assert_allclose(again.semitones, spec.semitones, atol=1e-5)


def test_plain_fields_read_back():
    rows = [plain_fields(each) for each in BANK]
    assert oscillators_from(rows) == BANK
    assert rows[0] == {"harmonics": [1, 2], "sines": [3]}


def test_ratios_at_knob_positions():
    points = BANK[1]
    for position, semitones in ((0.0, -12), (0.5, 0), (0.2, -6), (0.8, 3.51)):
        assert points.octaves(np.array([position, 0.0])) * 12 == pytest.approx(semitones, abs=0.2)
    assert points.octaves(np.zeros((3, 5, 2))).shape == (3, 5)


@pytest.mark.parametrize(
    ("bank", "fault"),
    [
        ((BANK[0],) * 5, "oscillators: 5, allowed: at most 4"),
        ((dataclasses.replace(BANK[0], harmonics=(1, 65)),), r"oscillators\[0\]: harmonics: 65 is no harmonic number"),
        ((BANK[0], dataclasses.replace(BANK[1], knob=3)), r"oscillators\[1\]: knob 3, allowed: 0\.\.2"),
        ((dataclasses.replace(BANK[1], semitones=(1.0, 2.0)),), "2 points, needs 80"),
        ((dataclasses.replace(BANK[0], semitones=(96.0,)),), "a ratio of 8388608, allowed"),
        ((dataclasses.replace(BANK[0], semitones=(1e30,)),), "a ratio of"),
        ((dataclasses.replace(BANK[0], gate=1),), "free, but with a gate"),
        ((dataclasses.replace(BANK[2], start=1.0),), "start in 0..1"),
    ],
)
def test_banks_that_cannot_be_are_refused(tmp_path, bank, fault):
    network = network_with(bank)
    meta = msgspec.json.encode(network.architecture).decode()
    tensors = {name: array.astype(np.float32) for name, array in network.weights.items()}
    save_file(tensors, tmp_path / "bad.safetensors", {"systole": meta})
    with pytest.raises(SystoleError, match=rf"bad\.safetensors: .*{fault}"):
        load_network(tmp_path / "bad.safetensors")


def test_harmonics_beside_a_bank_are_refused(tmp_path):
    network = network_with(BANK)
    meta = msgspec.to_builtins(network.architecture) | {"sines": (4,)}
    tensors = {name: array.astype(np.float32) for name, array in network.weights.items()}
    save_file(tensors, tmp_path / "bad.safetensors", {"systole": msgspec.json.encode(meta).decode()})
    with pytest.raises(SystoleError, match="harmonics and sines stand beside oscillators"):
        load_network(tmp_path / "bad.safetensors")

"""A bank in the float model: the channels that the compiler's float network hears, and the program that it becomes."""

from dataclasses import asdict, replace

import numpy as np
import torch

from accel import reference
from accel.calibrate import random_controls
from accel.compiler import compile_network
from accel.formats import UNITY, knob_counts, pitch_word
from accel.oscillator_spec import OscillatorSpec, positions_of
from training.data.dataset import load_dataset
from training.model.dequantise import dequantise
from training.model.excitation import oscillator
from training.model.generator import Architecture, Generator
from training.model.oscillators import bank_excitation, bank_starts
from training.model.quantised import as_network
from training.model.render import render_float
from training.model.weights import load_weights, save_weights
from training.run.recipe import metadata, recipe_from
from training.run.sampling import Sampler

DETUNE = tuple(np.interp(positions_of(8), [0, 0.5, 1], [-12, 0, 7.02]).tolist())
BANK = (
    OscillatorSpec((1, 2), (3,)),
    OscillatorSpec((1,), (), DETUNE, 1, 8),
    OscillatorSpec((), (1,), (19.02,), free=False, start=0.25, gate=2),
)
ARCH = Architecture(channels=6, skip_channels=4, dilations=(1, 2), knobs=2, harmonics=(), oscillators=BANK)


def test_channels_are_those_of_the_compilers_float_network():
    rows = np.array([[60.0, 0.1, 0.9], [58.0, 0.4, 0.1], [65.0, 0.9, 0.9], [61.0, 0.3, 0.2]])
    volts, noise = (rows[:, 0] - 60) / 12, np.random.default_rng(4).uniform(-1, 1, 3 * 64).astype(np.float32)
    wanted = as_network(Generator(ARCH)).excitation(volts, rows[:, 1:], noise, 0.3)
    first = oscillator(torch.from_numpy(volts)[None], torch.tensor([0.3], dtype=torch.float64))
    starts = bank_starts(BANK, 0.3)[None]
    found = bank_excitation(
        BANK, first, torch.from_numpy(volts)[None], rows[None, :, 1:], starts, torch.from_numpy(noise)[None]
    )[0]
    assert found.shape == wanted.shape == (192, 5 + 2 + 1 + 1)
    np.testing.assert_allclose(found.numpy(), wanted, atol=2e-5)


def test_the_program_of_a_bank_returns_as_the_same_float_network():
    torch.manual_seed(1)
    program = compile_network(as_network(Generator(ARCH)))
    twin = dequantise(program)
    assert [each.channels for each in twin.architecture.oscillators] == [each.channels for each in BANK]
    volts, knobs = random_controls(np.random.default_rng(3), 8, 2)
    words, counts = pitch_word(volts), knob_counts(knobs)
    wanted = reference.excitation(program, words, counts, 7, 0) / UNITY
    found = twin.excitation(words / (4000 << 8), counts / 20_000, wanted[:, -1])
    assert np.abs(found - wanted).mean() < 2e-4


def test_a_recipe_with_a_bank_trains_renders_and_saves(recipe_fields, tiny_set, tmp_path):
    knobs = len(recipe_fields["knobs"])
    detuned = {"harmonics": [1], "semitones": list(DETUNE), "knob": 1, "segment_bits": 8}
    model = {"channels": 4, "skip_channels": 4, "dilations": [1, 2], "oscillators": [{"harmonics": [1, 2]}, detuned]}
    recipe = recipe_from({**recipe_fields, "model": model})
    arch, data = recipe.architecture, load_dataset(tiny_set)
    assert recipe.fingerprint() != recipe_from({**recipe_fields, "model": model | {"channels": 5}}).fingerprint()
    generator = Generator(arch)
    stage = replace(recipe.stages[0], cold=0.0)
    batch, again = (Sampler(data, arch.context, 3, arch.sources).batch(5, stage) for _ in range(2))
    assert torch.equal(batch.excitation, again.excitation)
    assert generator(batch.excitation, batch.control).shape == batch.target.shape
    save_weights(tmp_path / "bank.safetensors", generator.state_dict(), metadata(recipe, {}))
    loaded, _ = load_weights(tmp_path / "bank.safetensors")
    assert loaded.arch.oscillators == arch.oscillators
    rows = np.concatenate([np.full((5, 1), 60.0), np.full((5, knobs), 0.5)], axis=1)
    np.testing.assert_array_equal(render_float(loaded)(rows, 0.1), render_float(generator)(rows, 0.1))


def test_a_recipe_without_a_bank_keeps_its_fingerprint(recipe_fields):
    recipe = recipe_from(recipe_fields)
    assert "oscillators" in asdict(recipe.architecture)
    assert "oscillators" not in metadata(recipe, {})
    assert recipe.fingerprint() == replace(recipe, expect="").fingerprint()

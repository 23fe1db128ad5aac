"""Memory in the float model: a recipe's followers reach batches, renders, files and the integer program."""

from dataclasses import replace

import numpy as np
import torch

from accel.compiler import compile_network
from accel.follower_spec import FollowerSpec, followed_knobs
from accel.formats import UNITY
from training.data.dataset import load_dataset
from training.model.dequantise import dequantise
from training.model.generator import Architecture, Generator
from training.model.playing import render_integers
from training.model.quantised import as_network
from training.model.render import render_float, render_per_sample
from training.model.weights import load_weights, save_weights
from training.run.recipe import metadata, recipe_from
from training.run.sampling import Sampler

SLOW = FollowerSpec(1, 0.003, (0.03,))
ARCH = Architecture(channels=6, skip_channels=4, dilations=(1, 2), knobs=2, followers=(SLOW,))
ROWS = np.column_stack([np.full(40, 60.0), np.repeat([0.1, 0.9, 0.2, 0.6], 10), np.linspace(0, 1, 40)])


def drawn() -> Generator:
    torch.manual_seed(3)
    generator = Generator(ARCH)
    with torch.no_grad():  # silent layers would hide what the knobs do
        generator.get_parameter("control.2.weight").mul_(4)
    return generator


def test_batches_carry_the_memory_of_their_clip(recipe_fields, tiny_set):
    late = FollowerSpec(1, 0.05, (0.05,))
    recipe, data = recipe_from(recipe_fields), load_dataset(tiny_set)
    late_knobs = followed_knobs([late], data.control[:, :, 1:])
    assert np.abs(late_knobs - data.control[:, :, 1:]).max() > 0.01
    for cold in (0.0, 1.0):
        stage = replace(recipe.stages[0], cold=cold, batch=3)
        batch = Sampler(data, 64, 3, followers=[late]).batch(5, stage)
        bare = Sampler(data, 64, 3).batch(5, stage)
        assert torch.equal(batch.excitation, bare.excitation)
        for row, plain in zip(batch.control.numpy(), bare.control.numpy(), strict=True):
            windows = np.lib.stride_tricks.sliding_window_view(data.control, len(row), axis=1)  # [N, R', C, rows]
            heard = np.lib.stride_tricks.sliding_window_view(late_knobs, len(row), axis=1)[:, :, 0]
            same = np.isclose((windows[:, :, 0] - 60) / 36, row[:, 0], atol=1e-6).all(axis=2)
            given = np.isclose(windows[:, :, 1], (plain[:, 1] + 1) / 2, atol=1e-6).all(axis=2)
            followed = np.isclose(heard, (row[:, 1] + 1) / 2, atol=1e-6).all(axis=2)
            assert (same & given & followed).any()


def test_float_and_integers_remember_alike():
    generator = drawn()
    program = compile_network(as_network(generator))
    integers, floats = render_integers(program)(ROWS, 0.0), render_float(generator)(ROWS, 0.0)
    without = Generator(replace(ARCH, followers=()))
    without.load_state_dict(generator.state_dict())
    behind = np.column_stack([ROWS[:, 0], followed_knobs([SLOW], ROWS[:, 1:])])
    np.testing.assert_array_equal(floats, render_float(without)(behind, 0.0))
    np.testing.assert_array_equal(render_per_sample(generator)(ROWS, 0.0), render_per_sample(without)(behind, 0.0))
    forgetful = render_float(without)(ROWS, 0.0)
    assert np.abs(forgetful - floats).max() > 100 / UNITY
    twin = compile_network(as_network(without))
    np.testing.assert_array_equal(render_integers(twin)(behind, 0.0), integers)


def test_the_program_returns_as_the_same_float_network():
    program = compile_network(as_network(drawn()))
    (found,) = dequantise(program).architecture.followers
    np.testing.assert_array_equal(found.compiled().words(), SLOW.compiled().words())


def test_a_recipe_with_a_follower_saves_and_loads(recipe_fields, tmp_path):
    fields = recipe_fields["model"] | {"followers": [{"knob": 1, "attack": 0.003, "release": [0.03]}]}
    recipe, plain = recipe_from({**recipe_fields, "model": fields}), recipe_from(recipe_fields)
    assert recipe.architecture.followers == (SLOW,)
    assert recipe.fingerprint() != plain.fingerprint()
    generator = Generator(recipe.architecture)
    save_weights(tmp_path / "memory.safetensors", generator.state_dict(), metadata(recipe, {}))
    assert load_weights(tmp_path / "memory.safetensors")[0].arch.followers == (SLOW,)
    assert "followers" not in metadata(plain, {})

from dataclasses import replace

import numpy as np
import pytest
import torch

from accel.compiler import compile_network
from accel.formats import KNOB_COUNTS, knob_counts, midi_to_volts, pitch_word
from accel.network import load_network
from accel.reference import DEFAULT_SEED, noise_words
from training.measure.evaluation import held_out, judge, sweeps
from training.measure.metrics import high_pass, signal_to_noise
from training.measure.quantisation_loss import (
    PITCH_COUNTS_PER_VOLT,
    judge_pair,
    quantisation_loss,
    render_twin,
    render_twin_per_sample,
)
from training.model.generator import Generator
from training.model.playing import render_integers
from training.model.weights import save_weights
from training.run.recipe import metadata, recipe_from
from training.ship import quantisation_snr, ship


@pytest.fixture(scope="module")
def weights(recipe_fields, tmp_path_factory):
    recipe = recipe_from(recipe_fields)
    torch.manual_seed(4)
    path = tmp_path_factory.mktemp("weights") / "tiny.safetensors"
    save_weights(path, Generator(recipe.architecture).state_dict(), metadata(recipe, {"minutes": 3.0, "stale": 1}))
    return path


@pytest.fixture(scope="module")
def network(weights):
    return load_network(weights)


@pytest.fixture(scope="module")
def data(tiny_set):
    return held_out(tiny_set, ["bright"], "model")


def test_the_twin_hears_what_the_accelerator_hears(network):
    rows = np.column_stack([np.linspace(50, 55, 20), np.linspace(0, 1, 20)])
    volts = pitch_word(midi_to_volts(rows[:, 0])) / PITCH_COUNTS_PER_VOLT
    knobs = knob_counts(rows[:, 1:]) / KNOB_COUNTS
    noise = noise_words(19 * 64, DEFAULT_SEED) / 2**15
    render = render_twin(network)
    np.testing.assert_allclose(render(rows, 0.25), network.run(volts, knobs, noise, 0.25), atol=1e-6)
    assert np.abs(render(rows, 0.75) - render(rows, 0.25)).max() > 1e-3
    short = render(rows[:5], 0.25)
    np.testing.assert_array_equal(short, render(rows, 0.25)[: 4 * 64])


def test_the_per_sample_twin_differs_only_between_rows(network):
    steady = np.tile([57.0, 0.4], (20, 1))
    every, interpolated = render_twin_per_sample(network), render_twin(network)
    np.testing.assert_allclose(every(steady, 0.0), interpolated(steady, 0.0), atol=1e-6)
    (sweep,) = sweeps(1, 20)
    assert 20 < signal_to_noise(interpolated(sweep, 0.0).astype(float), every(sweep, 0.0).astype(float)) < 200


def test_a_known_error_is_measured(data):
    rng = np.random.default_rng(1)
    clips = dict(zip(map(bytes, data.control), data.audio, strict=True))
    floats = judge(lambda rows, phase: clips[bytes(rows)], data, [])
    size = [np.sqrt(np.mean(high_pass(audio) ** 2)) for audio in data.audio]
    wrong = [a + 0.01 * s * rng.standard_normal(len(a)) for a, s in zip(data.audio, size, strict=True)]
    shifted = [replace(clip, lsd=clip.lsd + 0.25) for clip in floats.clips]
    found = quantisation_loss(replace(floats, outputs=wrong, clips=shifted), floats)
    assert found["quantisation_snr_db"] == pytest.approx(40, abs=1.5)  # noise at the ends of a short clip rings
    assert found["quantisation_snr_worst_decile_db"] <= found["quantisation_snr_db"]
    assert found["quantisation_lsd_db"] == 0.25


def test_a_pair_is_judged_on_the_same_clips(network, data):
    integers = render_integers(compile_network(network))
    exact = render_twin_per_sample(network)
    shipped, twin = judge_pair(integers, render_twin(network), data, [], exact=exact, other_phase=False)
    assert 20 < shipped.summary["quantisation_snr_db"] < 100
    difference = shipped.summary["lsd_db"] - twin.summary["lsd_db"]
    assert shipped.summary["quantisation_lsd_db"] == pytest.approx(difference, abs=2e-4)
    assert "interpolation_error_db" in twin.summary
    assert "lsd_other_phase_db" in shipped.summary
    assert "lsd_other_phase_db" not in twin.summary


def test_the_card_says_what_rounding_costs(weights, network, tiny_set, tmp_path):
    found = ship(weights, tiny_set, tmp_path)
    assert {"quantisation_snr_db", "quantisation_lsd_db", "quantisation_snr_worst_decile_db"} <= found[
        "integers"
    ].keys()
    assert found["float"]["minutes"] == 3.0
    assert "stale" not in found["float"]
    assert found["float"]["lsd_db"] == pytest.approx(
        found["integers"]["lsd_db"] - found["integers"]["quantisation_lsd_db"], abs=2e-4
    )
    random = quantisation_snr(network, compile_network(network))
    assert found["quantisation_snr_random_controls_db"] == round(random, 1)
    assert found["pitch_error_range_cents"] >= 0

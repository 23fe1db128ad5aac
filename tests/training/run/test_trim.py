"""The level's correction at the end of a training."""

import copy
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from training.data.dataset import Dataset, load_dataset
from training.model.generator import Generator
from training.model.render import render_float
from training.model.weights import load_weights
from training.run.recipe import recipe_from
from training.run.trim import MOST_DB, level_bias, trimmed
from training.train import train


@pytest.fixture
def generator(recipe_fields) -> Generator:
    torch.manual_seed(4)
    return Generator(recipe_from(recipe_fields).architecture)


def louder_targets(generator: Generator, data: Dataset, gains_db: list[float]) -> Dataset:
    """The generator's own renders as targets, each clip louder by its gain."""
    render = render_float(generator)
    audio = [
        render(rows, float(phase)) * 10 ** (gain / 20)
        for rows, phase, gain in zip(data.control, data.start_phase, gains_db, strict=True)
    ]
    return replace(data, audio=np.stack(audio).astype(np.float32))


def test_the_mean_offset_is_taken_out_and_nothing_else(generator, tiny_set):
    data = louder_targets(generator, load_dataset(tiny_set), [1.0, 2.0, 3.0, 4.0, 0.0])
    assert level_bias(generator, data) == pytest.approx(-2.0, abs=1e-3)
    before = copy.deepcopy(generator.state_dict())
    result = trimmed(generator, data)
    assert level_bias(result, data) == pytest.approx(0.0, abs=1e-3)
    changed = [name for name, weight in result.state_dict().items() if not torch.equal(weight, before[name])]
    assert sorted(changed) == ["last_conv_layers.3.bias", "last_conv_layers.3.weight"]
    assert all(torch.equal(weight, before[name]) for name, weight in generator.state_dict().items())


def test_silent_clips_have_no_say_and_wild_offsets_are_bounded(generator, tiny_set):
    data = louder_targets(generator, load_dataset(tiny_set), [2.0, -150.0, 2.0, 2.0, 2.0])
    assert level_bias(generator, data) == pytest.approx(-2.0, abs=1e-3)
    assert level_bias(generator, replace(data, audio=np.zeros_like(data.audio))) == 0.0
    far = louder_targets(generator, data, [40.0] * 5)
    assert level_bias(trimmed(generator, far), far) == pytest.approx(MOST_DB - 40, abs=1e-3)


def test_only_what_a_finished_training_exports_is_trimmed(recipe_fields, tiny_set: Path, tmp_path: Path):
    plain = recipe_from({**recipe_fields, "dataset": tiny_set.name, "steps": 4})
    corrected = replace(plain, trim=True)
    assert corrected.fingerprint() == plain.fingerprint()  # a checkpoint may be finished either way
    files = {}
    for name, recipe, stop in (("plain", plain, None), ("early", corrected, 2), ("whole", corrected, None)):
        files[name], _ = load_weights(train(recipe, tiny_set.parent, tmp_path / name, compiled=False, stop_at=stop))
    data = load_dataset(tiny_set, plain.parts)
    before = level_bias(files["plain"], data)
    assert abs(before) > 0.5
    assert level_bias(files["whole"], data) == pytest.approx(before - np.clip(before, -MOST_DB, MOST_DB), abs=1e-3)
    early, _ = load_weights(train(plain, tiny_set.parent, tmp_path / "other", compiled=False, stop_at=2))
    assert torch.equal(early.last_conv_layers["3"].weight, files["early"].last_conv_layers["3"].weight)

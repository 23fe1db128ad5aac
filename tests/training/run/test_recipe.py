import pytest

from accel.errors import SystoleError
from training.run.recipe import load_recipe, recipe_from

RECIPE = """
name = "tiny"
title = "Tiny"
description = ""
licence = "CC0-1.0"
credit = ""
dataset = "tiny"
seed = 1
steps = 5
knobs = []

[optimiser]
rate = 1e-3
warm_up = 1
final = 0.1
clip = 1.0
ema = 0.9

[[stages]]
until = 1.0
batch = 1
crop = 64
cold = 0.0
waveform = 0.0
spectral = 1.0
sizes = [64]
convergence = 0.0
level = 0.0

[model]
"""


def recipe_with(tmp_path, model: str):
    path = tmp_path / "tiny.toml"
    path.write_text(RECIPE + model)
    return load_recipe(path)


def test_the_model_table_sets_oscillator_and_control_network(tmp_path):
    model = "harmonics = [1]\nsines = [2, 3]\ncontrol_width = 48\ncontrol_depth = 3\nbank = true\ndilations = [1, 2]\n"
    arch = recipe_with(tmp_path, model).architecture
    assert (arch.harmonics, arch.sines, arch.dilations) == ((1,), (2, 3), (1, 2))
    assert (arch.control_width, arch.control_depth, arch.bank) == (48, 3, True)


@pytest.mark.parametrize(
    ("model", "fault"),
    [
        ("sines = 3", "sines is 3; allowed: a list of integers"),
        ("sines = [3, 3]", "sines: 3 comes twice"),
        ("harmonics = [100]", "harmonics: 100 is no harmonic number; allowed: integers 1..64"),
        ("control_depth = 9", "control_depth is 9; allowed: integers 1..3"),
        ("control_wide = 9", "control_wide"),
    ],
)
def test_wrong_fields_are_refused_with_file_and_field(tmp_path, model, fault):
    with pytest.raises(SystoleError, match=rf"tiny\.toml: .*{fault}"):
        recipe_with(tmp_path, model)


def test_each_field_makes_another_recipe(recipe_fields):
    models = [{}, {"sines": [3]}, {"control_width": 33}, {"control_depth": 1}, {"bank": True}]
    prints = {recipe_from({**recipe_fields, "model": model}).fingerprint() for model in models}
    assert len(prints) == len(models)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"parts": ["val_static"]}, "parts is"),
        ({"parts": []}, "parts is"),
        ({"share": 0.0}, "share is"),
        ({"share": 1.5}, "share is"),
    ],
)
def test_only_training_clips_can_be_learnt_from(recipe_fields, change, message):
    with pytest.raises(ValueError, match=message):
        recipe_from({**recipe_fields, **change})

"""Recipes reproduce what ships, or the line says what differs."""

from pathlib import Path

import pytest

from accel.compiler import compile_network
from accel.network import load_network
from accel.program_file import save_program
from tests.training.stages import STAGE
from training.reproduce import main
from training.train import main as train_main

TOML = (
    """
name = "tiny"
title = "Tiny"
description = "A test."
licence = "CC0-1.0"
credit = "Nobody."
dataset = "tiny"
seed = {seed}
steps = 6
model = {{channels = 4, skip_channels = 4, dilations = [1, 2, 4]}}
optimiser = {{rate = 4e-3, warm_up = 3, final = 0.01, clip = 1.0, ema = 0.9}}
knobs = [{{id = "bright", label = "Bright", help = "Brightness", default = 0.5}}]
"""
    + STAGE
)


@pytest.fixture
def shipped(tiny_set: Path, tmp_path: Path) -> list[str]:
    """A recipe and the program made from it; the arguments that name them."""
    recipe, models = tmp_path / "tiny.toml", tmp_path / "models"
    recipe.write_text(TOML.format(seed=7))
    models.mkdir()
    assert not train_main(
        [str(recipe), "--data", str(tiny_set.parent), "--out", str(tmp_path / "first"), "--no-compile"]
    )
    save_program(compile_network(load_network(tmp_path / "first" / "tiny.safetensors")), models / "tiny.safetensors")
    folders = ["--data", tiny_set.parent, "--out", tmp_path / "runs", "--recipes", tmp_path, "--models", models]
    return ["tiny", "--no-compile", *map(str, folders)]


def test_the_same_recipe_gives_the_same_program(shipped, capsys):
    assert main(shipped) == 0
    assert "tiny: reproduced to the bit" in capsys.readouterr().out


def test_another_seed_is_told_apart(shipped, tmp_path, capsys):
    (tmp_path / "tiny.toml").write_text(TOML.format(seed=8))
    assert main(shipped) == 1
    assert "weights differ" in capsys.readouterr().out


def test_another_card_is_told_apart_from_other_weights(shipped, tmp_path, capsys):
    (tmp_path / "tiny.toml").write_text(TOML.format(seed=7).replace("Nobody.", "Somebody."))
    assert main(shipped) == 1
    assert "the weights are the same" in capsys.readouterr().out


def test_a_run_of_another_recipe_is_one_line(shipped, tmp_path, capsys):
    assert main(shipped) == 0
    (tmp_path / "tiny.toml").write_text(TOML.format(seed=8))
    capsys.readouterr()
    assert main(shipped) == 1
    error = capsys.readouterr().err
    assert "made by another recipe" in error and error.count("error:") == 1


def test_what_is_missing_is_one_line(shipped, tmp_path, capsys):
    (tmp_path / "models" / "tiny.safetensors").unlink()
    assert main(shipped) == 1
    error = capsys.readouterr().err
    assert error.startswith("error: ") and "tiny.safetensors" in error and error.count("\n") == 1

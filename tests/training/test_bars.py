"""The shipped models' check, on a folder with one untrained model and a set whose repeats are known."""

import json
import shutil

import numpy as np
import pytest
import torch

from accel.compiler import compile_network
from accel.network import load_network
from accel.program_file import save_program
from tests.training.conftest import CLIP
from tests.training.sets import Clips
from tests.training.stages import STAGE
from training.bars import main
from training.data.dataset import load_dataset
from training.model.generator import Generator
from training.model.weights import save_weights
from training.results import must_reach
from training.results.bars_text import markdown_text, missed_lines, rows
from training.results.must_reach import Bar, verdicts
from training.results.shipped import Measured
from training.run.recipe import metadata, recipe_from

RECIPE = (
    """
name = "tiny"
title = "Tiny"
description = "A test."
licence = "CC0-1.0"
credit = "Nobody."
dataset = "sets/tiny"
seed = 7
steps = 12
optimiser = {rate = 4e-3, warm_up = 3, final = 0.01, clip = 1.0, ema = 0.9}
knobs = [{id = "bright", label = "Bright", help = "", default = 0.5}]
"""
    + STAGE
)


@pytest.fixture
def folders(recipe_fields, tiny_set, tmp_path):
    """Arguments for folders of models, weights, recipes and data, the held-out clips repeated a little quieter."""
    parts = {name: tmp_path / name for name in ("models", "weights", "recipes", "data")}
    for folder in (*parts.values(), tmp_path / "data" / "sets"):
        folder.mkdir()
    for suffix in (".npz", ".flac"):
        shutil.copy(tiny_set.with_suffix(suffix), tmp_path / "data" / "sets" / f"tiny{suffix}")
    audio = load_dataset(tiny_set, filtered=False).audio
    repeat = {"clip": np.array([3, 4]), "clip_samples": CLIP, "rate": 48000}
    Clips(repeat, 0.9 * audio[3:]).write(tmp_path / "data" / "sets" / "tiny_repeat")
    recipe = recipe_from(recipe_fields)
    torch.manual_seed(2)
    weights = parts["weights"] / "tiny.safetensors"
    save_weights(weights, Generator(recipe.architecture).state_dict(), metadata(recipe, {}))
    program = compile_network(load_network(weights))
    for name in ("tiny", "stray"):  # a second one that no recipe tells of
        save_program(program, parts["models"] / f"{name}.safetensors")
    (parts["recipes"] / "tiny.toml").write_text(RECIPE)
    return [word for name, folder in parts.items() for word in (f"--{name}", str(folder))]


@pytest.fixture
def bars(monkeypatch):
    """One bar of the tiny model that an untrained network misses, one that it reaches."""
    held = (Bar("lsd_static_above_floor_db", 0.1), Bar("centroid_correlation", -1.0, at_least=True))
    monkeypatch.setitem(must_reach.BARS, "tiny", held)


def test_missed_bars_are_data(folders, bars, capsys):
    assert main([*folders, "--json"]) == 0
    done = capsys.readouterr()
    found = json.loads(done.out)
    (model,) = found["models"]
    assert (model["model"], model["dataset"], model["clips"], found["skipped"]) == ("tiny", "sets/tiny", 2, ["stray"])
    reached = {bar["figure"]: bar["reached"] for bar in model["bars"]}
    assert reached["lsd_static_above_floor_db"] is False
    assert reached["centroid_correlation"] is True
    assert set(reached) == {
        "lsd_static_above_floor_db",
        "centroid_correlation",
        "quantisation_lsd_db",
        "quantisation_snr_db",
    }
    assert None not in reached.values()
    assert (found["reached"] + found["missed"], found["not_measured"]) == (4, 0)
    static = model["groups"]["static"]
    assert static["lsd_synth_db"] == pytest.approx(0.27, abs=0.05)  # 0.92 dB where there is a tone
    assert static["lsd_above_floor_db"] == model["summary"]["lsd_static_above_floor_db"]
    assert "stray: left out, no recipe" in done.err


def test_the_tables(folders, bars, capsys):
    assert main([*folders, "tiny"]) == 0
    text = capsys.readouterr().out
    assert "MISSED" in text
    assert "tiny: Log-spectral distance beyond the synth's own, static: " in text
    assert main([*folders, "tiny", "--markdown"]) == 0
    text = capsys.readouterr().out
    assert text.count("| --- | ---: |") == 2
    assert "** (≤ 0.1) |" in text
    assert "| Static" in text


def test_without_float_weights_rounding_is_not_measured(folders, bars, tmp_path, capsys):
    (tmp_path / "weights" / "tiny.safetensors").unlink()
    assert main([*folders, "tiny", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["not_measured"] == 2


@pytest.mark.parametrize(
    ("broken", "said"),
    [
        ("data/sets/tiny.npz", r"tiny\.npz: not a readable dataset"),
        ("models/tiny.safetensors", r"tiny\.safetensors"),
        ("recipes/tiny.toml", r"tiny\.toml"),
        ("weights/tiny.safetensors", r"weights/tiny\.safetensors"),
    ],
)
def test_broken_files_are_errors(folders, tmp_path, capsys, broken, said):
    import re

    (tmp_path / broken).write_bytes(b"broken = [")
    assert main([*folders, "tiny"]) == 1
    done = capsys.readouterr()
    assert done.out == ""
    assert re.search(r"^error: .*" + said, done.err, re.MULTILINE)


def test_a_name_that_does_not_ship_is_an_error(folders, capsys):
    assert main([*folders, "nobody"]) == 1
    assert "no model nobody; there are: stray, tiny" in capsys.readouterr().err


def measured(name: str, **summary: float) -> Measured:
    groups = {"all": {"clips": 2, "lsd_db": 1.5}, "moving low": {"clips": 1, "lsd_db": 2.5, "lsd_above_floor_db": 1.0}}
    return Measured(name, "c0ffee", "x/y", 2, summary, groups, verdicts(name, summary))


def test_text_of_known_figures():
    good = measured(
        "va_phase", snr_db=30.0, snr_worst_decile_db=14.0, quantisation_lsd_db=0.02, quantisation_snr_db=40.0
    )
    bad = measured("additive", snr_db=3.0, lsd_static_above_floor_db=3.25, quantisation_lsd_db=-0.5)
    assert [row[-1] for row in rows([good, bad])[1:]] == [
        *["reached"] * 4,
        "MISSED",
        "not measured",
        "MISSED",
        "not measured",
    ]
    assert missed_lines([good, bad])[:2] == [
        "4 of 8 bars reached",
        "additive: Log-spectral distance beyond the synth's own, static: 3.250 dB, bar <= 2.5 dB",
    ]
    lines = markdown_text([good, bad]).splitlines()
    assert "| Figure | va_phase | additive |" in lines
    places = [next(i for i, line in enumerate(lines) if part in line) for part in (", static,", ", moving,")]
    assert places == sorted(places)
    assert "| Signal to noise, median, dB | 30.0 (≥ 25) | 3.000 |" in lines
    assert "| Log-spectral distance beyond the synth's own, static, dB |  | **3.250** (≤ 2.5) |" in lines
    assert "| Integers against float, SNR, median, dB | 40.0 (≥ 35) | **not measured** (≥ 35) |" in lines
    assert "| Integers' log-spectral distance above float's, dB | 0.020 (± 0.1) | **-0.500** (± 0.1) |" in lines
    assert "| Moving, < 48 | 2.50 / 1.00 | 2.50 / 1.00 |" in lines

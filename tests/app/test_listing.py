"""`models`, `patches`, `info`, `verify`, `profile`, `compile` on a small model."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import msgspec
import numpy as np
import pytest

from accel.compiler import compile_network
from accel.follower_spec import FollowerSpec
from accel.followers import RELEASES
from accel.program_file import load_program, save_program, write_tensors
from accel.random_network import random_network
from accel.random_program import Shape
from app.describe import model_facts, model_lines
from app.profiling import equal_network
from engine.parameters import TABLE
from tests.app.support import TINY, Systole, one_line


def test_models_as_json(systole: Systole, home: Path) -> None:
    entries = {entry["name"]: entry for entry in json.loads(systole("models", "--json").stdout)}
    tiny = entries["tiny"]
    assert tiny["origin"] == "user"
    assert tiny["architecture"]["dilations"] == [1, 2, 4]
    assert tiny["architecture"]["receptive_field"] == 8
    assert [knob["id"] for knob in tiny["knobs"]] == ["knob0", "knob1"]
    assert tiny["hash"] == load_program(home / "models" / "tiny.safetensors").hash
    assert tiny["latency"] == {"look_ahead_samples": 0, "control_ramp_samples": 64}
    assert {row["target"] for row in tiny["cycles"]} >= {"ecp5-25f"}


def test_a_broken_model_is_listed_with_its_reason(systole: Systole, home: Path) -> None:
    broken = home / "models" / "broken.safetensors"
    broken.write_bytes(b"\x80\x04N.")  # a pickle
    try:
        done = systole("models")
    finally:
        broken.unlink()
    assert done.returncode == 0
    line = next(line for line in done.stdout.decode().splitlines() if line.startswith("broken"))
    assert "not a Systole model" in line


def test_patches(systole: Systole) -> None:
    assert "plain" in systole("patches").stdout.decode()
    entries = {entry["name"]: entry for entry in json.loads(systole("patches", "--json").stdout)}
    assert entries["plain"]["name"] == "plain"
    assert entries["plain"]["parameters"]["amp.release"]["value"] == 0.05


def test_the_help_of_patches_holds_the_whole_table(systole: Systole) -> None:
    words = " ".join(systole("patches", "--help").stdout.decode().split())
    for entry in TABLE:
        assert entry.allowed in words
        assert entry.help in words


def test_info_of_a_model_and_of_a_patch(systole: Systole, home: Path) -> None:
    model = systole("info", "tiny").stdout.decode()
    for part in ("MAC/sample", "Receptive field  8 samples", "Latency", "knob1", "ecp5-25f"):
        assert part in model
    assert "amp.release" in systole("info", "plain").stdout.decode()
    by_path = json.loads(systole("info", home / "models" / "tiny.safetensors", "--json").stdout)
    assert by_path["patch"] is None
    assert by_path["model"]["name"] == "random"


@pytest.mark.parametrize("name", ["nothing", "nothing.toml", "nothing.safetensors", ""])
def test_info_of_nothing(systole: Systole, name: str) -> None:
    done = systole("info", name)
    assert done.returncode == 1
    assert "no such" in one_line(done)


def test_verify_counts(systole: Systole) -> None:
    result = json.loads(systole("verify", "tiny", "--samples", 5000, "--json").stdout)
    assert result["passed"]
    assert result["samples"] >= 5000
    assert result["different"] == 0


def test_profile_tells_the_share_of_the_macs(systole: Systole) -> None:
    result = json.loads(systole("profile", "tiny", "--seconds", 0.05, "--json").stdout)
    assert 0 < result["mac_share"] < result["convolution_share"] < 1
    assert result["samples"] == 2432  # 38 whole frames
    assert result["ratio"] == pytest.approx(result["naive_seconds"] / result["emulator_seconds"])
    assert "Their MACs" in systole("profile", "tiny", "--seconds", 0.05).stdout.decode()


def test_the_profiled_twin_has_the_models_sizes(home: Path) -> None:
    program = load_program(home / "models" / "tiny.safetensors")
    assert set(equal_network(program).weights) == set(random_network(np.random.default_rng(0), TINY).weights)
    assert equal_network(program).architecture.dilations == (1, 2, 4)


def test_facts_are_json(home: Path) -> None:
    path = home / "models" / "tiny.safetensors"
    json.dumps(model_facts(load_program(path), path), allow_nan=False)


def test_compile_makes_a_model(systole: Systole, tmp_path: Path) -> None:
    network = random_network(np.random.default_rng(3), TINY)
    weights = {name: value.astype(np.float32) for name, value in network.weights.items()}
    write_tensors(tmp_path / "float.safetensors", weights, network.architecture)
    done = systole("compile", tmp_path / "float.safetensors", "-o", tmp_path / "model.safetensors")
    assert done.returncode == 0, done.stderr
    assert load_program(tmp_path / "model.safetensors").channels == 4
    same = systole("compile", tmp_path / "float.safetensors", "-o", tmp_path / "float.safetensors")
    assert same.returncode == 2
    assert "FLOAT itself" in one_line(same)
    assert systole("compile", tmp_path / "model.safetensors", "-o", tmp_path / "again.safetensors").returncode == 1


def test_a_knob_says_how_slow_it_is(tmp_path: Path) -> None:
    network = random_network(np.random.default_rng(1), Shape(channels=3, skip=2, dilations=(1,), knobs=3, hidden=(4,)))
    slow = (FollowerSpec(2, 0.004, (0.05,)), FollowerSpec(3, 0.0, tuple(np.linspace(0.3, 0.02, RELEASES))))
    architecture = msgspec.structs.replace(network.architecture, followers=slow)
    path = tmp_path / "slow.safetensors"
    save_program(compile_network(dataclasses.replace(network, architecture=architecture)), path)
    facts = model_facts(load_program(path), path)
    none, one, many = (knob["memory"] for knob in facts["knobs"])
    assert none is None
    assert one["attack_s"] == pytest.approx(0.004, rel=0.01)
    assert many["attack_s"] == 0
    np.testing.assert_allclose(many["release_s"], slow[1].release, rtol=0.01)
    texts = [text for name, text in model_lines(facts) if name.startswith("  knob")]
    assert "falls" not in texts[0]
    assert texts[1].endswith("; rises in 4 ms, falls in 50 ms")
    assert texts[2].endswith("; rises in 0 ms, falls in 20 to 300 ms")

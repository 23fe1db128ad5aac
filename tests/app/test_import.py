"""`systole import` on checkpoints that the package itself wrote, and what can be done with the model."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import soundfile
import torch

from tests.app.support import Systole, one_line
from tests.training.imports.package import SMALL, write_checkpoint


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A checkpoint with its config.yml and stats.npy, and features."""
    folder = tmp_path_factory.mktemp("checkpoint")
    write_checkpoint(folder, SMALL)
    rng = np.random.default_rng(0)
    np.save(folder / "stats.npy", np.stack([np.full(10, -3.0), np.full(10, 0.5)]))
    np.save(folder / "feats.npy", (-3 + 0.5 * rng.normal(size=(30, 10))).astype(np.float32))
    return folder


@pytest.fixture(scope="module")
def model(folder: Path, systole: Systole) -> Path:
    path = folder / "voice.safetensors"
    done = systole("import", folder / "checkpoint-1steps.pkl", "-o", path)
    assert done.returncode == 0, done.stderr
    text = done.stdout.decode()
    assert "96 samples (4.0 ms) of look-ahead" in text
    assert "10 bands, a frame every 64 samples, as extracted, normalised by the model" in text
    assert "dB against the float network" in text
    assert "the accelerator is causal" in text
    assert len(text.partition("SKIP SUM dB\n")[2].splitlines()) == 6
    return path


def test_it_renders_features(model: Path, folder: Path, systole: Systole, tmp_path: Path) -> None:
    sounds = []
    for block in (1024, 37):
        out = tmp_path / f"{block}.wav"
        options = ("--rate", "native", "--block", block)
        done = systole("render", folder / "feats.npy", "--model", model, "-o", out, *options)
        assert done.returncode == 0, done.stderr
        samples, rate = soundfile.read(out, dtype="int16")
        assert (rate, samples.shape) == (24000, (30 * 64,))
        sounds.append(samples)
    np.testing.assert_array_equal(*sounds)
    assert len(np.unique(sounds[0])) > 100


def test_it_is_verified_and_described_like_any_model(model: Path, systole: Systole) -> None:
    done = systole("verify", model, "--samples", 1000, "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["different"] == 0
    facts = json.loads(systole("info", model, "--json").stdout)["model"]
    assert facts["features"] == {"bands": 10, "frame_samples": 64}
    assert facts["latency"]["look_ahead_samples"] == 96
    assert facts["metrics"]["import_snr_db"]["output"] > 10
    for row in facts["cycles"]:
        assert not row["fits"]
        assert "looks 96 samples ahead" in row["reason"]


def test_the_same_again_is_the_same_file(model: Path, folder: Path, systole: Systole, tmp_path: Path) -> None:
    again = tmp_path / "voice.safetensors"
    assert systole("import", folder / "checkpoint-1steps.pkl", "-o", again).returncode == 0
    assert again.read_bytes() == model.read_bytes()


def test_wrong_features_are_one_line(model: Path, systole: Systole, tmp_path: Path) -> None:
    out = tmp_path / "x.wav"
    np.save(tmp_path / "wide.npy", np.zeros((5, 80)))
    done = systole("render", tmp_path / "wide.npy", "--model", model, "-o", out)
    assert (done.returncode, out.exists()) == (1, False)
    assert "features are float64 [5, 80], needed: float [frames, 10]" in one_line(done)
    np.save(tmp_path / "code.npy", np.array([{}], object))
    done = systole("render", tmp_path / "code.npy", "--model", model, "-o", out)
    assert (done.returncode, out.exists()) == (1, False)
    assert "not a readable .npy file" in one_line(done)
    done = systole("render", tmp_path / "wide.npy", "--model", "tiny", "-o", out)
    assert (done.returncode, out.exists()) == (1, False)
    assert "takes control voltages, no features" in one_line(done)
    done = systole("render", tmp_path / "wide.npy", "-o", out)
    assert (done.returncode, out.exists()) == (2, False)
    assert "mel features need a --model" in one_line(done)


def test_bad_checkpoints_leave_nothing(folder: Path, systole: Systole, tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    lonely = tmp_path / "lonely.pkl"
    lonely.write_bytes((folder / "checkpoint-1steps.pkl").read_bytes())
    code = tmp_path / "code.pkl"
    torch.save({"model": {"generator": Path}}, code)
    other = tmp_path / "config.yml"
    other_text = (folder / "config.yml").read_text().replace("ParallelWaveGANGenerator", "MelGANGenerator")
    calls = [
        ((tmp_path / "none.pkl",), 1, "no such file"),
        ((lonely,), 1, "config.yml: cannot be read"),
        ((code, "--config", folder / "config.yml"), 1, "holds more than tensors"),
        (
            (lonely, "--config", folder / "config.yml", "--stats", folder / "feats.npy"),
            1,
            "needed: an array [2, bands]",
        ),
        ((lonely, "--config", folder / "config.yml", "--features", tmp_path / "no.npy"), 1, "not a readable .npy file"),
    ]
    for arguments, status, fault in calls:
        done = systole("import", *arguments, "-o", out / "x.safetensors")
        assert (done.returncode, list(out.iterdir())) == (status, []), done.stderr
        assert fault in one_line(done)
    other.write_text(other_text)
    done = systole("import", lonely, "-o", out / "x.safetensors")
    assert "generator_type is 'MelGANGenerator'" in one_line(done)
    for target in (out / "x.bin", tmp_path / "no" / "x.safetensors"):
        done = systole("import", folder / "checkpoint-1steps.pkl", "-o", target)
        assert (done.returncode, target.exists()) == (2, False)
        one_line(done)

"""`systole evaluate`: a program and float weights against a small set; table, JSON, pictures."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from tests.app.support import ROOT, Systole, one_line
from tests.training.sets import CLIP, Clips, make_set


@pytest.fixture(scope="module")
def stem(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A set for the model `tiny` with a few held-out clips and repeats of them."""
    folder = tmp_path_factory.mktemp("sets")
    clips = make_set(knobs=("knob0", "knob1"))
    keep = np.r_[0:2, 48:50, 53:55]
    clips.fields["part"] = clips.fields["part"][keep]
    clips.words, clips.audio = clips.words[keep], clips.audio[keep]
    repeat = {"clip": np.array([2, 3, 4, 5]), "clip_samples": CLIP, "rate": 48000}
    Clips(repeat, 0.9 * clips.audio[2:]).write(folder / "set_repeat")
    return clips.write(folder / "set")


def test_the_table(systole: Systole, stem: Path) -> None:
    done = systole("evaluate", "tiny", stem)
    assert done.returncode == 0, done.stderr
    text = done.stdout.decode()
    for part in (
        "integers, on 4 held-out clips of set",
        "SYNTH ITSELF",
        "MOVING",
        "Loudness error",
        "beyond the synth",
        "Moving, 48 to 72",
        "BEYOND IT",
    ):
        assert part in text


def test_json_and_pictures(systole: Systole, stem: Path, tmp_path: Path) -> None:
    done = systole("evaluate", "tiny", stem, "--json", tmp_path / "f.json", "--pictures", tmp_path / "pictures")
    assert done.returncode == 0, done.stderr
    found = json.loads((tmp_path / "f.json").read_text())
    assert (found["kind"], found["clips"]) == ("integers", 4)
    assert found["synth_against_itself"]["summary"]["level_bias_db"] == pytest.approx(-0.92, abs=0.05)
    assert found["summary"]["lsd_above_floor_db"] > 0
    names = {path.name for path in (tmp_path / "pictures").iterdir()}
    assert names == {"random_spectrograms.png", "random_clips.png", "random_knobs.png"}


def test_float_weights_on_standard_output(systole: Systole, stem: Path, tmp_path: Path) -> None:
    import torch

    from training.model.generator import Architecture, Generator
    from training.model.weights import save_weights

    shape = Architecture(channels=4, skip_channels=4, dilations=(1, 2), knobs=2)
    knobs = [{"id": f"knob{index}", "label": "Knob", "help": "", "default": 0.5} for index in range(2)]
    meta = {"schema": "systole-float/1", "name": "x", "harmonics": [1, 2, 4, 8, 16, 32], "knobs": knobs}
    torch.manual_seed(1)
    path = tmp_path / "float.safetensors"
    save_weights(path, Generator(shape).state_dict(), meta | shape.as_dict() | {"knobs": knobs})
    done = systole("evaluate", path, stem, "--json", "-")
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert (found["model"], found["kind"], found["hash"]) == ("x", "float", None)
    assert "interpolation_error_db" in found["summary"]
    _beside_its_program(systole, stem, path)


def _beside_its_program(systole: Systole, stem: Path, weights: Path) -> None:
    from accel.compiler import compile_network
    from accel.network import load_network
    from accel.program_file import save_program

    program = weights.with_name("program.safetensors")
    save_program(compile_network(load_network(weights)), program)
    done = systole("evaluate", program, stem, "--float", weights, "--json", weights.with_name("f.json"))
    assert done.returncode == 0, done.stderr
    for part in (b" FLOAT ", b"FLOAT'S LSD", b"Integers against float, SNR, median"):
        assert part in done.stdout
    found = json.loads(weights.with_name("f.json").read_text())
    assert found["summary"]["quantisation_snr_db"] > 20
    assert found["summary"]["quantisation_lsd_db"] == pytest.approx(
        found["summary"]["lsd_db"] - found["float"]["summary"]["lsd_db"], abs=2e-4
    )
    done = systole("evaluate", weights, stem, "--float", weights)
    assert done.returncode == 2
    assert "MODEL must be a program" in one_line(done)
    done = systole("evaluate", program, stem, "--float", program)
    assert done.returncode == 1
    assert "needed: the float weights" in one_line(done)


@pytest.mark.parametrize(
    ("model", "dataset", "part"),
    [
        ("nothing-like-it", "set", "no such model"),
        ("tiny", "missing", "not a readable dataset"),
        ("va", "set", "its knobs are not those of"),
    ],
)
def test_what_does_not_fit_is_one_line(systole: Systole, stem: Path, model: str, dataset: str, part: str) -> None:
    done = systole("evaluate", model, stem.with_name(dataset))
    assert done.returncode == 1
    assert part in one_line(done)


def test_a_folder_that_is_missing_is_wrong_usage(systole: Systole, stem: Path, tmp_path: Path) -> None:
    done = systole("evaluate", "tiny", stem, "--json", tmp_path / "no" / "f.json")
    assert done.returncode == 2
    assert "does not exist" in one_line(done)


def test_a_program_needs_no_torch(stem: Path, environment: dict[str, str]) -> None:
    script = (
        "import sys; from app.cli import systole; "
        f"systole.main(['evaluate', 'tiny', {str(stem)!r}], standalone_mode=False); "
        "sys.exit('torch' in sys.modules)"
    )
    call = [sys.executable, "-c", script]
    done = subprocess.run(call, capture_output=True, cwd=ROOT, env=environment, timeout=300)
    assert done.returncode == 0, done.stderr

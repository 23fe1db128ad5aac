"""From a data set to a model that plays, as a user does it, and what is refused before hours are spent."""

import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest

from accel import reference
from accel.errors import SystoleError
from accel.formats import pitch_word
from accel.program_file import load_program
from tests.app.support import COMMAND
from tests.training.stages import STAGE
from training.run.defaults import RECIPES, completed, find_recipe
from training.run.recipe import load_recipe
from training.workflow import make_model

ROOT = Path(__file__).parents[2]
TOML = (
    """
seed = 3
steps = 6
model = {channels = 4, skip_channels = 4, dilations = [1, 2, 4]}
optimiser = {rate = 4e-3, warm_up = 3, final = 0.01, clip = 1.0, ema = 0.9}
"""
    + STAGE
)


@pytest.fixture
def own_set(tiny_set: Path, tmp_path: Path) -> Path:
    """The tiny set as a user's folder, under another name."""
    for suffix in (".npz", ".flac"):
        shutil.copy(tiny_set.with_suffix(suffix), tmp_path / f"my-synth{suffix}")
    return tmp_path / "my-synth"


@pytest.fixture
def quick(tmp_path: Path) -> str:
    path = tmp_path / "quick.toml"
    path.write_text(TOML)
    return str(path)


def test_a_data_set_becomes_a_model_that_plays(own_set, quick, tmp_path):
    model = make_model(own_set, quick, tmp_path / "out", compiled=False)
    program = load_program(model)
    assert program.name == "my-synth"
    assert [(knob.id, knob.label) for knob in program.knobs] == [("bright", "Bright")]
    pitch = pitch_word(np.zeros(4))
    assert len(reference.run(program, pitch, np.zeros((4, 1), np.int16))) == 3 * 64
    assert "My synth" in (tmp_path / "out" / "my-synth.md").read_text()
    assert (tmp_path / "out" / "my-synth_spectrograms.png").stat().st_size > 1000


def test_the_same_command_continues(own_set, quick, tmp_path):
    from training.run.checkpoint import load_checkpoint

    make_model(own_set, quick, tmp_path / "out", compiled=False)
    make_model(own_set, quick, tmp_path / "out", steps=9, compiled=False)
    recipe = load_recipe(Path(quick), lambda fields: completed(fields, own_set, ["bright"]))
    assert load_checkpoint(tmp_path / "out" / "my-synth.ckpt", recipe).step == 9


def test_a_damaged_set_is_refused_before_training(own_set, quick, tmp_path):
    own_set.with_suffix(".flac").unlink()
    with pytest.raises(SystoleError, match=r"my-synth"):
        make_model(own_set, quick, tmp_path / "out", compiled=False)
    assert not (tmp_path / "out").exists()


def test_recipes_that_ship_are_found_and_read():
    for path in RECIPES.glob("*.toml"):
        assert find_recipe(path.stem) == path
        recipe = load_recipe(path, lambda fields: completed(fields, Path("x/somewhere"), _knobs(fields)))
        assert recipe.dataset == "somewhere"
    with pytest.raises(SystoleError, match=r"no such recipe; allowed: a TOML file or one of .*default.*va"):
        find_recipe("nonsense")


def _knobs(fields: dict) -> list[str]:
    return [knob["id"] for knob in fields.get("knobs", [{"id": "a"}, {"id": "b"}])]


def test_a_recipe_for_other_knobs_is_refused(own_set, tmp_path):
    with pytest.raises(SystoleError, match=r"knobs are shape, .*, resonance; those of .*my-synth are bright"):
        make_model(own_set, "va", tmp_path / "out", compiled=False)


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ("minutes = 3\n", "steps or minutes must say how long the training is, one of them"),
        ("", None),
    ],
)
def test_a_recipe_has_one_length(quick, own_set, lines, said):
    Path(quick).write_text(lines + TOML)
    if said:
        with pytest.raises(SystoleError, match=said):
            load_recipe(Path(quick), lambda fields: completed(fields, own_set, ["bright"]))
    changed = load_recipe(Path(quick), lambda fields: completed(fields, own_set, ["bright"]), minutes=5.0)
    assert (changed.steps, changed.minutes) == (None, 5.0)


def test_the_command_makes_a_model_and_says_how_to_play_it(own_set, quick, tmp_path):
    call = [*COMMAND, "train", f"{own_set}.npz", "--recipe", quick, "--no-compile"]
    done = subprocess.run(call, capture_output=True, text=True, cwd=ROOT, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout == (
        f"{own_set}-model/model/my-synth.safetensors: ready; "
        f"try it: systole render --model {own_set}-model/model/my-synth.safetensors FILE.mid\n"
    )
    assert "Traceback" not in done.stderr


def test_the_command_refuses_two_lengths(own_set):
    call = [*COMMAND, "train", str(own_set), "--minutes", "1", "--steps", "5"]
    done = subprocess.run(call, capture_output=True, text=True, cwd=ROOT, check=False)
    assert (done.returncode, done.stdout) == (2, "")
    assert "--minutes and --steps exclude each other" in done.stderr

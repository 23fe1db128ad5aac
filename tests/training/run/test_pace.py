"""What a training says before it starts and once its speed is known."""

from dataclasses import replace

import pytest

from training.run.checkpoint import new_state
from training.run.defaults import completed, find_recipe
from training.run.device import CPU
from training.run.distributed import ALONE, Ranks
from training.run.pace import TIMED_STEPS, WARM_STEPS, Pace, announcement, duration
from training.run.recipe import load_recipe, recipe_from
from training.train import train


@pytest.fixture
def recipe(recipe_fields):
    return recipe_from({**recipe_fields, "expect": "expect 3 dB"})


def test_the_announcement_says_length_place_and_what_to_expect(recipe):
    state = new_state(recipe)
    assert announcement(recipe, state, CPU, ALONE) == "12 steps on the CPU, float32; expect 3 dB"
    state.step = 5
    timed = replace(recipe, steps=None, minutes=110.0, expect="")
    assert announcement(timed, state, CPU, Ranks(0, 4)) == (
        "110 min of training from step 5 on the CPU, float32, 4 processes; the recipe does not say what to expect"
    )


def lines(recipe, seconds, steps):
    """What a run says whose step i takes seconds(i)."""
    pace, state, said = Pace(recipe), new_state(recipe), {}
    for step in range(steps):
        state.step, state.seconds = step + 1, state.seconds + seconds(step)
        progress = state.step / recipe.steps if recipe.steps else state.seconds / 60 / recipe.minutes
        if line := pace.after_step(state, progress):
            said[step] = line
    return said


def test_the_time_left_is_said_once_for_each_stage_without_its_slow_first_steps(recipe):
    long = replace(recipe, steps=2000)
    said = lines(long, lambda step: 30.0 if step in (0, 1000) else 0.1 if step < 1000 else 0.5, 2000)
    first, second = sorted(said)
    assert first == WARM_STEPS + TIMED_STEPS - 1
    assert said[first] == "about 3 min left at 10 steps/s, if later stages are as fast"
    assert 1000 < second < 1000 + 2 * TIMED_STEPS
    assert said[second] == "about 8 min left at 2 steps/s"


def test_a_schedule_in_minutes_knows_the_time_left_and_learns_the_speed(recipe):
    timed = replace(recipe, steps=None, minutes=40.0)
    said = lines(timed, lambda step: 0.1, 200)
    assert list(said.values()) == ["40 min left, at 10 steps/s"]


@pytest.mark.parametrize(
    ("seconds", "text"), [(0, "0 s"), (89, "89 s"), (95, "2 min"), (2280, "38 min"), (6600, "110 min"), (9000, "2.5 h")]
)
def test_durations_read_as_one_says_them(seconds, text):
    assert duration(seconds) == text


def test_expectations_are_shown_before_anything_else_and_bind_no_checkpoint(recipe, tiny_set, tmp_path, capsys):
    train(recipe, tiny_set.parent, tmp_path, compiled=False, stop_at=1)
    assert capsys.readouterr().err.splitlines()[0] == "tiny: 12 steps on the CPU, float32; expect 3 dB"
    train(replace(recipe, expect="expect 2 dB"), tiny_set.parent, tmp_path, compiled=False, stop_at=2)
    assert "12 steps from step 1 on the CPU" in capsys.readouterr().err


def test_the_default_recipe_says_in_one_line_what_to_expect(tmp_path):
    recipe = load_recipe(find_recipe("default"), lambda fields: completed(fields, tmp_path / "x", ["a"]))
    assert "dB" in recipe.expect
    assert "\n" not in recipe.expect

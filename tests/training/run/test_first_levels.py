"""A bank's first levels come near those of the clips, also between them, and are fitted once."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from accel.errors import SystoleError
from training import train as command
from training.data.dataset import Dataset, load_dataset
from training.model.generator import Architecture, Generator, control_input
from training.model.harmonic_bank import SHARE, amplitudes, bank_harmonics, gate_rows, signs
from training.run import first_levels
from training.run.checkpoint import load_checkpoint, new_state
from training.run.distributed import Ranks
from training.run.level_fit import LevelFit
from training.run.level_regression import level_error
from training.run.recipe import recipe_from
from training.train import train

BANK = Architecture(
    channels=8, skip_channels=2, dilations=(1, 2), knobs=2, harmonics=(1,), sines=(2, 3, 4, 5, 6), control_width=16,
    bank=True,
)  # fmt: skip
FIT = LevelFit(width=16, depth=2, teacher_steps=250, steps=250, points=4000, rate=3e-2)
SHORT = {"width": 4, "depth": 1, "teacher_steps": 3, "steps": 3, "points": 20, "rate": 1e-2}


def wanted(control: np.ndarray) -> np.ndarray:
    """Levels [..., 6]: a peak that the first knob moves and the second makes wide."""
    place, width = 1 + 4 * control[..., 1:2], 0.6 + control[..., 2:]
    return 0.7 * np.exp(-((np.arange(1, 7) - place) ** 2) / (2 * width**2))


@pytest.fixture(scope="module")
def clips() -> Dataset:
    """Forty clips with a pitch and two knobs that rest."""
    rng = np.random.default_rng(2)
    control = np.repeat(rng.uniform([45, 0, 0], [70, 1, 1], (40, 3))[:, None], 61, 1)
    turns = np.arange(60 * 64) * 440 * 2 ** ((control[:, :1, 0] - 69) / 12) / 48000
    tones = np.sin(2 * np.pi * np.arange(1, 7) * turns[..., None] + rng.uniform(0, 6, 6))
    audio = (tones * wanted(control[:, :1])).sum(2).astype(np.float32)
    return Dataset("peaks", ("place", "width"), control, audio, ("static",) * 40, np.arange(40), None)


def started() -> Generator:
    torch.manual_seed(1)
    return Generator(BANK)


def fit(generator: Generator, clips: Dataset, sizes: LevelFit = FIT) -> Generator:
    """The same generator, fitted."""
    first_levels.first_levels(generator, clips, sizes, 1, lambda *_: None)
    return generator


def share(generator: Generator) -> float:
    return float(generator.conv_layers[0].conv1x1_skip.weight[0, 0].detach())


def distance(generator: Generator) -> float:
    """Mean level difference in dB at 500 controls that no clip has."""
    rows = np.random.default_rng(3).uniform([45, 0, 0], [70, 1, 1], (1, 500, 3))
    volts = torch.from_numpy((rows[..., 0] - 60) / 12).float()
    with torch.no_grad():
        biases = generator.conditioning(control_input(volts, torch.from_numpy(rows[..., 1:]).float()))
        levels = amplitudes(biases[..., gate_rows(BANK)], volts, bank_harmonics(BANK), share(generator))
    return float(level_error(levels[0], torch.from_numpy(wanted(rows[0])).float()))


def test_a_fit_is_nearer_between_the_clips_too_and_the_same_twice(clips):
    bank = started()
    unfitted, random_numbers = distance(bank), torch.get_rng_state()
    once = fit(bank, clips)
    assert torch.equal(torch.get_rng_state(), random_numbers)
    assert distance(once) < 0.5 * unfitted
    torch.manual_seed(99)
    again = fit(started(), clips)
    assert all(torch.equal(p, q) for p, q in zip(once.parameters(), again.parameters(), strict=True))


def test_loud_harmonics_are_within_reach_and_nothing_else_changes(clips):
    generator, before = fit(started(), clips, LevelFit(**SHORT)), started()
    skip = generator.conv_layers[0].conv1x1_skip.weight
    assert share(generator) > SHARE  # one gate gives 0.45 at most, the clips have 0.7
    assert torch.equal(skip[0], -skip[1])
    assert torch.equal(skip[0, :6], skip[0, 0] * signs(6))
    quiet = replace(clips, audio=clips.audio / 4)
    assert share(fit(started(), quiet, LevelFit(**SHORT))) == SHARE
    last, gates = generator.control[-1], gate_rows(BANK)
    assert last.weight[gates].any()
    assert not last.weight[: gates.start].any()
    assert not last.bias[gates.stop :].any()
    same = [name for name in before.state_dict() if not name.startswith("control.") and "0.conv1x1_skip" not in name]
    assert all(torch.equal(before.state_dict()[name], generator.state_dict()[name]) for name in same)


def test_clips_that_are_too_short_are_named(clips):
    with pytest.raises(SystoleError, match="peaks: clips of 320 samples are too short"):
        fit(started(), replace(clips, control=clips.control[:, :6], audio=clips.audio[:, :320]))


def recipe_with(fields: dict, **changes):
    """The tiny recipe as a bank of six harmonics with a short fit."""
    model = {"channels": 6, "skip_channels": 4, "dilations": [1, 2], "harmonics": [1], "sines": [2, 3, 4, 5, 6]}
    return recipe_from({**fields, "model": {**model, "bank": True}, "levels": SHORT, **changes})


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"model": {}}, "levels is a table; allowed: with model.bank = true and pitched = true"),
        ({"pitched": False}, "levels is a table; allowed: with model.bank = true and pitched = true"),
        ({"levels": 3}, "levels = 3: must be a table"),
        ({"levels": {**SHORT, "wide": 3}}, "levels.wide is not known: must be one of width, depth"),
        ({"levels": {"width": 3}}, "levels.depth is missing"),
        ({"levels": {**SHORT, "width": 0}}, "levels.width = 0: must be a whole number from 1 to 512"),
        ({"levels": {**SHORT, "depth": 2.5}}, "levels.depth = 2.5: must be a whole number"),
        ({"levels": {**SHORT, "steps": True}}, "levels.steps = True: must be a whole number"),
        ({"levels": {**SHORT, "points": "many"}}, "levels.points = 'many': must be a whole number"),
        ({"levels": {**SHORT, "rate": 1.0}}, "levels.rate = 1.0: must be a number from 1e-07 to 0.1"),
    ],
)
def test_wrong_tables_are_refused(recipe_fields, changes, fault):
    with pytest.raises(ValueError, match=fault):
        recipe_with(recipe_fields, **changes)


def test_a_recipe_without_the_table_keeps_its_fingerprint(recipe_fields):
    assert recipe_from(recipe_fields).fingerprint() == "0ef7bc384fe91314"
    assert recipe_with(recipe_fields, levels={}).levels is None
    prints = [recipe_with(recipe_fields, levels=table).fingerprint() for table in ({}, SHORT, {**SHORT, "points": 21})]
    assert len(set(prints)) == 3


def test_a_killed_training_fits_again_and_a_resumed_one_does_not(
    recipe_fields, tiny_set, tmp_path, monkeypatch, capsys
):
    recipe, kept = recipe_with(recipe_fields), first_levels.descend
    monkeypatch.setattr(first_levels, "descend", lambda *_: pytest.exit("as if killed"))
    with pytest.raises(pytest.exit.Exception):
        train(recipe, tiny_set.parent, tmp_path / "parts", compiled=False)
    assert not (tmp_path / "parts" / "tiny.ckpt").exists()
    monkeypatch.setattr(first_levels, "descend", kept)
    monkeypatch.setattr(command, "Trainer", lambda *_: pytest.exit("as if killed after the fit"))
    with pytest.raises(pytest.exit.Exception):
        train(recipe, tiny_set.parent, tmp_path / "parts", compiled=False)
    state = load_checkpoint(tmp_path / "parts" / "tiny.ckpt", recipe)
    assert (state.step, state.history) == (0, [])
    assert all(torch.equal(p, q) for p, q in zip(state.generator.parameters(), state.ema.parameters(), strict=True))
    assert not torch.equal(state.ema.control[0].weight, new_state(recipe).ema.control[0].weight)
    monkeypatch.undo()
    whole = train(recipe, tiny_set.parent, tmp_path / "whole", compiled=False)
    assert "tiny: first levels: within" in capsys.readouterr().err
    monkeypatch.setattr(command, "begin_with_levels", None)  # a second fit would fail
    parts = train(recipe, tiny_set.parent, tmp_path / "parts", compiled=False)
    assert whole.read_bytes() == parts.read_bytes()


def test_the_first_process_fits_and_the_others_read(recipe_fields, tiny_set, tmp_path, monkeypatch):
    recipe, data, path = recipe_with(recipe_fields), load_dataset(tiny_set), tmp_path / "tiny.ckpt"
    monkeypatch.setattr(Ranks, "agreed", lambda _, value: value)
    second = Ranks(1, 2)
    monkeypatch.setattr(Ranks, "wait", lambda _: None)  # the first writes elsewhere
    with pytest.raises(SystoleError, match="all must share the folder"):
        command._begun(recipe, data, path, second)
    monkeypatch.setattr(Ranks, "wait", lambda ranks: ranks.first or command._begun(recipe, data, path, Ranks(0, 2)))
    theirs = command._begun(recipe, data, path, second)
    ours = load_checkpoint(path, recipe)
    assert torch.equal(theirs.generator.control[0].weight, ours.generator.control[0].weight)
    assert not torch.equal(theirs.ema.control[0].weight, new_state(recipe).ema.control[0].weight)

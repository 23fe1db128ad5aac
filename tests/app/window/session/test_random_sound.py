"""Chance within taste: the same for the same seed, at its level, in tune, always a valid sound."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.window.session.random_sound import AMOUNTS, lowered, random_patch
from app.window.session.sound import Sound
from engine.library import find_model, list_patches, model_knobs
from engine.live.loudness import patch_loudness
from engine.parameters import TABLE
from engine.patch import ModulationRow, Patch, patch_text, read_patch
from tests.app.window.session.sounds import sound

FACTORY: list[Patch] = [each.patch for each in list_patches() if each.origin == "factory" and each.patch]
KNOBS = {name: tuple(model_knobs(find_model(name))) for name in {each.model for each in FACTORY}}
KEPT = [
    "voice.mode", "voice.polyphony", "voice.unison", "voice.detune", "voice.glide", "voice.transpose", "voice.tune",
    "voice.bend_range", "voice.level", "voice.velocity", "voice.pan", "lfo1.depth", "lfo2.depth", "amp.sustain",
]  # fmt: skip


def of(patch: Patch) -> Sound:
    return Sound(patch, KNOBS[patch.model])


@given(st.sampled_from(FACTORY), st.floats(0, 1), st.integers(0, 1 << 32))
def test_it_is_valid_in_tune_and_at_its_level(patch: Patch, amount: float, seed: int) -> None:
    before = of(patch)
    found = random_patch(before, FACTORY, amount, seed)
    after = replace(before, patch=found)
    assert read_patch(patch_text(found), "random", before.knobs) == found
    assert (found.name, found.model, found.tags) == (patch.name, patch.model, patch.tags)
    assert all(after.number(each) == before.number(each) for each in KEPT)
    assert after.number("amp.attack") >= 0.499 * before.number("amp.attack")
    assert after.number("amp.release") <= 1.501 * before.number("amp.release")
    for old, new in zip(before.rows, after.rows, strict=True):
        assert (old.source, old.target) == (new.source, new.target)
        assert old.amount * new.amount >= 0
        if old.target in ("voice.pitch", "voice.level"):
            assert old == new
            for entry in TABLE:
                if entry.group == old.source and old.amount:
                    assert after.number(entry.id) == before.number(entry.id)
    assert found == random_patch(before, FACTORY, amount, seed)


@given(st.sampled_from(FACTORY), st.integers(0, 1 << 32))
def test_no_amount_is_no_change(patch: Patch, seed: int) -> None:
    before = of(patch)
    after = replace(before, patch=random_patch(before, FACTORY, 0.0, seed))
    assert all(after.number(each) == before.number(each) for each in before.ids)
    assert after.rows == before.rows


def test_more_is_further_and_seeds_differ() -> None:
    before = of(next(each for each in FACTORY if each.name == "Saw lead"))

    def far(amount: float) -> float:
        found = [replace(before, patch=random_patch(before, FACTORY, amount, seed)) for seed in range(50)]
        return sum(abs(each.number(k.id) - before.number(k.id)) for each in found for k in before.knobs)

    little, some, much = (far(each) for each in AMOUNTS.values())
    assert 0 < little < 0.7 * some < 0.7 * much
    assert random_patch(before, FACTORY, 0.5, 1) != random_patch(before, FACTORY, 0.5, 2)


@pytest.mark.parametrize(("tag", "low", "high"), [("pluck", 0.0, 0.02), ("pad", 0.02, 20.0)])
def test_a_pluck_remains_a_pluck_and_a_pad_a_pad(tag: str, low: float, high: float) -> None:
    attack = 0.002 if tag == "pluck" else 0.4
    before = sound()
    before = replace(before, patch=replace(before.patch, tags=(tag,), parameters={"amp.attack": attack}))
    for seed in range(100):
        found = random_patch(before, [], 1.0, seed)
        assert low <= found.number("amp.attack") <= high


def test_without_other_sounds_knobs_stay_near() -> None:
    before = sound()
    places = [random_patch(before, [], 1.0, seed).knobs["cut"] for seed in range(200)]
    assert 0.05 < sum(abs(place - 0.25) for place in places) / 200 < 0.15


def test_a_matrix_amount_keeps_its_direction() -> None:
    before = (
        sound().with_row(0, ModulationRow("lfo1", "cut", -0.5)).with_row(1, ModulationRow("env2", "voice.pitch", 1))
    )
    amounts = [random_patch(before, [], 1.0, seed).modulation for seed in range(100)]
    assert all(-0.75 <= rows[0].amount <= -0.25 and rows[1].amount == 1 for rows in amounts)


def test_what_is_louder_is_lowered_and_what_is_not_is_left() -> None:
    patch = sound().patch
    level = patch.number("voice.level")
    assert lowered(patch, -20.0, -17.32).number("voice.level") == pytest.approx(level - 2.7)
    assert lowered(patch, -20.0, 60.0).number("voice.level") == -36
    for before, after in ((-20.0, -20.0), (-20.0, -31.0), (None, -3.0), (-20.0, None), (None, None)):
        assert lowered(patch, before, after) is patch


LOUDER = ("Blown bottle", "Moving comb", "Night wind", "Sub bass")
"""Sounds among whose neighbours are louder ones: by 9 dB, unless they are lowered."""


def worst(names: Sequence[str], draws: int) -> float:
    """LU by which the loudest of some draws is above what it came from."""
    found = -99.0
    for patch in (each for each in FACTORY if each.name in names):
        before = patch_loudness(patch_text(patch))
        for seed in range(draws):
            drawn = random_patch(of(patch), FACTORY, 1.0, seed)
            after = patch_loudness(patch_text(lowered(drawn, before, patch_loudness(patch_text(drawn)))))
            if before is not None and after is not None:
                found = max(found, after - before)
    return found


def test_it_is_never_louder() -> None:
    assert -5 < worst(LOUDER, 2) <= 0.1


@pytest.mark.slow
def test_none_of_thirty_variations_of_any_sound_is_louder() -> None:
    assert worst([each.name for each in FACTORY], 30) <= 0.1

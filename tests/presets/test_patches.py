"""The factory patches: enough of them, of every model, in every common kind, none louder than another."""

from __future__ import annotations

import importlib.util
from collections import Counter
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from engine.library import list_models, list_patches
from engine.patch import load_patch

SCRIPT = Path(__file__).resolve().parents[2] / "scripts" / "patch_levels.py"
FACTORY = [entry.name for entry in list_patches() if entry.origin == "factory"]
KINDS = {
    "bass",
    "bell",
    "brass",
    "drone",
    "drum",
    "effects",
    "flute",
    "keys",
    "lead",
    "noise",
    "organ",
    "pad",
    "strings",
}


@pytest.fixture(scope="module")
def levels() -> ModuleType:
    spec = importlib.util.spec_from_file_location("patch_levels", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("name", FACTORY)
def test_a_patch_is_as_loud_as_all(levels: ModuleType, name: str) -> None:
    sound = levels.play(load_patch(name))
    assert np.isfinite(sound).all()
    assert levels.loudness(sound) == pytest.approx(levels.TARGET, abs=levels.TOLERANCE)


def test_there_are_forty_and_every_model_has_some() -> None:
    assert len(FACTORY) >= 40
    of = Counter(load_patch(name).model for name in FACTORY)
    assert all(of[entry.name] >= 3 for entry in list_models() if entry.origin == "factory")


def test_every_kind_is_there_and_every_patch_says_what_it_is() -> None:
    patches = [load_patch(name) for name in FACTORY]
    assert {tag for patch in patches for tag in patch.tags} >= KINDS
    assert all(patch.tags and patch.description and patch.author for patch in patches)
    assert len({patch.name for patch in patches}) == len(patches)

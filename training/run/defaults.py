"""What a recipe leaves out, filled in from the data set: so that a folder of recordings is enough to train on.

A recipe that ships names everything itself; one for any synth (recipes/default.toml) says only how to learn.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from accel.errors import SystoleError

__all__ = ["RECIPES", "completed", "find_recipe"]

RECIPES = Path(__file__).parents[1] / "recipes"


def find_recipe(name: str) -> Path:
    """A recipe's file, from its path or from the name of one that ships.

    Raises:
        SystoleError: there is neither.
    """
    path = Path(name)
    if path.is_file():
        return path
    shipped = RECIPES / f"{name}.toml"
    if path.name == name and shipped.is_file():
        return shipped
    known = ", ".join(sorted(each.stem for each in RECIPES.glob("*.toml")))
    raise SystoleError(f"{name}: no such recipe; allowed: a TOML file or one of {known}")


def completed(fields: dict[str, Any], stem: Path, knobs: Sequence[str]) -> dict[str, Any]:
    """A recipe's fields with those that are missing taken from the data set.

    Args:
        fields: as read from TOML.
        stem: the data set, files without suffix.
        knobs: names of its columns after the note.

    Raises:
        ValueError: the recipe names other knobs than the data set has.
    """
    named = [knob.get("id") for knob in fields.get("knobs", [])]
    if named and named != list(knobs):
        raise ValueError(f"knobs are {', '.join(map(str, named))}; those of {stem} are {', '.join(knobs)}")
    return {
        "name": stem.name,
        "title": _title(stem.name),
        "description": f"Learnt from {stem.name}.",
        "licence": "not stated",
        "credit": "",
        "knobs": [{"id": knob, "label": _title(knob), "help": "", "default": 0.5} for knob in knobs],
        **fields,
        "dataset": stem.name,
    }


def _title(identifier: str) -> str:
    return identifier.replace("_", " ").replace("-", " ").capitalize()

"""The `[levels]` part of a recipe: how a bank's first levels are fitted to the clips (training/run/first_levels.py)."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from training.adversarial import limits

__all__ = ["LevelFit", "level_fit_from"]


@dataclass(frozen=True)
class LevelFit:
    """Sizes of a fit of levels.

    Args:
        width: neurons of each hidden layer of the teacher, 1..512.
        depth: its hidden layers, 1..8.
        teacher_steps: optimiser steps of the teacher on the measured levels.
        steps: optimiser steps of the control network on the teacher's.
        points: random controls at which the teacher is asked.
        rate: Adam's for the control network; the teacher, which is deeper, takes a sixth of it.

    Raises:
        ValueError: a field is not allowed; the text names it.
    """

    width: int
    depth: int
    teacher_steps: int
    steps: int
    points: int
    rate: float

    def __post_init__(self) -> None:
        limits.whole("levels.width", self.width, 1, 512)
        limits.whole("levels.depth", self.depth, 1, 8)
        limits.whole("levels.teacher_steps", self.teacher_steps, 1, 1_000_000)
        limits.whole("levels.steps", self.steps, 1, 1_000_000)
        limits.whole("levels.points", self.points, 1, 10_000_000)
        limits.number("levels.rate", self.rate, 1e-7, 0.1)


def level_fit_from(table: Any) -> LevelFit | None:
    """A recipe's `[levels]` table; an empty one is none, so that a variant of a recipe can do without.

    Raises:
        ValueError: it is no table, or a field is missing, unknown or not allowed; the text names it.
    """
    if not isinstance(table, Mapping):
        raise ValueError(f"levels = {table!r}: must be a table, [levels]")
    if not table:
        return None
    names = tuple(field.name for field in fields(LevelFit))
    limits.known("levels", tuple(table), names)
    for name in names:
        if name not in table:
            raise ValueError(f"levels.{name} is missing")
    return LevelFit(**table)

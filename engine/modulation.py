"""The modulation matrix: eight rows of source, target and amount, evaluated once per control frame.

Rows that aim at an LFO's depth are evaluated before the LFOs, all others after: a mod wheel can so open a
vibrato without a second matrix. Sources and targets are names here and small numbers in the block function.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from engine.jit import compiled
from engine.vocabulary import SOURCES, TARGETS, target_names

__all__ = ["source_index", "sum_rows", "target_index"]

FIXED_TARGETS = len(TARGETS)
SOURCE_COUNT = len(SOURCES)
PITCH, LEVEL, PAN, LFO1_DEPTH, LFO2_DEPTH = range(5)
(NONE, AMP, ENV2, LFO1, LFO2, VELOCITY, KEY, WHEEL, PRESSURE, BRIGHTNESS, EXPRESSION, BEND, RANDOM) = range(13)


def source_index(name: str) -> int:
    """Number of a source (its place in `SOURCES`)."""
    return list(SOURCES).index(name)


def target_index(name: str, knobs: Sequence[str]) -> int:
    """Number of a target for a model with these knob ids."""
    return target_names(knobs).index(name)


@compiled
def sum_rows(rows: Any, source: Any, amounts: Any, depths: bool) -> None:
    """Add every row's amount times its source into `amounts[target]`.

    Args:
        rows: matrix records (source, target, amount).
        source: float64 [SOURCE_COUNT], values of the sources now.
        amounts: float64 [FIXED_TARGETS + knobs], added to.
        depths: evaluate only the rows that aim at an LFO's depth, else only the others.
    """
    for index in range(rows.shape[0]):
        target = rows[index].target
        if (target in (LFO1_DEPTH, LFO2_DEPTH)) == depths:
            amounts[target] += rows[index].amount * source[rows[index].source]

"""The modulation matrix: eight rows of source, target and amount, evaluated once per control frame.

Rows that aim at an LFO's depth are evaluated before the LFOs, all others after: a mod wheel can so open a
vibrato without a second matrix. Sources and targets are names here and small numbers in the block function.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from engine.jit import compiled

__all__ = ["ROWS", "SOURCES", "TARGETS", "source_index", "target_index", "target_names"]

ROWS = 8
"""Rows of the matrix."""

SOURCES: dict[str, str] = {
    "none": "nothing, 0",
    "amp": "loudness envelope, 0..1",
    "env2": "second envelope, 0..1",
    "lfo1": "LFO 1 times its depth, -1..1",
    "lfo2": "LFO 2 times its depth, -1..1",
    "velocity": "key velocity, 0..1",
    "key": "key relative to C4 in units of five octaves, about -1..1",
    "wheel": "modulation wheel (CC 1), 0..1",
    "pressure": "channel or key pressure, whichever is larger, 0..1",
    "brightness": "CC 74, -1..1, 0 at 64",
    "expression": "expression pedal (CC 11), 0..1",
    "bend": "pitch wheel, -1..1",
    "random": "one draw per note, -1..1",
}
"""Names of the sources, what each gives, in the order of the block function's source values."""

TARGETS: dict[str, str] = {
    "voice.pitch": "amount 1 = one octave",
    "voice.level": "amount 1 = silence to twice the level",
    "voice.pan": "amount 1 = from the middle to one side",
    "lfo1.depth": "amount 1 = the whole depth",
    "lfo2.depth": "amount 1 = the whole depth",
}
"""Fixed targets and what amount 1 means; the model's knobs follow, by id, where amount 1 = the knob's whole range."""

FIXED_TARGETS = len(TARGETS)
SOURCE_COUNT = len(SOURCES)
PITCH, LEVEL, PAN, LFO1_DEPTH, LFO2_DEPTH = range(5)
(NONE, AMP, ENV2, LFO1, LFO2, VELOCITY, KEY, WHEEL, PRESSURE, BRIGHTNESS, EXPRESSION, BEND, RANDOM) = range(13)


def target_names(knobs: Sequence[str]) -> list[str]:
    """All targets of a model with these knob ids, in the order of their numbers."""
    return [*TARGETS, *knobs]


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

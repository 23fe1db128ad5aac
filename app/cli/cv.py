"""Inputs for control voltages as a person names them: counted from 1, each with what it means."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from engine.live.protocol import CvChannel

__all__ = ["INPUT", "MOST_INPUTS", "InputMeaning", "channels"]

MOST_INPUTS = 8
ROLES = ("pitch", "gate", "level")
INPUT = click.IntRange(1, MOST_INPUTS)


class InputMeaning(click.ParamType):
    """`N=MEANING` as (N, meaning); knobs may be given with or without `knob:`, and are checked by the engine."""

    name = "N=MEANING"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[int, str]:
        """See `click.ParamType`."""
        if isinstance(value, tuple):
            return value
        number, _, meaning = str(value).partition("=")
        if not number.isdecimal() or not 1 <= int(number) <= MOST_INPUTS or not meaning.removeprefix("knob:"):
            allowed = f"an input 1 to {MOST_INPUTS}, and pitch, gate, level or a knob of the model"
            self.fail(f"{value}: needed: {allowed}, such as 1=pitch or 3=cutoff", param, ctx)
        role = meaning if meaning in ROLES or meaning.startswith("knob:") else f"knob:{meaning}"
        return int(number), role


def channels(meanings: tuple[tuple[int, str], ...]) -> list[CvChannel]:
    """For the engine.

    Raises:
        click.BadParameter: more of them than there can be inputs.
    """
    from engine.live.protocol import CvChannel

    if len(meanings) > MOST_INPUTS:
        raise click.BadParameter(f"{len(meanings)} of them; allowed: {MOST_INPUTS}", param_hint="--cv")
    return [CvChannel(number - 1, role) for number, role in meanings]

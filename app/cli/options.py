"""Option types and options that several commands share."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, TypeVar

import click

__all__ = ["ArraySize", "ChannelMap", "Seconds", "TailType", "as_json", "seed"]

Command = TypeVar("Command", bound=Callable[..., Any])

LONGEST_TAIL = 3600.0


class Seconds(click.ParamType):
    """A finite, non-negative time in seconds, up to `high`."""

    name = "seconds"

    def __init__(self, high: float) -> None:
        self.high = high

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """`value` as a number of seconds."""
        try:
            number = float(value)
        except ValueError:
            number = math.nan
        if not 0 <= number <= self.high:
            self.fail(f"{value!r} is not a time; allowed: 0 to {self.high:g} s", param, ctx)
        return number


class TailType(Seconds):
    """`auto` (None), or a time in seconds."""

    name = "tail"

    def __init__(self) -> None:
        super().__init__(LONGEST_TAIL)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """None for `auto`."""
        return None if value in (None, "auto") else super().convert(value, param, ctx)


class ArraySize(click.ParamType):
    """`RxC`: rows 2 to 16, columns 2, 4, 8 or 16."""

    name = "array"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[int, int]:
        """(rows, columns)."""
        if isinstance(value, tuple):
            return value
        rows, _, cols = str(value).lower().partition("x")
        if not (rows.isdecimal() and cols in ("2", "4", "8", "16") and 2 <= int(rows) <= 16):
            self.fail(f"{value!r} is not an array; allowed: 2..16 x 2, 4, 8 or 16, as in 4x8", param, ctx)
        return int(rows), int(cols)


class ChannelMap(click.ParamType):
    """`NAME=CHANNEL,...`, channels counted from 0, as a dictionary."""

    name = "channels"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> dict[str, int]:
        """Column name -> channel."""
        if isinstance(value, dict):
            return value
        channels: dict[str, int] = {}
        for entry in str(value).split(","):
            column, _, channel = (part.strip() for part in entry.partition("="))
            if not column or not channel.isdecimal() or column in channels:
                self.fail(f"{entry!r}; allowed: each NAME once, as in volts=0,gate=1", param, ctx)
            channels[column] = int(channel)
        return channels


def as_json(command: Command) -> Command:
    """Add `--json`, the parameter `as_json`."""
    option = click.option("--json", "as_json", is_flag=True, help="Print one JSON document on standard output.")
    return option(command)


def seed(command: Command) -> Command:
    """Add `--seed`."""
    option = click.option(
        "--seed",
        type=click.IntRange(0, 2**32 - 1),
        default=1,
        show_default=True,
        metavar="N",
        help="Start of everything random, 0 to 4294967295: equal seeds give equal bytes.",
    )
    return option(command)

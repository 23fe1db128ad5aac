"""What MIDI ports are called, and which are meant by what a person names."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal, NamedTuple

from engine.text import plain

__all__ = ["ALL", "PortInfo", "Wanted", "is_wanted", "port_label"]

Wanted = Sequence[str] | Literal["all"]
ALL: Literal["all"] = "all"
_NUMBERS = re.compile(r" \d+:\d+$")
"""How ALSA ends a port's name: its numbers, which differ from one plugging in to the next."""


class PortInfo(NamedTuple):
    """A port that is there now: its name, and whether we listen to it."""

    name: str
    is_open: bool


def is_wanted(name: str, wanted: Wanted) -> bool:
    """Whether a port's name holds one of those that are wanted, in any case; or all are."""
    return wanted == ALL or any(each.casefold() in name.casefold() for each in wanted)


def port_label(full: str, taken: set[str]) -> str:
    """A name for a person that stays the same, and that is none of those that other ports have."""
    name = plain(_NUMBERS.sub("", full))
    count, label = 1, name
    while label in taken:
        count += 1
        label = f"{name} #{count}"
    return label

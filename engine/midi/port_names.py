"""Which MIDI ports are meant by what a person names."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

__all__ = ["ALL", "Wanted", "is_wanted"]

Wanted = Sequence[str] | Literal["all"]
ALL: Literal["all"] = "all"


def is_wanted(name: str, wanted: Wanted) -> bool:
    """Whether a port's name holds one of those that are wanted, in any case; or all are."""
    return wanted == ALL or any(each.casefold() in name.casefold() for each in wanted)

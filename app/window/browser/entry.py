"""One line of the browser: a patch or a model, or a file that is neither, with its reason. No Qt in here."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Literal

from engine.patch import Patch

__all__ = ["Entry", "Kind", "Origin", "folded"]

Kind = Literal["patch", "model"]
Origin = Literal["factory", "user"]


def folded(text: str) -> str:
    """Text for comparing as people do: without case, accents and compatibility forms."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(each for each in decomposed if not unicodedata.combining(each))


@dataclass(frozen=True, eq=False)
class Entry:
    """Something that can be chosen. Each is itself only; reading an unchanged file again gives the same one.

    Attributes:
        name: of the file without its suffix, by which the library knows it; title: as its author calls it.
        model: that it plays, of a model its own name.
        patch: what the file holds; None: a model, or broken.
        error: why it cannot be played, in one line; None: it can.
    """

    kind: Kind
    name: str
    path: Path
    origin: Origin
    title: str
    model: str = ""
    author: str = ""
    tags: tuple[str, ...] = ()
    description: str = ""
    patch: Patch | None = None
    error: str | None = None

    @property
    def key(self) -> str:
        """What a favourite is remembered by."""
        return self.name if self.kind == "patch" else f"model:{self.name}"

    def __post_init__(self) -> None:
        """Fold its texts now, where it is read, and not at the first keystroke."""
        _ = self.folded_title, self.hay

    @cached_property
    def folded_title(self) -> str:
        """For ranking."""
        return folded(self.title)

    @cached_property
    def hay(self) -> str:
        """All that a search looks in."""
        parts = (self.title, self.name, self.author, *self.tags, self.description, self.model)
        return folded("\n".join(parts))

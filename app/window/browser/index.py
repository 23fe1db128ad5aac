"""All that can be chosen, searched at every keystroke. No Qt in here."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from app.window.browser.entry import Entry, folded
from app.window.session.sound import patch_texts
from app.window.words import marked
from engine.patch import Patch

__all__ = ["SHELVES", "Found", "Index", "Query", "Shelf"]

Shelf = Literal["all", "mine", "favourites", "models"]
SHELVES: dict[Shelf, tuple[str, str]] = {
    "all": (marked("Shelves", "All"), marked("Shelves", "All sounds, those of the factory and your own")),
    "mine": (marked("Shelves", "Mine"), marked("Shelves", "Your own sounds")),
    "favourites": (marked("Shelves", "Loved"), marked("Shelves", "Sounds with a heart")),
    "models": (
        marked("Shelves", "Models"),
        marked("Shelves", "The networks themselves, with all their knobs at the default"),
    ),
}
"""Name -> label and help, marked for translation."""


@dataclass(frozen=True)
class Query:
    """What is looked for.

    Attributes:
        text: words, all of which must occur somewhere; case and accents do not matter.
        tags: all of which an entry must have.
        favourites: keys of entries with a heart.
    """

    text: str = ""
    tags: frozenset[str] = frozenset()
    shelf: Shelf = "all"
    favourites: frozenset[str] = frozenset()

    @property
    def narrows(self) -> bool:
        """It asks for less than its whole shelf."""
        return bool(self.text.strip() or self.tags)


@dataclass(frozen=True)
class Found:
    """What a query finds.

    Attributes:
        entries: titles that begin with its text, then titles with it, then the rest; broken ones last.
        tags: of these, and how many have each: those asked for, then the most frequent of the shelf.
        total: how many there are on the shelf.
    """

    entries: list[Entry]
    tags: list[tuple[str, int]]
    total: int


@dataclass(frozen=True)
class _Shelf:
    """Entries in order, and how many of them have each tag."""

    entries: list[Entry]

    @cached_property
    def tags(self) -> Counter[str]:
        return Counter(tag for each in self.entries for tag in each.tags)


class Index:
    """Never changed once it is made, so it may be handed between threads."""

    def __init__(self, entries: Iterable[Entry] = ()) -> None:
        self.entries: Sequence[Entry] = sorted(entries, key=lambda each: (each.error is not None, each.folded_title))
        self._by_path = {each.path: each for each in self.entries}
        sounds = [each for each in self.entries if each.kind == "patch"]
        self._shelves: dict[str, _Shelf] = {
            "all": _Shelf(sounds),
            "mine": _Shelf([each for each in sounds if each.origin == "user"]),
            "models": _Shelf([each for each in self.entries if each.kind == "model"]),
        }

    def find(self, query: Query) -> Found:
        """All that is shown of a query's answer."""
        shelf = self._shelf(query)
        entries = _matches(shelf.entries, query)
        if len(entries) == len(shelf.entries):
            left = shelf.tags.copy()
        else:
            left = Counter(tag for each in entries for tag in each.tags)
            left.update(dict.fromkeys(query.tags, 0))
        order = sorted(left, key=lambda tag: (tag not in query.tags, -shelf.tags[tag], tag))
        return Found(entries, [(tag, left[tag]) for tag in order], len(shelf.entries))

    def at(self, path: object) -> Entry | None:
        """The entry of a file."""
        return self._by_path.get(path)  # type: ignore[call-overload]

    def of_patch(self, patch: Patch) -> Entry | None:
        """The entry whose file holds this patch: exactly, or as it was before something of it was turned."""
        texts = patch_texts(patch)
        same = [
            each
            for each in self.entries
            if each.patch is not None and each.title == patch.name and patch_texts(each.patch) == texts
        ]
        same = [each for each in same if each.model == patch.model]
        return next((each for each in same if each.patch == patch), same[0] if len(same) == 1 else None)

    @property
    def own_author(self) -> str:
        """How the person signs: the most frequent author of the user's sounds."""
        signed = Counter(each.author for each in self._shelves["mine"].entries if each.author)
        return signed.most_common(1)[0][0] if signed else ""

    @property
    def all_tags(self) -> list[str]:
        """Of all sounds, the most frequent first."""
        return [tag for tag, _ in self._shelves["all"].tags.most_common()]

    def _shelf(self, query: Query) -> _Shelf:
        if query.shelf == "favourites":
            return _Shelf([each for each in self.entries if each.key in query.favourites])
        return self._shelves[query.shelf]


def _matches(entries: list[Entry], query: Query) -> list[Entry]:
    words = folded(query.text).split()
    found = entries
    for word in words:
        found = [each for each in found if word in each.hay]
    if query.tags:
        found = [each for each in found if query.tags.issubset(each.tags)]
    if not words:
        return found
    text = " ".join(words)
    ranked: tuple[list[Entry], ...] = ([], [], [], [])
    for each in found:  # in order already, so within a rank they stay so
        title = each.folded_title
        rank = 3 if each.error is not None else 0 if title.startswith(text) else 1 if text in title else 2
        ranked[rank].append(each)
    return [each for rank in ranked for each in rank]

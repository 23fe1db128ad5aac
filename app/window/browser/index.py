"""All that can be chosen, searched at every keystroke. No Qt in here."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from app.window.browser.entry import Entry, folded
from app.window.session.sound import patch_texts
from engine.patch import Patch

__all__ = ["SHELVES", "Index", "Query", "Shelf"]

Shelf = Literal["all", "mine", "favourites", "models"]
SHELVES: dict[Shelf, tuple[str, str]] = {
    "all": ("All", "All sounds, those of the factory and your own"),
    "mine": ("Mine", "Your own sounds"),
    "favourites": ("Loved", "Sounds with a heart"),
    "models": ("Models", "The networks themselves, with all their knobs at the default"),
}
"""Name -> label and help."""


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


class Index:
    """Never changed once it is made, so it may be handed between threads."""

    def __init__(self, entries: Iterable[Entry] = ()) -> None:
        self.entries: Sequence[Entry] = sorted(entries, key=lambda each: (each.error is not None, each.folded_title))
        self._by_path = {each.path: each for each in self.entries}

    def matches(self, query: Query) -> list[Entry]:
        """What a query finds: titles that begin with its text, then titles with it, then the rest; broken ones last."""
        words = folded(query.text).split()
        found = [each for each in self._shelf(query) if _fits(each, words, query.tags)]
        if not words:
            return found
        text = " ".join(words)
        return sorted(found, key=lambda each: (each.error is not None, _rank(each.folded_title, text)))

    def tags(self, query: Query) -> list[tuple[str, int]]:
        """Tags of what a query finds, and how many have each: those asked for, then the most frequent of its shelf."""
        shelf = Counter(tag for each in self._shelf(query) for tag in each.tags)
        left = Counter(tag for each in self.matches(query) for tag in each.tags)
        left.update(dict.fromkeys(query.tags, 0))
        order = sorted(left, key=lambda tag: (tag not in query.tags, -shelf[tag], folded(tag)))
        return [(tag, left[tag]) for tag in order]

    @property
    def all_tags(self) -> list[str]:
        """Of all sounds, the most frequent first."""
        return [tag for tag, _ in self.tags(Query())]

    def count(self, query: Query) -> int:
        """How many there are on a query's shelf, whatever it looks for there."""
        return len(self.matches(replace(query, text="", tags=frozenset())))

    def at(self, path: object) -> Entry | None:
        """The entry of a file."""
        return self._by_path.get(path)  # type: ignore[call-overload]

    def of_patch(self, patch: Patch) -> Entry | None:
        """The entry whose file holds this patch: exactly, or as it was before something of it was turned."""
        texts = patch_texts(patch)
        same = [
            each
            for each in self.entries
            if each.patch is not None and each.model == patch.model and patch_texts(each.patch) == texts
        ]
        return next((each for each in same if each.patch == patch), same[0] if len(same) == 1 else None)

    @property
    def own_author(self) -> str:
        """How the person signs: the most frequent author of the user's sounds."""
        signed = Counter(each.author for each in self.entries if each.origin == "user" and each.author)
        return signed.most_common(1)[0][0] if signed else ""

    def _shelf(self, query: Query) -> Iterable[Entry]:
        kind = "model" if query.shelf == "models" else "patch"
        for each in self.entries:
            if query.shelf == "favourites":
                if each.key in query.favourites:
                    yield each
            elif each.kind == kind and (query.shelf != "mine" or each.origin == "user"):
                yield each


def _fits(entry: Entry, words: Sequence[str], tags: frozenset[str]) -> bool:
    return tags.issubset(entry.tags) and all(word in entry.hay for word in words)


def _rank(title: str, text: str) -> int:
    return 0 if title.startswith(text) else 1 if text in title else 2

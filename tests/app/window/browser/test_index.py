"""Searching a thousand sounds at every keystroke, and what it finds."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication

from app.window.browser.entry import Entry
from app.window.browser.index import Index, Query
from engine.patch import Patch
from tests.app.window.yardstick import reference_seconds


def entry(title: str, *tags: str, **fields: object) -> Entry:
    name = str(fields.pop("name", title))
    values: dict = {"kind": "patch", "origin": "factory", "model": "va", **fields}
    return Entry(name=name, path=Path(f"/{values['kind']}/{name}"), title=title, tags=tags, **values)


INDEX = Index(
    [
        entry("Glass bell", "bell", "bright", author="Ann", name="bell"),
        entry("Dark bell", "bell", "dark", origin="user"),
        entry("Élan", "lead", description="Rings like a bell."),
        entry("Acid line", "bass", "bright"),
        entry("Bad bell", error="not valid TOML"),
        entry("va", kind="model", model="va"),
    ]
)


def titles(**query: object) -> list[str]:
    return [each.title for each in INDEX.find(Query(**query)).entries]  # type: ignore[arg-type]


def test_all_is_by_title_and_what_is_broken_comes_last() -> None:
    assert titles() == ["Acid line", "Dark bell", "Élan", "Glass bell", "Bad bell"]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("bell", ["Dark bell", "Glass bell", "Élan", "Bad bell"]),
        ("BELL dar", ["Dark bell"]),
        ("elan", ["Élan"]),
        ("ÉLAN", ["Élan"]),
        ("ann", ["Glass bell"]),
        ("rings", ["Élan"]),
        ("  ", ["Acid line", "Dark bell", "Élan", "Glass bell", "Bad bell"]),
        ("zither", []),
    ],
)
def test_words_are_found_anywhere(text: str, found: list[str]) -> None:
    assert titles(text=text) == found


def test_shelves() -> None:
    assert titles(shelf="mine") == ["Dark bell"]
    assert titles(shelf="models") == ["va"]
    assert titles(shelf="favourites", favourites=frozenset({"bell", "model:va"})) == ["Glass bell", "va"]


def test_tags_narrow_and_say_what_is_left() -> None:
    assert titles(tags=frozenset({"bell", "bright"})) == ["Glass bell"]
    assert INDEX.find(Query(tags=frozenset({"bright"}))).tags == [
        ("bright", 2),
        ("bell", 1),
        ("bass", 1),
    ]
    assert INDEX.find(Query("zither", frozenset({"dark"}))).tags == [("dark", 0)]


def test_a_patch_finds_its_file() -> None:
    patch = Patch("One", "va", tags=("x",), knobs={"cut": 0.5})
    index = Index([entry("One", patch=patch), entry("Two", patch=Patch("Two", "va"))])
    found = index.of_patch(Patch("One", "va", tags=("x",), knobs={"cut": 0.5}))
    assert found is index.at(Path("/patch/One"))
    assert found is not None
    assert index.of_patch(Patch("One", "va", tags=("x",), knobs={"cut": 0.75})) is found
    assert index.of_patch(Patch("One", "va")) is None


def test_a_thousand_are_searched_within_a_keystroke(qapp: QApplication) -> None:
    words = ("glass", "bell", "warm", "low", "bright", "slow", "noise")
    many = Index(
        entry(f"{words[n % 7]} {words[n % 5]} {n}", words[n % 3], description="A long line about this sound. " * 4)
        for n in range(1000)
    )
    texts = ("w", "wa", "war", "warm", "warm 9")
    assert many.find(Query("warm 9")).entries
    assert reference_seconds(lambda number: many.find(Query(texts[number % 5])), 20) < 10e-3

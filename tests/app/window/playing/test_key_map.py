"""Keys are found by place on every system; notes stay within MIDI's range."""

from __future__ import annotations

import pytest

from app.window.playing.key_map import NOTES, base_note, note_name, note_of, place_of


@pytest.mark.parametrize(
    ("platform", "scan", "virtual", "place"),
    [
        ("xcb", 38, 0, "A"),
        ("wayland", 25, 0, "W"),
        ("windows", 30, 0, "A"),
        ("windows", 57, 0, "Space"),
        ("xcb", 65, 0, "Space"),
        ("xcb", 52, 0, "Z"),
        ("xcb", 48, 0, "'"),
        ("cocoa", 1, 0, "A"),
        ("cocoa", 1, 13, "W"),
        ("xcb", 24, 0, ""),  # Q
        ("xcb", 9, 0, ""),  # Escape
    ],
)
def test_a_place_is_the_same_key_on_every_system(platform: str, scan: int, virtual: int, place: str) -> None:
    assert place_of(platform, scan, virtual, "?") == place


def test_a_french_keyboard_plays_by_place() -> None:
    assert place_of("xcb", 38, 0, "Q") == "A"  # what is printed on it does not matter


def test_without_codes_the_letter_counts() -> None:
    assert [place_of("offscreen", 0, 0, letter) for letter in ("A", " ", "Q", "")] == ["A", "Space", "", ""]


def test_the_row_is_chromatic() -> None:
    assert [note_of(place, 4) for place in NOTES] == list(range(60, 78))
    assert note_name(base_note(4)) == "C4"


def test_above_midi_there_is_nothing() -> None:
    assert note_of("A", 9) == 120
    assert note_of("K", 9) is None
    assert note_of("Q", 4) is None

"""Which key of a computer's keyboard plays what, by its place and not by its letter: so it fits every layout.

The middle row is the white keys, the row above it the black ones, as on most instruments:

     W E   T Y U   O P
    A S D F G H J K L ; '       A = C

A key's place is named by the letter that an American keyboard has there. No Qt here.
"""

from __future__ import annotations

from typing import Final, Literal

__all__ = ["COMMANDS", "HIGHEST", "NOTES", "Command", "base_note", "note_name", "note_of", "place_of"]

Command = Literal["octave down", "octave up", "softer", "louder", "sustain"]

NOTES: Final[dict[str, int]] = {place: offset for offset, place in enumerate("AWSEDFTGYHUJKOLP;'")}
"""Place -> semitones above the C that the first of them plays."""
COMMANDS: Final[dict[str, Command]] = {
    "Z": "octave down",
    "X": "octave up",
    "C": "softer",
    "V": "louder",
    "Space": "sustain",
}
HIGHEST = 127
NAMES = ("C", "C♯", "D", "D♯", "E", "F", "F♯", "G", "G♯", "A", "A♯", "B")
_ROWS = ((16, "QWERTYUIOP"), (30, "ASDFGHJKL;'"), (44, "ZXCV"), (57, " "))
"""First scan code of a row, as the PC's keyboard counts them, and its places."""
_SCAN: Final[dict[int, str]] = {
    first + index: "Space" if place == " " else place for first, row in _ROWS for index, place in enumerate(row)
}
_MAC: Final[dict[int, str]] = {
    0: "A", 1: "S", 2: "D", 3: "F", 5: "G", 4: "H", 38: "J", 40: "K", 37: "L", 41: ";", 39: "'",
    13: "W", 14: "E", 17: "T", 16: "Y", 32: "U", 31: "O", 35: "P",
    6: "Z", 7: "X", 8: "C", 9: "V", 49: "Space",
}  # fmt: skip
_X_OFFSET = 8
"""X11 and Wayland number the same keys from eight on."""


def place_of(platform: str, scan: int, virtual: int, letter: str) -> str:
    """The place of a key; empty: it plays nothing.

    Args:
        platform: Qt's name of the windowing system (`xcb`, `wayland`, `windows`, `cocoa`).
        scan, virtual: the key's native codes; 0: unknown.
        letter: what is printed on it, in capitals, for systems that give no codes.
    """
    if platform == "cocoa":
        place = _MAC.get(virtual, "")
    elif scan > 0:
        place = _SCAN.get(scan - _X_OFFSET if platform != "windows" else scan, "")
    else:
        place = "Space" if letter == " " else letter
    return place if place in NOTES or place in COMMANDS else ""


def base_note(octave: int) -> int:
    """The MIDI note of an octave's C: octave 4 begins at 60 (C4)."""
    return 12 * (octave + 1)


def note_of(place: str, octave: int) -> int | None:
    """The MIDI note 0..127 of a place while the first key plays the C of `octave`; None: it plays none."""
    offset = NOTES.get(place)
    if offset is None or not 0 <= base_note(octave) + offset <= HIGHEST:
        return None
    return base_note(octave) + offset


def note_name(note: int) -> str:
    """A MIDI note for reading: 60 is C4."""
    return f"{NAMES[note % 12]}{note // 12 - 1}"

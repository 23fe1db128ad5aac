"""What a crashed second window left is found, once, and only if it holds something that no file does."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest

from app.window.session.autosave import kept_session
from app.window.session.document import Desk
from app.window.session.leftover import leftovers
from app.window.session.reading import sound_from_file, sound_from_text
from app.window.store import write_kept


def keep(folder: Path, name: str, place: float, *, time: float = 1e9, model: str = "tiny") -> Path:
    """A kept session whose knob stands there; at 0.25 it is as its file."""
    sound = sound_from_file("plain").with_number("knobs.knob0", place)
    sound = replace(sound, patch=replace(sound.patch, model=model))
    write_kept(folder / name, kept_session(Desk(sound, sound)))
    os.utime(folder / name, (time, time))
    return folder / name


def found(folder: Path, *left: str) -> list[str]:
    return [each.path.name for each in leftovers(folder, lambda path: path.name in left, sound_from_text)]


def test_a_session_that_was_left_is_found(user_folder: Path) -> None:
    keep(user_folder, "session.json", 0.5)
    keep(user_folder, "session-2.json", 0.75, time=2e9)
    keep(user_folder, "session-3.json", 0.75)
    keep(user_folder, "session-x.json", 0.75)
    assert found(user_folder, "session-2.json", "session-3.json", "session-x.json") == [
        "session-2.json",
        "session-3.json",
    ]
    (only,) = leftovers(user_folder, lambda path: path.name == "session-2.json", sound_from_text)
    assert (only.title, only.time, only.desk.current.number("knobs.knob0")) == ("Plain", 2e9, 0.75)


def test_what_files_hold_is_not_offered(user_folder: Path) -> None:
    keep(user_folder, "session-2.json", 0.25)
    assert found(user_folder, "session-2.json") == []
    (user_folder / "patches" / "plain.toml").unlink()
    assert found(user_folder, "session-2.json") == ["session-2.json"]


def test_what_lay_there_before_a_patch_was_asked_for(user_folder: Path) -> None:
    keep(user_folder, "before-session.json", 0.5)
    assert found(user_folder) == ["before-session.json"]


@pytest.mark.parametrize("text", ["", "{", '{"schema": 9}'])
def test_what_cannot_be_read_is_no_offer(user_folder: Path, text: str) -> None:
    (user_folder / "session-2.json").write_text(text)
    keep(user_folder, "session-3.json", 0.5, model="gone")
    assert found(user_folder, "session-2.json", "session-3.json") == []

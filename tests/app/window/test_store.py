"""Kept files: what is broken or from the future never stops anybody, and nothing newer is overwritten."""

from __future__ import annotations

import json
from pathlib import Path

import msgspec
import pytest

from accel.errors import SystoleError
from app.window.preferences import Preferences, load_preferences, preferences_path, save_preferences


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("SYSTOLE_HOME", str(tmp_path / "new"))
    return tmp_path / "new"


def test_what_is_kept_comes_back() -> None:
    wanted = Preferences(theme="light", favourites=frozenset({"Bell", "Züge"}), octave=5)
    save_preferences(wanted)
    assert load_preferences() == (wanted, None)


def test_without_a_file_there_are_defaults(folder: Path) -> None:
    assert load_preferences() == (Preferences(), None)
    assert not folder.exists()


VALUE = "has a value that is not allowed"


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", "is damaged"),
        ("{", "is damaged"),
        ("[]", "is damaged"),
        ("[" * 5000, "is damaged"),
        ("\xff", "is damaged"),
        ('{"octave": 99}', f"{VALUE} (octave)"),
        ('{"theme": "pink"}', f"{VALUE} (theme)"),
        ('{"scopes": {"scope": {"span": 0}}}', f"{VALUE} (scopes.span)"),
        ('{"scopes": {"scope": {"side": "up"}}}', f"{VALUE} (scopes.side)"),
        ('{"axes": {"va": ["a"]}}', f"{VALUE} (axes)"),
    ],
)
def test_a_broken_file_is_put_aside_in_plain_words(folder: Path, text: str, fault: str) -> None:
    folder.mkdir()
    preferences_path().write_bytes(text.encode("latin-1"))
    found, line = load_preferences()
    assert found == Preferences()
    aside = folder / "window.json.broken"
    assert line == f"window.json {fault}: defaults are used; the old file is kept as {aside}"
    assert (folder / "window.json.broken").read_bytes() == text.encode("latin-1")


def test_a_broken_file_that_cannot_be_put_aside_is_said_to_stay(folder: Path) -> None:
    (folder / "window.json.broken" / "inside").mkdir(parents=True)
    preferences_path().write_text("{")
    found, line = load_preferences()
    assert found == Preferences()
    assert line == "window.json is damaged: defaults are used; it cannot be put aside (Is a directory)"


def test_a_newer_file_is_left_alone(folder: Path) -> None:
    folder.mkdir()
    preferences_path().write_text('{"schema": 2, "theme": 7}')
    found, line = load_preferences()
    assert (found, "newer" in str(line)) == (Preferences(), True)
    with pytest.raises(SystoleError, match="newer"):
        save_preferences(Preferences())
    assert json.loads(preferences_path().read_text())["schema"] == 2


def test_fields_of_a_newer_program_of_the_same_schema_are_passed_over(folder: Path) -> None:
    folder.mkdir()
    preferences_path().write_bytes(msgspec.json.encode({"schema": 1, "octave": 4, "later": True}))
    assert load_preferences() == (Preferences(octave=4), None)


@pytest.mark.skipif(not Path("/proc/version").exists(), reason="needs a place that nobody can write to")
def test_a_folder_that_cannot_be_written_is_a_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SYSTOLE_HOME", "/proc/none")
    with pytest.raises(SystoleError, match="cannot be written"):
        save_preferences(Preferences())

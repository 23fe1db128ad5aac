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


@pytest.mark.parametrize("text", ["", "{", "[]", '{"octave": 99}', '{"theme": "pink"}', "[" * 5000, "\xff"])
def test_a_broken_file_is_put_aside(folder: Path, text: str) -> None:
    folder.mkdir()
    preferences_path().write_bytes(text.encode("latin-1"))
    found, line = load_preferences()
    assert found == Preferences()
    assert line is not None
    assert "window.json.broken" in line
    assert len(line.splitlines()) == 1
    assert (folder / "window.json.broken").read_bytes() == text.encode("latin-1")


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

"""Settings come back as they were, and nothing about their file keeps anybody from playing."""

from __future__ import annotations

import errno
import json
import os
import threading
from pathlib import Path

import pytest
from msgspec.structs import replace

from accel.errors import SystoleError
from engine.live.protocol import DeviceName
from engine.live.settings import Settings, load_settings, save_settings, settings_path, update_settings

SOME = Settings(
    device=DeviceName("ALSA", 'hw:0 "x"'), rate=44_100, block=64, mode="safe", ahead=3, ports=["a"], virtual=False
)


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("SYSTOLE_HOME", str(tmp_path / "new"))
    return tmp_path / "new"


def test_nothing_remembered_is_the_default() -> None:
    assert load_settings() == (Settings(), None)


def test_they_come_back() -> None:
    save_settings(SOME)
    assert load_settings() == (SOME, None)


def test_those_from_before_modes_were_remembered_are_read(folder: Path) -> None:
    folder.mkdir()
    settings_path().write_text('{"schema": 1, "device": {"host": "ALSA", "name": "card"}, "rate": 48000, "block": 64}')
    found, line = load_settings()
    assert line is None
    assert (found.block, found.mode, found.ahead) == (64, None, None)


@pytest.mark.parametrize("text", ["", "{", '{"schema": 1, "block": 0}', '{"rate": "fast"}', "[1]", "\xff"])
def test_a_broken_file_is_put_aside(folder: Path, text: str) -> None:
    folder.mkdir()
    settings_path().write_bytes(text.encode("latin-1"))
    found, line = load_settings()
    assert found == Settings()
    aside = folder / "live.json.broken"
    assert line == f"live.json is damaged: no device or port is remembered; the old file is kept as {aside}"
    assert not settings_path().exists()
    assert (folder / "live.json.broken").read_bytes() == text.encode("latin-1")
    save_settings(SOME)
    assert load_settings() == (SOME, None)


def test_fields_of_nobody_are_ignored(folder: Path) -> None:
    folder.mkdir()
    settings_path().write_text('{"schema": 1, "block": 256, "colour": "red"}')
    assert load_settings() == (Settings(block=256), None)


def test_those_of_a_newer_version_are_left_alone(folder: Path) -> None:
    folder.mkdir()
    text = json.dumps({"schema": 2, "block": [1]})
    settings_path().write_text(text)
    found, line = load_settings()
    assert found == Settings()
    assert line is not None and "schema is 2; allowed: 1" in line
    with pytest.raises(SystoleError, match="schema is 2"):
        save_settings(SOME)
    assert settings_path().read_text() == text


def test_a_folder_that_is_read_only_is_one_line(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder.mkdir()
    save_settings(SOME)

    def refuse(*_: object) -> None:
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))

    monkeypatch.setattr(os, "replace", refuse)  # root may write anywhere
    with pytest.raises(SystoleError, match=r"live\.json: cannot be written: Permission denied$"):
        save_settings(Settings())
    assert load_settings() == (SOME, None)
    assert [path.name for path in folder.iterdir()] == ["live.json"]


def test_a_folder_that_cannot_be_is_one_line(folder: Path) -> None:
    folder.write_text("a file")
    assert load_settings()[0] == Settings()
    with pytest.raises(SystoleError, match=r"live\.json.*cannot be"):
        save_settings(SOME)


def test_changes_of_several_threads_are_all_kept() -> None:
    def change(number: int) -> None:
        for turn in range(10):
            update_settings(lambda old, turn=turn: replace(old, ports=[*old.ports, f"{number}.{turn}"]))

    save_settings(replace(SOME, ports=[]))
    threads = [threading.Thread(target=change, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(load_settings()[0].ports) == sorted(f"{number}.{turn}" for number in range(4) for turn in range(10))


def test_what_changes_nothing_writes_nothing(folder: Path) -> None:
    update_settings(lambda old: old)
    assert not folder.exists()

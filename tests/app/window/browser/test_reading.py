"""Folders are read once, changes are noticed, broken files are listed with their reason."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from app.window.browser import reading
from app.window.browser.index import Query
from app.window.browser.reading import Reader, taken_names
from tests.app.window.conftest import PATCH


@pytest.fixture
def reader(user_folder: Path) -> Reader:
    found = Reader()
    found.read()
    return found


def own(reader: Reader) -> dict[str, str | None]:
    return {each.name: each.error for each in reader.read().find(Query(shelf="mine")).entries}


def test_an_unchanged_file_is_read_once(reader: Reader, user_folder: Path) -> None:
    assert own(reader) == {"plain": None, "other": None}
    before = reader.files_read
    first, again = reader.read(), reader.read()
    assert reader.files_read == before
    assert [*first.entries] == [*again.entries]
    path = user_folder / "patches" / "plain.toml"
    path.write_text(PATCH.format("Plain", 0.5))
    os.utime(path, (1, 1))
    assert reader.read().at(path).patch.knobs == {"knob0": 0.5}  # type: ignore[union-attr]
    assert reader.files_read == before + 1


def test_what_comes_and_goes(reader: Reader, user_folder: Path) -> None:
    (user_folder / "patches" / "plain.toml").unlink()
    (user_folder / "patches" / "third.toml").write_text(PATCH.format("Third", 0.5))
    assert own(reader) == {"third": None, "other": None}


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (b"", "empty"),
        (b"\xff\xfe", "UTF-8"),
        (b"schema = 1\nname", "TOML"),
        (b"schema = 2\n", "newer version of Systole (schema 2; this one reads 1)"),
        (b"schema = -1\n", "schema is -1"),
        (PATCH.format("X", 7).encode(), "knobs.knob0"),
        (PATCH.format("X", 0.5).replace("tiny", "gone").encode(), "gone: no such model"),
    ],
)
def test_a_broken_file_is_listed_with_its_reason(reader: Reader, user_folder: Path, text: bytes, reason: str) -> None:
    path = user_folder / "patches" / "broken.toml"
    path.write_bytes(text)
    entry = reader.read().at(path)
    assert entry is not None
    assert reason in (entry.error or "")
    assert str(path) not in (entry.error or "")
    assert entry.patch is None


def test_a_folder_with_the_name_of_a_patch_is_broken(reader: Reader, user_folder: Path) -> None:
    (user_folder / "patches" / "folder.toml").mkdir()
    assert "cannot be read" in (own(reader)["folder"] or "")


def test_a_model_that_goes_breaks_its_patches_and_heals_them_when_it_comes_back(
    reader: Reader, user_folder: Path
) -> None:
    model = user_folder / "models" / "tiny.safetensors"
    aside = model.rename(user_folder / "aside")
    assert "no such model" in (own(reader)["plain"] or "")
    aside.rename(model)
    assert own(reader) == {"plain": None, "other": None}
    model.write_bytes(b"nonsense")
    assert own(reader)["plain"]


def test_models_are_entries_too(reader: Reader, user_folder: Path) -> None:
    (user_folder / "models" / "bad.safetensors").write_bytes(b"nonsense")
    found = {each.name: each for each in reader.read().find(Query(shelf="models")).entries}
    assert found["tiny"].error is None
    assert found["tiny"].description
    assert found["bad"].error
    assert found["va"].origin == "factory"


def test_a_user_file_hides_a_factory_file(reader: Reader, user_folder: Path) -> None:
    (user_folder / "patches" / "bell.toml").write_text(PATCH.format("My bell", 0.5))
    found = [each for each in reader.read().entries if each.kind == "patch" and each.name == "bell"]
    assert [each.origin for each in found] == ["user"]
    assert {"bell", "acid", "plain"} <= taken_names("patch")


def test_the_first_reading_of_many_tells_what_it_has(user_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "TELL_SECONDS", 0.0)
    parts: list[int] = []
    whole = Reader().read(lambda part: parts.append(len(part.entries)))
    assert parts == sorted(parts)
    assert parts[0] < parts[-1] == len(whole.entries)


def test_a_model_that_is_not_where_it_is_guessed(reader: Reader, user_folder: Path) -> None:
    text = PATCH.format("Odd", 0.5).replace('model = "tiny"', "'model' = 'tiny'")
    (user_folder / "patches" / "odd.toml").write_text(f'description = """\nmodel = "va"\n"""\n{text}')
    assert own(reader)["odd"] is None

"""Nothing that happens to files can lose a sound: strange names, names that clash, folders that refuse, wrong files."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accel.errors import SystoleError
from app.window.browser import files, placing
from app.window.browser.files import Imported, Texts
from engine.library import find_patch
from engine.patch import Patch, load_patch, patch_text, read_text
from tests.app.window.conftest import PATCH

BELL = Patch("Bell", "tiny", knobs={"knob0": 0.5}, tags=("bell",))


@pytest.fixture
def folder(user_folder: Path) -> Path:
    return user_folder / "patches"


def content(folder: Path) -> dict[str, str]:
    return {path.name: path.read_text() for path in folder.iterdir()}


@pytest.fixture(params=["missing links", "links"])
def links(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Some file systems have none."""

    def refuse(*_: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    if request.param == "missing links":
        monkeypatch.setattr(placing.os, "link", refuse)


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("Glass bell", "Glass bell"),
        ("a/b\\c:d", "a-b-c-d"),
        ("../../etc/passwd", "etc-passwd"),
        ("CON", "CON sound"),
        ("nul.x", "nul.x sound"),
        (" . ", "Sound"),
        ("", "Sound"),
        (".hidden", "hidden"),
        ("tab\tand\nline", "tab and line"),
        ("e\u0301toile", "étoile"),
        ("\ud800", "Sound"),
        ("🎹 piano", "🎹 piano"),
    ],
)
def test_a_name_becomes_a_file_name(title: str, name: str) -> None:
    assert files.file_name(title) == name


def test_saving_writes_the_sounds_own_file(folder: Path) -> None:
    path = folder / "plain.toml"
    known = load_patch(path)
    assert files.save(replace(known, author="Me"), path, known) is None
    assert load_patch(path).author == "Me"
    for other in (find_patch("bell"), folder.parent / "x.toml", folder / "deep" / "x.toml"):
        with pytest.raises(SystoleError, match="not in your folder"):
            files.save(BELL, other, None)


@pytest.mark.parametrize("text", [PATCH.format("Other hands", 0.5), "no patch at all"])
def test_what_other_hands_wrote_is_not_overwritten(folder: Path, text: str) -> None:
    path = folder / "plain.toml"
    known = load_patch(path)
    path.write_text(text)
    aside = files.save(replace(known, author="Me"), path, known)
    assert aside is not None
    assert aside.kept.read_text() == text
    assert load_patch(path).author == "Me"


@pytest.mark.usefixtures("links")
def test_a_taken_name_gets_a_number(folder: Path) -> None:
    made = [files.save_as(BELL) for _ in range(3)]
    assert [path.name for path, _ in made] == ["Bell 2.toml", "Bell 3.toml", "Bell 4.toml"]  # the factory has a bell
    assert [load_patch(path).name for path, _ in made] == ["Bell 2", "Bell 3", "Bell 4"]
    assert files.free_title("Bell") == "Bell 5"
    assert files.free_title("Carillon") == "Carillon"
    assert files.save_as(replace(BELL, name="bell 3"))[0].name == "bell 5.toml"
    assert not [path for path in folder.iterdir() if path.name.startswith(".")]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=60)
@given(st.lists(st.text(max_size=300).filter(lambda text: text.encode("utf-8", "ignore").decode().split()), max_size=4))
def test_any_names_can_be_saved_and_none_overwrites_another(folder: Path, titles: list[str]) -> None:
    for path in folder.iterdir():
        path.unlink()
    saved = [files.save_as(replace(BELL, name=title)) for title in titles]
    assert len({path.name.casefold() for path, _ in saved}) == len(titles)
    for path, patch in saved:
        assert path.parent == folder
        assert len(path.name.encode()) <= 255
        assert load_patch(path) == patch
    renamed = [files.rename(path, Texts(f"{title} x")) for title, (path, _) in zip(titles, saved, strict=True)]
    assert {path for path, _ in renamed} == set(folder.iterdir())
    for path, patch in renamed:
        assert load_patch(path) == patch


@pytest.mark.parametrize("title", ["", "  ", "\n"])
def test_a_sound_needs_a_name(folder: Path, title: str) -> None:
    before = content(folder)
    with pytest.raises(SystoleError, match="needs a name"):
        files.save_as(replace(BELL, name=title))
    with pytest.raises(SystoleError, match="needs a name"):
        files.rename(folder / "plain.toml", Texts(title))
    assert content(folder) == before


@pytest.mark.usefixtures("links")
def test_renaming(folder: Path) -> None:
    path, patch = files.rename(folder / "plain.toml", Texts("Glockenspiel", tags=("bell",)))
    assert (path.name, patch.name, load_patch(path)) == ("Glockenspiel.toml", "Glockenspiel", patch)
    assert (patch.tags, patch.knobs) == (("bell",), {"knob0": 0.25})
    assert not (folder / "plain.toml").exists()
    path, patch = files.rename(path, Texts("Other"))
    assert (path.name, patch.name) == ("Other 2.toml", "Other 2")
    assert files.rename(path, Texts("OTHER 2"))[0] == path
    assert load_patch(path).name == "OTHER 2"
    with pytest.raises(SystoleError, match="not in your folder"):
        files.rename(find_patch("bell"), Texts("Mine"))


def test_a_renaming_that_fails_leaves_all_as_it_was(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before, unlink = content(folder), Path.unlink

    def refuse(path: Path, missing_ok: bool = False) -> None:
        if path.name == "plain.toml":
            raise PermissionError(13, "Permission denied")
        unlink(path, missing_ok=missing_ok)

    monkeypatch.setattr(Path, "unlink", refuse)
    with pytest.raises(SystoleError, match="cannot be renamed: Permission denied"):
        files.rename(folder / "plain.toml", Texts("New"))
    assert content(folder) == before


@pytest.mark.usefixtures("links")
def test_what_is_thrown_away_comes_back(folder: Path) -> None:
    before = content(folder)
    first = files.trash(folder / "plain.toml")
    assert set(content(folder)) == {"other.toml"}
    assert files.restore(first) == folder / "plain.toml"
    assert content(folder) == before
    first = files.trash(folder / "plain.toml")
    (folder / "plain.toml").write_text(PATCH.format("New", 0.5))
    second = files.trash(folder / "plain.toml")
    assert first.kept != second.kept
    assert files.restore(second).name == "plain.toml"
    assert files.restore(first).name == "plain 2.toml"
    assert load_patch(folder / "plain 2.toml").name == "Plain"
    with pytest.raises(SystoleError, match="cannot be taken back"):
        files.restore(first)


def test_only_ones_own_can_be_thrown_away_but_whatever_it_is(folder: Path) -> None:
    (folder / "odd.toml").mkdir()
    (folder / "odd.toml" / "inside").write_text("x")
    files.restore(files.trash(folder / "odd.toml"))
    assert (folder / "odd.toml" / "inside").read_text() == "x"
    for path in (find_patch("bell"), folder.parent / "window.json"):
        with pytest.raises(SystoleError, match="not yours"):
            files.trash(path)


def test_sending_out_and_bringing_in(folder: Path, tmp_path: Path) -> None:
    path = files.export(replace(BELL, name="Carillon"), tmp_path / "out")
    assert path.name == "out.toml"
    found = files.import_file(path)
    assert found == Imported("patch", folder / "Carillon.toml")
    assert patch_text(load_patch(found.path)) == read_text(path)
    assert files.import_file(path) == Imported("patch", folder / "Carillon.toml", is_new=False)
    files.export(replace(BELL, name="Carillon", author="Else"), path)
    assert files.import_file(path).path.name == "Carillon 2.toml"
    assert path.exists()


@pytest.mark.parametrize(
    ("name", "text", "reason"),
    [
        ("a.txt", "x", "neither a sound"),
        ("a.toml", "", "empty"),
        ("a.toml", "schema = 7", "newer version of Systole"),
        ("a.toml", PATCH.format("X", 0.5).replace("tiny", "gone"), "needs the model gone"),
        ("a.toml", PATCH.format("X", 9), "knobs.knob0"),
        ("a.safetensors", "x", "safetensors"),
    ],
)
def test_what_cannot_be_played_is_not_brought_in(
    folder: Path, tmp_path: Path, name: str, text: str, reason: str
) -> None:
    (tmp_path / name).write_text(text)
    before = content(folder)
    with pytest.raises(SystoleError, match=reason):
        files.import_file(tmp_path / name)
    assert content(folder) == before
    with pytest.raises(SystoleError):
        files.import_file(tmp_path / "missing.toml")


def test_models_are_brought_in_once(user_folder: Path, tmp_path: Path) -> None:
    source = shutil.copy(user_folder / "models" / "tiny.safetensors", tmp_path / "va.safetensors")
    assert files.import_file(Path(source)) == Imported("model", user_folder / "models" / "tiny.safetensors", False)
    (user_folder / "models" / "tiny.safetensors").unlink()
    assert files.import_file(Path(source)).path.name == "va 2.safetensors"  # the factory has a va


@pytest.mark.parametrize("how", ["a file in its place", "read-only"])
def test_a_folder_that_refuses_is_one_line(
    user_folder: Path, folder: Path, tmp_path: Path, how: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    outside = files.export(replace(BELL, name="Out"), tmp_path / "out.toml")
    shutil.rmtree(folder)
    if how == "read-only":
        folder.mkdir()

        def refuse(*_: object, **__: object) -> None:
            raise PermissionError(13, "Permission denied")

        monkeypatch.setattr(placing.tempfile, "mkstemp", refuse)  # what a folder without the right to write does
    else:
        folder.write_text("in the way")
    for call in (
        lambda: files.save_as(BELL),
        lambda: files.save(BELL, folder / "x.toml", None),
        lambda: files.import_file(outside),
        lambda: files.export(BELL, folder / "x" / "y.toml"),
    ):
        with pytest.raises(SystoleError) as caught:
            call()
        assert "\n" not in str(caught.value)

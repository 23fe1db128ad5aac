"""Commands, refusals, progress lines, and what a killed render leaves behind."""

from __future__ import annotations

from pathlib import Path

import pytest

from accel.errors import SystoleError
from app.window.render.render_plan import RenderPlan, command_of, leftovers, read_progress


def test_the_command(tmp_path: Path) -> None:
    plan = RenderPlan(Path("/a/song.mid"), Path("/b/song.wav"), rate=44_100, format="float", stems=True)
    words = command_of(plan, Path("/tmp/sound.toml"))[3:]
    assert words == [
        *("render", "/a/song.mid", "-o", "/b/song.wav", "--json", "--rate", "44100", "--format", "float"),
        *("--patch", "/tmp/sound.toml", "--stems"),
    ]


def test_a_journal_holds_its_own_sounds() -> None:
    plan = RenderPlan(Path("/a/take.json"), Path("/b/take.wav"), patch="x", stems=True)
    words = command_of(plan, Path("/tmp/sound.toml"))
    assert "--patch" not in words
    assert "--stems" not in words


@pytest.mark.parametrize(
    ("source", "target", "line"),
    [
        ("", "out.wav", "there is no such file"),
        ("gone.mid", "out.wav", "gone.mid: there is no such file"),
        ("song.txt", "out.wav", "cannot be rendered; allowed: .mid"),
        ("song.mid", "", "needs a name"),
        ("song.mid", "nowhere/out.wav", "the folder does not exist"),
        ("take.json", "take.json", "is what is to be rendered"),
    ],
)
def test_refusals(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, source: str, target: str, line: str) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("song.mid", "song.txt", "take.json"):
        (tmp_path / name).touch()
    with pytest.raises(SystoleError, match=line):
        RenderPlan(Path(source), Path(target)).check()


def test_progress_lines() -> None:
    lines = ("progress 50 200", "progress 300 200\n", "progress 1 0", "systole: no", "")
    assert [read_progress(line) for line in lines] == [0.25, 1.0, 1.0, None, None]


def test_only_temporaries_of_this_render_are_leftovers(tmp_path: Path) -> None:
    mine = [".song.a1b2c3d4.wav", ".song.ch1.a1b2c3d4.wav"]
    for name in (*mine, "song.wav", ".song.wav", ".songs.a1b2c3d4.wav", ".song.a1b2c3d4.mid"):
        (tmp_path / name).touch()
    assert sorted(path.name for path in leftovers(tmp_path / "song.wav", 0.0)) == sorted(mine)
    assert leftovers(tmp_path / "song.wav", 1e12) == []
    assert leftovers(tmp_path / "gone" / "song.wav", 0.0) == []

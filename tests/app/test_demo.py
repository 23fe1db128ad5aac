"""`systole demo` as a process, its phrases, and that a section is what `systole render` would give."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import soundfile

from accel.errors import SystoleError
from accel.formats import RATE
from app.cli import demo as demo_command
from app.demonstration import FADE, DemoRenderer, sections
from app.phrases import load_phrases
from engine.events import Kind
from engine.library import list_patches
from engine.offline import ScoreRenderer
from engine.patch import Patch
from tests.app.support import Systole, one_line

SHORT = """schema = 1
tempo = 120
tail = 0.1
[sweep]
key = 57
seconds = 0.4
[[phrase]]
tags = ["bass"]
beats = 1
notes = [[0, 0.5, 33, 100], [0.5, 0.5, 33, 90]]
controls = [[0.5, 1, 64]]
[[phrase]]
tags = []
beats = 0.5
notes = [[0, 0.4, 60, 100]]
"""


@pytest.fixture(scope="module")
def demo(systole: Systole, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict]:
    """The demo of `tiny`, which has one patch and two knobs, and what --json says of it."""
    folder = tmp_path_factory.mktemp("demo") / "new" / "folder"
    done = systole("demo", "tiny", "--out", folder, "--json")
    assert (done.returncode, done.stderr) == (0, b"")
    (facts,) = json.loads(done.stdout)
    return folder / "tiny.wav", facts


def test_sections_are_where_json_says_and_sound(demo: tuple[Path, dict]) -> None:
    path, facts = demo
    samples, rate = soundfile.read(path)
    assert rate == RATE
    assert (facts["output"], facts["frames"]) == (str(path), len(samples))
    assert [each["title"] for each in facts["sections"]] == ["plain", "knob0", "knob1"]
    starts = [round(each["start_seconds"] * rate) for each in facts["sections"]]
    assert starts[0] == 0
    for start, end in zip(starts, [*starts[1:], len(samples)], strict=True):
        assert 2 < (end - start) / rate < 4
        assert np.abs(samples[start : start + rate]).max() > 0.01
        assert np.abs(samples[end - 20 : end]).max() < 0.002  # faded: nothing clicks or rings on
    assert 20 * np.log10(np.abs(samples).max()) == pytest.approx(facts["peak_dbfs"], abs=0.01)


def test_one_line_for_each_file_and_equal_bytes(systole: Systole, demo: tuple[Path, dict], tmp_path: Path) -> None:
    (tmp_path / "tiny.wav").write_bytes(b"old")
    done = systole("demo", "tiny", "-o", tmp_path)
    line = done.stderr.decode()
    assert (done.returncode, done.stdout, line.count("\n")) == (0, b"", 1)
    minutes, seconds = divmod(demo[1]["seconds"], 60)
    assert line.startswith(
        f"{tmp_path / 'tiny.wav'}: {int(minutes)}:{seconds:05.2f}, peak {demo[1]['peak_dbfs']:.1f} dB"
    )
    assert line.endswith(": plain, knob0, knob1\n")
    assert (tmp_path / "tiny.wav").read_bytes() == demo[0].read_bytes()
    assert list(tmp_path.iterdir()) == [tmp_path / "tiny.wav"]


def test_a_file_of_a_models_name_is_played_by_its_patches(systole: Systole, home: Path, tmp_path: Path) -> None:
    for name in ("tiny", "other"):
        (tmp_path / f"{name}.safetensors").write_bytes((home / "models" / "tiny.safetensors").read_bytes())
    done = systole("demo", tmp_path / "tiny.safetensors", tmp_path / "other.safetensors", "-o", tmp_path, "--json")
    titles = [[part["title"] for part in each["sections"]] for each in json.loads(done.stdout)]
    assert titles == [["plain", "knob0", "knob1"], ["other", "knob0", "knob1"]]


@pytest.mark.parametrize(
    ("arguments", "status", "part"),
    [
        (["nothing", "-o", "out"], 1, "nothing: no such model; there are: "),
        (["nothing.safetensors", "-o", "out"], 1, "no such model file"),
        (["tiny"], 2, "--out"),
        (["tiny", "-o", "file"], 2, "file"),
        (["tiny", "tiny.safetensors", "-o", "out"], 2, "two models are called tiny"),
    ],
)
def test_wrong_usage_is_one_line(
    arguments: list[str], status: int, part: str, systole: Systole, home: Path, tmp_path: Path
) -> None:
    (tmp_path / "file").write_bytes(b"")
    (tmp_path / "tiny.safetensors").write_bytes((home / "models" / "tiny.safetensors").read_bytes())
    before = set(tmp_path.iterdir())
    done = systole("demo", *arguments, cwd=tmp_path)
    assert done.returncode == status
    assert part in one_line(done)
    assert set(tmp_path.iterdir()) == before


def test_without_names_all_that_load_are_chosen(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / "tiny.safetensors").write_bytes((home / "models" / "tiny.safetensors").read_bytes())
    (tmp_path / "models" / "broken.safetensors").write_bytes(b"no model")
    monkeypatch.setenv("SYSTOLE_HOME", str(tmp_path))
    chosen = demo_command._choose(())
    assert {"tiny", "va", "waveshaping"} <= {path.stem for path in chosen}
    assert "broken" not in {path.stem for path in chosen}
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("systole: warning: ")
    assert "broken.safetensors" in line


def test_a_section_is_a_render_faded_at_its_end(home: Path, tmp_path: Path) -> None:
    (tmp_path / "short.toml").write_text(SHORT)
    phrases, model = load_phrases(tmp_path / "short.toml"), home / "models" / "tiny.safetensors"
    bass = Patch("Bass", str(model), tags=("bass",))
    parts = sections(model, {"one": bass}, phrases)
    assert [(part.title, part.samples) for part in parts] == [("one", 28_800), ("knob0", 24_000), ("knob1", 24_000)]
    demo = DemoRenderer(parts)
    played = np.concatenate([block.mix for block in demo.blocks()])
    assert len(played) == demo.total_samples == 76_800
    plain = ScoreRenderer(phrases.phrases[0].score, bass, tail=0.1)
    wanted = np.concatenate([block.mix for block in plain.blocks()])
    wanted[-FADE:] *= (np.arange(FADE)[::-1] / FADE).astype(np.float32)[:, None]
    assert np.array_equal(played[:28_800], wanted)


def test_a_sweep_turns_its_knob_and_no_other(home: Path, tmp_path: Path) -> None:
    (tmp_path / "short.toml").write_text(SHORT)
    model = home / "models" / "tiny.safetensors"
    takes = [part.open()._take for part in sections(model, {}, load_phrases(tmp_path / "short.toml"))[1:]]
    for name, take in zip(("knob0", "knob1"), takes, strict=True):
        assert list(take.knobs) == [name]
        travel = take.knobs[name]
        assert (travel[0], travel[-1]) == (0, 1)
        assert np.all(np.diff(travel) >= 0)
        assert np.diff(travel).max() < 0.01
        assert np.all(take.volts == -0.25)


def test_the_shipped_phrases_suit_every_kind_of_patch() -> None:
    phrases = load_phrases()
    used = {id(phrases.suiting(entry.patch.tags)) for entry in list_patches() if entry.patch}
    assert used == set(map(id, phrases.phrases)), "a phrase that no patch plays"
    for phrase in phrases.phrases:
        events = phrase.score.events
        assert np.all(np.diff(events["time"]) >= 0)
        notes = events[(events["kind"] == Kind.NOTE_ON) | (events["kind"] == Kind.NOTE_OFF)]
        for key in set(notes["index"]):  # every key goes up before it goes down again
            kinds = notes[notes["index"] == key]["kind"]
            assert np.array_equal(kinds, np.resize([Kind.NOTE_ON, Kind.NOTE_OFF], len(kinds)))


@pytest.mark.parametrize(
    ("old", "new", "part"),
    [
        ("schema = 1", "schema = 2", "schema is 2; allowed: 1"),
        ("tempo = 120", "tempo = 0", "tempo is 0; allowed: 20 to 400"),
        ("key = 57", "", "sweep.key is None; allowed: 0 to 127"),
        ("[sweep]", "[sweeps]", "sweep.key is None"),
        ('tags = ["bass"]', 'tags = "bass"', "phrase[1].tags must be a list of texts"),
        ('tags = ["bass"]', "tags = []", "the last phrase, and no other, must be without tags"),
        (
            "[0.5, 0.5, 33, 90]",
            "[0.5, 0.6, 33, 90]",
            "phrase[1].notes[2] is [0.5, 0.6, 33, 90]; allowed: start",
        ),
        ("[0.5, 0.5, 33, 90]", "[0.5, 0.5, 33, 128]", "then 0 to 127, 1 to 127"),
        ("[0.5, 0.5, 33, 90]", "[0.5, 0.5, 33.5, 90]", "phrase[1].notes[2]"),
        ("[0.5, 1, 64]", "[0.5, 1]", "phrase[1].controls[1] is [0.5, 1]; allowed: start within 1 beats, then 0 to 119"),
        ("[0.5, 1, 64]", "64", "phrase[1].controls[1]"),
        ("notes = [[0, 0.4, 60, 100]]", "", "phrase[2].notes must be a list of rows"),
        ("schema = 1", "schema 1", "not valid TOML"),
    ],
)
def test_a_wrong_phrase_file_is_one_line(old: str, new: str, part: str, tmp_path: Path) -> None:
    path = tmp_path / "wrong.toml"
    path.write_text(SHORT.replace(old, new, 1))
    with pytest.raises(SystoleError) as error:
        load_phrases(path)
    assert str(error.value).startswith(f"{path}: ")
    assert part in str(error.value)
    assert "\n" not in str(error.value)

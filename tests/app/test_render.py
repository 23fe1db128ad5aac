"""`systole render` as a process: formats, rates, pipes, stems, and journals."""

from __future__ import annotations

import hashlib
import io
import json
from pathlib import Path

import numpy as np
import pytest
import soundfile

from accel.emulator import Emulator
from accel.formats import knob_counts, pitch_word
from accel.program_file import load_program
from tests.app.support import Systole, one_line

RAW = ("--model", "tiny")


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_the_song_sounds(reference_take: Path) -> None:
    samples, rate = soundfile.read(reference_take)
    assert (rate, samples.shape[1]) == (48_000, 2)
    assert 0.5 < len(samples) / rate < 5
    assert np.abs(samples).max() > 0.01


@pytest.mark.parametrize("block", [1, 64, 333, 4096])
def test_equal_bytes_for_every_block(
    block: int, systole: Systole, song: Path, reference_take: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out.wav"
    assert systole("render", song, "-o", out, "--patch", "plain", "--block", block).returncode == 0
    assert digest(out) == digest(reference_take)


def test_formats_agree_within_a_step(systole: Systole, song: Path, reference_take: Path, tmp_path: Path) -> None:
    coarse = soundfile.read(reference_take)[0]
    for name, subtype in (("pcm24", "PCM_24"), ("float", "FLOAT")):
        out = tmp_path / f"{name}.wav"
        assert systole("render", song, "-o", out, "--patch", "plain", "--format", name).returncode == 0
        assert soundfile.info(out).subtype == subtype
        assert np.abs(soundfile.read(out)[0] - coarse).max() <= 0.5001 / 32768


@pytest.mark.parametrize("rate", [44_100, 96_000])
def test_other_rates_last_as_long(
    rate: int, systole: Systole, song: Path, reference_take: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out.wav"
    assert systole("render", song, "-o", out, "--patch", "plain", "--rate", rate).returncode == 0
    info = soundfile.info(out)
    assert info.samplerate == rate
    assert abs(info.frames - soundfile.info(reference_take).frames * rate / 48_000) <= 0.5


def test_a_pipe_carries_the_same_samples(systole: Systole, song: Path, reference_take: Path) -> None:
    done = systole("render", song, "-o", "-", "--patch", "plain", "--quiet")
    assert (done.returncode, done.stderr) == (0, b"")
    piped, rate = soundfile.read(io.BytesIO(done.stdout), dtype="int16")
    assert rate == 48_000
    assert np.array_equal(piped, soundfile.read(reference_take, dtype="int16")[0])


def test_stems_and_json(systole: Systole, song: Path, tmp_path: Path) -> None:
    out = tmp_path / "song.wav"
    done = systole("render", song, "-o", out, "--patch", "plain", "--stems", "--json", "--format", "float")
    assert (done.returncode, done.stderr) == (0, b"")
    summary = json.loads(done.stdout)
    assert summary["output"] == str(out)
    assert summary["frames"] == soundfile.info(out).frames
    assert summary["format"] == "float"
    assert len(summary["stems"]) == 2
    written = {Path(name) for name in summary["stems"].values()} | {out}
    assert set(tmp_path.iterdir()) == written
    assert all(soundfile.info(path).frames == summary["frames"] for path in written)


def test_the_raw_model_is_bit_exact(systole: Systole, voltages: Path, home: Path, tmp_path: Path) -> None:
    out = tmp_path / "raw.wav"
    assert systole("render", voltages, "-o", out, *RAW, "--block", 100).returncode == 0
    got, rate = soundfile.read(out, dtype="int16")
    assert (got.ndim, rate, len(got)) == (1, 48_000, 6400)
    program = load_program(home / "models" / "tiny.safetensors")
    table = np.loadtxt(voltages, delimiter=",", skiprows=1)
    pitch = np.asarray(pitch_word((table[:, 0] - 60) / 12), np.int32)
    knobs = np.asarray(knob_counts(table[:, 1:]), np.int16)
    assert np.array_equal(got, Emulator(program).run(pitch, knobs, seed=1))


def test_voltages_through_a_patch_are_stereo(systole: Systole, voltages: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.wav"
    assert systole("render", voltages, "-o", out, "--patch", "plain").returncode == 0
    assert soundfile.info(out).channels == 2


def test_a_model_plays_a_song_without_a_patch(systole: Systole, song: Path, tmp_path: Path) -> None:
    assert systole("render", song, "-o", tmp_path / "a.wav", "--model", "tiny").returncode == 0


@pytest.fixture(scope="module")
def journal(home: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tenth of a second of two parts, as live playing writes it down."""
    from engine.events import Kind, event_array
    from engine.journal import Journal, JournalPatch, write_journal

    model, text = load_program(home / "models" / "tiny.safetensors"), (home / "patches" / "plain.toml").read_text()
    patches = tuple(JournalPatch(serial, text, model.hash, serial) for serial in (1, 2))
    rows = [(0, Kind.OPEN, 1, 0, -1.0), (9, Kind.NOTE_ON, 0, 60, 100.0), (2000, Kind.OPEN, 2, 3, 480.0)]
    rows += [(2000, Kind.NOTE_ON, 0, 64, 100.0), (4000, Kind.GATE, 0, 480, 0.0)]
    path = tmp_path_factory.mktemp("journal") / "take.json"
    write_journal(Journal("0", "", (32, 8), 0, 4800, True, 1, patches, event_array(rows)), path)
    return path


def test_a_journal_gives_what_was_heard(
    systole: Systole, home: Path, journal: Path, tmp_path: Path, monkeypatch
) -> None:
    from engine.journal import read_journal
    from engine.replay import JournalRenderer

    out, other = tmp_path / "out.wav", tmp_path / "other.wav"
    done = systole("render", journal, "-o", out, "--format", "float", "--json", "--block", 64)
    assert (done.returncode, done.stderr) == (0, b"")
    assert json.loads(done.stdout)["frames"] == 4800
    monkeypatch.setenv("SYSTOLE_HOME", str(home))
    wanted = np.concatenate([block.mix for block in JournalRenderer(read_journal(journal)).blocks()])
    assert wanted[2500:].any() and not wanted[4480:].any()
    assert np.array_equal(soundfile.read(out, dtype="float32")[0], wanted)
    assert systole("render", journal, "-o", other, "--format", "float").returncode == 0
    assert digest(out) == digest(other)


@pytest.mark.parametrize(
    "options",
    [["--patch", "plain"], ["--model", "tiny", "--seed", "2"], ["--tail", "1"], ["--stems"], ["--scale", "x.scl"]],
)
def test_a_journal_says_itself_what_is_played(
    systole: Systole, journal: Path, tmp_path: Path, options: list[str]
) -> None:
    (tmp_path / "x.scl").touch()
    done = systole("render", journal, "-o", tmp_path / "out.wav", *options, cwd=tmp_path)
    assert done.returncode == 2 and not (tmp_path / "out.wav").exists()
    line = one_line(done)
    assert f"{', '.join(each for each in options if each.startswith('--'))}: a journal holds its" in line


def test_a_journal_that_is_damaged_is_one_line(systole: Systole, journal: Path, tmp_path: Path) -> None:
    broken = tmp_path / "broken.json"
    broken.write_text(journal.read_text().replace("[9,1,0,60,", "[9,1,0,600,"))
    done = systole("render", broken, "-o", tmp_path / "out.wav")
    assert done.returncode == 1 and not (tmp_path / "out.wav").exists()
    assert "broken.json: events[1]: index 600 of NOTE_ON: allowed: 0 to 127" in one_line(done)

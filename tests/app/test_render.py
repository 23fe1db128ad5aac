"""`systole render` as a process: formats, rates, pipes, stems, and everything that can go wrong half-way."""

from __future__ import annotations

import contextlib
import hashlib
import io
import json
import os
import pty
import resource
import signal
import subprocess
import time
from pathlib import Path

import numpy as np
import pytest
import soundfile

from accel.emulator import Emulator
from accel.formats import knob_counts, pitch_word
from accel.program_file import load_program
from tests.app.support import COMMAND, Systole, interrupts_count, one_line

RAW = ("--model", "tiny")


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


@pytest.fixture(scope="module")
def reference_take(systole: Systole, song: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The song as a 16-bit WAV; also warms Numba's cache for the tests that follow."""
    out = tmp_path_factory.mktemp("reference") / "song.wav"
    done = systole("render", song, "-o", out, "--patch", "plain", "--quiet")
    assert (done.returncode, done.stderr) == (0, b"")
    return out


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


WRONG_USAGE = [
    (["song", "-o", "none/out.wav"], "none does not exist"),
    (["song", "-o", "."], "is a folder"),
    (["song", "-o", "song"], "is the input itself"),
    (["song"], "--output"),
    (["absent.mid", "-o", "out.wav"], "does not exist"),
    (["song", "-o", "out.wav", "--rate", "1"], "--rate"),
    (["song", "-o", "out.wav", "--block", "0"], "--block"),
    (["song", "-o", "out.wav", "--tail", "nan"], "--tail"),
    (["song", "-o", "out.wav", "--tail", "-1"], "--tail"),
    (["song", "-o", "out.wav", "--seed", "-1"], "--seed"),
    (["song", "-o", "-", "--stems"], "pipe"),
    (["song", "-o", "-", "--json"], "standard output"),
    (["song", "-o", "out.wav", "--channels", "volts=0"], ".wav of control voltages"),
    (["cv", "-o", "out.wav", "--channels", "volts"], "volts=0,gate=1"),
    (["cv", "-o", "out.wav", "--stems"], "needs a MIDI file"),
    (["cv", "-o", "out.wav", "--model", "tiny", "--patch", "plain"], "not both"),
    (["cv", "-o", "out.wav", "--model", "tiny", "--tail", "1"], "--tail"),
]


@pytest.mark.parametrize(("arguments", "part"), WRONG_USAGE, ids=lambda value: str(value))
def test_wrong_usage(
    arguments: list[str], part: str, systole: Systole, song: Path, voltages: Path, tmp_path: Path
) -> None:
    copy = tmp_path / "song.mid"
    copy.write_bytes(song.read_bytes())
    named = {"song": str(copy), "cv": str(voltages)}
    done = systole("render", *(named.get(each, each) for each in arguments), cwd=tmp_path)
    assert done.returncode == 2
    assert part in one_line(done)
    assert copy.read_bytes() == song.read_bytes()
    assert list(tmp_path.iterdir()) == [copy]


BROKEN = {
    "empty.mid": b"",
    "not.mid": b"RIFF....",
    "empty.wav": b"",
    "empty.csv": b"",
    "empty.npz": b"",
    "nan.csv": b"note,knob0\nnan,0.5\n60,0.5\n",
    "names.csv": b"note,wobble\n60,0.5\n60,0.5\n",
    "no.patch": b"hello",
}


@pytest.mark.parametrize("name", BROKEN)
def test_broken_input_is_one_line(name: str, systole: Systole, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(BROKEN[name])
    (tmp_path / "out.wav").write_bytes(b"old")
    model = () if name.endswith(".mid") else RAW
    done = systole("render", tmp_path / name, "-o", tmp_path / "out.wav", *model)
    assert done.returncode == (2 if name == "no.patch" else 1)
    assert name in one_line(done)
    assert (tmp_path / "out.wav").read_bytes() == b"old"
    assert len(list(tmp_path.iterdir())) == 2


@pytest.mark.parametrize("option", [("--patch", "none"), ("--model", "none"), ("--model", "none.safetensors")])
def test_an_unknown_sound_is_one_line(option: tuple[str, str], systole: Systole, song: Path, tmp_path: Path) -> None:
    done = systole("render", song, "-o", tmp_path / "out.wav", *option)
    assert done.returncode == 1
    assert "no such" in one_line(done)


def test_a_full_disk(systole: Systole, song: Path, reference_take: Path, tmp_path: Path) -> None:
    """A limit on the size of files stands in for the full disk: the same write fails in the same place."""
    out = tmp_path / "out.wav"
    out.write_bytes(b"old")

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, 50_000))

    done = systole("render", song, "-o", out, "--patch", "plain", preexec_fn=limit)
    assert done.returncode == 1
    assert str(out) in one_line(done)
    assert out.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [out]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="Linux only")
def test_a_full_device_and_a_full_standard_output(systole: Systole, song: Path, reference_take: Path) -> None:
    done = systole("render", song, "-o", "/dev/full", "--patch", "plain")
    assert done.returncode == 1
    assert one_line(done) == "systole: /dev/full: No space left on device"
    with Path("/dev/full").open("wb") as full:
        done = systole("models", stdout=full)
    assert done.returncode == 1
    assert "No space left" in one_line(done)


def on_a_terminal(environment: dict[str, str], *arguments: object, stream: str) -> tuple[int, str]:
    """Exit status of `systole ARGUMENTS...` and what it wrote to `stream`, a terminal."""
    try:
        control, terminal = pty.openpty()
    except OSError:
        pytest.skip("this machine has no pseudo-terminals (a bare chroot)")
    pipes = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, stream: terminal}
    said = b""
    with subprocess.Popen([*COMMAND, *map(str, arguments)], env={**environment, "TERM": "xterm"}, **pipes) as process:
        os.close(terminal)
        with contextlib.suppress(OSError):  # the terminal closes with the process
            while part := os.read(control, 4096):
                said += part
        process.wait(timeout=300)
    os.close(control)
    return process.returncode, said.decode()


def test_a_bar_on_a_terminal_and_only_there(
    environment: dict[str, str], systole: Systole, song: Path, reference_take: Path, tmp_path: Path
) -> None:
    call = ("render", song, "-o", tmp_path / "out.wav", "--patch", "plain", "--block", 64)
    status, said = on_a_terminal(environment, *call, stream="stderr")
    assert status == 0
    assert "%" in said
    assert "times real time" in said
    assert on_a_terminal(environment, *call, "--quiet", stream="stderr") == (0, "")
    assert len(systole(*call).stderr.splitlines()) == 1
    assert digest(tmp_path / "out.wav") == digest(reference_take)


def test_samples_are_not_poured_on_a_terminal(environment: dict[str, str], song: Path) -> None:
    assert on_a_terminal(environment, "render", song, "-o", "-", stream="stdout") == (2, "")


@pytest.fixture(scope="module")
def long_take(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Control voltages for forty minutes: longer than any test waits."""
    path = tmp_path_factory.mktemp("long") / "long.npz"
    rows = 40 * 60 * 750
    np.savez(path, columns=np.array(["note", "knob0"]), controls=np.full((rows, 2), (60.0, 0.5)))
    return path


def started(environment: dict[str, str], source: Path, out: Path | str, **options: object) -> subprocess.Popen[bytes]:
    call = [*COMMAND, "render", str(source), "-o", str(out), *RAW]
    options |= {"env": environment, "stderr": subprocess.PIPE, "preexec_fn": interrupts_count}
    return subprocess.Popen(call, **options)  # type: ignore[call-overload]


def wait_for_temporary(folder: Path, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + 120
    while time.monotonic() < until and process.poll() is None:
        if any(path.stat().st_size > 100_000 for path in folder.glob(".*.wav")):
            return
        time.sleep(0.02)
    raise AssertionError("the render wrote nothing")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_an_interrupt_leaves_nothing_behind(
    number: signal.Signals, environment: dict[str, str], reference_take: Path, long_take: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out.wav"
    out.write_bytes(b"old")
    with started(environment, long_take, out) as process:
        wait_for_temporary(tmp_path, process)
        process.send_signal(number)
        _, said = process.communicate(timeout=60)
    assert process.returncode == 130
    assert said.decode().split("\n")[-2] == "systole: interrupted"
    assert out.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [out]


def test_a_killed_render_leaves_the_old_file(environment: dict[str, str], long_take: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.wav"
    out.write_bytes(b"old")
    with started(environment, long_take, out) as process:
        wait_for_temporary(tmp_path, process)
        process.kill()
        process.communicate(timeout=60)
    assert out.read_bytes() == b"old"


def test_a_reader_that_leaves_is_no_fault(environment: dict[str, str], long_take: Path) -> None:
    with started(environment, long_take, "-", stdout=subprocess.PIPE) as process:
        assert process.stdout
        assert process.stdout.read(1000)[:4] == b"RIFF"
        process.stdout.close()
        assert process.stderr
        said = process.stderr.read()
        process.wait(timeout=60)
    assert (process.returncode, said) == (1, b"")


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

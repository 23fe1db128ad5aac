"""`systole render` where something goes wrong, before, half-way or at the end: one line, and nothing left behind."""

from __future__ import annotations

import contextlib
import hashlib
import os
import pty
import resource
import signal
import subprocess
import time
from pathlib import Path

import numpy as np
import pytest

from tests.app.support import COMMAND, Systole, interrupts_count, one_line

RAW = ("--model", "tiny")


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


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

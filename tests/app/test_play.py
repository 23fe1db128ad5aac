"""`systole play` without a window and without a device: it plays, records and keeps a journal that renders again."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

from engine.events import Kind
from engine.journal import read_journal
from tests.app.support import COMMAND, ROOT, Systole, interrupts_count, one_line
from tests.support.jack import jack_server, needs_jack

SILENT = ("--headless", "--device", "none", "--midi", "none", "--patch", "plain")


def engines(home: Path) -> list[int]:
    """Processes of engines whose user folder is this one."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            words, variables = (folder / "cmdline").read_bytes(), (folder / "environ").read_bytes()
        except OSError:
            continue
        if b"engine.live" in words and f"SYSTOLE_HOME={home}".encode() in variables.split(b"\0"):
            found.append(int(folder.name))
    return found


def test_it_plays_for_a_while_and_tells_how_it_went(systole: Systole, home: Path, tmp_path: Path) -> None:
    done = systole(
        "play", *SILENT, "--seconds", 1, "--json", "--format", "float",
        "--record", tmp_path / "a.wav", "--journal", tmp_path / "a.json",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr.decode()
    found: dict[str, Any] = json.loads(done.stdout)
    assert (found["patch"], found["lost_samples"], found["restarts"]) == ("Plain", 0, 0)
    assert found["recording"]["paths"] == [str(tmp_path / "a.wav")]
    assert found["journal_events"] == 1  # the patch that was opened
    sound, rate = soundfile.read(tmp_path / "a.wav")
    assert rate == 48_000
    assert 0.8 < len(sound) / rate < 5
    assert engines(home) == []
    rendered = systole("render", tmp_path / "a.json", "-o", tmp_path / "b.wav", "--format", "float")
    assert rendered.returncode == 0, rendered.stderr.decode()
    assert not np.abs(soundfile.read(tmp_path / "b.wav")[0]).any()


def test_ctrl_c_is_the_usual_end(environment: dict[str, str], home: Path, tmp_path: Path) -> None:
    call = [*COMMAND, "play", *SILENT, "--osc", "39741", "--journal", str(tmp_path / "a.json")]
    process = subprocess.Popen(call, env=environment, stderr=subprocess.PIPE, cwd=ROOT, preexec_fn=interrupts_count)
    try:
        assert process.stderr is not None
        while b"OSC: listening" not in process.stderr.readline():
            assert process.poll() is None
        time.sleep(0.3)
        process.send_signal(signal.SIGINT)
        assert process.wait(30) == 0
    finally:
        process.kill()
        process.communicate()
    assert (tmp_path / "a.json").exists()
    assert engines(home) == []


def test_a_killed_command_takes_its_engine_along(environment: dict[str, str], home: Path) -> None:
    process = subprocess.Popen([*COMMAND, "play", *SILENT], env=environment, stderr=subprocess.DEVNULL, cwd=ROOT)
    until = time.monotonic() + 60
    while not engines(home):
        assert time.monotonic() < until
        time.sleep(0.05)
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    while engines(home):
        assert time.monotonic() < until
        time.sleep(0.05)


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (("--patch", "nothing"), "nothing: no such patch"),
        (("--device", "no such device", "--patch", "plain", "--midi", "none"), "device no such device: "),
    ],
)
def test_what_cannot_be_played_is_one_line(systole: Systole, arguments: tuple[str, ...], line: str) -> None:
    done = systole("play", "--headless", *arguments)
    assert done.returncode == 1
    assert line in one_line(done)


@pytest.mark.parametrize(
    ("arguments", "part"),
    [
        (("--record", "/no/such/folder/a.wav"), "--record"),
        (("--journal", "."), "--journal"),
        (("--safe", "4"), "--safe"),
        (("--safe", "--direct"), "--direct"),
        (("--block", "0"), "--block"),
        (("--seconds", "-1"), "--seconds"),
    ],
)
def test_wrong_usage_is_told_at_once(systole: Systole, arguments: tuple[str, ...], part: str) -> None:
    done = systole("play", *arguments)
    assert done.returncode == 2
    assert part in one_line(done)


def without_display(environment: dict[str, str]) -> dict[str, str]:
    names = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    return {name: value for name, value in environment.items() if name not in names}


def test_without_a_display_it_says_so_and_plays(environment: dict[str, str]) -> None:
    call = [*COMMAND, "play", *SILENT[1:], "--seconds", "0.1"]
    for more, part in (({}, "no display"), ({"DISPLAY": ":7777"}, "display :7777 does not answer")):
        done = subprocess.run(call, env=without_display(environment) | more, capture_output=True, timeout=300)
        assert done.returncode == 0
        assert part in done.stderr.decode()
        assert "as with --headless" in done.stderr.decode()


def test_with_a_display_it_plays_in_a_window(environment: dict[str, str], home: Path, tmp_path: Path) -> None:
    """Offscreen: the real window on the real engine, closed after a while; what it recorded is there."""
    files = ("--record", str(tmp_path / "a.wav"), "--journal", str(tmp_path / "a.json"))
    call = [*COMMAND, "play", *SILENT[1:], "--seconds", "4", "--json", *files]
    shown = without_display(environment) | {"QT_QPA_PLATFORM": "offscreen"}
    done = subprocess.run(call, env=shown, capture_output=True, timeout=300)
    assert done.returncode == 0, done.stderr.decode()
    found: dict[str, Any] = json.loads(done.stdout)
    assert (found["patch"], found["lost_samples"], found["journal_events"]) == ("Plain", 0, 1)
    assert (tmp_path / "a.wav").stat().st_size > 1000
    assert (home / "window.json").exists()
    assert engines(home) == []


@pytest.mark.parametrize("value", ["pitch", "0=pitch", "9=gate", "1=", "1=knob:", "x=gate"])
def test_inputs_that_are_none_are_told_at_once(systole: Systole, value: str) -> None:
    done = systole("play", "--cv", value)
    assert done.returncode == 2
    assert "--cv" in one_line(done)


def on_jack(environment: dict[str, str], *arguments: object, answers: str = "") -> subprocess.CompletedProcess[str]:
    """Run the command on the server of this moment."""
    server = {name: value for name, value in os.environ.items() if name.startswith("JACK")}
    call = [*COMMAND, *map(str, arguments)]
    return subprocess.run(
        call, env={**environment, **server}, input=answers, capture_output=True, text=True, timeout=300
    )


@needs_jack
def test_voltages_of_a_device(environment: dict[str, str], tmp_path: Path) -> None:
    """Of inputs that give 0 V, which is a pitch."""
    usual = ("play", "--headless", "--midi", "none", "--patch", "plain", "--seconds", 1)
    with jack_server(tmp_path):
        done = on_jack(environment, *usual, "--cv", "1=x")
        assert done.returncode == 1
        assert (
            done.stderr
            == "systole: cv: input 1: x: the model has no such knob; allowed: pitch, gate, level, knob0, knob1\n"
        )
        done = on_jack(environment, *usual, "--cv", "2=pitch", "--cv", "1=knob0", "--journal", tmp_path / "a.json")
        assert done.returncode == 0, done.stderr
        events = read_journal(tmp_path / "a.json").events
        assert [each["value"] for each in events if each["kind"] == Kind.CV_PITCH] == [0.0]
        done = on_jack(environment, *usual, "--cv", "3=gate")
        assert "system has 2 inputs: playing without control voltages" in done.stderr


@needs_jack
def test_calibrating_an_input_that_always_gives_the_same(environment: dict[str, str], tmp_path: Path) -> None:
    with jack_server(tmp_path):
        done = on_jack(environment, "calibrate", 1, "--high", 3, answers="\n\n")
        assert done.returncode == 1
        asked, line = done.stderr.strip().rsplit("systole: ", 1)
        assert "apply 0 V to input 1" in asked and "apply 3 V to input 1" in asked
        assert line == "calibration: the input gives the same at both voltages; needed: two that differ"
    assert on_jack(environment, "calibrate", 1, "--high", 0).returncode == 2


def test_broken_settings_are_said_and_put_aside(environment: dict[str, str], home: Path, tmp_path: Path) -> None:
    folder = tmp_path / "home"
    shutil.copytree(home, folder)
    (folder / "live.json").write_text("   oops")
    call = [*COMMAND, "play", *SILENT, "--seconds", "0.1"]
    done = subprocess.run(call, env={**environment, "SYSTOLE_HOME": str(folder)}, capture_output=True, text=True)
    aside = folder / "live.json.broken"
    assert done.returncode == 0, done.stderr
    assert f"live.json is damaged: no device or port is remembered; the old file is kept as {aside}" in done.stderr
    assert aside.read_text() == "   oops"

"""A user folder with one small model and one patch, small inputs, and the command as a process."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import mido
import numpy as np
import pytest

from accel.compiler import compile_network
from accel.program_file import save_program
from accel.random_network import random_network
from tests.app.support import COMMAND, ROOT, TINY, Systole


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """SYSTOLE_HOME with the model `tiny` (knobs knob0, knob1) and the patch `plain`, which plays it."""
    folder = tmp_path_factory.mktemp("home")
    (folder / "models").mkdir()
    (folder / "patches").mkdir()
    program = compile_network(random_network(np.random.default_rng(5), TINY))
    save_program(program, folder / "models" / "tiny.safetensors")
    text = 'schema = 1\nname = "Plain"\nmodel = "tiny"\ntags = ["test"]\n[amp]\nrelease = 0.05\n'
    (folder / "patches" / "plain.toml").write_text(text)
    return folder


@pytest.fixture(scope="session")
def environment(home: Path) -> dict[str, str]:
    """The process environment of every command that the tests start."""
    return {**os.environ, "SYSTOLE_HOME": str(home), "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"}


@pytest.fixture(scope="session")
def systole(environment: dict[str, str]) -> Systole:
    """Run `systole ARGUMENTS...` as a process of its own."""

    def run(*arguments: object, timeout: float = 300, **options: object) -> subprocess.CompletedProcess[bytes]:
        call = [*COMMAND, *map(str, arguments)]
        captured = {} if "stdout" in options else {"stdout": subprocess.PIPE}
        return subprocess.run(call, stderr=subprocess.PIPE, env=environment, timeout=timeout, **captured, **options)

    return run


@pytest.fixture(scope="session")
def song(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two channels, three notes, half a second."""
    file = mido.MidiFile(ticks_per_beat=480)
    for channel, notes in ((0, (60, 64)), (3, (48,))):
        track = mido.MidiTrack()
        file.tracks.append(track)
        for note in notes:
            track.append(mido.Message("note_on", channel=channel, note=note, velocity=90))
        for index, note in enumerate(notes):
            track.append(mido.Message("note_off", channel=channel, note=note, time=0 if index else 480))
    path = tmp_path_factory.mktemp("midi") / "song.mid"
    file.save(path)
    return path


@pytest.fixture(scope="session")
def voltages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """101 rows of control voltages for `tiny`: 6400 samples."""
    path = tmp_path_factory.mktemp("cv") / "voltages.csv"
    rows = [f"{57 + k * 0.1:.3f},{k / 100:.3f},0.5" for k in range(101)]
    path.write_text("\n".join(["note,knob0,knob1", *rows]) + "\n")
    return path


@pytest.fixture(scope="session")
def reference_take(systole: Systole, song: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The song as a 16-bit WAV; also warms Numba's cache for the tests that follow."""
    out = tmp_path_factory.mktemp("reference") / "song.wav"
    done = systole("render", song, "-o", out, "--patch", "plain", "--quiet")
    assert (done.returncode, done.stderr) == (0, b"")
    return out

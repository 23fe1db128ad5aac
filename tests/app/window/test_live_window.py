"""The real window on a real screen: keys that are typed are heard in tune, a knob that is turned is heard at once.

An X server in memory, xdotool at its keyboard and mouse, the engine on a JACK server without hardware.
"""

from __future__ import annotations

import contextlib
import itertools
import math
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import psutil
import pytest
import soundfile
from numpy.typing import NDArray

from tests.app.support import COMMAND, ROOT
from tests.support.jack import JackServer, Probe, jack_server, may_be_realtime, needs_jack, output_ports, wait_for
from tests.support.limit import end_all, time_limit
from tests.support.xvfb import Screen, end_with_parent, needs_screen, screen

pytestmark = [pytest.mark.slow, needs_jack, needs_screen]

PERIOD = 128
START_SECONDS = 300.0
"""All of it may have to be compiled first, on a machine that does other things too."""
END_SECONDS = 60.0
KNOB_SECONDS = PERIOD / 48_000 + 0.010
TEST_SECONDS = 600.0
CENTS = 3.0
BEFORE, AFTER = 960, 1920
"""Frames around an edit that must have been recorded."""
STEADY = """schema = 1
name = "Steady"
model = "va_phase"
[knobs]
shape = 0.2
width = 0.0
cutoff = 0.3
resonance = 0.1
[voice]
velocity = 0.0
level = {level}
[amp]
attack = 0.003
sustain = 1.0
release = 0.03
"""
TYPED = {"a": 48, "w": 49, "f": 53, "j": 59, "k": 60, "apostrophe": 65}
"""Keys of an American keyboard, and the notes that they play from C3 on."""


@pytest.fixture(autouse=True)
def limit() -> Iterator[None]:
    """Whatever hangs, here or in a library, ends."""
    with time_limit(TEST_SECONDS):
        yield


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A user folder with a steady sound, whose person has played before."""
    folder = tmp_path / "home"
    (folder / "patches").mkdir(parents=True)
    (folder / "patches" / "steady.toml").write_text(STEADY.format(level=0.0))
    (folder / "window.json").write_text('{"schema": 1, "has_played": true}')
    return folder


@pytest.fixture
def server(tmp_path: Path) -> Iterator[JackServer]:
    with jack_server(tmp_path, period=PERIOD, is_realtime=may_be_realtime()) as found:
        yield found


@pytest.fixture
def shown(tmp_path: Path) -> Iterator[Screen]:
    with screen(tmp_path) as found:
        yield found


class Window:
    """A process with a window on the screen."""

    def __init__(self, command: list[str], shown: Screen, home: Path, **more: str) -> None:
        environment = {**shown.environment, "SYSTOLE_HOME": str(home), "PYTHONPATH": str(ROOT), **more}
        self.log = home / "window.log"
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                command,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=home,
                preexec_fn=end_with_parent,
            )

    def outputs(self, probe: Probe) -> list[str]:
        """The engine's two ports, once it plays."""

        def alive() -> None:
            assert self.process.poll() is None, self.log.read_text()

        return output_ports(probe, START_SECONDS, alive)

    def close(self) -> None:
        """As Ctrl-C does; nothing of it may be left over.

        Raises:
            AssertionError: it, or its engine, had to be killed.
        """
        with contextlib.suppress(psutil.NoSuchProcess):
            found = psutil.Process(self.process.pid)
            family = [*found.children(recursive=True), found]
            self.process.terminate()
            killed = end_all(family, END_SECONDS)
            assert killed == [], (killed, self.log.read_text())
        self.process.wait()


def frequency(sound: NDArray[np.float64], rate: int) -> float:
    """Of the strongest partial, Hz: the peak of a windowed spectrum, between its lines by a parabola of logarithms."""
    size = 1 << 18
    spectrum = np.abs(np.fft.rfft(sound * np.hanning(len(sound)), size))
    spectrum[: round(50 * size / rate)] = 0
    top = int(np.argmax(spectrum))
    low, middle, high = np.log(spectrum[top - 1 : top + 2])
    return float((top + 0.5 * (low - high) / (low - 2 * middle + high)) * rate / size)


def steadiest(sound: NDArray[np.float64], rate: int) -> float:
    """The middle one of three parts' frequencies: a hole of a block that came late is in one of them, if in any."""
    return sorted(frequency(each, rate) for each in np.array_split(sound, 3))[1]


def notes_in(sound: NDArray[np.float64], rate: int) -> list[NDArray[np.float64]]:
    """What lies between silences, each without its beginning and end."""
    size = rate // 50
    loud = np.abs(sound[: len(sound) // size * size]).reshape(-1, size).max(axis=1) > 0.003
    edges = np.flatnonzero(np.diff(np.concatenate(([0], loud.astype(np.int8), [0]))))
    runs = [(begin * size, end * size) for begin, end in edges.reshape(-1, 2).tolist()]
    return [sound[begin + rate // 20 : end - rate // 20] for begin, end in runs if end - begin > rate // 4]


def cents(found: float, note: int) -> float:
    """How far a frequency is from an equal-tempered note."""
    return 1200 * math.log2(found / (440 * 2 ** ((note - 69) / 12)))


def test_typed_notes_are_recorded_in_tune(server: JackServer, shown: Screen, home: Path) -> None:
    command = [*COMMAND, "play", "--patch", "steady", "--midi", "none"]
    window = Window(command, shown, home)
    recordings = home / "recordings"
    try:
        with Probe(seconds=1) as probe:
            window.outputs(probe)
        shown.window("Systole")
        time.sleep(1.0)  # the window has its size and its focus
        shown.do("key", "F9")
        wait_for(lambda: recordings.exists() and list(recordings.iterdir()), 20, window.log.read_text())
        time.sleep(0.5)
        for key in TYPED:
            shown.do("keydown", key, "sleep", 0.9, "keyup", key, "sleep", 0.4)
        shown.do("keydown", "a", "sleep", 0.6, "key", "ctrl+comma", "sleep", 2.5, "keyup", "a")
        shown.window("Settings")
        shown.window("Systole")
        shown.do("key", "F9")
        wait_for(lambda: list(recordings.glob("*Steady.wav")), 30, window.log.read_text())
    finally:
        window.close()
    (path,) = recordings.glob("*.wav")
    sound, rate = soundfile.read(path)
    *played, last = notes_in(sound[:, 0], rate)
    assert len(played) == len(TYPED), "each key is one note, and none hangs"
    away = [cents(steadiest(each, rate), note) for each, note in zip(played, TYPED.values(), strict=True)]
    assert len(last) < 1.5 * rate, "a dialog took the keyboard away, and the note hung"
    print("cents:", [round(each, 2) for each in away])
    assert max(map(abs, away)) <= CENTS, away
    shutil.rmtree(recordings)


def clock_at(probe: Probe) -> float:
    """Seconds of the monotonic clock at the server's frame 0: the most timely of many looks at both clocks."""
    found = []
    for _ in range(300):
        before, frame, after = time.perf_counter(), probe.now, time.perf_counter()
        found.append((after - before, (before + after) / 2 - frame / probe.rate))
        time.sleep(0.001)
    return min(found)[1]


def first_louder(segments: list[tuple[int, NDArray[np.float32]]], frame: int) -> int | None:
    """The first frame from `frame` on that is louder than all just before; None: not recorded without a hole."""
    for start, sound in segments:
        at = frame - start
        if BEFORE <= at < len(sound) - AFTER:
            level = np.abs(sound[:, 0])
            louder = np.flatnonzero(level[at : at + AFTER] > 1.3 * level[at - BEFORE : at].max())
            return frame + int(louder[0]) if len(louder) else None
    return None


def test_a_knob_is_heard_within_a_block_and_ten_milliseconds(server: JackServer, shown: Screen, home: Path) -> None:
    (home / "patches" / "steady.toml").write_text(STEADY.format(level=-36.0))
    edits = home / "edits"
    window = Window([sys.executable, "-m", "tests.app.window.live_knob"], shown, home, SYSTOLE_TEST_EDITS=str(edits))
    try:
        with Probe(seconds=90) as probe:
            probe.listen(*window.outputs(probe))
            shown.window("Systole")
            wait_for(edits.exists, 20, window.log.read_text())
            time.sleep(0.5)
            knob = edits.read_text().split()
            for _ in range(12):
                shown.do("mousemove", *knob, "mousedown", 1, "sleep", 0.4)
                shown.do("mousemove_relative", "--", 0, -60, "sleep", 0.3)
                shown.do("mousemove_relative", "--", 0, 150, "sleep", 0.1, "mouseup", 1)
            zero, segments = clock_at(probe), probe.segments()
            rate = probe.rate
    finally:
        window.close()
    lines = [line.split() for line in edits.read_text().splitlines()[1:]]
    made = [(int(when) / 1e9, float(level)) for when, level in lines]
    raised = [after for before, after in itertools.pairwise([(0.0, -36.0), *made]) if after[1] > before[1] == -36.0]
    late = []
    for when, _ in raised:
        frame = round((when - zero) * rate)
        heard = first_louder(segments, frame)
        if heard is not None:
            late.append((heard - frame) / rate)
    print("ms:", sorted(round(1000 * each, 2) for each in late))
    if len(late) < 6 and not may_be_realtime():
        pytest.skip("without real-time priority this machine is too busy to record without holes")
    assert len(late) >= 6, (len(raised), len(segments), window.log.read_text())
    assert sorted(late)[len(late) // 2] <= KNOB_SECONDS

"""The real engine process comes to its end, by order or by accident: nothing is lost, and nothing is left."""

from __future__ import annotations

import contextlib
import gc
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
import soundfile

from accel.errors import SystoleError
from engine.events import Kind
from engine.journal import read_journal
from engine.live import protocol
from engine.live.layout import State
from engine.midi.rows import note_on
from tests.engine.live.engine_player import READY, Player, eventually, patch

ROOT = Path(__file__).parents[3]


def test_a_killed_engine_plays_again_as_it_did(folder: Path) -> None:
    player = Player()
    try:
        player.engine.send([(0, Kind.KNOB, 0, 1, 0.125), (0, Kind.PARAMETER, 0, 1, 7.0)])
        eventually(lambda: player.engine.snapshot().sound["knobs"][1] == 0.125)
        player.notices.clear()
        os.kill(player.pid, signal.SIGKILL)
        eventually(lambda: any(isinstance(each, protocol.Ready) for each in player.notices), READY)
        assert player.notices[0] == protocol.Line("warning", "the engine has ended (signal 9)")
        eventually(lambda: player.engine.snapshot().sound["knobs"][1] == 0.125)
        assert player.engine.snapshot().sound["parameters"][1] == 7.0
        player.engine.send([note_on(0, 0, 60, 100.0)])
        eventually(lambda: player.peak() > 1e-3)
        assert player.engine.snapshot().restarts == 1
        line = "the engine was started again: what was played before is not in it"
        eventually(lambda: protocol.Line("warning", f"journal: {line}") in player.notices)
        player.ask(protocol.SaveJournal(path=str(folder / "j.json")))
        assert not read_journal(folder / "j.json").complete
    finally:
        player.engine.stop()


def test_a_recording_goes_on_in_another_file_when_its_engine_was_killed(folder: Path, tmp_path: Path) -> None:
    player, path = Player(), tmp_path / "a.wav"
    try:
        player.ask(protocol.StartRecording(path=str(path), format="float"))
        time.sleep(0.5)
        os.kill(player.pid, signal.SIGKILL)
        line = protocol.Line("warning", f"recording goes on in {tmp_path / 'a-2.wav'}; what came before is in {path}")
        eventually(lambda: line in player.notices, READY)
        player.engine.send([note_on(0, 0, 60, 100.0)])
        eventually(lambda: player.peak() > 1e-3)
        summary = player.ask(protocol.StopRecording())
        assert summary["paths"] == [str(path), str(tmp_path / "a-2.wav")] and summary["line"] is None
        seconds = [soundfile.info(each).frames / 48_000 for each in summary["paths"]]
        assert 0.2 < seconds[0] < 5 and sum(seconds) == pytest.approx(summary["seconds"])
        assert np.abs(soundfile.read(tmp_path / "a-2.wav")[0]).max() > 1e-3
        os.kill(player.pid, signal.SIGKILL)  # it was stopped: there is nothing to go on with
        player.notices.clear()
        eventually(lambda: any(isinstance(each, protocol.Ready) for each in player.notices), READY)
        with pytest.raises(SystoleError, match="nothing is being recorded"):
            player.ask(protocol.StopRecording())
    finally:
        player.engine.stop()


def test_stopping_finishes_the_recording_and_leaves_nothing(folder: Path, tmp_path: Path) -> None:
    before = {path.name for path in Path("/proc/self/fd").iterdir()}
    player = Player()
    pid = player.pid
    player.ask(protocol.StartRecording(path=str(tmp_path / "a.wav")))
    player.engine.send([note_on(0, 0, 60, 100.0)])
    time.sleep(0.3)
    player.engine.stop()
    sound, _ = soundfile.read(tmp_path / "a.wav")
    assert np.abs(sound).max() > 1e-3
    assert abs(sound[-1]).max() < 1e-3, "it fades out"
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
    assert player.engine.snapshot().state == State.STOPPED
    del player
    gc.collect()
    assert len({path.name for path in Path("/proc/self/fd").iterdir()}) <= len(before)


def test_an_engine_that_is_told_to_end_finishes_the_recording_and_another_goes_on(folder: Path, tmp_path: Path) -> None:
    player, path = Player(), tmp_path / "a.wav"
    try:
        player.ask(protocol.StartRecording(path=str(path), format="float"))
        player.engine.send([note_on(0, 0, 60, 100.0)])
        eventually(lambda: player.peak() > 1e-3)
        player.notices.clear()
        os.kill(player.pid, signal.SIGTERM)
        eventually(lambda: any(isinstance(each, protocol.Ready) for each in player.notices), READY)
        lines = [each.text for each in player.notices if isinstance(each, protocol.Line)]
        assert lines[:2] == ["the engine was told to end by a SIGTERM", "the engine has ended (exit status 143)"]
        assert np.abs(soundfile.read(path)[0]).max() > 1e-3
    finally:
        player.engine.stop()


def test_a_message_that_is_too_long_does_not_end_the_instrument(folder: Path) -> None:
    player = Player()
    try:
        player.notices.clear()
        with contextlib.suppress(SystoleError):
            player.engine._supervisor.send(b" " * (protocol.MAX_BYTES + 1))
        eventually(lambda: any(isinstance(each, protocol.Ready) for each in player.notices), READY)
        assert protocol.Line("warning", "the engine has ended (exit status 1)") in player.notices
        assert player.ask(protocol.Panic()) is None
    finally:
        player.engine.stop()


def test_an_owner_that_is_killed_takes_the_engine_along(folder: Path) -> None:
    code = (
        "import time\nfrom engine.live.client import Engine\nfrom engine.live.options import Options\n"
        "engine = Engine()\nengine.start(Options(stream=None, midi=None))\nengine.wait_ready(300)\n"
        "print(int(engine._arrays['header']['engine'][0]), flush=True)\ntime.sleep(60)\n"
    )
    owner = subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, stdout=subprocess.PIPE)
    assert owner.stdout is not None
    pid = int(owner.stdout.readline())
    owner.kill()
    owner.wait()
    owner.stdout.close()
    eventually(lambda: not Path(f"/proc/{pid}").exists() or "zombie" in Path(f"/proc/{pid}/status").read_text(), 10)


def test_a_start_that_cannot_be_says_why_and_is_not_repeated(folder: Path) -> None:
    with pytest.raises(SystoleError, match="patch: model: none: no such model"):
        Player(patch=patch(model="none"))

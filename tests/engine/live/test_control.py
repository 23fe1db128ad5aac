"""What is asked about a recording is answered in its order; and at the end, what is worth most is saved first."""

from __future__ import annotations

import queue
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from engine.live.control import Control
from engine.live.keys import Keys
from engine.live.layout import BYTES, carve, prepare
from engine.live.protocol import (
    Answer,
    DescribeRecording,
    Done,
    RecordingStarted,
    RecordingStopped,
    StartRecording,
    StopRecording,
)
from engine.wav import SampleFormat


class Part:
    """Anything that is told to close."""

    is_stuck = False

    def __init__(self, name: str, calls: list[str]) -> None:
        self._name, self._calls = name, calls

    def __getattr__(self, name: str) -> Any:
        return lambda *_: None

    def close(self, *_: object) -> None:
        self._calls.append(self._name)


def test_a_recording_is_told_of_and_can_be_asked_about(tmp_path: Path) -> None:
    arrays, said = carve(np.zeros(BYTES, np.uint8)), queue.Queue[Answer]()
    prepare(arrays, 1)
    tape = np.zeros((1 << 18, 2), np.float32)
    core: Any = SimpleNamespace(arrays=arrays, rig=SimpleNamespace(tape=tape), tape_head=lambda: 0)
    parts: list[Any] = [Part(name, []) for name in ("loader", "output", "input", "journal")]
    control = Control(core, *parts, keys=Keys(), post=said.put)  # type: ignore[arg-type]
    path = str(tmp_path / "a.wav")
    control.handle(DescribeRecording(id=1))
    assert said.get(timeout=10) == Done(1, None)
    control.handle(StartRecording(id=2, path=path))
    control.handle(DescribeRecording(id=3))  # behind the start, though that one opens a file first
    assert [said.get(timeout=10) for _ in range(3)] == [
        RecordingStarted(path, 0.0), Done(2, path), Done(3, {"path": path, "seconds": 0.0}),
    ]  # fmt: skip
    control.handle(StopRecording(id=4))
    control.handle(DescribeRecording(id=5))
    assert [said.get(timeout=10) for _ in range(2)][1] == Done(5, None)


@pytest.mark.parametrize("hangs", [False, True])
def test_the_recording_is_finished_before_midi_is_closed(tmp_path: Path, hangs: bool) -> None:
    arrays, calls = carve(np.zeros(BYTES, np.uint8)), []
    prepare(arrays, 1)
    tape = np.zeros((1 << 18, 2), np.float32)
    core: Any = SimpleNamespace(arrays=arrays, rig=SimpleNamespace(tape=tape), tape_head=lambda: 0)

    def post(answer: Answer) -> None:
        calls.append(type(answer).__name__)

    parts: list[Any] = [Part(name, calls) for name in ("loader", "output", "input")]
    if hangs:
        parts[2].close = lambda: 1 / 0
    control = Control(core, *parts, journal=Part("journal", calls), keys=Keys(), post=post)  # type: ignore[arg-type]
    control._recorder.start(str(tmp_path / "a.wav"), SampleFormat("float"))
    if hangs:
        with pytest.raises(ZeroDivisionError):
            control.close()
    else:
        control.close()
    assert calls == ["loader", "output", RecordingStopped.__name__] + ["input"] * (not hangs)
    assert (tmp_path / "a.wav").exists() and not list(tmp_path.glob("*.part"))

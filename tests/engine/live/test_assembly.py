"""What becomes of an engine whose device takes its time: it plays on, and says so."""

from __future__ import annotations

from concurrent.futures import Future
from typing import Any

import pytest

from accel.errors import SystoleError
from engine.live import assembly
from engine.live.protocol import Answer, DeviceName, Line, OpenStream

NAMED = OpenStream(device=DeviceName("", "card"))


class FakeOutput:
    """Opens nothing, or refuses."""

    is_stuck = False

    def __init__(self, error: Exception | None = None) -> None:
        self.future: Future[Any] = Future()
        if error is not None:
            self.future.set_exception(error)

    def open(self, request: OpenStream, *, may_remember: bool) -> Future[Any]:
        return self.future


def opened(output: Any, request: OpenStream, is_first: bool = True) -> list[Answer]:
    said: list[Answer] = []
    assembly._open(output, request, is_first, said.append)
    return said


def test_a_device_that_takes_long_does_not_end_the_engine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(assembly, "DEVICE_SECONDS", 0.01)
    line = Line("warning", "sound device: not open within 0.01 s: playing on without it until it is")
    assert opened(FakeOutput(), NAMED) == [line] == opened(FakeOutput(), OpenStream())


def test_only_a_device_that_was_named_and_is_not_there_ends_the_start() -> None:
    refusal = SystoleError("device card: not found")
    with pytest.raises(SystoleError, match=r"^device card: not found$"):
        opened(FakeOutput(refusal), NAMED)
    assert opened(FakeOutput(refusal), NAMED, is_first=False) == [Line("warning", str(refusal))]
    assert opened(FakeOutput(refusal), OpenStream()) == [Line("warning", str(refusal))]


def test_what_a_device_calls_is_compiled_before_anybody_waits_for_the_device(monkeypatch: pytest.MonkeyPatch) -> None:
    """On a busy machine compiling alone takes longer than a device may."""
    calls: list[str] = []
    for name in ("silent_address", "audio_address", "finished_address", "sound_library"):
        monkeypatch.setattr(assembly, name, lambda name=name: calls.append(name))
    assembly._find_sound()
    assert set(calls) == {"silent_address", "audio_address", "finished_address", "sound_library"}

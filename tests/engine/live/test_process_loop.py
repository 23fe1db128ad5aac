"""The main loop of an engine without its sound: whatever happens in it, the end is an orderly one."""

from __future__ import annotations

import contextlib
import os
import signal
import threading
import time
from collections.abc import Iterator
from multiprocessing import Pipe
from types import SimpleNamespace
from typing import Any

import pytest

from engine.live import process as module
from engine.live.options import Options, encode_options
from engine.live.protocol import MAX_BYTES, Answer, Line, Ready, decode_answer
from engine.live.shared import SharedBlock
from engine.live.supervisor import FATAL


class Bench:
    """An engine's main loop, in the main thread, and its owner's end of the connection."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.block = SharedBlock.create()
        self.owner, self.theirs = Pipe()
        self.calls: list[str] = []
        self.answers: list[Answer] = []
        self.tick: Any = lambda: None
        monkeypatch.setattr(module._Process, "_make", self._make)

    def _make(self, options: Options) -> None:
        control: Any = SimpleNamespace(is_stuck=False, is_stopping=False, tick=lambda: self.tick())
        control.close = lambda: self.calls.append("close")
        self.process._control = control
        self.process._mail.post(Ready(0.0))

    def run(self, *actions: Any) -> int:
        """Let the owner do something once the engine is ready; the engine's exit status."""
        self.process = module._Process(self.theirs, self.block, time.monotonic())
        self.owner.send_bytes(encode_options(Options()))
        owner = threading.Thread(target=self._own, args=(actions,))
        owner.start()
        status = self.process.run()
        self.theirs.close()
        owner.join()
        return status

    def _own(self, actions: Any) -> None:
        try:
            while True:
                answer = decode_answer(self.owner.recv_bytes())
                self.answers.append(answer)
                if isinstance(answer, Ready):
                    for action in actions:
                        action()
        except (EOFError, OSError):
            return


@pytest.fixture
def bench(monkeypatch: pytest.MonkeyPatch) -> Iterator[Bench]:
    before = signal.getsignal(signal.SIGTERM)
    found = Bench(monkeypatch)
    yield found
    signal.signal(signal.SIGTERM, before)
    found.block.close()


def test_a_fault_in_the_main_loop_is_told_and_ends_in_order(bench: Bench) -> None:
    bench.tick = lambda: None.nothing  # type: ignore[attr-defined]
    assert bench.run() == module.FAILED and bench.calls == ["close"]
    [line] = [each for each in bench.answers if isinstance(each, Line)]
    assert line.level == "warning" and line.text.startswith("internal error: AttributeError: ")


def test_a_message_that_is_too_long_is_told_and_ends_in_order_but_not_as_if_asked_to(bench: Bench) -> None:
    def send() -> None:
        with pytest.raises(OSError):  # the pipe breaks, or is reset
            bench.owner.send_bytes(b" " * (MAX_BYTES + 1))
            bench.owner.send_bytes(b" " * MAX_BYTES)

    assert bench.run(lambda: threading.Thread(target=send, daemon=True).start()) == module.FAILED
    assert bench.calls == ["close"]
    assert Line("warning", f"request: more than the {MAX_BYTES} bytes that are allowed") in bench.answers


def test_options_that_are_too_long_are_not_tried_again(bench: Bench) -> None:
    process = module._Process(bench.theirs, bench.block, 0.0)

    def send() -> None:
        with contextlib.suppress(OSError):
            bench.owner.send_bytes(b" " * (MAX_BYTES + 1))

    threading.Thread(target=send, daemon=True).start()
    reader = threading.Thread(target=bench._own, args=((),))
    reader.start()
    assert process.run() == FATAL
    bench.theirs.close()
    reader.join()
    assert bench.answers == [Line("error", f"options: more than the {MAX_BYTES} bytes that are allowed")]


def test_sigterm_ends_in_order_if_the_owner_does_not(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "TERM_SECONDS", 0.2)
    began = time.monotonic()
    assert bench.run(lambda: os.kill(os.getpid(), signal.SIGTERM)) == 143 and bench.calls == ["close"]
    assert 0.2 < time.monotonic() - began < 5
    assert Line("warning", "the engine was told to end by a SIGTERM") in bench.answers


def test_after_a_sigterm_the_owner_may_finish(bench: Bench) -> None:
    def end() -> None:
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(0.3)
        bench.owner.close()

    assert bench.run(end) == 0 and bench.calls == ["close"]

"""Every failure is one line and the right status."""

from __future__ import annotations

import errno
from typing import Any

import click
import pytest

from accel.errors import SystoleError
from app.cli import failures
from app.cli.failures import guarded


@pytest.fixture(autouse=True)
def _keep_the_test_runners_streams(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(failures, "_discard_stdout", lambda: None)
    monkeypatch.setattr(failures, "_catch_signals", lambda: None)


def failing(error: BaseException) -> click.Command:
    @click.command()
    def command() -> None:
        raise error

    return command


CASES: list[tuple[BaseException, int, str]] = [
    (SystoleError("a.mid: empty\nreally"), 1, "systole: a.mid: empty really"),
    (click.UsageError("no such thing"), 2, "systole: no such thing (see `systole --help`)"),
    (OSError(errno.ENOSPC, "No space left on device", "a.wav"), 1, "systole: a.wav: No space left on device"),
    (MemoryError(), 1, "systole: out of memory"),
    (KeyboardInterrupt(), 130, "systole: interrupted"),
    (ValueError("odd"), 1, "systole: internal error: ValueError: odd (SYSTOLE_DEBUG=1 shows where)"),
]


@pytest.mark.parametrize(("error", "status", "line"), CASES, ids=lambda value: type(value).__name__)
def test_one_line_and_the_status(error: BaseException, status: int, line: str, capsys: Any) -> None:
    assert guarded(failing(error), []) == status
    assert capsys.readouterr().err.strip() == line


def test_a_closed_pipe_is_no_fault_worth_a_line(capsys: Any) -> None:
    assert guarded(failing(BrokenPipeError(errno.EPIPE, "Broken pipe")), []) == 1
    assert capsys.readouterr().err == ""


def test_the_traceback_is_there_for_who_asks(capsys: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SYSTOLE_DEBUG", "1")
    assert guarded(failing(ValueError("odd")), []) == 1
    assert "Traceback" in capsys.readouterr().err

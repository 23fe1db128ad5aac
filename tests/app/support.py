"""What several tests of the command share."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from accel.random_program import Shape

ROOT = Path(__file__).parents[2]
COMMAND = [sys.executable, "-c", "from app.cli import main; main()"]

TINY = Shape(channels=4, skip=4, dilations=(1, 2, 4), knobs=2, hidden=(4,), harmonics=(1, 2))
"""Sizes of the model `tiny`."""

Systole = Callable[..., subprocess.CompletedProcess[bytes]]


def one_line(done: subprocess.CompletedProcess[bytes]) -> str:
    """The process's stderr, which must be a single line that says what went wrong."""
    lines = done.stderr.decode().strip().splitlines()
    assert len(lines) == 1, done.stderr.decode()
    assert lines[0].startswith("systole: ")
    return lines[0]


def interrupts_count() -> None:
    """In the child: these tests may run under nohup or as a background job, whose choice the command respects."""
    for each in (signal.SIGINT, signal.SIGHUP):
        signal.signal(each, signal.SIG_DFL)

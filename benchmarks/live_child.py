"""The other end of `live_owner`: starts it, hears it, freezes it, ends it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.live_owner import Task

__all__ = ["Owner", "run_owner"]

ROOT = Path(__file__).resolve().parents[1]
END_SECONDS = 120.0


class Owner:
    """The process of `live_owner`.

    Attributes:
        began: what it said when it sounded.

    Raises:
        RuntimeError: it ended.
    """

    def __init__(self, task: Task) -> None:
        command = [sys.executable, "-m", "benchmarks.live_owner", task.as_json()]
        environment = {**os.environ, **_surroundings(task)}
        self._record = task.record
        self.process = subprocess.Popen(
            command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment
        )
        self.began = self._line()

    def _line(self) -> dict[str, Any]:
        assert self.process.stdout is not None
        text = self.process.stdout.readline()
        if not text:
            raise RuntimeError(f"the owner's process ended with status {self.process.wait()}")
        found: dict[str, Any] = json.loads(text)
        return found

    def finish(self) -> tuple[dict[str, Any], dict[str, NDArray[Any]]]:
        """What it says at the end, and its record."""
        assert self.process.stdin is not None
        self.process.stdin.close()
        said = self._line()
        self.process.wait(END_SECONDS)
        with np.load(self._record) as record:
            return said, dict(record)

    def freeze(self, seconds: float) -> None:
        """Stop the process, as a debugger or a hanging disk would."""
        self.process.send_signal(signal.SIGSTOP)
        time.sleep(seconds)
        self.process.send_signal(signal.SIGCONT)

    def kill(self) -> None:
        """End it if it has not ended."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGCONT)
            self.process.kill()
            self.process.wait()


def _surroundings(task: Task) -> dict[str, str]:
    """What is remembered and what session is kept goes into a user folder of its own, not into the person's."""
    home = Path(task.record).parent / "home"
    home.mkdir(parents=True, exist_ok=True)
    if not task.display:
        return {"QT_QPA_PLATFORM": "offscreen", "SYSTOLE_HOME": str(home)}
    (home / "window.json").write_text('{"schema": 1, "has_played": true}')
    return {"QT_QPA_PLATFORM": "xcb", "DISPLAY": task.display, "SYSTOLE_HOME": str(home)}


@contextmanager
def run_owner(task: Task) -> Iterator[Owner]:
    """The process, which ends with the context."""
    owner = Owner(task)
    try:
        yield owner
    finally:
        owner.kill()

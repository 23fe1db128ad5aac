"""A screen in memory, and a hand at its mouse and keyboard: for tests of the real window."""

from __future__ import annotations

import contextlib
import os
import select
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from benchmarks.live_jack import end_with_parent, wait_for

__all__ = ["Screen", "end_with_parent", "needs_screen", "screen"]

needs_screen = pytest.mark.skipif(
    shutil.which("Xvfb") is None or shutil.which("xdotool") is None,
    reason="needs a screen in memory: apt install xvfb xdotool",
)


START_SECONDS, DO_SECONDS = 60.0, 30.0


class Screen:
    """An X server of its own; nobody else's screen is touched.

    Attributes:
        display: as DISPLAY wants it.
    """

    def __init__(self, display: str) -> None:
        self.display = display

    @property
    def environment(self) -> dict[str, str]:
        """For a program that shows its window here."""
        kept = {name: value for name, value in os.environ.items() if name != "WAYLAND_DISPLAY"}
        return {**kept, "DISPLAY": self.display, "QT_QPA_PLATFORM": "xcb"}

    def do(self, *words: object) -> str:
        """Let xdotool do something; what it prints.

        Raises:
            AssertionError: it could not.
        """
        command = ["xdotool", *map(str, words)]
        done = subprocess.run(command, env=self.environment, capture_output=True, text=True, timeout=DO_SECONDS)
        assert done.returncode == 0, (words, done.stderr)
        return done.stdout.strip()

    def window(self, name: str, seconds: float = 60.0) -> str:
        """Number of the visible window of that name, once it is there and has the keyboard."""

        def look() -> str | None:
            command = ["xdotool", "search", "--onlyvisible", "--name", f"^{name}$"]
            done = subprocess.run(command, env=self.environment, capture_output=True, text=True, timeout=DO_SECONDS)
            return done.stdout.split()[0] if done.stdout.split() else None

        found: str = wait_for(look, seconds, f"the window {name}")
        self.do("windowfocus", "--sync", found)
        return found


@contextlib.contextmanager
def screen(folder: Path, width: int = 1280, height: int = 800) -> Iterator[Screen]:
    """A running screen of that size; its log is in `folder`."""
    read, write = os.pipe()
    command = ["Xvfb", "-displayfd", str(write), "-screen", "0", f"{width}x{height}x24", "-nolisten", "tcp"]
    with (folder / "xvfb.log").open("wb") as log:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            pass_fds=[write],
            start_new_session=True,
            preexec_fn=end_with_parent,
        )
    os.close(write)
    try:
        with os.fdopen(read) as answer:
            is_there = select.select([answer], [], [], START_SECONDS)[0]
            number = answer.readline().strip() if is_there else ""
        assert number, (folder / "xvfb.log").read_text()
        yield Screen(f":{number}")
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

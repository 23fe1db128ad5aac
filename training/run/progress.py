"""Progress of a long job on stderr: a bar on a terminal, a line now and then in a log."""

import sys
import time
from collections.abc import Callable
from types import TracebackType

from rich.console import Console
from rich.progress import BarColumn, TextColumn, TimeRemainingColumn
from rich.progress import Progress as Bar

REDRAW = 0.2
"""Seconds between two states of the bar."""


class Progress:
    """Context manager; `update` is cheap enough for every step.

    Args:
        title: name of the job.
        interval: seconds between log lines where stderr is no terminal.
        silent: show nothing; for all but one of several processes that do one job.
    """

    def __init__(self, title: str, interval: float = 30.0, silent: bool = False) -> None:
        self.title, self.silent = title, silent
        self.console = Console(stderr=True)
        self.bar = (
            Bar(
                TextColumn("{task.fields[title]}"),
                BarColumn(),
                TextColumn("{task.percentage:>5.1f} %"),
                TimeRemainingColumn(),
                TextColumn("{task.fields[text]}"),
                console=self.console,
            )
            if self.console.is_terminal and not silent
            else None
        )
        self.task = self.bar.add_task("", total=1.0, title=title, text="") if self.bar else None
        self.interval = REDRAW if self.bar else interval
        self.shown = -float("inf")

    def __enter__(self) -> "Progress":
        if self.bar:
            self.bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.bar:
            self.bar.stop()

    def update(self, share: float, text: Callable[[], str]) -> None:
        """Show that `share` (0..1) of the job is done; `text` is called only when it is due to be shown."""
        complete = self.bar is not None and share >= 1
        if self.silent or (time.monotonic() - self.shown < self.interval and not complete):
            return
        self.shown = time.monotonic()
        if self.bar and self.task is not None:
            self.bar.update(self.task, completed=share, text=text())
        else:
            self.note(f"{100 * share:5.1f} % {text()}")

    def note(self, text: str) -> None:
        """A line that stays."""
        if self.silent:
            return
        if self.bar:
            self.bar.console.print(f"{self.title}: {text}")
        else:
            print(f"{self.title}: {text}", file=sys.stderr, flush=True)

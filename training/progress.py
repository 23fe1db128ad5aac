"""Progress of a long job on stderr: a bar on a terminal, a line now and then in a log."""

import sys
import time
from types import TracebackType

from rich.console import Console
from rich.progress import BarColumn, TextColumn, TimeRemainingColumn
from rich.progress import Progress as Bar


class Progress:
    """Context manager; `update` is cheap enough for every step.

    Args:
        title: name of the job.
        interval: seconds between log lines where stderr is no terminal.
    """

    def __init__(self, title: str, interval: float = 30.0) -> None:
        self.title, self.interval = title, interval
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
            if self.console.is_terminal
            else None
        )
        self.task = self.bar.add_task("", total=1.0, title=title, text="") if self.bar else None
        self.logged = -float("inf")

    def __enter__(self) -> "Progress":
        if self.bar:
            self.bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.bar:
            self.bar.stop()

    def update(self, share: float, text: str) -> None:
        """Show that `share` (0..1) of the job is done."""
        if self.bar and self.task is not None:
            self.bar.update(self.task, completed=share, text=text)
        elif time.monotonic() - self.logged >= self.interval:
            self.logged = time.monotonic()
            self.note(f"{100 * share:5.1f} % {text}")

    def note(self, text: str) -> None:
        """A line that stays."""
        if self.bar:
            self.bar.console.print(f"{self.title}: {text}")
        else:
            print(f"{self.title}: {text}", file=sys.stderr, flush=True)

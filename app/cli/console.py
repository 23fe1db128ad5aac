"""What the commands print: JSON, aligned tables, and a progress bar on stderr if that is a terminal."""

from __future__ import annotations

import contextlib
import json
import os
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from rich.table import Table

__all__ = ["note", "print_json", "print_pairs", "print_rich", "print_table", "progress"]

_REFRESH_SECONDS = 0.1
_FILE_WIDTH = 160
"""Columns of a table that goes into a file or a pipe, which have no width of their own."""


def note(message: str) -> None:
    """A line for the person at the terminal: on stderr, so that stdout stays clean."""
    click.echo(message, err=True)


def print_json(value: Any) -> None:
    """One JSON document on stdout."""
    click.echo(json.dumps(value, indent=2, ensure_ascii=False, allow_nan=False))


def print_table(rows: Sequence[Sequence[str]]) -> None:
    """Left-aligned columns, two spaces apart."""
    if not rows:
        return
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    for row in rows:
        cells = [cell.ljust(width) for cell, width in zip(row, widths, strict=True)]
        click.echo("  ".join(cells).rstrip())


def print_pairs(pairs: Sequence[tuple[str, str]]) -> None:
    """`label   value` lines; an empty value makes the label a heading."""
    width = max((len(label) for label, value in pairs if value), default=0)
    for label, value in pairs:
        click.echo(f"{label.ljust(width)}  {value}" if value else f"\n{label}")


def print_rich(table: Table) -> None:
    """A table of rich's, which breaks long cells to fit the terminal; on stdout."""
    from rich.console import Console

    Console(width=None if sys.stdout.isatty() else _FILE_WIDTH, highlight=False).print(table)


@contextlib.contextmanager
def progress(title: str, total: int, *, wanted: bool = True) -> Iterator[Callable[[int], None]]:
    """Yield `advance(done)`, which draws a bar of `total` on stderr; without a terminal it does nothing.

    With SYSTOLE_PROGRESS=lines in the environment, lines `progress DONE TOTAL` instead, for a program that shows them.

    The bar is redrawn at most ten times a second, so calling it for every block costs next to nothing. Until the
    first call it says that things are being prepared: the first run of all compiles, which takes a while.
    """
    if wanted and os.environ.get("SYSTOLE_PROGRESS") == "lines":
        yield _lines(total)
        return
    if not (wanted and sys.stderr.isatty()):
        yield lambda done: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(f"{title} (preparing)", total=max(total, 1))
        due = 0.0

        def advance(done: int) -> None:
            nonlocal due
            now = time.monotonic()
            if now >= due:
                due = now + _REFRESH_SECONDS
                bar.update(task, completed=min(done, total), description=title)

        yield advance


def _lines(total: int) -> Callable[[int], None]:
    """Ten lines a second at most."""
    due = 0.0

    def advance(done: int) -> None:
        nonlocal due
        now = time.monotonic()
        if now >= due:
            due = now + _REFRESH_SECONDS
            note(f"progress {min(done, total)} {total}")

    return advance

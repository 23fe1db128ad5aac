"""`systole warmup`: compile everything that playing needs, once, so that later starts are quick."""

from __future__ import annotations

import click

__all__ = ["command"]


@click.command("warmup")
@click.option("-q", "--quiet", is_flag=True, help="Print nothing but errors.")
def command(quiet: bool) -> None:
    """Compile the kernels for this processor and keep them on disk.

    The first render after an installation or an update does the same by itself; this does it beforehand.
    """
    from app.cli.console import note
    from app.warming import warm_up

    seconds, folder = warm_up(say=None if quiet else note)
    if not quiet:
        note(f"systole: ready after {seconds:.1f} s; machine code is in {folder}")

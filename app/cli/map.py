"""`systole map`: render the background of the timbre map of a model."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from app.cli.options import as_json

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from accel.program import Program

__all__ = ["command"]

NICENESS = 15


@click.command("map")
@click.argument("model", metavar="MODEL")
@click.option("-x", "x", metavar="KNOB", help="Knob of the horizontal axis.")
@click.option("-y", "y", metavar="KNOB", help="Knob of the vertical axis. Without both: all pairs of knobs.")
@click.option("-o", "--out", metavar="FILE", help="File to write (.safetensors); otherwise where the window looks.")
@click.option("--cells", type=click.IntRange(2, 256), default=24, show_default=True, help="Places along each axis.")
@click.option("--rows", is_flag=True, help="Print each row as JSON as soon as it is there; work at low priority.")
@as_json
def command(model: str, x: str | None, y: str | None, out: str | None, cells: int, rows: bool, as_json: bool) -> None:
    """Measure how bright and how noisy MODEL sounds over two of its knobs, and keep that for the window.

    The window starts this by itself for models that it has no map of.
    """
    if (x is None) != (y is None):
        raise click.UsageError("-x and -y belong together")
    from app.cli.console import note, print_json
    from engine.library import find_model, open_model

    if rows and hasattr(os, "nice"):
        os.nice(NICENESS)
    program = open_model(find_model(model))
    written = _render(program, None if x is None or y is None else (x, y), out, cells, rows)
    if as_json:
        print_json([str(path) for path in written])
    elif not rows:
        for path in written:
            note(str(path))


def _render(program: Program, pair: tuple[str, str] | None, out: str | None, cells: int, rows: bool) -> list[Path]:
    """Render and write; the files.

    Raises:
        SystoleError: no such knob, or the file cannot be written.
    """
    from accel.errors import SystoleError
    from app.cli.console import progress
    from app.mapping import knob_pairs, render_map
    from app.window.timbre.map_file import MapFile, TimbreMap, map_path, write_maps

    pairs = knob_pairs(program) if pair is None else [pair]
    if not pairs:
        raise SystoleError(f"model {program.name}: a timbre map needs two knobs")
    maps = []
    with progress("map", len(pairs) * cells, wanted=not rows) as advance:
        for number, (x, y) in enumerate(pairs):

            def done(
                row: int, bright: NDArray[np.float32], noisy: NDArray[np.float32], before: int = number * cells
            ) -> None:
                advance(before + row + 1)
                if rows:
                    _print_row(row, bright, noisy)

            maps.append(TimbreMap(x, y, *render_map(program, x, y, cells=cells, row_done=done)))
    licence = program.card.licence
    files = {Path(out): maps} if out else {map_path(program.hash, each.x, each.y): [each] for each in maps}
    for path, held in files.items():
        try:
            write_maps(path, MapFile(program.hash, tuple(held), licence))
        except OSError as error:
            raise SystoleError(f"{path}: cannot be written: {error.strerror or error}") from None
    return list(files)


def _print_row(row: int, bright: NDArray[np.float32], noisy: NDArray[np.float32]) -> None:
    import msgspec

    line = msgspec.json.encode({"row": row, "brightness": bright.tolist(), "noisiness": noisy.tolist()})
    click.echo(line.decode())
    sys.stdout.flush()

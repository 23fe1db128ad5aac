"""`systole rtl`: the accelerator's sources for other tools."""

from __future__ import annotations

from pathlib import Path

import click

__all__ = ["command"]


@click.group("rtl")
def command() -> None:
    """The accelerator in SystemVerilog."""


@command.command("export")
@click.argument("folder", metavar="DIR", type=click.Path(file_okay=False))
@click.option("--model", metavar="MODEL", help="Pack this model as memory images, too.")
@click.option(
    "--target",
    type=click.Choice(["ecp5-25f", "ecp5-85f"]),
    default="ecp5-25f",
    show_default=True,
    help="FPGA whose array and memories it is packed for.",
)
def export_command(folder: str, model: str | None, target: str) -> None:
    """Write the RTL's sources, package, file list and parameters to DIR, and with --model its image.

    The image comes as one .mem file per memory ($readmemh) and as load.txt, the register writes that load it.
    """
    from accel.hardware.export import export
    from accel.hardware.geometry import GEOMETRIES
    from app.cli.console import note
    from engine.library import find_model, open_model

    program = open_model(find_model(model)) if model else None
    written = export(Path(folder), GEOMETRIES[target], program)
    image = f", {program.name} packed for {target}" if program else ""
    note(f"{folder}: {len(written)} files{image}")

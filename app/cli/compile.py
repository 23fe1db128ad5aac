"""`systole compile`: trained float weights to a program, with the overflow proof."""

from __future__ import annotations

from pathlib import Path

import click

__all__ = ["command"]


@click.command("compile")
@click.argument("weights", metavar="FLOAT", type=click.Path(exists=True, dir_okay=False))
@click.option("-o", "--output", metavar="MODEL", required=True, help="Program to write (.safetensors).")
def command(weights: str, output: str) -> None:
    """Quantise FLOAT, trained weights as `training` writes them, to a program that the accelerator runs.

    Stream formats are chosen by calibration over the model's whole control space; it takes some seconds. A
    network whose accumulators cannot be proven to stay below 2**31 is refused.
    """
    from accel.compiler import compile_network
    from accel.network import load_network
    from accel.program_file import save_program
    from app.cli.console import note

    target = Path(output)
    if not target.parent.is_dir():
        raise click.BadParameter(f"{output}: the folder {target.parent} does not exist", param_hint="MODEL")
    if target.is_dir() or (target.exists() and target.samefile(weights)):
        raise click.BadParameter(f"{output}: is a folder, or FLOAT itself", param_hint="MODEL")
    program = compile_network(load_network(weights))
    save_program(program, target)
    cost = f"{program.macs_per_sample:.0f} MAC/sample"
    note(f"{output}: {cost}, {program.image_bytes} bytes, {program.hash[:12]}")

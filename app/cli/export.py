"""`systole export`: a model for other runtimes."""

from __future__ import annotations

from pathlib import Path

import click

__all__ = ["command"]


@click.command("export")
@click.argument("model", metavar="MODEL")
@click.option(
    "--onnx", "target", metavar="FILE", required=True, type=click.Path(dir_okay=False), help="ONNX file to write."
)
def command(model: str, target: str) -> None:
    """Write MODEL, a model's name or file or a file of float weights, as an ONNX graph.

    Inputs are `excitation` [1, T, E] and `control` [1, T/64 + 1, 1 + knobs]: V/oct volts (0 V = C4), then knobs in
    0..1; output is `audio` [1, T]. Of a model, the weights that its integers stand for are written, in float. The
    graph is compared with the float network first. Needs the extra 'bench'.
    """
    from app.cli.console import note
    from app.cli.extras import needs
    from engine.library import find_model

    path, file = find_model(model), Path(target)
    if not file.parent.is_dir():
        raise click.BadParameter(f"{target}: the folder {file.parent} does not exist", param_hint="--onnx")
    if file.exists() and file.samefile(path):
        raise click.BadParameter(f"{target}: is MODEL itself", param_hint="--onnx")
    with needs("bench"):
        from training.model.onnx_export import export_onnx
        from training.model.subject import open_network

        difference = export_onnx(open_network(path), file)
    note(f"{target}: {file.stat().st_size} bytes, within {difference:.1g} of the float network in onnxruntime")

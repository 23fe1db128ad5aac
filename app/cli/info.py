"""`systole info`: everything that is known of one model or patch."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from app.cli.options import as_json

__all__ = ["command"]


@click.command("info")
@click.argument("name", metavar="NAME")
@click.option("--target", type=click.Choice(["ecp5-25f", "ecp5-85f"]), help="FPGA of the cycle budget.  [default: all]")
@click.option("--clock", type=click.FloatRange(1, 1000), metavar="MHZ", help="Its clock.  [default: as routed]")
@as_json
def command(name: str, target: str | None, clock: float | None, as_json: bool) -> None:
    """Describe NAME, a model or a patch, by its name or its file (.safetensors or .toml).

    A model: architecture, MAC/sample, bytes, latency in samples, knobs (0 to 1), training figures, and the
    systolic array's cycle budget. A patch: what it sets, with units and ranges. A name that is both is
    described as both.
    """
    from app.cli.console import print_json, print_pairs
    from app.describe import model_lines, patch_lines

    model, patch = _find(name, target, clock)
    if as_json:
        print_json({"model": model, "patch": patch})
        return
    if model:
        print_pairs(model_lines(model))
    if patch:
        print_pairs(patch_lines(patch))


def _find(name: str, target: str | None, clock: float | None) -> tuple[dict[str, Any] | None, dict[str, Any] | None]:
    """Facts of the model and of the patch of that name; at least one exists.

    Raises:
        SystoleError: neither exists, or the file is broken.
    """
    from accel.errors import SystoleError
    from app.describe import model_facts, patch_facts
    from engine.library import find_model, find_patch, open_model
    from engine.patch import load_patch

    suffix = Path(name).suffix
    paths: list[Path | None] = []
    errors: list[SystoleError] = []
    for find, wrong_suffix in ((find_model, ".toml"), (find_patch, ".safetensors")):
        try:
            paths.append(None if suffix == wrong_suffix else find(name))
        except SystoleError as error:
            paths.append(None)
            errors.append(error)
    model, patch = paths
    if model is None and patch is None:
        raise errors[0] if len(errors) == 1 else SystoleError("; ".join(map(str, errors)))
    return (
        model_facts(open_model(model), model, target=target, clock=clock) if model else None,
        patch_facts(load_patch(patch), patch) if patch else None,
    )

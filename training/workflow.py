"""A data set in, a model that plays out: check, train, report, quantise, measure."""

from __future__ import annotations

import sys
from pathlib import Path

import torch

from accel.errors import SystoleError
from training.checks.check import check_dataset
from training.report import write_report
from training.run.defaults import completed, find_recipe
from training.run.device import choose_place
from training.run.distributed import launched
from training.run.recipe import load_recipe
from training.ship import ship
from training.train import train

__all__ = ["make_model"]


def make_model(
    stem: Path,
    recipe_name: str,
    out: Path,
    *,
    minutes: float | None = None,
    steps: int | None = None,
    threads: int = 1,
    compiled: bool = True,
    device: str = "auto",
    precision: str = "auto",
) -> Path:
    """Train on a data set and write checkpoint, weights, report and program to `out`; returns the program's file.

    Args:
        stem: the data set, files without suffix.
        recipe_name: a TOML file, or a name of one that ships.
        minutes, steps: the training's length, instead of the recipe's.
        threads: of the CPU; the network is small, so more than one gain little.
        compiled: compile the step first (needs a C++ compiler; on a GPU Triton).
        device: `auto` (a GPU where there is one), `cpu` or `cuda`.
        precision: `auto` (mixed on a GPU), `float32` or `mixed`.

    Raises:
        SystoleError: the data cannot be learnt from, the recipe is wrong, there is no such device, or torch's launcher
            started several processes; one line for the first fault.
    """
    if launched():
        raise SystoleError("systole train is one process; several: torchrun --nproc-per-node N -m training.train")
    place = choose_place(device, precision)
    found = check_dataset(stem)
    for finding in found.findings:
        if finding.severity == "error":
            more = f"; {found.errors - 1} more: systole dataset check {stem}" if found.errors > 1 else ""
            raise SystoleError(f"{stem}: {finding.line}{more}")
        print(f"warning: {stem.name}: {finding.line}", file=sys.stderr)
    knobs: list[str] = found.facts["columns"][1:]
    recipe = load_recipe(
        find_recipe(recipe_name), lambda fields: completed(fields, stem, knobs), minutes=minutes, steps=steps
    )
    torch.set_num_threads(threads)
    torch.set_flush_denormal(True)
    try:
        weights = train(recipe, stem.parent, out, compiled=compiled, place=place)
    finally:
        torch.set_flush_denormal(False)  # a flag of the whole thread, which callers go on using
    write_report(recipe, stem.parent, out, out, out)
    folder = out / "model"  # weights and program have one name
    folder.mkdir(exist_ok=True)
    ship(weights, stem, folder)
    return folder / f"{recipe.name}.safetensors"

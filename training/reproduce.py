"""Does a recipe give the file that ships? `python -m training.reproduce NAME... --data DIR --out DIR`.

Trains each named recipe from nothing (or goes on with what an earlier call left in `--out`), compiles the weights and
compares the program's hash, which covers all that changes the sound, with the shipped one's. Equality is promised for
one class of machine only: processors differ in how they sum, and training makes the last bit of a sum audible.
"""

import argparse
import sys
from pathlib import Path

import numpy as np

from accel.compiler import compile_network
from accel.errors import SystoleError
from accel.network import load_network
from accel.program import Program
from accel.program_file import load_program
from training import train

__all__ = ["difference", "main", "reproduce"]


def difference(made: Program, shipped: Program) -> str | None:
    """What tells two programs apart, in one line; None where they are the same to the bit."""
    if made.hash == shipped.hash:
        return None
    if made.weights.shape != shipped.weights.shape or made.biases.shape != shipped.biases.shape:
        return f"another size: {made.weights.size} weights, not {shipped.weights.size}"
    weights, biases = np.sum(made.weights != shipped.weights), np.sum(made.biases != shipped.biases)
    if weights or biases:
        return f"{weights} of {made.weights.size} weights differ and {biases} of {made.biases.size} biases"
    return "the card or the formats differ, the weights are the same"


def reproduce(name: str, data: Path, out: Path, *, recipes: Path, models: Path, compiled: bool = True) -> str | None:
    """Train one recipe and compare: None, or what differs.

    Args:
        name: of recipe and model.
        data: folder that the recipe's dataset is relative to.
        out: folder of runs; the recipe's run is `out/name`.
        recipes, models: folders of recipes and of shipped programs.
        compiled: as for `training.train.train`; a plain step sums in another order.

    Raises:
        SystoleError: no such recipe, model or data.
    """
    shipped = load_program(models / f"{name}.safetensors")
    command = [str(recipes / f"{name}.toml"), "--data", str(data), "--out", str(out / name), "--device", "cpu"]
    if train.main(command if compiled else [*command, "--no-compile"]):
        raise SystoleError(f"{name}: training did not end")
    return difference(compile_network(load_network(out / name / f"{name}.safetensors")), shipped)


def main(arguments: list[str] | None = None) -> int:
    """Command line; returns 0 if every model is reproduced, 1 if not."""
    options = _parser().parse_args(arguments)
    status = 0
    try:
        for name in options.names:
            found = reproduce(
                name,
                options.data,
                options.out,
                recipes=options.recipes,
                models=options.models,
                compiled=not options.no_compile,
            )
            print(f"{name}: {'reproduced to the bit' if found is None else found}", flush=True)
            status |= found is not None
    except (SystoleError, OSError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    return status


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m training.reproduce", description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="+", help="models, as in presets/models")
    parser.add_argument("--data", type=Path, required=True, help="folder that the recipes' datasets are relative to")
    parser.add_argument("--out", type=Path, required=True, help="folder of runs; a run left there is continued")
    parser.add_argument("--recipes", type=Path, default=Path("training/recipes"), help="default: training/recipes")
    parser.add_argument("--models", type=Path, default=Path("presets/models"), help="default: presets/models")
    parser.add_argument("--no-compile", action="store_true", help="plain torch; sums in another order than what ships")
    return parser


if __name__ == "__main__":
    sys.exit(main())

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

__all__ = ["difference", "main"]


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


def main(arguments: list[str] | None = None) -> int:
    """Command line; returns 0 if every model is reproduced, 1 if not."""
    options = _parser().parse_args(arguments)
    extra = ["--device", "cpu", *(["--no-compile"] if options.no_compile else [])]
    status = 0
    try:
        shipped = {name: load_program(options.models / f"{name}.safetensors") for name in options.names}
        for name, program in shipped.items():
            recipe, out = options.recipes / f"{name}.toml", options.out / name
            stopped = train.main([str(recipe), "--data", str(options.data), "--out", str(out), *extra])
            if stopped:  # which has said why
                return stopped
            found = difference(compile_network(load_network(out / f"{name}.safetensors")), program)
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

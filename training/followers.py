"""Measure the memory of a knob in a data set, and print it as a recipe has it.

    python -m training.followers data/plaits/va_pair_lpg --knob level

What is printed goes into a recipe's [model]. The figures say how well the level of the clips follows from the controls
of the same moment, without the knob, with its voltage, and with a follower of it.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from accel.errors import SystoleError
from accel.follower_spec import FollowerSpec, follower_fields
from training.data.dataset import load_dataset
from training.data.memory import measure_memory
from training.ratios import array_lines

__all__ = ["main", "toml"]


def toml(follower: FollowerSpec) -> str:
    """The follower as a recipe's table, lines of at most 118 characters."""
    lines = ["[[model.followers]]"]
    for name, value in follower_fields(follower).items():
        if isinstance(value, list):
            lines += array_lines(name, [f"{number:g}" for number in value])
        else:
            lines.append(f"{name} = {value:g}")
    return "\n".join(lines) + "\n"


def main(arguments: Sequence[str] | None = None) -> int:
    """See the module; returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m training.followers", description=__doc__.partition("\n")[0])
    parser.add_argument("dataset", type=Path, help="folder and name of a data set, without .npz")
    parser.add_argument("--knob", required=True, help="the one whose memory is sought")
    parser.add_argument("--evaluations", type=int, default=300, metavar="N", help="regressions of the search")
    options = parser.parse_args(arguments)
    try:
        data = load_dataset(options.dataset).of_parts("static", "moving")
        found = measure_memory(data, options.knob, evaluations=options.evaluations)
    except SystoleError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    figures = ", ".join(f"{name} {error:.2f}" for name, error in found.errors.items())
    print(f"# error of the level, dB, by what stands for {options.knob}: {figures}")
    print(toml(found.follower))
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""Measure a second oscillator in a data set, and print it as a recipe has it.

    python -m training.ratios data/plaits/va_pair --oscillators 2
    python -m training.ratios data/plaits/fm2 --oscillators 2 --sidebands 8 --span -13 37

What is printed goes into a recipe's [model]; harmonics of each oscillator are for the reader to choose. The figures say
how much of the sound one oscillator's lines leave unexplained, and how much the bank's.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from accel.errors import SystoleError
from accel.oscillator_spec import OscillatorSpec, plain_fields
from training.data.dataset import Dataset, load_dataset
from training.data.ratio_table import left_over, measure_bank
from training.data.ratios import Lines

__all__ = ["main", "toml"]

WIDTH = 118


def toml(bank: Sequence[OscillatorSpec]) -> str:
    """The oscillators as a recipe's tables, lines of at most 118 characters."""
    lines = []
    for each in bank:
        lines.append("[[model.oscillators]]")
        for name, value in plain_fields(each).items():
            if isinstance(value, list):
                lines += _array(name, [f"{number:g}" for number in value])
            else:
                lines.append(f"{name} = {str(value).lower()}")
        lines.append("")
    return "\n".join(lines)


def _array(name: str, numbers: Sequence[str]) -> list[str]:
    """An array in one line if it fits, else in as few as possible."""
    short = f"{name} = [{', '.join(numbers)}]"
    if len(short) <= WIDTH:
        return [short]
    rows, row = [], "   "
    for number in numbers:
        if len(row) + len(number) + 2 > WIDTH:
            rows.append(row)
            row = "   "
        row += f" {number},"
    return [f"{name} = [", *rows, row, "]"]


def _figures(data: Dataset, bank: Sequence[OscillatorSpec], lines: Lines, what: str) -> str:
    left = ", ".join(f"{value:.1f}" for value in left_over(data, bank, lines))
    return f"# {what}: median power off the lines of 1, 2, ... oscillators: {left} dB"


def main(arguments: Sequence[str] | None = None) -> int:
    """See the module; returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m training.ratios", description=__doc__.partition("\n")[0])
    parser.add_argument("dataset", type=Path, help="folder and name of a data set, without .npz")
    parser.add_argument("--oscillators", type=int, default=2, choices=(2, 3, 4))
    parser.add_argument("--knob", help="the one that moves the ratios; found, if not given")
    parser.add_argument("--sidebands", type=int, default=0, help="of FM, on either side of the carrier; 0: a comb")
    parser.add_argument("--stepped", action="store_true", help="the ratio jumps from value to value")
    parser.add_argument("--span", type=float, nargs=2, default=(-26.0, 26.0), metavar=("LOW", "HIGH"), help="semitones")
    parser.add_argument("--segment-bits", type=int, default=6, choices=range(6, 13), metavar="6..12")
    options = parser.parse_args(arguments)
    lines = Lines((0, 1), options.sidebands) if options.sidebands else Lines()
    try:
        data = load_dataset(options.dataset)
        if options.knob and options.knob not in data.knobs:
            raise SystoleError(f"{options.dataset}: no knob {options.knob}; there are {', '.join(data.knobs)}")
        found = measure_bank(
            data.of_parts("static", "moving"),
            options.oscillators,
            lines=lines,
            segment_bits=options.segment_bits,
            stepped=options.stepped,
            span=tuple(options.span),
            knob=data.knobs.index(options.knob) if options.knob else None,
        )
        shares = "; ".join(
            ", ".join(f"{k} {s:.2f}" for k, s in zip(data.knobs, row, strict=True)) for row in found.shares
        )
        print(f"# {found.windows} still windows; votes that one curve along a knob keeps: {shares}")
        for part in ("static", "val_static"):
            if np.any(np.array(data.part) == part):
                print(_figures(data.of_parts(part), found.bank, lines, part))
        print(toml(found.bank))
    except SystoleError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""Hold the shipped models to their bars: `python -m training.bars --data DIR [MODEL ...]`.

Evaluates the integers of every model that ships and has a recipe, with its float weights beside it, on the recipe's
data set under DIR, and prints what was measured against training/results/must_reach.py. A missed bar is a finding, not
an error: the exit status is 0 unless a file is missing or broken.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from accel.errors import SystoleError
from training.results.bars_text import STATE, markdown_text, missed_lines, rows
from training.results.figures import label
from training.results.shipped import Folders, Measured, find_shipped, measure_shipped, open_shipped
from training.run.defaults import RECIPES

__all__ = ["document", "main"]

ROOT = Path(__file__).parent.parent
_FILE_WIDTH = 120
"""Columns of the table in a file or a pipe, which have no width of their own."""


def document(found: Sequence[Measured], skipped: Sequence[str]) -> dict[str, Any]:
    """Everything as plain values; `skipped` are models without a recipe."""
    return {
        "models": [
            {
                "model": model.name,
                "hash": model.hash,
                "dataset": model.dataset,
                "clips": model.clips,
                "bars": [
                    {
                        "figure": each.bar.figure,
                        "label": label(each.bar.figure)[0],
                        "unit": label(each.bar.figure)[1],
                        "measured": each.measured,
                        "limit": each.bar.limit,
                        "at_least": each.bar.at_least,
                        "either_sign": each.bar.either_sign,
                        "reached": each.reached,
                    }
                    for each in model.verdicts
                ],
                "summary": model.summary,
                "groups": model.groups,
            }
            for model in found
        ],
        "skipped": list(skipped),
        "reached": sum(each.reached is True for model in found for each in model.verdicts),
        "missed": sum(each.reached is False for model in found for each in model.verdicts),
        "not_measured": sum(each.reached is None for model in found for each in model.verdicts),
    }


def print_table(found: Sequence[Measured]) -> None:
    """The table, a block per model, and under it what is missed."""
    from rich.console import Console
    from rich.table import Table

    heads, *body = rows(found)
    table = Table(box=None, pad_edge=False, header_style="bold")
    for head in heads:
        table.add_column(head, justify="right" if head == "MEASURED" else "left")
    for index, row in enumerate(body):
        last = index + 1 == len(body) or body[index + 1][0] != row[0]
        table.add_row(*row, style="" if row[-1] == STATE[True] else "bold red", end_section=last)
    console = Console(width=None if sys.stdout.isatty() else _FILE_WIDTH, highlight=False)
    console.print(table)
    for line in missed_lines(found):
        console.print(line, markup=False, soft_wrap=True)


def measure(folders: Folders, names: Sequence[str]) -> tuple[list[Measured], list[str]]:
    """All models that can be measured, and the names of those that cannot; files are read before any is measured.

    Raises:
        SystoleError: a file is missing or broken.
    """
    told, skipped = find_shipped(folders, names)
    for name in skipped:
        print(f"{name}: left out, no recipe says its data set", file=sys.stderr)
    found = []
    for model in [open_shipped(folders, name) for name in told]:
        print(f"{model.name}: measuring {len(model.data)} clips of {model.dataset}", file=sys.stderr)
        found.append(measure_shipped(model))
    return found, skipped


def main(arguments: list[str] | None = None) -> int:
    """Command line; returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m training.bars", description="Hold shipped models to their bars.")
    parser.add_argument("names", metavar="MODEL", nargs="*", help="only these")
    parser.add_argument("--data", type=Path, required=True, help="folder that the recipes' datasets are relative to")
    parser.add_argument("--models", type=Path, default=ROOT / "presets" / "models", help="folder of programs")
    parser.add_argument("--weights", type=Path, default=ROOT / "training" / "weights", help="folder of float weights")
    parser.add_argument("--recipes", type=Path, default=RECIPES, help="folder of recipes, named like the models")
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="print everything as JSON")
    form.add_argument("--markdown", action="store_true", help="print tables for a page")
    options = parser.parse_args(arguments)
    try:
        found, skipped = measure(Folders(options.models, options.weights, options.recipes, options.data), options.names)
    except SystoleError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    if options.json:
        print(json.dumps(document(found, skipped), indent=2, allow_nan=False))
    elif options.markdown:
        print(markdown_text(found))
    else:
        print_table(found)
    return 0


if __name__ == "__main__":
    sys.exit(main())

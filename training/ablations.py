"""Short trainings that differ in one thing: `python -m training.ablations FILE --data DIR --out DIR`.

The file names variants of recipes by what they change. Every run is of the same number of steps, so that its cost is in
the table too; a run whose figures are there already is not repeated, and one that was killed goes on.
"""

import argparse
import json
import os
import sys
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import mean
from typing import Any

import torch

from accel.atomic import atomic_path
from accel.compiler import compile_network
from accel.errors import SystoleError
from accel.network import load_network
from training.data.dataset import load_dataset
from training.measure.evaluation import VALIDATION, evaluate
from training.measure.summaries import summary
from training.model.render import render_float
from training.model.weights import load_weights
from training.run.defaults import find_recipe
from training.run.recipe import Recipe, recipe_from
from training.train import train

__all__ = ["Variant", "load_variants", "main", "markdown", "run"]

SHOWN = {"lsd_static_db": "LSD static", "lsd_moving_db": "LSD moving", "mel_db": "Mel", "level_error_db": "Level"}
"""Figures of the table and their headings; all are dB, and less is better."""


@dataclass(frozen=True)
class Variant:
    """One row of a table.

    Attributes:
        table: heading of the table that it belongs to.
        name: what it is, for the row.
        base: name of the recipe that it varies.
        changes: dotted key -> value, as in "model.channels" or "stages.1.waveform".
        seeds: one run each.
    """

    table: str
    name: str
    base: str
    changes: dict[str, Any]
    seeds: tuple[int, ...]

    def recipe(self, seed: int, steps: int) -> Recipe:
        """The recipe of one run.

        Raises:
            ValueError, KeyError, TypeError, IndexError: a change names what recipes do not have.
        """
        fields = tomllib.loads(find_recipe(self.base).read_text())
        for key, value in self.changes.items():
            _set(fields, key.split("."), value)
        return recipe_from({**fields, "seed": seed, "steps": steps})

    def folder(self, seed: int) -> str:
        """Name of a run's folder."""
        words = f"{self.base} {self.table} {self.name} {seed}".lower()
        return "-".join("".join(c if c.isalnum() else " " for c in words).split())


def _set(fields: Any, path: list[str], value: Any) -> None:
    at = int(path[0]) if isinstance(fields, list) else path[0]
    if len(path) == 1:
        fields[at] = value
    else:
        if isinstance(fields, dict):
            fields.setdefault(at, {})
        _set(fields[at], path[1:], value)


def load_variants(path: Path) -> tuple[int, list[Variant]]:
    """Steps of every run, and the variants in the file's order.

    Raises:
        SystoleError: unreadable, not TOML, or a field is missing or unknown; also if a variant's recipe is wrong.
    """
    try:
        fields = tomllib.loads(path.read_text())
        steps, found = int(fields["steps"]), []
        for table in fields["table"]:
            for row in table["row"]:
                seeds = tuple(row.get("seeds", table.get("seeds", [1])))
                changes = {**table.get("change", {}), **row.get("change", {})}
                found.append(Variant(table["title"], row["name"], row.get("base", table["base"]), changes, seeds))
                found[-1].recipe(seeds[0], steps)
    except (OSError, tomllib.TOMLDecodeError, KeyError, TypeError, ValueError, IndexError) as error:
        raise SystoleError(f"{path}: {error!r}: not a readable list of variants") from error
    return steps, found


def run(variant: Variant, seed: int, steps: int, data: Path, out: Path) -> dict[str, float]:
    """Train (or go on, or read what is there) and measure the float network; figures as `summary` names them."""
    recipe = variant.recipe(seed, steps)
    folder = out / variant.folder(seed)
    done, key = folder / "figures.json", recipe.fingerprint() + (" trimmed" if recipe.trim else "")
    if done.is_file():
        found: dict[str, Any] = json.loads(done.read_text())
        if found["recipe"] == key and found["steps"] == steps:
            return dict(found["figures"])
    weights = train(recipe, data, folder)
    generator, meta = load_weights(weights)
    held_out = load_dataset(data / recipe.dataset, VALIDATION)
    figures = summary(evaluate(render_float(generator), held_out, recipe.pitched))
    program = compile_network(load_network(weights))
    figures |= {"minutes": meta["metrics"]["minutes"], "macs": program.macs_per_sample, "bytes": program.weights.size}
    content = {"recipe": key, "steps": steps, "figures": figures}
    with atomic_path(done) as temporary:
        temporary.write_text(json.dumps(content, indent=1))
    return figures


def markdown(title: str, rows: Sequence[tuple[str, list[dict[str, float]]]]) -> str:
    """A table: the mean over seeds, and behind it half the range where there are several."""
    lines = [f"| {title} | {' | '.join(SHOWN.values())} | MAC | Weights, kB | Minutes |", "| --- |" + " --: |" * 7]
    for name, runs in rows:
        cells = []
        for key in SHOWN:
            values = [each[key] for each in runs]
            spread = f" ± {(max(values) - min(values)) / 2:.2f}" if len(values) > 1 else ""
            cells.append(f"{mean(values):.2f}{spread}")
        cells += [f"{runs[0]['macs'] / 1000:.1f} k", f"{runs[0]['bytes'] / 1000:.1f}"]
        lines.append(f"| {name} | {' | '.join(cells)} | {mean(each['minutes'] for each in runs):.1f} |")
    return "\n".join(lines)


def _tables(variants: Sequence[Variant], steps: int, data: Path, out: Path) -> None:
    for title in dict.fromkeys(each.table for each in variants):
        rows = []
        for variant in (each for each in variants if each.table == title):
            rows.append((variant.name, [run(variant, seed, steps, data, out) for seed in variant.seeds]))
            print(f"{title}: {variant.name}: done", file=sys.stderr, flush=True)
        print(f"{markdown(title, rows)}\n", flush=True)


def main(arguments: Sequence[str] | None = None) -> int:
    """Command line; returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m training.ablations", description="Train variants of recipes.")
    parser.add_argument("variants", type=Path, help="TOML file, as training/ablations.toml")
    parser.add_argument("--data", type=Path, required=True, help="folder that the recipes' datasets are relative to")
    parser.add_argument("--out", type=Path, required=True, help="folder of runs; what is there is not trained again")
    options = parser.parse_args(arguments)
    torch.set_num_threads(1)
    torch.set_flush_denormal(True)
    try:
        steps, variants = load_variants(options.variants)
        _tables(variants, steps, options.data, options.out)
    except (SystoleError, OSError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("interrupted; the same command continues", file=sys.stderr)
        return 130
    finally:
        torch.set_flush_denormal(False)
    return 0


if __name__ == "__main__":
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    sys.exit(main())

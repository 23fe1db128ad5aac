"""Evaluate a trained model, write its weights with their figures, and a Markdown report with pictures.

`python -m training.report RECIPE --data DIR --run DIR --weights DIR --out DIR`: RUN is the folder that training.train
filled; WEIGHTS gets NAME.safetensors; OUT gets NAME.md and NAME_*.png. Held-out clips only.
"""

import argparse
import sys
from dataclasses import dataclass
from pathlib import Path
from pickle import UnpicklingError
from typing import Any

import numpy as np
import torch

from accel.atomic import atomic_path
from accel.errors import SystoleError
from training import pictures
from training.dataset import Dataset, load_dataset
from training.evaluate import VALIDATION, Evaluation, Render, evaluate_weights, summary, sweeps
from training.metrics import centroid_track, high_pass
from training.recipe import Recipe, load_recipe
from training.render import render_float
from training.weights import load_weights, metadata, save_weights

PAIRS = 6
SWEEP_NOTES = (36, 48, 60, 72)

FIGURES = {
    "lsd_db": ("Log-spectral distance", "dB"),
    "lsd_other_phase_db": ("... from another start phase than the target's", "dB"),
    "lsd_static_db": ("... steady clips", "dB"),
    "lsd_moving_db": ("... moving clips", "dB"),
    "lsd_low_notes_db": ("... notes below 48", "dB"),
    "lsd_middle_notes_db": ("... notes 48 to 72", "dB"),
    "lsd_high_notes_db": ("... notes from 72", "dB"),
    "harmonic_lsd_db": ("Harmonic distance", "dB"),
    "mel_db": ("Mel distance", "dB"),
    "level_error_db": ("Level error, mean", "dB"),
    "level_bias_db": ("Level bias", "dB"),
    "centroid_correlation": ("Centroid correlation, across clips", ""),
    "centroid_correlation_moving": ("Centroid correlation, along moving clips", ""),
    "floor_db": ("Inter-harmonic floor, median", "dB"),
    "floor_worst_decile_db": ("Inter-harmonic floor, worst decile", "dB"),
    "pitch_error_cents": ("Pitch error, median", "cent"),
    "pitch_error_worst_cents": ("Pitch error, worst", "cent"),
    "snr_db": ("Signal to noise, median", "dB"),
    "snr_worst_decile_db": ("Signal to noise, worst decile", "dB"),
    "interpolation_error_db": ("Interpolated against per-sample control, knob sweeps, worst", "dB"),
}
OTHER_PHASE_FLOOR = "lsd_db"
"""A repeat is at another phase than its target, so this figure of it is what a model's other-phase distance meets."""


@dataclass(frozen=True)
class Run:
    """What a training left behind."""

    recipe: Recipe
    export: Path
    steps: int
    minutes: float
    history: list[list[float]]


def read_run(recipe: Recipe, folder: Path) -> Run:
    """The run in `folder`.

    Raises:
        SystoleError: no checkpoint there, or an unreadable one.
    """
    path = folder / f"{recipe.name}.ckpt"
    try:
        content: dict[str, Any] = torch.load(path, weights_only=True)
        return Run(
            recipe, folder / f"{recipe.name}.safetensors", content["step"], content["seconds"] / 60, content["history"]
        )
    except (OSError, RuntimeError, UnpicklingError, KeyError) as error:
        raise SystoleError(f"{path}: not a readable checkpoint: {error}") from error


def figure_table(found: dict[str, float], floor: dict[str, float]) -> str:
    """Markdown table of the figures; a second column for the synth against itself, where known."""
    lines = ["| Figure | Model |", "| --- | ---: |"]
    if floor:
        lines = ["| Figure | Model | Synth against itself |", "| --- | ---: | ---: |"]
    for key, (label, unit) in FIGURES.items():
        if key in found:
            columns = [label, f"{found[key]:.4g} {unit}"]
            if floor:
                own = OTHER_PHASE_FLOOR if key == "lsd_other_phase_db" else key
                columns.append(f"{floor[own]:.4g} {unit}" if own in floor else "")
            lines.append(f"| {' | '.join(column.strip() for column in columns)} |")
    return "\n".join(lines)


def report_text(run: Run, evaluation: Evaluation) -> str:
    """The Markdown page."""
    recipe, arch = run.recipe, run.recipe.architecture
    clips = len(evaluation.clips)
    floor = summary(evaluation.repeats) if evaluation.repeats else {}
    own = "\nThe synth against itself: the same controls rendered again from another start phase." if floor else ""
    dilations = ", ".join(map(str, arch.dilations))
    name = recipe.name
    return f"""# {recipe.title}

{recipe.description} {recipe.credit} Licence: {recipe.licence}.

{arch.layers} gated layers of {arch.channels} channels, kernel {arch.kernel}, dilations {dilations}.
Trained for {run.steps} steps ({run.minutes:.0f} minutes), seed {recipe.seed}. Float weights, before quantisation.

## Figures

{clips} held-out clips of 0.5 s that training never saw; definitions in docs/training.md.{own}

{figure_table(evaluation.summary, floor)}

## Pictures

Target above, model below: the clips of the lowest, median and highest distance, steady and moving.

![Spectrograms]({name}_spectrograms.png)

Brightness answers each knob (model, others in the middle, half-second sweeps), and clip by clip against the target.

![Knobs]({name}_knobs.png)

![Clips]({name}_clips.png)

![Training]({name}_training.png)
"""


def spread_of_clips(evaluation: Evaluation) -> list[int]:
    """Rows of the best, median and worst clips of each part."""
    rows: list[int] = []
    for part in VALIDATION:
        order = sorted((f.lsd, row) for row, f in enumerate(evaluation.clips) if f.part == part)
        if order:
            rows += [order[0][1], order[len(order) // 2][1], order[-1][1]]
    return rows[:PAIRS]


def draw(run: Run, data: Dataset, evaluation: Evaluation, render: Render, out: Path) -> None:
    """All pictures of the report."""
    name = run.recipe.name
    pairs = []
    for row in spread_of_clips(evaluation):
        figures = evaluation.clips[row]
        title = f"{figures.part} {figures.clip}, note {figures.note:.0f}: {figures.lsd:.2f} dB"
        pairs.append(
            (title, high_pass(data.audio[row]), high_pass(render(data.control[row], float(data.start_phase[row]))))
        )
    pictures.spectrogram_pairs(out / f"{name}_spectrograms.png", pairs)
    curves = {
        knob.label: {
            note: centroid_track(high_pass(render(rows, 0.0)))
            for note in SWEEP_NOTES
            for rows in [sweeps(len(data.knobs), data.control.shape[1], note)[i]]
        }
        for i, knob in enumerate(run.recipe.knobs)
    }
    pictures.knob_curves(out / f"{name}_knobs.png", curves)
    pictures.clip_scatter(out / f"{name}_clips.png", evaluation.clips)
    pictures.training_curve(out / f"{name}_training.png", np.array(run.history))


def write_report(recipe: Recipe, data_dir: Path, run_dir: Path, weights_dir: Path, out: Path) -> dict[str, float]:
    """Evaluate a run, write weights, report and pictures; returns the figures."""
    run = read_run(recipe, run_dir)
    evaluation = evaluate_weights(run.export, data_dir / recipe.dataset)
    generator, _ = load_weights(run.export)
    figures = {**evaluation.summary, "steps": run.steps, "minutes": round(run.minutes, 1)}
    for folder in (weights_dir, out):
        folder.mkdir(parents=True, exist_ok=True)
    save_weights(weights_dir / f"{recipe.name}.safetensors", generator.state_dict(), metadata(recipe, figures))
    draw(run, load_dataset(data_dir / recipe.dataset, VALIDATION), evaluation, render_float(generator), out)
    with atomic_path(out / f"{recipe.name}.md") as temporary:
        temporary.write_text(report_text(run, evaluation))
    return evaluation.summary


def main(arguments: list[str] | None = None) -> int:
    """Command line; returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m training.report", description="Evaluate, export and report a run.")
    parser.add_argument("recipe", type=Path, help="TOML file, as in training/recipes")
    parser.add_argument("--data", type=Path, required=True, help="folder that the recipe's dataset is relative to")
    parser.add_argument("--run", type=Path, required=True, help="folder that training.train wrote to")
    parser.add_argument("--weights", type=Path, required=True, help="folder for the final weights")
    parser.add_argument("--out", type=Path, required=True, help="folder for the report and its pictures")
    options = parser.parse_args(arguments)
    torch.set_num_threads(1)
    try:
        recipe = load_recipe(options.recipe)
        found = write_report(recipe, options.data, options.run, options.weights, options.out)
    except (SystoleError, OSError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    print(figure_table(found, {}))
    return 0


if __name__ == "__main__":
    sys.exit(main())

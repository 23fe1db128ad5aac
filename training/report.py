"""Evaluate a trained model, write its weights with their figures, and a report with pictures.

`python -m training.report RECIPE --data DIR --run DIR --weights DIR --out DIR`: RUN is the folder that training.train
filled; WEIGHTS gets NAME.safetensors; OUT gets NAME.html, which holds everything, and the same as NAME.md beside its
NAME_*.png. Held-out clips only. What is measured is what will play, the compiled integers, with float beside it.
"""

import argparse
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from pickle import UnpicklingError
from typing import Any

import numpy as np
import torch

from accel.atomic import atomic_path
from accel.compiler import compile_network
from accel.errors import SystoleError
from accel.program import Program
from training.measure.evaluation import Evaluation, held_out, repeat_floor
from training.measure.quantisation_loss import judge_pair, render_twin, render_twin_per_sample
from training.model.subject import integer_subject, open_network
from training.model.weights import load_weights, save_weights
from training.results import pictures
from training.results.evaluation_pictures import draw_evaluation
from training.results.figures import group_table, label, number, table
from training.results.report_page import Block, Heading, Page, Paragraph, Picture, Table, html, markdown
from training.run.recipe import Recipe, load_recipe, metadata

TITLES = {
    "spectrograms": "Spectrograms: target above, model below; the clips of the lowest, median and highest distance, "
    "static and moving.",
    "knobs": "Brightness over each knob: half-second sweeps with the other knobs in the middle, and the static clips "
    "nearest to that: the set's own and the model's on the same controls.",
    "clips": "Clip by clip: brightness against the target's, distance over note; static clips: pitch error and "
    "inter-harmonic floor.",
    "quantisation": "What rounding costs, clip by clip.",
    "training": "Training loss and validation distance.",
}
"""Kind of picture (end of its file's name) -> what it shows, in the page's order."""


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


def report_page(run: Run, program: Program, evaluation: Evaluation, floats: Evaluation, drawn: Sequence[Path]) -> Page:
    """The report's content.

    Args:
        program: what the run's weights compile to.
        evaluation: of the program; `floats`: of the weights.
        drawn: pictures, files that end with the kinds of TITLES.
    """
    recipe, arch = run.recipe, run.recipe.architecture
    dilations = ", ".join(map(str, arch.dilations))
    measured = f"{len(evaluation.clips)} held-out clips that training never saw; definitions in docs/training.md."
    if evaluation.repeats:
        measured += " The synth itself: the same controls rendered again from another start phase."
    blocks: list[Block] = [
        Paragraph(f"{recipe.description} {recipe.credit} Licence: {recipe.licence}."),
        Paragraph(
            f"{arch.layers} gated layers of {arch.channels} channels, kernel {arch.kernel}, dilations {dilations}: "
            f"{program.macs_per_sample:.0f} multiply-accumulates per sample. "
            f"Trained for {run.steps} steps ({run.minutes:.0f} minutes), seed {recipe.seed}."
        ),
        Heading("Figures"),
        Paragraph(f"Of the integers, which are what plays; float: the weights before rounding. {measured}"),
        Table(table(evaluation, floats), left=2),
        Heading("By part and note"),
        Paragraph("Distances in dB; a clip's note is its median, in MIDI semitones."),
        Table(group_table(evaluation, floats)),
        Heading("Pictures"),
    ]
    kinds = {path.stem.removeprefix(f"{recipe.name}_"): path for path in drawn}
    for kind, title in TITLES.items():
        if kind in kinds:
            blocks += [Paragraph(title), Picture(kinds[kind], kind.capitalize())]
    return Page(recipe.title, blocks)


def write_report(recipe: Recipe, data_dir: Path, run_dir: Path, weights_dir: Path, out: Path) -> dict[str, float]:
    """Evaluate a run, write weights, report and pictures; returns the integers' figures.

    Raises:
        SystoleError: run or data are unreadable, or the weights are no network that compiles.
    """
    run = read_run(recipe, run_dir)
    network = open_network(run.export)
    program, stem = compile_network(network), data_dir / recipe.dataset
    subject = integer_subject(program)
    data = held_out(stem, [knob.id for knob in subject.knobs], str(run.export))
    repeats, pitched = repeat_floor(stem, data, recipe.pitched), recipe.pitched
    exact = render_twin_per_sample(network)
    evaluation, floats = judge_pair(subject.render, render_twin(network), data, repeats, exact=exact, pitched=pitched)
    for folder in (weights_dir, out):
        folder.mkdir(parents=True, exist_ok=True)
    figures = {**floats.summary, "steps": run.steps, "minutes": round(run.minutes, 1)}
    generator, _ = load_weights(run.export)
    save_weights(weights_dir / f"{recipe.name}.safetensors", generator.state_dict(), metadata(recipe, figures))
    drawn = draw_evaluation(out, subject, data, evaluation, floats)
    drawn.append(out / f"{recipe.name}_training.png")
    pictures.training_curve(drawn[-1], np.array(run.history))
    page = report_page(run, program, evaluation, floats, drawn)
    for suffix, text in ((".md", markdown(page)), (".html", html(page))):
        with atomic_path(out / f"{recipe.name}{suffix}") as temporary:
            temporary.write_text(text, encoding="utf-8")
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
    print(options.out / f"{recipe.name}.html")
    for figure, value in found.items():
        text, unit = label(figure)
        print(f"{text}: {number(value)} {unit}".rstrip())
    return 0


if __name__ == "__main__":
    sys.exit(main())

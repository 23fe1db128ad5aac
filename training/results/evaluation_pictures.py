"""The pictures of an evaluation: spectrogram pairs, what each knob does to the brightness, clip by clip, rounding."""

from pathlib import Path

import numpy as np

from training.data.dataset import Dataset
from training.measure.evaluation import VALIDATION, Evaluation, sweeps
from training.measure.metrics import centroid_track, high_pass
from training.measure.quantisation_loss import clip_losses
from training.model.subject import Subject
from training.results import pictures

SWEEP_NOTES = (36, 48, 60, 72)
NEAREST = 6
"""Steady clips shown with each knob's sweeps."""


def spread_of_clips(evaluation: Evaluation) -> list[int]:
    """Rows of the clips of the lowest, median and highest distance, of each part."""
    rows: list[int] = []
    for part in VALIDATION:
        order = [row for _, row in sorted((f.lsd, row) for row, f in enumerate(evaluation.clips) if f.part == part)]
        rows += dict.fromkeys(order[at] for at in (0, len(order) // 2, -1)) if order else ()
    return rows


def nearest_clips(data: Dataset, evaluation: Evaluation, knob: int) -> list[tuple[float, float, float]]:
    """Steady clips whose other knobs are nearest to the middle: (this knob's value, centroid of target, of output).

    Args:
        knob: index of the knob, 0 the first after the note.

    Returns:
        Values in 0..1, log2 Hz, log2 Hz; at most NEAREST, the nearest first.
    """
    steady = [row for row, part in enumerate(data.part) if part == "val_static"]
    others = np.delete(data.control[:, 0, 1:], knob, axis=1)
    distance = np.abs(others - 0.5).sum(axis=1)
    nearest = sorted(steady, key=lambda row: (distance[row], row))[:NEAREST]
    clips = [(row, evaluation.clips[row]) for row in nearest]
    return [(float(data.control[row, 0, 1 + knob]), f.centroid_target, f.centroid) for row, f in clips]


def draw_evaluation(
    folder: Path, subject: Subject, data: Dataset, evaluation: Evaluation, floats: Evaluation | None = None
) -> list[Path]:
    """Write NAME_spectrograms.png, NAME_clips.png, NAME_knobs.png and, with a float twin, NAME_quantisation.png.

    To a folder, made if missing; returns their paths. A model without knobs has no NAME_knobs.png.
    """
    folder.mkdir(parents=True, exist_ok=True)
    paths = [folder / f"{subject.name}_{kind}.png" for kind in ("spectrograms", "clips")]
    pairs = []
    for row in spread_of_clips(evaluation):
        figures = evaluation.clips[row]
        title = f"{figures.part} {figures.clip}, note {figures.note:.0f}: {figures.lsd:.2f} dB"
        pairs.append((title, high_pass(data.audio[row]), high_pass(evaluation.outputs[row])))
    pictures.spectrogram_pairs(paths[0], pairs)
    pictures.clip_scatter(paths[1], evaluation.clips)
    if subject.knobs:
        paths.append(folder / f"{subject.name}_knobs.png")
        _draw_knobs(paths[-1], subject, data, evaluation)
    if floats:
        paths.append(folder / f"{subject.name}_quantisation.png")
        pictures.quantisation_scatter(paths[-1], evaluation.clips, clip_losses(evaluation, floats))
    return paths


def _draw_knobs(path: Path, subject: Subject, data: Dataset, evaluation: Evaluation) -> None:
    by_note = {note: sweeps(len(subject.knobs), data.control.shape[1], note) for note in SWEEP_NOTES}
    curves, near = {}, {}
    for index, knob in enumerate(subject.knobs):
        curves[knob.label] = {
            note: centroid_track(high_pass(subject.render(clips[index], 0.0))) for note, clips in by_note.items()
        }
        near[knob.label] = nearest_clips(data, evaluation, index)
    pictures.knob_curves(path, curves, near)

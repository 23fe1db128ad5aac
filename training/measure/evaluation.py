"""Held-out clips rendered through a model, and measured.

The model is any callable, so that float weights and shipped integers are judged by the same lines.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from accel.errors import SystoleError
from training.data.dataset import Dataset, load_dataset, load_repeats
from training.measure import metrics
from training.measure.clip_figures import ClipFigures, measure
from training.measure.summaries import above_floor, core, summary
from training.model.playing import Render

VALIDATION = ("val_static", "val_moving")


@dataclass(frozen=True)
class Evaluation:
    """A model's figures, clip by clip and in sum, and those of the synth against itself."""

    clips: list[ClipFigures]
    """From the start phase of each target, where that is known."""
    other: list[ClipFigures]
    """The same clips from start phase 0; the list `clips` itself where no phase is known, [] if not measured."""
    repeats: list[ClipFigures]
    """The synth's further renders against its own clips; [] where the set has none."""
    outputs: list[NDArray[np.float32]]
    """What `clips` were measured on, [T] each."""
    summary: dict[str, float]


def play(render: Render, data: Dataset) -> list[NDArray[np.float32]]:
    """Every clip of the set, [T] each, rendered from empty histories and its start phase."""
    starts = data.start_phase
    return [render(data.control[row], float(starts[row])) for row in range(len(data))]


def evaluate(render: Render, data: Dataset, pitched: bool = True) -> list[ClipFigures]:
    """Figures of every clip of the set, rendered from empty histories; `pitched` as in `measure`."""
    return [measure(output, data, row, pitched) for row, output in enumerate(play(render, data))]


def repeat_floor(stem: Path, data: Dataset, pitched: bool = True) -> list[ClipFigures]:
    """The synth against itself at another start phase: what no model can be expected to beat. [] without repeats."""
    repeats = load_repeats(stem, data.index)
    blind = replace(data, phase=None)
    return [
        measure(audio, blind, row, pitched)
        for row, clip in enumerate(data.index)
        for audio in repeats.get(int(clip), [])
    ]


def sweeps(data_knobs: int, rows: int, note: float = 48.0) -> list[NDArray[np.float64]]:
    """Control rows of one clip per knob: that knob from 0 to 1, the others in the middle, on one note."""
    middle = np.column_stack([np.full(rows, note), np.full((rows, data_knobs), 0.5)])
    clips = [middle.copy() for _ in range(data_knobs)]
    for knob, clip in enumerate(clips):
        clip[:, 1 + knob] = np.linspace(0, 1, rows)
    return clips


def interpolation_error(interpolated: Render, exact: Render, clips: Iterable[NDArray[np.float64]]) -> float:
    """Worst error over `clips`, dB over the signal, of conditioning interpolated between rows: zipper noise."""
    return max(
        -metrics.signal_to_noise(interpolated(rows, 0.0).astype(float), exact(rows, 0.0).astype(float))
        for rows in clips
    )


def held_out(dataset: Path, knobs: Sequence[str], model: str) -> Dataset:
    """The held-out clips of a set for a model of those knobs.

    Raises:
        SystoleError: the set is unreadable, has none, or has other knobs; `model` is what the line calls the model.
    """
    data = load_dataset(dataset, VALIDATION)
    if list(knobs) != list(data.knobs):
        raise SystoleError(f"{model}: its knobs are not those of {dataset}: {', '.join(data.knobs)}")
    if not len(data):
        raise SystoleError(f"{dataset}: part names no held-out clips; needed are some {' or '.join(VALIDATION)}")
    return data


def judge(
    render: Render,
    data: Dataset,
    repeats: list[ClipFigures],
    *,
    exact: Render | None = None,
    pitched: bool = True,
    other_phase: bool = True,
) -> Evaluation:
    """Everything that is measured of a model on held-out clips `data`.

    Args:
        repeats: `repeat_floor` of the same clips.
        exact: the same model with its conditioning computed per sample, where there is such a form.
        pitched: as in `measure`.
        other_phase: render from start phase 0 too, which is what compares with `repeats`.
    """
    outputs = play(render, data)
    clips = [measure(output, data, row, pitched) for row, output in enumerate(outputs)]
    other: list[ClipFigures] = []
    if other_phase:
        known = data.phase is not None
        other = evaluate(lambda rows, _: render(rows, 0.0), data, pitched) if known else clips
    found = summary(clips)
    if other:
        found["lsd_other_phase_db"] = core(other)["lsd_db"]
        found |= above_floor(other, repeats)
    if exact:
        rows = sweeps(len(data.knobs), data.control.shape[1])
        found["interpolation_error_db"] = round(interpolation_error(render, exact, rows), 2)
    return Evaluation(clips, other, repeats, outputs, found)

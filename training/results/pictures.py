"""Pictures of a report (matplotlib, no display needed)."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import matplotlib
import numpy as np
from numpy.typing import NDArray

from accel.atomic import atomic_path
from training.measure.clip_figures import ClipFigures
from training.measure.metrics import RATE, magnitudes

matplotlib.use("Agg")
from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.figure import Figure
from matplotlib.ticker import LogLocator, NullFormatter, StrMethodFormatter

Array = NDArray[np.float64]
SIZE = 1024
RANGE_DB = 80


def spectrogram_pairs(path: Path, pairs: Sequence[tuple[str, Array, Array]]) -> None:
    """Title, target and output of each clip, as spectrograms one above the other; one colour scale per clip."""
    figure, axes = plt.subplots(2, len(pairs), figsize=(3.1 * len(pairs), 5.2), squeeze=False, sharex=True, sharey=True)
    for column, (title, target, output) in enumerate(pairs):
        top = 20 * np.log10(magnitudes(target, SIZE).max() + 1e-12)
        for row, x in enumerate((target, output)):
            level = 20 * np.log10(magnitudes(x, SIZE).T + 1e-12)
            extent = (0, len(x) / RATE, 0, RATE / 2000)
            axes[row][column].imshow(
                level, origin="lower", aspect="auto", extent=extent, vmin=top - RANGE_DB, vmax=top, cmap="magma"
            )
        axes[0][column].set_title(title, fontsize=8)
        axes[1][column].set_xlabel("s")
    axes[0][0].set_ylabel("target, kHz")
    axes[1][0].set_ylabel("model, kHz")
    _save(figure, path)


def knob_curves(
    path: Path, curves: dict[str, dict[int, Array]], clips: Mapping[str, Sequence[tuple[float, float, float]]]
) -> None:
    """Spectral centroid over each knob's travel: a line per note, and clips of the set near to it.

    Args:
        curves: `curves[label][note]` is log2 Hz along the sweep.
        clips: `clips[label]` are (knob's value, log2 Hz of the target, of the model) on the same controls.
    """
    figure, axes = plt.subplots(1, len(curves), figsize=(3.2 * len(curves), 3.2), squeeze=False, sharey=True)
    for axis, (label, notes) in zip(axes[0], curves.items(), strict=True):
        for note, track in notes.items():
            axis.plot(np.linspace(0, 1, len(track)), 2**track / 1000, label=f"note {note}", alpha=0.6)
        near = np.array(clips.get(label, ())).reshape(-1, 3)
        target, output = 2 ** near[:, 1] / 1000, 2 ** near[:, 2] / 1000
        axis.vlines(near[:, 0], np.minimum(target, output), np.maximum(target, output), color="grey", linewidth=1)
        axis.plot(near[:, 0], target, "o", color="black", markersize=4, label="clip of the set")
        axis.plot(near[:, 0], output, "x", color="red", markersize=5, label="model, same controls")
        axis.set(xlabel=label, yscale="log")
        _plain_log(axis.yaxis)
        axis.grid(alpha=0.3)
    axes[0][0].set_ylabel("centroid, kHz")
    axes[0][-1].legend(fontsize=6)
    _save(figure, path)


def clip_scatter(path: Path, clips: Sequence[ClipFigures]) -> None:
    """Clip by clip: centroid against the target's, distance, pitch error and inter-harmonic floor over note."""
    steady = [f for f in clips if f.cents is not None or f.floor is not None]
    rows = 2 if steady else 1
    figure, axes = plt.subplots(rows, 2, figsize=(8, 3.3 * rows), squeeze=False)
    left, right = axes[0]
    for part, marker in (("val_static", "o"), ("val_moving", "x")):
        chosen = [f for f in clips if f.part == part]
        target = [2**f.centroid_target / 1000 for f in chosen]
        output = [2**f.centroid / 1000 for f in chosen]
        left.loglog(target, output, marker, markersize=4, label=part)
        right.plot([f.note for f in chosen], [f.lsd for f in chosen], marker, markersize=4, label=part)
    left.axline((1, 1), (2, 2), color="grey", linewidth=0.8)
    left.set(xlabel="target centroid, kHz", ylabel="model centroid, kHz")
    for axis in (left.xaxis, left.yaxis):
        _plain_log(axis)
    right.set(xlabel="note (median)", ylabel="log-spectral distance, dB")
    if steady:
        _steady_panels(axes[1], steady)
    for axis in axes.flat:
        axis.grid(alpha=0.3)
        axis.legend(fontsize=7)
    _save(figure, path)


def _steady_panels(axes: Sequence[Axes], clips: Sequence[ClipFigures]) -> None:
    """Pitch error and floor of steady clips over note; NaN where a clip has none."""
    notes = [f.note for f in clips]

    def values(name: str) -> list[float]:
        found = (getattr(f, name) for f in clips)
        return [np.nan if value is None else value for value in found]

    axes[0].plot(notes, values("cents"), "o", markersize=4, label="model, steady clips")
    axes[0].set(xlabel="note", ylabel="pitch error, cents")
    axes[1].plot(notes, values("floor_target"), "o", color="black", markersize=4, label="target")
    axes[1].plot(notes, values("floor"), "x", color="red", markersize=5, label="model")
    axes[1].set(xlabel="note", ylabel="inter-harmonic floor, dB")


def quantisation_scatter(path: Path, clips: Sequence[ClipFigures], losses: Sequence[float]) -> None:
    """SNR of the integers against float over note, one value in dB per clip."""
    figure, axis = plt.subplots(figsize=(6, 3))
    for part, marker in (("val_static", "o"), ("val_moving", "x")):
        chosen = [(f.note, loss) for f, loss in zip(clips, losses, strict=True) if f.part == part]
        axis.plot([note for note, _ in chosen], [loss for _, loss in chosen], marker, markersize=4, label=part)
    axis.set(xlabel="note (median)", ylabel="integers against float, dB")
    axis.grid(alpha=0.3)
    axis.legend(fontsize=7)
    _save(figure, path)


def training_curve(path: Path, history: Array) -> None:
    """Training loss and validation distance over steps; rows [step, progress, loss, distance in dB]."""
    figure, axis = plt.subplots(figsize=(6, 3))
    axis.plot(history[:, 0], history[:, 3], color="tab:orange")
    axis.set(xlabel="step", ylabel="validation distance, dB")
    axis.yaxis.label.set_color("tab:orange")
    other = axis.twinx()
    other.semilogy(history[:, 0], history[:, 2], color="tab:blue")
    other.set_ylabel("training loss")
    other.yaxis.label.set_color("tab:blue")
    axis.grid(alpha=0.3)
    _save(figure, path)


def _plain_log(axis: Axis) -> None:
    axis.set_major_locator(LogLocator(subs=(1, 2, 5)))
    axis.set_major_formatter(StrMethodFormatter("{x:g}"))
    axis.set_minor_formatter(NullFormatter())


def _save(figure: Figure, path: Path) -> None:
    figure.tight_layout()
    with atomic_path(path) as temporary:
        figure.savefig(temporary, dpi=75)
    plt.close(figure)

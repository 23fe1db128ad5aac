"""Pictures of a report (matplotlib, no display needed)."""

from collections.abc import Sequence
from pathlib import Path

import matplotlib
import numpy as np
from numpy.typing import NDArray

from accel.atomic import atomic_path
from training.evaluate import ClipFigures
from training.metrics import RATE, magnitudes

matplotlib.use("Agg")
from matplotlib import pyplot as plt
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


def knob_curves(path: Path, curves: dict[str, dict[int, Array]]) -> None:
    """Spectral centroid over each knob's travel, a line per note; `curves[label][note]` is log2 Hz along the sweep."""
    figure, axes = plt.subplots(1, len(curves), figsize=(3.2 * len(curves), 3), squeeze=False, sharey=True)
    for axis, (label, notes) in zip(axes[0], curves.items(), strict=True):
        for note, track in notes.items():
            axis.plot(np.linspace(0, 1, len(track)), 2**track / 1000, label=f"note {note}")
        axis.set(xlabel=label, yscale="log")
        _plain_log(axis.yaxis)
        axis.grid(alpha=0.3)
    axes[0][0].set_ylabel("centroid, kHz")
    axes[0][-1].legend(fontsize=7)
    _save(figure, path)


def clip_scatter(path: Path, clips: Sequence[ClipFigures]) -> None:
    """Held-out clips: centroid against the target's, and distance over note."""
    figure, (left, right) = plt.subplots(1, 2, figsize=(8, 3.4))
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
    right.set(xlabel="note (mean)", ylabel="log-spectral distance, dB")
    for axis in (left, right):
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

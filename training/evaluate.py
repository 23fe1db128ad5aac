"""Render held-out clips through a model and measure them: `python -m training.evaluate WEIGHTS DATASET`.

The model is any callable, so that float weights and shipped integers are judged by the same lines.
"""

import argparse
import json
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from accel.errors import SystoleError
from training import metrics
from training.dataset import C4_HZ, Dataset, load_dataset, load_repeats, pitch_phase

VALIDATION = ("val_static", "val_moving")

Render = Callable[[NDArray[np.float64], float], NDArray[np.float32]]
"""render(rows, phase) -> audio [(R-1)*HOP], full scale +-1, from empty histories.

rows: control rows float64 [R, 1+knobs], note (MIDI) first, knobs in 0..1. phase: the oscillator's start phase in
cycles; a model may ignore it, since only SNR depends on it."""


@dataclass(frozen=True)
class ClipFigures:
    """Measures of one clip; None where they do not apply (steady pitch, known phase). dB unless said otherwise."""

    clip: int
    part: str
    note: float
    lsd: float
    mel: float
    level: float
    loudness: float
    """LU, K-weighted."""
    centroid: float
    """log2 Hz, mean over the clip, of the output."""
    centroid_target: float
    centroid_along: float | None
    """Correlation of the centroid's movement within the clip; None where the target's hardly moves."""
    harmonic: float | None
    floor: float | None
    floor_target: float | None
    cents: float | None
    snr: float | None
    latency: float | None
    """Samples by which the output's spectrum moves later than the target's; None where it hardly moves."""


@dataclass(frozen=True)
class Evaluation:
    """A model's figures, clip by clip and in sum, and those of the synth against itself ([] where not known)."""

    clips: list[ClipFigures]
    summary: dict[str, float]
    repeats: list[ClipFigures]


def measure(output: NDArray, data: Dataset, row: int) -> ClipFigures:
    """Figures of one rendered clip against clip `row` of the set."""
    y, t = metrics.high_pass(output), metrics.high_pass(data.audio[row])
    note = data.control[row, :, 0]
    steady = np.ptp(data.control[row], axis=0).max() < 1e-9
    f0 = float(C4_HZ * 2 ** ((note[0] - 60) / 12))
    along_y, along_t = metrics.centroid_track(y), metrics.centroid_track(t)
    moving = not steady and along_t.std() > 0.05
    return ClipFigures(
        clip=int(data.index[row]),
        part=data.part[row],
        note=float(note.mean()),
        lsd=metrics.log_spectral_distance(y, t),
        mel=metrics.mel_distance(y, t),
        level=metrics.level_error(y, t),
        loudness=metrics.loudness(y) - metrics.loudness(t),
        centroid=float(along_y.mean()),
        centroid_target=float(along_t.mean()),
        centroid_along=_number(metrics.correlation(along_y, along_t)) if moving else None,
        harmonic=metrics.harmonic_distance(y, t, f0) if steady else None,
        floor=_number(metrics.inter_harmonic_floor(y, f0)) if steady else None,
        floor_target=_number(metrics.inter_harmonic_floor(t, f0)) if steady else None,
        cents=_number(metrics.pitch_error(y, f0)) if steady else None,
        snr=metrics.signal_to_noise(y, t) if phase_true(data, row) else None,
        latency=None if steady else _number(metrics.latency(y, t)),
    )


def _number(value: float) -> float | None:
    return value if np.isfinite(value) else None


def phase_true(data: Dataset, row: int) -> bool:
    """Whether a clip's oscillator keeps exactly to its pitch, so that a waveform can be compared sample by sample."""
    if data.phase is None:
        return False
    stray = data.phase[row] - data.phase[row, 0] - pitch_phase(data.volts[row])
    return bool(np.abs(stray - np.round(stray)).max() < 1e-3)


def evaluate(render: Render, data: Dataset) -> list[ClipFigures]:
    """Figures of every clip of the set, rendered from empty histories."""
    starts = data.start_phase
    return [measure(render(data.control[row], float(starts[row])), data, row) for row in range(len(data))]


def repeat_floor(stem: Path, data: Dataset) -> list[ClipFigures]:
    """The synth against itself at another start phase: what no model can be expected to beat. [] without repeats."""
    repeats = load_repeats(stem, data.index)
    blind = replace(data, phase=None)
    return [measure(audio, blind, row) for row, clip in enumerate(data.index) for audio in repeats.get(int(clip), [])]


BANDS = {"low": (-99, 48), "middle": (48, 72), "high": (72, 999)}
"""Note bands, MIDI semitones, the upper end not included."""


def groups(figures: list[ClipFigures]) -> dict[str, list[ClipFigures]]:
    """The clips by part (static, moving), by note band (low, middle, high) and by both ("moving middle")."""
    found = {}
    for part in ("", "static", "moving"):
        for band, (low, high) in {"": (-999, 999), **BANDS}.items():
            name = " ".join(filter(None, (part, band)))
            chosen = [f for f in figures if part in f.part and low <= f.note < high]
            if name and chosen:
                found[name] = chosen
    return found


def summary(figures: list[ClipFigures]) -> dict[str, float]:
    """Figures over all clips, for a model's metadata; dB unless the name says otherwise, absent if not measurable."""
    found = core(figures)
    by_group = groups(figures)
    for name in ("static", "moving"):
        if name in by_group:
            found[f"lsd_{name}_db"] = core(by_group[name])["lsd_db"]
    static = core(by_group.get("static", []))
    if "centroid_correlation" in static:
        found["centroid_correlation_static"] = static["centroid_correlation"]
    for name in BANDS:
        if name in by_group:
            found[f"lsd_{name}_notes_db"] = core(by_group[name])["lsd_db"]
    return found


def core(figures: list[ClipFigures]) -> dict[str, float]:
    """Figures of any group of clips: those of `summary` that are not of a part of it."""

    def values(name: str) -> NDArray[np.float64]:
        chosen = (getattr(f, name) for f in figures)
        return np.array([value for value in chosen if value is not None])

    found = {
        "lsd_db": _mean(values("lsd")),
        "mel_db": _mean(values("mel")),
        "level_error_db": _mean(np.abs(values("level"))),
        "level_bias_db": _mean(values("level")),
        "loudness_error_lu": _mean(np.abs(values("loudness"))),
        "loudness_bias_lu": _mean(values("loudness")),
        "centroid_correlation": metrics.correlation(values("centroid"), values("centroid_target"))
        if figures
        else np.nan,
        "centroid_correlation_moving": _mean(values("centroid_along")),
        "harmonic_lsd_db": _mean(values("harmonic")),
        "floor_db": _percentile(values("floor"), 50),
        "floor_worst_decile_db": _percentile(values("floor"), 90),
        "pitch_error_cents": _percentile(np.abs(values("cents")), 50),
        "pitch_error_worst_cents": _percentile(np.abs(values("cents")), 100),
        "snr_db": _percentile(values("snr"), 50),
        "snr_worst_decile_db": _percentile(values("snr"), 10),
        "latency_samples": _percentile(values("latency"), 50),
    }
    return {key: round(float(value), 4) for key, value in found.items() if np.isfinite(value)}


def above_floor(figures: list[ClipFigures], repeats: list[ClipFigures]) -> dict[str, float]:
    """Distance beyond the synth's own from itself, over all clips, static and moving; {} where there are no repeats.

    Args:
        figures: the model's, from another start phase than the targets', as the repeats are.
        repeats: `repeat_floor` of the same clips.
    """
    own, floor = summary(figures), summary(repeats)
    keys = {f"lsd{part}_db": f"lsd{part}_above_floor_db" for part in ("", "_static", "_moving")}
    return {name: round(own[key] - floor[key], 4) for key, name in keys.items() if key in own and key in floor}


def _mean(values: NDArray[np.float64]) -> float:
    return float(values.mean()) if len(values) else float("nan")


def _percentile(values: NDArray[np.float64], share: float) -> float:
    return float(np.percentile(values, share)) if len(values) else float("nan")


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


def judge(render: Render, data: Dataset, dataset: Path, exact: Render | None = None) -> Evaluation:
    """Everything that is measured of a model on held-out clips `data` of the set `dataset`.

    Args:
        exact: the same model with its conditioning computed per sample, where there is such a form.
    """
    clips = evaluate(render, data)
    other = clips if data.phase is None else evaluate(lambda rows, _: render(rows, 0.0), data)
    repeats = repeat_floor(dataset, data)
    found = summary(clips)
    found["lsd_other_phase_db"] = core(other)["lsd_db"]
    found |= above_floor(other, repeats)
    if exact:
        rows = sweeps(len(data.knobs), data.control.shape[1])
        found["interpolation_error_db"] = round(interpolation_error(render, exact, rows), 2)
    return Evaluation(clips, found, repeats)


def evaluate_weights(weights: Path, dataset: Path) -> Evaluation:
    """Measure exported float weights on a set's held-out clips.

    Raises:
        SystoleError: weights or data set are unreadable or do not belong together.
    """
    from training.render import render_float, render_per_sample
    from training.weights import load_weights

    generator, meta = load_weights(weights)
    data = held_out(dataset, [knob["id"] for knob in meta["knobs"]], str(weights))
    return judge(render_float(generator), data, dataset, render_per_sample(generator))


def main(arguments: list[str] | None = None) -> int:
    """Command line; returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m training.evaluate", description="Measure float weights.")
    parser.add_argument("weights", type=Path, help="exported .safetensors")
    parser.add_argument("dataset", type=Path, help="data set without suffix, as in DIR/va/va")
    options = parser.parse_args(arguments)
    try:
        found = evaluate_weights(options.weights, options.dataset)
        print(json.dumps({"model": found.summary, "repeat": summary(found.repeats) or None}, indent=2))
    except SystoleError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())

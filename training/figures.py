"""The figures of an evaluation for reading and for other programs: names, units, table, JSON document."""

from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path
from typing import Any

from training.evaluate import Evaluation, core, groups, summary
from training.subject import Subject

__all__ = ["COLUMNS", "LABELS", "document", "table"]

LABELS = {
    "lsd_db": ("Log-spectral distance", "dB"),
    "lsd_other_phase_db": ("... from another start phase", "dB"),
    "lsd_above_floor_db": ("... beyond the synth's own", "dB"),
    "lsd_static_above_floor_db": ("... beyond it, static clips", "dB"),
    "lsd_moving_above_floor_db": ("... beyond it, moving clips", "dB"),
    "harmonic_lsd_db": ("Harmonic distance", "dB"),
    "mel_db": ("Mel distance", "dB"),
    "level_error_db": ("Level error, mean", "dB"),
    "level_bias_db": ("Level bias", "dB"),
    "loudness_error_lu": ("Loudness error, mean", "LU"),
    "loudness_bias_lu": ("Loudness bias", "LU"),
    "centroid_correlation": ("Centroid correlation, across clips", ""),
    "centroid_correlation_moving": ("Centroid correlation, along moving clips", ""),
    "floor_db": ("Inter-harmonic floor, median", "dB"),
    "floor_worst_decile_db": ("Inter-harmonic floor, worst decile", "dB"),
    "pitch_error_cents": ("Pitch error, median", "cent"),
    "pitch_error_worst_cents": ("Pitch error, worst", "cent"),
    "snr_db": ("Signal to noise, median", "dB"),
    "snr_worst_decile_db": ("Signal to noise, worst decile", "dB"),
    "latency_samples": ("Latency, median", "samples"),
    "interpolation_error_db": ("Interpolated against per-sample control, worst", "dB"),
}
"""Figure -> label and unit, in order."""

COLUMNS = {
    "all": "ALL",
    "static": "STATIC",
    "moving": "MOVING",
    "low": "< 48",
    "middle": "48-72",
    "high": "> 72",
}
"""Group of clips (training.evaluate.groups) -> heading."""


def table(evaluation: Evaluation) -> list[list[str]]:
    """Heading and rows: label, unit, one column per group, and the synth against itself where that is known."""
    found = {"all": evaluation.summary} | {name: core(chosen) for name, chosen in groups(evaluation.clips).items()}
    shown = {name: found[name] for name in COLUMNS if name in found}
    heads = [COLUMNS[name] for name in shown]
    if evaluation.repeats:
        shown["synth"] = summary(evaluation.repeats)
        heads.append("SYNTH ITSELF")
    rows = [["FIGURE", "UNIT", *heads]]
    for key, (label, unit) in LABELS.items():
        if key in evaluation.summary:
            rows.append([label, unit, *(_number(figures.get(key)) for figures in shown.values())])
    return rows


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.3f}" if abs(value) < 10 else f"{value:.1f}"


def document(subject: Subject, dataset: Path, evaluation: Evaluation) -> dict[str, Any]:
    """Everything as plain values: model, figures in sum, by group and by clip, those of the synth against itself."""
    return {
        "model": subject.name,
        "kind": subject.kind,
        "hash": subject.hash,
        "look_ahead_samples": subject.look_ahead,
        "dataset": str(dataset),
        "clips": len(evaluation.clips),
        "summary": evaluation.summary,
        "groups": _by_group(evaluation.clips),
        "synth_against_itself": (
            {"summary": summary(evaluation.repeats), "groups": _by_group(evaluation.repeats)}
            if evaluation.repeats
            else None
        ),
        "each": [asdict(clip) for clip in evaluation.clips],
    }


def _by_group(clips: Iterable[Any]) -> dict[str, dict[str, float]]:
    return {name: {"clips": len(chosen), **core(chosen)} for name, chosen in groups(list(clips)).items()}

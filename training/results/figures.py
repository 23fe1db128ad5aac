"""The figures of an evaluation for reading and for other programs: names, units, tables, JSON document."""

from dataclasses import asdict
from pathlib import Path
from typing import Any

from training.measure.evaluation import Evaluation
from training.measure.summaries import grouped, summary
from training.model.subject import Subject

__all__ = ["GROUPS", "LABELS", "document", "group_table", "label", "table"]

LABELS = {
    "lsd_db": ("Log-spectral distance", "dB"),
    "lsd_other_phase_db": ("... from another start phase", "dB"),
    "lsd_above_floor_db": ("... of that, beyond the synth's own", "dB"),
    "harmonic_lsd_db": ("Harmonic distance", "dB"),
    "mel_db": ("Mel distance", "dB"),
    "level_error_db": ("Level error, mean", "dB"),
    "level_bias_db": ("Level bias", "dB"),
    "loudness_error_lu": ("Loudness error, mean", "LU"),
    "loudness_bias_lu": ("Loudness bias", "LU"),
    "centroid_correlation": ("Centroid correlation, across clips", ""),
    "centroid_correlation_moving": ("Centroid correlation, along moving clips, median", ""),
    "centroid_correlation_moving_mean": ("Centroid correlation, along moving clips, mean", ""),
    "floor_db": ("Inter-harmonic floor, median", "dB"),
    "floor_worst_decile_db": ("Inter-harmonic floor, worst decile", "dB"),
    "pitch_error_cents": ("Pitch error, median", "cent"),
    "pitch_error_worst_cents": ("Pitch error, worst", "cent"),
    "snr_db": ("Signal to noise, median", "dB"),
    "snr_worst_decile_db": ("Signal to noise, worst decile", "dB"),
    "latency_samples": ("Latency, median", "samples"),
    "interpolation_error_db": ("Interpolated against per-sample control, worst", "dB"),
    "quantisation_snr_db": ("Integers against float, SNR, median", "dB"),
    "quantisation_snr_worst_decile_db": ("Integers against float, SNR, worst decile", "dB"),
    "quantisation_lsd_db": ("Integers' log-spectral distance above float's", "dB"),
}
"""Figure -> label and unit, in order. Those of one part or band of the clips are rows or columns of the tables."""

GROUPS = {
    f"{part} {band}".strip() or "all": f"{part.capitalize() or 'All'}{heading}"
    for part in ("", "static", "moving")
    for band, heading in {"": "", "low": ", < 48", "middle": ", 48 to 72", "high": ", > 72"}.items()
}
"""Group of clips (training.measure.summaries.grouped) -> what it is called, in order."""

_OF_SYNTH = {"lsd_other_phase_db": "lsd_db"}
"""A repeat is at another phase than its clip, so that its distance is what a model's from another phase meets."""


def label(figure: str) -> tuple[str, str]:
    """Label that stands alone, and unit, of any figure of a summary; of an unknown one, its name."""
    for part in ("static", "moving"):
        if f"lsd_{part}" in figure:
            text, unit = label(figure.replace(f"lsd_{part}", "lsd"))
            return f"{text}, {part}", unit
    text, unit = LABELS.get(figure, (figure, ""))
    return text.replace("... of that,", "Log-spectral distance").replace("...", "Log-spectral distance"), unit


def table(evaluation: Evaluation, floats: Evaluation | None = None) -> list[list[str]]:
    """Heading and rows: label, unit, all clips, static and moving ones, the float twin and the synth where known."""
    found = _grouped(evaluation)
    shown = {"ALL": found["all"] | evaluation.summary}
    shown |= {name.upper(): found[name] for name in ("static", "moving") if name in found}
    if floats:
        shown["FLOAT"] = floats.summary
    if evaluation.repeats:
        own = summary(evaluation.repeats)
        shown["SYNTH ITSELF"] = own | {key: own[other] for key, other in _OF_SYNTH.items()}
    rows = [["FIGURE", "UNIT", *shown]]
    for key, (text, unit) in LABELS.items():
        if key in evaluation.summary or (floats and key in floats.summary):
            rows.append([text, unit, *(number(figures.get(key)) for figures in shown.values())])
    return rows


_GROUP_COLUMNS = {
    "lsd_db": "LSD",
    "lsd_other_phase_db": "OTHER PHASE",
    "lsd_synth_db": "SYNTH ITSELF",
    "lsd_above_floor_db": "BEYOND IT",
    "mel_db": "MEL",
    "level_error_db": "LEVEL ERROR",
    "level_bias_db": "LEVEL BIAS",
}


def group_table(evaluation: Evaluation, floats: Evaluation | None = None) -> list[list[str]]:
    """Heading and rows, all in dB: a part and note band of the clips, how many, and their distances."""
    found = _grouped(evaluation)
    columns = {key: head for key, head in _GROUP_COLUMNS.items() if key in found["all"]}
    rows = [["CLIPS", "NUMBER", *columns.values()]]
    twin = _grouped(floats) if floats else {}
    if twin:
        rows[0].insert(3, "FLOAT'S LSD")
    for name, text in GROUPS.items():
        if name in found:
            row = [text, f"{found[name]['clips']:.0f}", *(number(found[name].get(key)) for key in columns)]
            if twin:
                row.insert(3, number(twin[name]["lsd_db"]))
            rows.append(row)
    return rows


def number(value: float | None) -> str:
    """A figure as the tables print it: four digits or three places."""
    return "" if value is None else f"{value:.3f}" if abs(value) < 10 else f"{value:.1f}"


def document(
    subject: Subject, dataset: Path, evaluation: Evaluation, floats: Evaluation | None = None
) -> dict[str, Any]:
    """Everything as plain values: model, figures in sum, by group and by clip; float twin and synth where known."""
    found: dict[str, Any] = {
        "model": subject.name,
        "kind": subject.kind,
        "hash": subject.hash,
        "pitched": subject.pitched,
        "look_ahead_samples": subject.look_ahead,
        "dataset": str(dataset),
        "clips": len(evaluation.clips),
        "summary": evaluation.summary,
        "groups": _groups_of(evaluation),
        "synth_against_itself": None,
        "float": {"summary": floats.summary, "groups": _groups_of(floats)} if floats else None,
        "each": [asdict(clip) for clip in evaluation.clips],
    }
    if evaluation.repeats:
        groups = {name: figures for name, figures in grouped(evaluation.repeats).items() if name != "all"}
        found["synth_against_itself"] = {"summary": summary(evaluation.repeats), "groups": groups}
    return found


def _grouped(evaluation: Evaluation) -> dict[str, dict[str, float]]:
    return grouped(evaluation.clips, evaluation.other, evaluation.repeats)


def _groups_of(evaluation: Evaluation) -> dict[str, dict[str, float]]:
    """As `_grouped`, without all clips: those are the summary."""
    return {name: figures for name, figures in _grouped(evaluation).items() if name != "all"}

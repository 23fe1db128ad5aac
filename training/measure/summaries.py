"""From clips' figures to a model's: means and percentiles over all clips, by part and by note band."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from training.measure import metrics
from training.measure.clip_figures import ClipFigures

__all__ = ["BANDS", "above_floor", "core", "grouped", "groups", "summary"]

BANDS = ("low", "middle", "high")
"""Note bands by a clip's median note, MIDI semitones: below 48, 48 to 72, above 72."""
ALL = "all"


def band_of(note: float) -> str:
    """The note band that a note is in; both 48 and 72 are middle."""
    return "low" if note < 48 else "middle" if note <= 72 else "high"


def groups(figures: Sequence[ClipFigures]) -> dict[str, list[ClipFigures]]:
    """The clips by part (static, moving), by note band (low, middle, high) and by both ("moving middle")."""
    found = {}
    for part in ("", "static", "moving"):
        for band in ("", *BANDS):
            name = " ".join(filter(None, (part, band)))
            chosen = [f for f in figures if part in f.part and band in ("", band_of(f.note))]
            if name and chosen:
                found[name] = chosen
    return found


def summary(figures: Sequence[ClipFigures]) -> dict[str, float]:
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


def core(figures: Sequence[ClipFigures]) -> dict[str, float]:
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
        "centroid_correlation_moving": _percentile(values("centroid_along"), 50),
        "centroid_correlation_moving_mean": _mean(values("centroid_along")),
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


def above_floor(figures: Sequence[ClipFigures], repeats: Sequence[ClipFigures]) -> dict[str, float]:
    """Distance beyond the synth's own from itself, over all clips, static and moving; {} where there are no repeats.

    Args:
        figures: the model's, from another start phase than the targets', as the repeats are.
        repeats: the synth's own renders of the same clips, measured (training.measure.evaluation.repeat_floor).
    """
    own, floor = summary(figures), summary(repeats)
    keys = {f"lsd{part}_db": f"lsd{part}_above_floor_db" for part in ("", "_static", "_moving")}
    return {name: round(own[key] - floor[key], 4) for key, name in keys.items() if key in own and key in floor}


def grouped(
    clips: Sequence[ClipFigures], other: Sequence[ClipFigures] = (), repeats: Sequence[ClipFigures] = ()
) -> dict[str, dict[str, float]]:
    """Figures by group, "all" first, then as `groups` has them: each with its number of clips.

    Args:
        clips: the model from the targets' start phase.
        other: the same from another one; gives `lsd_other_phase_db`.
        repeats: the synth against itself; gives `lsd_synth_db` and, with `other`, `lsd_above_floor_db`.
    """
    others, floors = ({ALL: list(each), **groups(each)} for each in (other, repeats))
    found = {}
    for name, chosen in {ALL: list(clips), **groups(clips)}.items():
        figures: dict[str, float] = {"clips": len(chosen), **core(chosen)}
        distant, floor = core(others.get(name, [])), core(floors.get(name, []))
        if distant:
            figures["lsd_other_phase_db"] = distant["lsd_db"]
        if floor:
            figures["lsd_synth_db"] = floor["lsd_db"]
        if distant and floor:
            figures["lsd_above_floor_db"] = round(distant["lsd_db"] - floor["lsd_db"], 4)
        found[name] = figures
    return found


def _mean(values: NDArray[np.float64]) -> float:
    return float(values.mean()) if len(values) else float("nan")


def _percentile(values: NDArray[np.float64], share: float) -> float:
    return float(np.percentile(values, share)) if len(values) else float("nan")

"""Is a data set fit to train on? Everything that is wrong with it at once, before hours go into a model of it.

`check_dataset` reads the two files of a set (docs/training.md, "Data") and its repeats, if it has them. Where fields
contradict one another, what depends on them is not looked at: its findings would be noise.
"""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from accel.errors import SystoleError
from accel.formats import HOP, RATE
from training.checks.alignment import pitch_lag
from training.checks.audio import check_audio, check_header, read_audio
from training.checks.control import check_control
from training.checks.fields import REPEAT_RULES, RULES, Fields, check_fields, check_rate, check_values, read_fields
from training.checks.findings import Finding, Report, error, ordered, warning
from training.checks.level_lag import LEAST_CLIPS, level_lag, moving_clips
from training.checks.tuning import has_steady_clips, tuning
from training.data.dataset import decode_control

__all__ = ["Finding", "Report", "check_dataset", "set_stem"]

PITCH_LAG, LEVEL_LAG = 16.0, 64.0
"""Samples of lag that need no remark: what a synth's own blocks cost, and what the coarser estimate can tell."""
CENTS = 2.0


def set_stem(path: Path) -> Path:
    """The set that a file belongs to: its path without suffix, and without `_repeat`."""
    for ending in (".npz", ".flac", "_repeat"):
        path = path.with_name(path.name.removesuffix(ending) or path.name)
    return path


def check_dataset(path: Path) -> Report:
    """Check a set, NAME.npz and NAME.flac, and NAME_repeat if it is there.

    Args:
        path: the set without suffix, or any of its files.
    """
    stem = set_stem(path)
    facts: dict[str, Any] = {}
    findings = [*_check_set(stem, facts), *_check_repeats(stem)]
    return Report(str(stem), ordered(findings), facts)


def _check_set(stem: Path, facts: dict[str, Any]) -> Iterator[Finding]:
    try:
        fields = read_fields(stem.with_name(stem.name + ".npz"))
    except SystoleError as reason:
        yield error("file", str(reason), "NAME.npz and NAME.flac side by side")
        return
    shapes = list(check_fields(fields, RULES))
    yield from shapes
    if any(each.severity == "error" for each in shapes):
        return
    if not fields["ctl_delta"].size:
        yield error("ctl_delta", f"empty, {list(fields['ctl_delta'].shape)}", "at least one clip, row and column")
        return
    yield from check_values(fields)
    part, length = fields["part"].astype(str), int(fields["clip_samples"])
    columns = [str(each) for each in fields["columns"]]
    facts |= {"clips": len(part), "seconds": round(len(part) * length / RATE, 1), "parts": dict(Counter(part.tolist()))}
    facts["columns"] = columns
    if (fields["scale"] <= 0).any():
        return
    control = decode_control(fields["ctl_delta"], fields["scale"])
    yield from check_control(control, columns, part)
    yield from _check_sound(stem.with_name(stem.name + ".flac"), control, length, facts)


def _check_sound(path: Path, control: NDArray[np.float64], length: int, facts: dict[str, Any]) -> Iterator[Finding]:
    header = list(check_header(path, len(control), length))
    yield from header
    if any(each.severity == "error" for each in header):
        return
    audio = read_audio(path, len(control), length)
    yield from check_audio(audio)
    if np.isfinite(audio).all() and (control.shape[1] - 1) * HOP == length:
        yield from _check_lag(control, audio, facts)
        yield from _check_tuning(control, audio, facts)


def _check_lag(control: NDArray[np.float64], audio: NDArray[np.float32], facts: dict[str, Any]) -> Iterator[Finding]:
    by_pitch = pitch_lag(control[:, :, 0], audio)
    if by_pitch:
        samples, limit, source = by_pitch.samples, PITCH_LAG, "pitch"
        doubt = 2 * by_pitch.error
    else:
        by_level = level_lag(control, audio)
        if by_level is None:
            if len(moving_clips(control, audio)) >= LEAST_CLIPS:
                allowed = "sound that follows its controls within 100 ms"
                yield warning("time shift", "no lag between controls and sound stands out", allowed)
            return
        samples, limit, source, doubt = by_level, LEVEL_LAG, "levels", 0.0
    facts |= {"lag_samples": round(samples, 1) + 0.0, "lag_from": source}
    if abs(samples) - doubt > limit:
        found = (
            f"the sound's {source} come {abs(samples):.0f} samples {'after' if samples > 0 else 'before'} the controls"
        )
        yield warning("time shift", found, f"within +-{limit:g} samples; move the audio by {-samples:.0f}")


def _check_tuning(control: NDArray[np.float64], audio: NDArray[np.float32], facts: dict[str, Any]) -> Iterator[Finding]:
    note = control[:, :, 0]
    found = tuning(note, audio)
    if found is None:
        if has_steady_clips(note, audio):
            yield warning(
                "tuning", "no pitch near the notes stands out", "a pitched sound at its note; else ignore this"
            )
        return
    facts["tuning_cents"] = round(found.cents, 2) + 0.0
    if abs(found.cents) - 2 * found.error > CENTS:
        words = f"{found.cents:+.1f} cents" if abs(found.cents) < 90 else f"{found.cents / 100:+.2f} semitones"
        yield warning("tuning", f"the sound is {words} from its notes", f"within +-{CENTS:g} cents; note 69 = 440 Hz")


def _check_repeats(stem: Path) -> Iterator[Finding]:
    path = stem.with_name(stem.name + "_repeat.npz")
    if not path.exists():
        return
    try:
        fields = read_fields(path)
        base: Fields = read_fields(stem.with_name(stem.name + ".npz"))
    except SystoleError as reason:
        yield error("repeat", str(reason), "NAME_repeat.npz beside NAME.npz")
        return
    findings = list(check_fields(fields, REPEAT_RULES))
    if not findings:
        findings += check_rate(fields)
        findings += _check_repeated(fields, base)
        findings += check_header(path.with_suffix(".flac"), len(fields["clip"]), int(fields["clip_samples"]))
    for each in findings:
        yield Finding(each.severity, f"repeat: {each.field}", each.found, each.allowed, each.clips)


def _check_repeated(fields: Fields, base: Fields) -> Iterator[Finding]:
    if "part" not in base or "clip_samples" not in base:
        return
    part, clip = base["part"].astype(str), fields["clip"].astype(np.int64)
    outside = (clip < 0) | (clip >= len(part))
    if outside.any():
        yield error("clip", f"{clip[outside][0]}", f"0 to {len(part) - 1}, clips of the set", np.flatnonzero(outside))
    trained = clip[~outside][~np.char.startswith(part[clip[~outside]], "val_")]
    if len(trained):
        yield warning("clip", "repeats of trained clips, which nothing reads", "held-out clips", trained)
    if int(fields["clip_samples"]) != int(base["clip_samples"]):
        yield error("clip_samples", str(int(fields["clip_samples"])), f"{int(base['clip_samples'])}, as the set's")

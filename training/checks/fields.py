"""Is the .npz of a data set what the format says: names, types, shapes, rate, parts? See docs/training.md, "Data"."""

import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from accel.errors import SystoleError
from accel.formats import HOP, RATE
from training.checks.findings import Finding, error, warning

Fields = dict[str, NDArray]

PARTS = ("static", "moving", "val_static", "val_moving")
LEAST_SAMPLES = 6144
"""A clip must hold the longest window of the metrics after what they leave out: 4096 + 2048."""


@dataclass(frozen=True)
class Rule:
    """What an array must be.

    Attributes:
        kind: what it holds, of KINDS.
        shape: letters that stand for the same length throughout: N clips, R rows, C columns.
    """

    kind: str
    shape: str
    required: bool = False

    @property
    def words(self) -> str:
        """The rule for reading."""
        return f"{self.kind} [{', '.join(self.shape)}]" if self.shape else f"one {self.kind}"

    def admits(self, dtype: np.dtype) -> bool:
        """Whether an array may have that type."""
        return dtype == np.uint16 if self.kind == "uint16" else dtype.kind in KINDS[self.kind]


KINDS = {"uint16": "u", "integer": "iu", "number": "fiu", "float": "f", "text": "U"}
"""What an array may hold -> NumPy's kinds of it."""

RULES = {
    "ctl_delta": Rule("uint16", "NRC", required=True),
    "columns": Rule("text", "C", required=True),
    "scale": Rule("number", "C", required=True),
    "part": Rule("text", "N", required=True),
    "clip_samples": Rule("integer", "", required=True),
    "rate": Rule("integer", "", required=True),
    "hop": Rule("integer", ""),
    "phase_before_warmup": Rule("float", "N"),
    "warm_blocks": Rule("integer", "N"),
    "rms": Rule("float", "N"),
    "peak": Rule("number", "N"),
    "seed": Rule("integer", "N"),
    "engine": Rule("text", ""),
    "engine_index": Rule("integer", ""),
}
REPEAT_RULES = {
    "clip": Rule("integer", "N", required=True),
    "clip_samples": Rule("integer", "", required=True),
    "rate": Rule("integer", "", required=True),
}


def read_fields(path: Path) -> Fields:
    """All arrays of an .npz.

    Raises:
        SystoleError: missing, no .npz, or with pickled objects inside.
    """
    try:
        with np.load(path, allow_pickle=False) as archive:
            return {key: archive[key] for key in archive.files}
    except (OSError, ValueError, EOFError, AttributeError, zipfile.BadZipFile) as reason:
        raise SystoleError(f"{path}: not a readable .npz: {reason}") from reason


def check_fields(fields: Fields, rules: dict[str, Rule]) -> Iterator[Finding]:
    """Names, types and shapes against the rules."""
    lengths: dict[str, int] = {}
    for name, rule in rules.items():
        if name not in fields:
            if rule.required:
                yield error(name, "is missing", rule.words)
            continue
        array = fields[name]
        if not rule.admits(array.dtype) or array.ndim != len(rule.shape):
            yield error(name, f"{array.dtype} {list(array.shape)}", rule.words)
            continue
        for letter, length in zip(rule.shape, array.shape, strict=True):
            if lengths.setdefault(letter, length) != length:
                yield error(name, f"{letter} is {length}", f"{letter} = {lengths[letter]}, as in the fields before it")
        if array.dtype.kind == "f" and not np.isfinite(array).all():
            clips = np.flatnonzero(~np.isfinite(array)) if rule.shape == "N" else ()
            yield error(name, "values that are not finite (NaN or infinite)", "finite numbers", clips)
    for name in sorted(fields.keys() - rules.keys()):
        yield warning(name, "unknown field, which nothing reads; misspelt?", ", ".join(rules))


def check_values(fields: Fields) -> Iterator[Finding]:
    """Scalars, names and parts of a set whose fields have the right types and shapes."""
    yield from check_rate(fields)
    if int(fields.get("hop", HOP)) != HOP:
        yield error("hop", str(int(fields["hop"])), f"{HOP} samples per control row")
    samples, rows = int(fields["clip_samples"]), fields["ctl_delta"].shape[1]
    if samples < LEAST_SAMPLES or samples % HOP:
        yield error("clip_samples", str(samples), f"a multiple of {HOP}, at least {LEAST_SAMPLES}")
    if (rows - 1) * HOP != samples:
        yield error(
            "ctl_delta", f"{rows} rows for {samples} samples", f"{samples // HOP + 1}: one per {HOP}, and the end"
        )
    columns = [str(each) for each in fields["columns"]]
    if not columns or columns[0] != "note":
        yield error("columns", ", ".join(columns) or "none", "note first, then the knobs")
    if len(set(columns)) < len(columns) or not all(columns):
        yield error("columns", ", ".join(columns), "each knob named, once")
    if not (fields["scale"] > 0).all():
        yield error("scale", str(fields["scale"].tolist()), "above 0")
    yield from _check_parts(fields["part"].astype(str))
    yield from _check_phase(fields)


def check_rate(fields: Fields) -> Iterator[Finding]:
    """The sample rate that the .npz states."""
    if int(fields["rate"]) != RATE:
        yield error("rate", f"{int(fields['rate'])} Hz", f"{RATE} Hz")


def _check_parts(part: NDArray) -> Iterator[Finding]:
    unknown = np.flatnonzero(~np.isin(part, PARTS))
    if len(unknown):
        names = ", ".join(sorted(set(part[unknown])))
        yield error("part", f"{names}: no known part, so these clips are never used", ", ".join(PARTS), unknown)
    for held_out, least, few in ((False, 40, "a model learns little"), (True, 8, "figures say little")):
        count = int(np.isin(part, PARTS[2:] if held_out else PARTS[:2]).sum())
        what = "held-out clips (val_static, val_moving)" if held_out else "clips to train on (static, moving)"
        if count == 0:
            yield error("part", f"no {what}", "at least one")
        elif count < least:
            yield warning("part", f"{count} {what}: {few}", f"{least} or more")
    for kind, loss in (("moving", "answers to moving knobs"), ("static", "pitch and harmonics")):
        if not np.isin(part, [kind, f"val_{kind}"]).any():
            yield warning("part", f"no {kind} clips: {loss} cannot be measured", f"some {kind}, some val_{kind}")


def _check_phase(fields: Fields) -> Iterator[Finding]:
    if "warm_blocks" in fields:
        below = np.flatnonzero(fields["warm_blocks"] < 0)
        if len(below):
            yield error("warm_blocks", f"{int(fields['warm_blocks'].min())}", "0 or more", below)
    if "phase_before_warmup" in fields:
        outside = np.flatnonzero(np.abs(fields["phase_before_warmup"]) > 1)
        if len(outside):
            yield warning("phase_before_warmup", "beyond one cycle: in radians or degrees?", "cycles, 0..1", outside)

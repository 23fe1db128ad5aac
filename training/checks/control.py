"""Are a data set's controls in range, spread over it, true to their parts, and kept apart from the held-out ones?"""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from training.checks.findings import Finding, error, warning

Array = NDArray[np.float64]

NOTES = (0.0, 127.0)
LEAST_NOTES = 24.0
"""Semitones that a set should span: a model does not carry on beyond what it was shown."""
KNOB_ENDS = 0.05
WIDEST_GAP = {"note": 9.0, "knob": 0.2}
"""Widest stretch of a column between the clips' values that needs no remark, in semitones and of a knob's travel."""
NEAR = 1e-3
"""Held-out controls this close to trained ones, in knob travel (or 6 cents), are not held out."""


def check_control(control: Array, columns: list[str], part: NDArray) -> Iterator[Finding]:
    """Findings of decoded control rows [N, R, C]; part [N]."""
    yield from _check_range(control, columns)
    yield from _check_movement(control, part)
    trained, held_out = (np.flatnonzero(np.isin(part, each)) for each in (_TRAINED, _HELD_OUT))
    if len(trained):
        yield from _check_coverage(control, columns, trained, held_out)
        yield from _check_overlap(control, trained, held_out)


_TRAINED, _HELD_OUT = ("static", "moving"), ("val_static", "val_moving")


def _check_range(control: Array, columns: list[str]) -> Iterator[Finding]:
    for index, name in enumerate(columns):
        low, high = NOTES if index == 0 else (0.0, 1.0)
        values = control[:, :, index]
        outside = np.flatnonzero(((values < low) | (values > high) | ~np.isfinite(values)).any(1))
        if len(outside):
            unit = "MIDI semitones" if index == 0 else "of its travel"
            found = f"{np.nanmin(values):.4g} to {np.nanmax(values):.4g}"
            yield error(name, found, f"{low:g} to {high:g} {unit}", outside)


def _check_movement(control: Array, part: NDArray) -> Iterator[Finding]:
    still = np.ptp(control, axis=1).max(1) < 1e-9
    moving = np.char.endswith(part.astype(str), "moving")
    static = np.char.endswith(part.astype(str), "static")
    if (static & ~still).any():
        yield warning("part", "static clips whose controls move", "constant rows", np.flatnonzero(static & ~still))
    if (moving & still).any():
        yield warning("part", "moving clips whose controls rest", "rows that move", np.flatnonzero(moving & still))


def _check_coverage(
    control: Array, columns: list[str], trained: NDArray[np.int64], held_out: NDArray[np.int64]
) -> Iterator[Finding]:
    for index, name in enumerate(columns):
        values = control[trained, :, index]
        low, high = float(values.min()), float(values.max())
        if index == 0 and high - low < LEAST_NOTES:
            yield warning(name, f"covers {low:.4g} to {high:.4g}", f"{LEAST_NOTES:g} semitones or more")
        if index and (low > KNOB_ENDS or high < 1 - KNOB_ENDS):
            yield warning(name, f"covers {low:.3g} to {high:.3g}", f"{KNOB_ENDS:g} to {1 - KNOB_ENDS:g} at least")
        levels = np.unique(values)
        gaps = np.diff(levels)
        widest = WIDEST_GAP["knob" if index else "note"]
        if len(gaps) and gaps.max() > widest:
            at = int(np.argmax(gaps))
            yield warning(name, f"nothing between {levels[at]:.4g} and {levels[at + 1]:.4g}", f"gaps up to {widest:g}")
        beyond = control[held_out, :, index]
        slack = 1.0 if index == 0 else KNOB_ENDS
        outside = held_out[((beyond < low - slack) | (beyond > high + slack)).any(1)]
        if len(outside):
            yield warning(name, "held-out clips beyond what is trained", f"{low:.4g} to {high:.4g}", outside)


def _check_overlap(control: Array, trained: NDArray[np.int64], held_out: NDArray[np.int64]) -> Iterator[Finding]:
    """Held-out controls that training has seen: figures measured on them would flatter."""
    if not len(held_out):
        return
    scale = np.concatenate([[60.0], np.ones(control.shape[2] - 1)])
    steps = np.linspace(0, control.shape[1] - 1, 24).astype(int)
    points = (control[:, steps] / scale).reshape(len(control), -1)
    points = np.where(np.isfinite(points), points, -1e6)
    distance, nearest = cKDTree(points[trained]).query(points[held_out], p=np.inf)
    twins = trained[nearest]
    equal = (control[held_out] == control[twins]).all((1, 2))
    if equal.any():
        pairs = ", ".join(f"{a} = {b}" for a, b in zip(held_out[equal][:3], twins[equal][:3], strict=True))
        allowed = "held-out clips that training never sees"
        yield error("part", f"held-out clips with a trained clip's controls ({pairs})", allowed, held_out[equal])
    near = (distance < NEAR) & ~equal
    if near.any():
        yield warning("part", "held-out clips next to a trained one", f"{NEAR:g} of a knob away", held_out[near])

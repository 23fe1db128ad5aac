"""What a model must beat: the nearest training clip, and wavetables of a given memory cut from the training clips.

`python -m training.baselines DATASET [--kilobytes 24 720] [--write FILE]`. Both answer control voltages without
learning anything: the first says how far apart neighbouring clips are, the second what the same memory buys in the
classic way. A wave holds the magnitudes of its harmonics; the log-spectral distance hears little else. FILE, JSON,
keeps the figures of several sets for docs/models.md.
"""

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from accel.atomic import atomic_path
from accel.errors import SystoleError
from training.data.dataset import C4_HZ, HOP, RATE, Dataset, load_dataset
from training.measure.clip_figures import ClipFigures, measure
from training.measure.evaluation import VALIDATION, evaluate
from training.measure.summaries import summary
from training.model.playing import Render

__all__ = ["Wavetable", "cut_wavetable", "main", "nearest_clips"]

Floats = NDArray[np.float64]
WINDOW = 2048
"""Samples around a control row from which its wave is cut."""
HARMONICS = 128
"""A wave of 256 int8 samples holds as many."""
BYTES = 2 * HARMONICS
HIGHEST_HZ = 20_000.0
NOTE_SPAN = 72.0
"""Semitones that count as much as a knob's whole travel."""
NEIGHBOURS = 4
SHOWN = ("lsd_db", "lsd_static_db", "lsd_moving_db")


def _position(control: Floats) -> Floats:
    """Control rows [..., 1+knobs] on one scale: whole travel = 1."""
    return np.concatenate([control[..., :1] / NOTE_SPAN, control[..., 1:]], -1)


def nearest_clips(train: Dataset, held_out: Dataset) -> list[ClipFigures]:
    """Figures of the training clip whose control rows are nearest (rms over rows), in place of every held-out clip."""
    known = _position(train.control)
    found = []
    for row, control in enumerate(_position(held_out.control)):
        nearest = int(np.argmin(np.square(known - control).mean((1, 2))))
        found.append(measure(train.audio[nearest], held_out, row))
    return found


@dataclass(frozen=True)
class Wavetable:
    """Waves at points of the control space.

    Attributes:
        points: [W, 1+knobs], see `_position`.
        magnitudes: [W, HARMONICS] of the harmonics 1, 2, ...
    """

    points: Floats
    magnitudes: Floats

    def __call__(self, rows: Floats, phase: float) -> NDArray[np.float32]:
        """Play control rows [R, 1+knobs]: the nearest waves by inverse distance, linear between rows."""
        wanted = _position(rows)
        distance = np.linalg.norm(wanted[:, None] - self.points, axis=2)
        near = np.argsort(distance, 1)[:, :NEIGHBOURS]
        weight = 1 / (np.take_along_axis(distance, near, 1) + 1e-6) ** 2
        levels = np.einsum("rn,rnh->rh", weight / weight.sum(1, keepdims=True), self.magnitudes[near])
        hertz = C4_HZ * np.exp2((rows[:, 0] - 60) / 12)
        levels = levels * (hertz[:, None] * np.arange(1, HARMONICS + 1) < HIGHEST_HZ)
        at = np.arange((len(rows) - 1) * HOP) / HOP
        step = np.interp(at, np.arange(len(rows)), hertz) / RATE
        turns = 2 * np.pi * (phase + np.cumsum(step) - step)
        out = np.zeros(len(at))
        for k in range(HARMONICS):
            if levels[:, k].any():
                out += np.interp(at, np.arange(len(rows)), levels[:, k]) * np.sin((k + 1) * turns)
        return out.astype(np.float32)


def cut_wavetable(train: Dataset, kilobytes: float, seed: int = 1) -> Wavetable:
    """A table of as many waves as fit: from every steady clip, then from random moments of moving ones.

    Args:
        kilobytes: memory for waves of BYTES each; where they stand in the control space is not counted.
    """
    rng = np.random.default_rng(seed)
    waves = int(kilobytes * 1000 / BYTES)
    middle, margin = train.control.shape[1] // 2, -(-WINDOW // HOP)
    steady = [(clip, middle) for clip, part in enumerate(train.part) if "static" in part]
    moving = np.array([clip for clip, part in enumerate(train.part) if "moving" in part])
    picked = [steady[i] for i in rng.permutation(len(steady))[:waves]]
    while len(picked) < waves and len(moving):
        row = int(rng.integers(margin, train.control.shape[1] - margin))
        picked.append((int(rng.choice(moving)), row))
    clips, rows = np.array(picked).T
    magnitudes = np.stack([_harmonics(train, *each) for each in picked])
    return Wavetable(_position(train.control[clips, rows]), magnitudes)


def _harmonics(train: Dataset, clip: int, row: int) -> Floats:
    """Magnitudes of the harmonics around one control row, by least squares at the pitch of that moment."""
    first = row * HOP - WINDOW // 2
    sound = train.audio[clip, first : first + WINDOW].astype(np.float64)
    at = np.arange(first, first + WINDOW) / HOP
    note = np.interp(at, np.arange(train.control.shape[1]), train.control[clip, :, 0])
    hertz = C4_HZ * np.exp2((note - 60) / 12)
    count = int(np.clip(HIGHEST_HZ / hertz.max(), 1, min(HARMONICS, WINDOW * hertz.min() / RATE * 2)))
    angle = 2 * np.pi * np.cumsum(hertz / RATE)[:, None] * np.arange(1, count + 1)
    window = np.hanning(WINDOW)[:, None]
    basis = np.concatenate([np.sin(angle), np.cos(angle)], 1) * window
    ridge = 1e-6 * WINDOW * np.eye(2 * count)
    both = np.linalg.solve(basis.T @ basis + ridge, basis.T @ (sound * window[:, 0]))
    found = np.zeros(HARMONICS)
    found[:count] = np.hypot(both[:count], both[count:])
    return found


def main(arguments: Sequence[str] | None = None) -> int:
    """Command line; returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m training.baselines", description="What a model must beat.")
    parser.add_argument("dataset", type=Path, help="data set without suffix, as in DIR/va/va")
    parser.add_argument("--kilobytes", type=float, nargs="*", default=[24.0, 720.0], help="memory of the wavetables")
    parser.add_argument("--write", type=Path, help="JSON file to put the figures into, beside other sets'")
    options = parser.parse_args(arguments)
    try:
        train, held_out = (load_dataset(options.dataset, parts) for parts in (("static", "moving"), VALIDATION))
        found = {"nearest clip": _figures("nearest clip", nearest_clips(train, held_out))}
        for size in options.kilobytes:
            table: Render = cut_wavetable(train, size)
            name = f"wavetable, {size:g} kB"
            found[name] = _figures(name, evaluate(table, held_out))
        if options.write:
            _write(options.write, f"{options.dataset.parent.name}/{options.dataset.name}", found)
    except (SystoleError, OSError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    return 0


def _figures(name: str, figures: list[ClipFigures]) -> dict[str, float]:
    """Of all, steady and moving clips, in dB; they are shown, too."""
    found = {key: round(value, 2) for key, value in summary(figures).items() if key in SHOWN}
    print(
        f"{name}: LSD {' / '.join(f'{value:.2f}' for value in found.values())} dB (all / static / moving)", flush=True
    )
    return found


def _write(path: Path, dataset: str, found: dict[str, dict[str, float]]) -> None:
    try:
        document = json.loads(path.read_text()) if path.exists() else {}
        document[dataset] = found
    except (ValueError, TypeError) as error:
        raise SystoleError(f"{path}: not figures of baselines: {error}") from None
    with atomic_path(path) as temporary:
        temporary.write_text(json.dumps(document, indent=1, sort_keys=True) + "\n")


if __name__ == "__main__":
    sys.exit(main())

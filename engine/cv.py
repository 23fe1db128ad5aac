"""Control voltages from files: what a module would see at its jacks, as rows at 750 Hz.

Row k belongs to sample 64 k at 48 kHz; between rows everything is linear. N rows make 64 (N - 1) samples.

- CSV: a header row of column names, then numbers.
- NPZ: `columns` (names) and `controls` (float [N, C]).
- WAV: one channel per voltage, full scale +-8.192 V, any rate; the channel map names them. Audio rate is
  reduced by the mean over 1/750 s around each row's nearest sample, which keeps slow voltages and averages ripple
  away; `gate` takes the nearest sample alone, so that its edges stay edges.

Messages count data rows from 1 (`row 1` stands below a CSV's header) and name a CSV's line too.

Columns: `note` (MIDI semitones, fractions allowed) or `volts` (V/oct, 0 V = C4), optional `gate` (0..1; in a WAV volts,
high above 2.5 V), optional `level` (0..1; WAV 0..5 V), and the model's knobs by id (0..1; WAV 0..5 V).
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from accel.errors import SystoleError
from accel.formats import FULL_SCALE_VOLTS, HOP, knob_counts, midi_to_volts
from engine.cv_files import PITCHES, Columns, csv_line, read_csv, read_npz
from engine.cv_wav import read_wav
from engine.text import plain

__all__ = ["CvTake", "load_cv"]


@dataclass(frozen=True)
class CvTake:
    """Controls of one voice.

    Attributes:
        volts: float64 [N], V/oct, 0 V = C4, within +-8.192.
        knobs: column name -> float64 [N], 0..1; checked against a model by `check_knobs`.
        gate: bool [N] or None; level: float64 [N] in 0..1 or None.
        where: name for messages.
    """

    volts: NDArray[np.float64]
    knobs: Mapping[str, NDArray[np.float64]]
    gate: NDArray[np.bool_] | None
    level: NDArray[np.float64] | None
    where: str

    @property
    def rows(self) -> int:
        """Number of rows N."""
        return len(self.volts)

    @property
    def samples(self) -> int:
        """Samples at 48 kHz that the rows span."""
        return HOP * (self.rows - 1)

    def check_knobs(self, ids: Sequence[str]) -> None:
        """Raise SystoleError unless every knob column is a knob of the model."""
        for name in self.knobs:
            if name not in ids:
                allowed = ", ".join((*PITCHES, "gate", "level", *ids))
                raise SystoleError(f"{self.where}: unknown column {name!r}; allowed: {allowed}")

    def knob_counts(self, ids: Sequence[str], defaults: Sequence[float]) -> NDArray[np.int16]:
        """Knobs as control voltages, int16 [N, len(ids)]; a knob without a column stands at its default.

        A model may have a knob called `level`: it then takes that column.
        """
        self.check_knobs(ids)
        columns = dict(self.knobs) if self.level is None else {"level": self.level, **self.knobs}
        counts = np.empty((self.rows, len(ids)), np.int16)
        for index, (id_, default) in enumerate(zip(ids, defaults, strict=True)):
            counts[:, index] = knob_counts(columns.get(id_, default))
        return counts


def _check_range(where: str, name: str, values: NDArray[np.float64], line: Callable[[int], int] | None) -> None:
    top = FULL_SCALE_VOLTS
    low, high = {"note": (60 - 12 * top, 60 + 12 * top), "volts": (-top, top)}.get(name, (0.0, 1.0))
    bad = ~((values >= low) & (values <= high))  # not a number is bad too
    if np.any(bad):
        row = int(np.argmax(bad)) + 1
        place = f"row {row}" if line is None else f"row {row} (line {line(row)})"
        raise SystoleError(f"{where}: column {name!r}, {place}: {values[row - 1]:g}; allowed: {low:g} to {high:g}")


def _take(where: str, columns: Columns, line: Callable[[int], int] | None) -> CvTake:
    """The take of checked columns; `line` tells the line of the file of a data row, counted from 1."""
    for name, values in columns.items():
        _check_range(where, name, values, line)
    volts = columns.pop("volts") if "volts" in columns else midi_to_volts(columns.pop("note"))
    gate, level = columns.pop("gate", None), columns.pop("level", None)
    return CvTake(volts, columns, None if gate is None else gate > 0.5, level, where)


def load_cv(path: str | os.PathLike[str], channel_map: Mapping[str, int] | None = None) -> CvTake:
    """Read control voltages from a .csv, .npz or .wav file.

    Args:
        channel_map: for a WAV: column name -> channel, counted from 0.

    Raises:
        SystoleError: one line naming the file, the column and what is allowed.
    """
    file = Path(path)
    kind, line = file.suffix.lower(), None
    if kind == ".csv":
        columns, line = read_csv(file), partial(csv_line, file)
    elif kind == ".npz":
        columns = read_npz(file)
    elif kind in (".wav", ".flac", ".w64"):
        columns = read_wav(file, channel_map)
    else:
        raise SystoleError(f"{plain(file)}: unknown kind of control voltages; allowed: .csv, .npz, .wav")
    return _take(plain(file), columns, line)

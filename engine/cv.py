"""Control voltages from files: what a module would see at its jacks, as rows at 750 Hz.

Row k belongs to sample 64 k at 48 kHz; between rows everything is linear. N rows make 64 (N - 1) samples.

- CSV: a header row of column names, then numbers.
- NPZ: `columns` (names) and `controls` (float [N, C]).
- WAV: one channel per voltage, full scale +-8.192 V, any rate; the channel map names them. Audio rate is
  reduced by the mean over 1/750 s around each row's nearest sample, which keeps slow voltages and averages ripple
  away; `gate` takes the nearest sample alone, so that its edges stay edges.

Columns: `note` (MIDI semitones, fractions allowed) or `volts` (V/oct, 0 V = C4), optional `gate` (0..1; in a WAV volts,
high above 2.5 V), optional `level` (0..1; WAV 0..5 V), and the model's knobs by id (0..1; WAV 0..5 V).
"""

from __future__ import annotations

import csv
import io
import os
import re
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from accel.errors import SystoleError
from accel.formats import FULL_SCALE_VOLTS, GATE_THRESHOLD_VOLTS, HOP, KNOB_VOLTS, RATE, midi_to_volts

__all__ = ["CvTake", "load_cv"]

ROW_RATE = RATE // HOP
MAX_ROWS = ROW_RATE * 24 * 3600
PITCHES = ("note", "volts")
SLACK = 0.002
"""How far a WAV's voltage may pass the end of a range (converter noise) before it is an error, of 0..1."""


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

    def knob_rows(self, ids: Sequence[str], defaults: Sequence[float]) -> NDArray[np.float64]:
        """Knob positions float64 [N, len(ids)]; a knob without a column stands at its default.

        A model may have a knob called `level`: it then takes that column.
        """
        self.check_knobs(ids)
        columns = dict(self.knobs) if self.level is None else {"level": self.level, **self.knobs}
        full = [columns.get(id_, np.full(self.rows, value)) for id_, value in zip(ids, defaults, strict=True)]
        return np.stack(full, axis=1) if full else np.zeros((self.rows, 0))


def _open(path: Path) -> bytes:
    try:
        data = path.read_bytes()
    except OSError as error:
        raise SystoleError(f"{path}: cannot be read: {error.strerror or error}") from None
    if not data:
        raise SystoleError(f"{path}: the file is empty (0 bytes)")
    return data


def _read_csv(path: Path) -> tuple[list[str], NDArray[np.float64]]:
    try:
        text = _open(path).decode("utf-8-sig")
        lines = [line for line in csv.reader(io.StringIO(text)) if any(cell.strip() for cell in line)]
    except (UnicodeDecodeError, csv.Error) as error:
        raise SystoleError(f"{path}: not a CSV text file: {error}") from None
    if not lines:
        raise SystoleError(f"{path}: the file is empty")
    names = [name.strip() for name in lines[0]]
    table = np.zeros((len(lines) - 1, len(names)))
    for number, line in enumerate(lines[1:]):
        if len(line) != len(names):
            raise SystoleError(f"{path}: row {number + 1} has {len(line)} values; the header names {len(names)}")
        try:
            table[number] = [float(cell) for cell in line]
        except ValueError as error:
            raise SystoleError(f"{path}: row {number + 1}: {error}") from None
    return names, table


def _read_npz(path: Path) -> tuple[list[str], NDArray[np.float64]]:
    _open(path)
    try:
        stored = np.load(path, allow_pickle=False)
        if not {"columns", "controls"} <= set(getattr(stored, "files", ())):
            raise SystoleError(f"{path}: needed: arrays `columns` (names) and `controls` [N, C]")
        with stored:
            columns, controls = stored["columns"], stored["controls"]
    except (OSError, ValueError, EOFError, KeyError, zipfile.BadZipFile, NotImplementedError) as error:
        reason = " ".join(str(error).split()) or type(error).__name__
        raise SystoleError(f"{path}: not a readable NPZ file: {reason}") from None
    if columns.ndim != 1 or columns.dtype.kind not in "US":
        raise SystoleError(f"{path}: `columns` must be a list of names")
    if controls.ndim != 2 or controls.dtype.kind not in "fiu" or controls.shape[1] != len(columns):
        found = f"{controls.dtype} {list(controls.shape)}"
        raise SystoleError(f"{path}: `controls` is {found}; needed: float [N, {len(columns)}]")
    names = [name.decode("latin-1") if isinstance(name, bytes) else str(name) for name in columns.tolist()]
    return names, controls.astype(np.float64)


def _rows_of_wav(signal: NDArray[np.float64], rate: int, is_gate: bool) -> NDArray[np.float64]:
    """One channel at `rate` to rows at 750 Hz: mean around each row's sample, or that sample alone for a gate."""
    count = int((len(signal) - 1) * ROW_RATE / rate) + 1
    middle = np.minimum(np.rint(np.arange(count) * rate / ROW_RATE).astype(np.int64), len(signal) - 1)
    if is_gate:
        return signal[middle]
    # The same reach to both sides, shorter at the ends, so that a ramp keeps its value.
    reach = np.minimum(np.minimum(middle, len(signal) - 1 - middle), int(rate / ROW_RATE / 2))
    total = np.concatenate([[0.0], np.cumsum(signal)])
    return (total[middle + reach + 1] - total[middle - reach]) / (2 * reach + 1)


def _read_wav(path: Path, channel_map: Mapping[str, int] | None) -> tuple[list[str], NDArray[np.float64]]:
    import soundfile

    _open(path)
    try:
        signal, rate = soundfile.read(str(path), dtype="float64", always_2d=True)
    except (soundfile.SoundFileError, RuntimeError, ValueError, TypeError) as error:
        reason = " ".join(str(error).split())
        raise SystoleError(f"{path}: not a readable WAV file: {reason}") from None
    if not channel_map:
        raise SystoleError(f"{path}: a WAV of control voltages needs a channel map, such as volts=0,gate=1")
    if len(signal) == 0 or rate < ROW_RATE:
        raise SystoleError(f"{path}: {len(signal)} samples at {rate} Hz; needed: at least {ROW_RATE} Hz and 2 rows")
    columns = []
    for name, channel in channel_map.items():
        if not 0 <= channel < signal.shape[1]:
            raise SystoleError(f"{path}: channel {channel} for {name!r}; the file has 0 to {signal.shape[1] - 1}")
        if not np.all(np.isfinite(signal[:, channel])):
            raise SystoleError(f"{path}: channel {channel} ({name}) holds a value that is not a number")
        columns.append(_in_units(name, _rows_of_wav(signal[:, channel], rate, name == "gate") * FULL_SCALE_VOLTS))
    return list(channel_map), np.stack(columns, axis=1)


def _in_units(name: str, volts: NDArray[np.float64]) -> NDArray[np.float64]:
    """A column of a WAV, in volts, in the units of the other file kinds."""
    if name == "note":
        return volts * 12 + 60
    if name == "volts":
        return volts
    if name == "gate":
        return (volts > GATE_THRESHOLD_VOLTS).astype(np.float64)
    unit = volts / KNOB_VOLTS
    near = (unit > -SLACK) & (unit < 1 + SLACK)
    return np.where(near, np.clip(unit, 0.0, 1.0), unit)


def _check_names(where: str, names: Sequence[str]) -> None:
    for name in names:
        if not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_.-]*", name):
            raise SystoleError(f"{where}: {name!r} is not a column name")
        if names.count(name) > 1:
            raise SystoleError(f"{where}: column {name!r} appears twice")
    if not set(names) & set(PITCHES):
        raise SystoleError(f"{where}: no pitch; needed: a column `note` or `volts`")
    if set(names) >= set(PITCHES):
        raise SystoleError(f"{where}: both `note` and `volts`; needed: one of them")


def _check_range(where: str, name: str, values: NDArray[np.float64], low: float, high: float) -> None:
    bad = ~((values >= low) & (values <= high))
    if np.any(bad):
        row = int(np.argmax(bad))
        raise SystoleError(f"{where}: column {name!r}, row {row}: {values[row]:g}; allowed: {low:g} to {high:g}")


def _take(where: str, names: list[str], table: NDArray[np.float64]) -> CvTake:
    _check_names(where, names)
    if not 2 <= len(table) <= MAX_ROWS:
        raise SystoleError(f"{where}: {len(table)} rows; allowed: 2 to {MAX_ROWS} (24 hours)")
    columns = {name: np.ascontiguousarray(table[:, index]) for index, name in enumerate(names)}
    top = FULL_SCALE_VOLTS
    for name, values in columns.items():
        low, high = {"note": (60 - 12 * top, 60 + 12 * top), "volts": (-top, top)}.get(name, (0.0, 1.0))
        _check_range(where, name, values, low, high)
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
    kind = file.suffix.lower()
    if kind == ".csv":
        names, table = _read_csv(file)
    elif kind == ".npz":
        names, table = _read_npz(file)
    elif kind in (".wav", ".flac", ".w64"):
        names, table = _read_wav(file, channel_map)
    else:
        raise SystoleError(f"{file}: unknown kind of control voltages; allowed: .csv, .npz, .wav")
    return _take(str(file), names, table)

"""Control voltages from CSV and NPZ files: columns of numbers, read a piece of the file at a time.

Memory holds the columns at row rate (8 bytes a value) and nothing else that grows with the length of the file. The
price is that a NumPy array is read by its header here and not by `numpy.load`, which also makes its claimed shape
checkable before anything is allocated.
"""

from __future__ import annotations

import csv
import lzma
import re
import zipfile
import zlib
from array import array
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from accel.errors import SystoleError
from accel.formats import HOP, RATE
from engine.text import plain

__all__ = [
    "CHUNK",
    "MAX_ROWS",
    "PITCHES",
    "ROW_RATE",
    "Columns",
    "check_file",
    "check_names",
    "check_rows",
    "csv_line",
    "read_csv",
    "read_npz",
]

ROW_RATE = RATE // HOP
MAX_ROWS = ROW_RATE * 24 * 3600
MAX_COLUMNS = 256
MAX_NAME_BYTES = 1024
PITCHES = ("note", "volts")
CHUNK = 1 << 18
"""Values read at a time."""
NPZ_NEEDS = "needed: arrays `columns` (names) and `controls` [N, C]"
_NPZ_ERRORS = (
    OSError, ValueError, EOFError, KeyError, RuntimeError, NotImplementedError, MemoryError, OverflowError,
    zipfile.BadZipFile, zlib.error, lzma.LZMAError,
)  # fmt: skip

Columns = dict[str, NDArray[np.float64]]


def check_file(path: Path) -> None:
    """Raise SystoleError unless the file can be seen and is not empty."""
    try:
        size = path.stat().st_size
    except OSError as error:
        raise SystoleError(f"{plain(path)}: cannot be read: {error.strerror or error}") from None
    if size == 0 and path.is_file():
        raise SystoleError(f"{plain(path)}: the file is empty (0 bytes)")


def check_rows(where: str, rows: int) -> None:
    """Raise SystoleError if there are too few rows for a sound, or too many for memory."""
    if not 2 <= rows <= MAX_ROWS:
        raise SystoleError(f"{where}: {rows} rows; allowed: 2 to {MAX_ROWS} (24 hours)")


def check_names(where: str, names: Sequence[str]) -> None:
    """Raise SystoleError unless the names are distinct column names with one pitch among them."""
    if len(names) > MAX_COLUMNS:
        raise SystoleError(f"{where}: {len(names)} columns; allowed: 1 to {MAX_COLUMNS}")
    for name in names:
        if not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_.-]*", name):
            raise SystoleError(f"{where}: {name!r} is not a column name")
        if names.count(name) > 1:
            raise SystoleError(f"{where}: column {name!r} appears twice")
    if not set(names) & set(PITCHES):
        raise SystoleError(f"{where}: no pitch; needed: a column `note` or `volts`")
    if set(names) >= set(PITCHES):
        raise SystoleError(f"{where}: both `note` and `volts`; needed: one of them")


def _csv_rows(path: Path) -> Iterator[tuple[int, list[str]]]:
    """Line of the file (from 1) and cells of every row that is not blank; the header comes first."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.reader(file)
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield reader.line_num, cells


def csv_line(path: Path, row: int) -> int:
    """Line of the file where data row `row` (from 1) stands; reads the file again, for a message only."""
    return next(islice(_csv_rows(path), row, None))[0]


def _csv_columns(path: Path) -> Columns:
    rows = _csv_rows(path)
    _, header = next(rows, (0, None))
    where = plain(path)
    if header is None:
        raise SystoleError(f"{where}: the file is empty")
    names = [name.strip() for name in header]
    check_names(where, names)
    columns = [array("d") for _ in names]
    number = 0
    for number, (line, cells) in enumerate(rows, 1):
        if len(cells) != len(names):
            place = f"row {number} (line {line})"
            raise SystoleError(f"{where}: {place} has {len(cells)} values; the header names {len(names)}")
        try:
            values = [float(cell) for cell in cells]
        except ValueError as error:
            raise SystoleError(f"{where}: row {number} (line {line}): {error}") from None
        for column, value in zip(columns, values, strict=True):
            column.append(value)
        if number > MAX_ROWS:
            break
    check_rows(where, number)
    return {name: np.frombuffer(column) for name, column in zip(names, columns, strict=True)}


def read_csv(path: Path) -> Columns:
    """Columns of a CSV file.

    Raises:
        SystoleError: unreadable, not CSV, a row that does not fit the header; bad names or number of rows.
    """
    check_file(path)
    try:
        return _csv_columns(path)
    except OSError as error:
        raise SystoleError(f"{plain(path)}: cannot be read: {error.strerror or error}") from None
    except (UnicodeDecodeError, csv.Error) as error:
        raise SystoleError(f"{plain(path)}: not a CSV text file: {error}") from None


def _npy_header(stream: IO[bytes]) -> tuple[tuple[int, ...], bool, np.dtype[Any]]:
    """Shape, whether in Fortran order, and type of the array that follows in the stream."""
    version = np.lib.format.read_magic(stream)
    if version not in ((1, 0), (2, 0)):
        raise ValueError(f"array format {version[0]}.{version[1]}; allowed: 1.0 and 2.0")
    read = np.lib.format.read_array_header_1_0 if version == (1, 0) else np.lib.format.read_array_header_2_0
    return read(stream)


def _items(stream: IO[bytes], dtype: np.dtype[Any], count: int) -> NDArray[Any]:
    data = stream.read(count * dtype.itemsize)
    if len(data) != count * dtype.itemsize:
        raise EOFError("an array ends early")
    return np.frombuffer(data, dtype, count)


def _npz_names(where: str, stream: IO[bytes]) -> list[str]:
    shape, _, dtype = _npy_header(stream)
    if len(shape) != 1 or dtype.kind not in "US" or dtype.itemsize > MAX_NAME_BYTES:
        raise SystoleError(f"{where}: `columns` must be a list of names")
    if not 1 <= shape[0] <= MAX_COLUMNS:
        raise SystoleError(f"{where}: {shape[0]} columns; allowed: 1 to {MAX_COLUMNS}")
    names = _items(stream, dtype, shape[0]).tolist() if dtype.itemsize else [""] * shape[0]
    return [name.decode("latin-1") if isinstance(name, bytes) else str(name) for name in names]


def _npz_controls(where: str, stream: IO[bytes], count: int) -> NDArray[np.float64]:
    """The array `controls` as float64 [C, N]: a column lies in one piece."""
    shape, is_fortran, dtype = _npy_header(stream)
    if len(shape) != 2 or dtype.kind not in "fiu" or shape[1] != count:
        found = f"{plain(dtype)} {list(shape)}"
        raise SystoleError(f"{where}: `controls` is {found}; needed: float [N, {count}]")
    rows = shape[0]
    check_rows(where, rows)
    table = np.empty((count, rows))
    if is_fortran:
        flat = table.reshape(-1)
        for at in range(0, flat.size, CHUNK):
            piece = flat[at : at + CHUNK]
            piece[:] = _items(stream, dtype, len(piece))
        return table
    step = CHUNK // count
    for at in range(0, rows, step):
        size = min(step, rows - at)
        table[:, at : at + size] = _items(stream, dtype, size * count).reshape(size, count).T
    return table


def read_npz(path: Path) -> Columns:
    """Columns of an NPZ file with `columns` (names) and `controls` [N, C].

    Raises:
        SystoleError: unreadable, damaged, arrays missing or of the wrong type or shape.
    """
    check_file(path)
    where = plain(path)
    try:
        with zipfile.ZipFile(path) as archive:
            if not {"columns.npy", "controls.npy"} <= set(archive.namelist()):
                raise SystoleError(f"{where}: {NPZ_NEEDS}")
            with archive.open("columns.npy") as stream:
                names = _npz_names(where, stream)
            check_names(where, names)
            with archive.open("controls.npy") as stream:
                table = _npz_controls(where, stream, len(names))
    except _NPZ_ERRORS as error:
        reason = plain(" ".join(str(error).split())) or type(error).__name__
        raise SystoleError(f"{where}: not a readable NPZ file: {reason}; {NPZ_NEEDS}") from None
    return dict(zip(names, table, strict=True))

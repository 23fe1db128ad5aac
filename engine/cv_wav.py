"""Control voltages from multichannel WAV files: audio rate down to rows at 750 Hz, a piece of the file at a time.

Memory holds the rows, and of the signal a piece and the reach of one row's mean.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from accel.errors import SystoleError
from accel.formats import FULL_SCALE_VOLTS, GATE_THRESHOLD_VOLTS, KNOB_VOLTS
from engine.cv_files import CHUNK, ROW_RATE, Columns, check_file, check_names, check_rows
from engine.text import plain

__all__ = ["read_wav"]

MAX_WAV_RATE = 768_000
SLACK = 0.002
"""How far a voltage may pass the end of a range (converter noise) before it is an error, of 0..1."""


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


class _Decimator:
    """Signals at `rate` to rows at 750 Hz: the mean around each row's sample, or that sample alone for a gate.

    Args:
        length: samples of the whole signal. Near its ends the mean reaches less far, equally to both sides, so that
            a ramp keeps its value.
        channels: column name -> channel of the blocks.
    """

    def __init__(self, length: int, rate: int, channels: Mapping[str, int]) -> None:
        self.length, self.rate, self.channels = length, rate, channels
        self.reach = rate // (2 * ROW_RATE)
        self.rows = int((length - 1) * ROW_RATE / rate) + 1
        self.columns = {name: np.empty(self.rows) for name in channels}
        self.row = 0
        self.start = 0  # position of held[0] in the signal
        self.held = np.zeros((0, 0))

    def push(self, block: NDArray[np.float64]) -> None:
        """Take the next samples, float64 [n, channels], and make the rows that they complete."""
        self.held = np.concatenate([self.held, block]) if len(self.held) else block
        end = self.start + len(self.held)
        until = self.rows
        if end < self.length:  # rows whose reach lies inside, a sample of rounding apart
            until = min(self.rows, max(self.row, math.floor((end - 2 - self.reach) * ROW_RATE / self.rate) + 1))
        if until > self.row:
            middle = np.rint(np.arange(self.row, until) * self.rate / ROW_RATE).astype(np.int64)
            middle = np.minimum(middle, self.length - 1)
            for name, channel in self.channels.items():
                volts = self._values(self.held[:, channel], middle, name == "gate") * FULL_SCALE_VOLTS
                self.columns[name][self.row : until] = _in_units(name, volts)
            self.row = until
        first = max(self.start, int(self.row * self.rate / ROW_RATE) - self.reach - 1)
        self.held, self.start = self.held[first - self.start :], first

    def _values(self, signal: NDArray[np.float64], middle: NDArray[np.int64], is_gate: bool) -> NDArray[np.float64]:
        place = middle - self.start
        if is_gate:
            return signal[place]
        reach = np.minimum(np.minimum(middle, self.length - 1 - middle), self.reach)
        total = np.concatenate([[0.0], np.cumsum(signal)])
        mean: NDArray[np.float64] = (total[place + reach + 1] - total[place - reach]) / (2 * reach + 1)
        return mean


def _wav_columns(where: str, file: Any, channel_map: Mapping[str, int]) -> Columns:
    """Columns of an open `soundfile.SoundFile`."""
    if file.frames == 0 or not ROW_RATE <= file.samplerate <= MAX_WAV_RATE:
        needed = f"{ROW_RATE} to {MAX_WAV_RATE} Hz and 2 rows"
        raise SystoleError(f"{where}: {file.frames} samples at {file.samplerate} Hz; needed: {needed}")
    for name, channel in channel_map.items():
        if not 0 <= channel < file.channels:
            raise SystoleError(f"{where}: channel {channel} for {name!r}; the file has 0 to {file.channels - 1}")
    check_rows(where, int((file.frames - 1) * ROW_RATE / file.samplerate) + 1)
    decimator, read = _Decimator(file.frames, file.samplerate, channel_map), 0
    for block in file.blocks(max(1, CHUNK // file.channels), dtype="float64", always_2d=True):
        for name, channel in channel_map.items():
            if not np.all(np.isfinite(block[:, channel])):
                raise SystoleError(f"{where}: channel {channel} ({name}) holds a value that is not a number")
        decimator.push(block)
        read += len(block)
    if read != file.frames:
        raise SystoleError(f"{where}: ends after {read} of {file.frames} samples")
    return decimator.columns


def read_wav(path: Path, channel_map: Mapping[str, int] | None) -> Columns:
    """Columns of a multichannel WAV (or FLAC, W64): column name -> channel, counted from 0.

    Raises:
        SystoleError: unreadable, no such channel, a value that is not a number.
    """
    import soundfile

    check_file(path)
    where = plain(path)
    try:
        file = soundfile.SoundFile(str(path))
        with file:
            if not channel_map:
                raise SystoleError(f"{where}: a WAV of control voltages needs a channel map, such as volts=0,gate=1")
            check_names(where, list(channel_map))
            return _wav_columns(where, file, channel_map)
    except (soundfile.SoundFileError, RuntimeError, ValueError, TypeError, MemoryError) as error:
        reason = plain(" ".join(str(error).split())) or type(error).__name__
        raise SystoleError(f"{where}: not a readable WAV file: {reason}") from None

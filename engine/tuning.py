"""Tunings: MIDI note to V/oct, equal temperament or Scala files (.scl scale, .kbm keyboard mapping).

The reading of Scala's formats is the tuning-library's (Surge's); here its many ways to fail become one line, and
its result becomes the table that the engine looks notes up in.
"""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from accel.errors import SystoleError
from accel.formats import C4_HZ, FULL_SCALE_VOLTS, midi_to_volts

__all__ = ["equal_temperament", "load_tuning"]

MAX_BYTES = 1 << 20


def equal_temperament() -> NDArray[np.float64]:
    """Volts of the 128 MIDI notes in 12-tone equal temperament, A4 = 440 Hz (note 60 = 0 V)."""
    return midi_to_volts(np.arange(128))


def _read(path: Path) -> str:
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise SystoleError(f"{path}: cannot be read: {error.strerror or error}") from None
    if not data.strip() or len(data) > MAX_BYTES:
        raise SystoleError(f"{path}: empty or larger than {MAX_BYTES} bytes; needed: a Scala file")
    return data.decode("latin-1").replace("\r\n", "\n").replace("\r", "\n").replace("\0", " ")


def load_tuning(
    scale: str | os.PathLike[str] | None, mapping: str | os.PathLike[str] | None = None
) -> NDArray[np.float64]:
    """Volts of the 128 MIDI notes, float64 [128], from Scala files; None stands for the usual 12-tone one.

    A key that the mapping leaves out gets the pitch between its neighbours, so that it still sounds.

    Raises:
        SystoleError: one line naming the file and what is wrong.
    """
    if scale is None and mapping is None:
        return equal_temperament()
    import tuning_library

    where = Path(os.fspath(scale if scale is not None else mapping or ""))
    try:
        tones = tuning_library.even_temperament_12_note_scale()
        if scale is not None:
            tones = tuning_library.parse_scl_data(_read(Path(scale)))
        if mapping is not None:
            where = Path(mapping)
            keys = tuning_library.parse_kbm_data(_read(where))
            tuning = tuning_library.Tuning(tones, keys, True)
        else:
            tuning = tuning_library.Tuning(tones)
        tuning = tuning.with_skipped_notes_interpolated()
        frequency = np.array([tuning.frequency_for_midi_note(note) for note in range(128)])
    except SystoleError:
        raise
    except Exception as error:  # the library raises its own type, and plain C++ errors (index, allocation)
        reason = " ".join(str(error).split()) or type(error).__name__
        raise SystoleError(f"{where}: not a usable Scala file: {reason}") from None
    with np.errstate(all="ignore"):
        volts = np.log2(frequency / C4_HZ)
    if not np.all(np.isfinite(volts)):
        raise SystoleError(f"{where}: not a usable Scala file: a note has no frequency above 0 Hz")
    return np.clip(volts, -FULL_SCALE_VOLTS, FULL_SCALE_VOLTS)

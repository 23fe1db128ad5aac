"""How bright and how noisy a model sounds over two of its knobs: the background of the timbre map.

The bare model plays C3 at every place of a grid, all other knobs at their defaults. A place is heard for 43 ms until
what came before is out of the model's memory, and then measured over 85 ms.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from accel.errors import SystoleError
from accel.formats import RATE, midi_to_volts
from accel.program import Program
from engine.cv import CvTake
from engine.offline import CvModelRenderer
from engine.text import plain

__all__ = ["CELLS", "RowDone", "knob_pairs", "measure", "render_map"]

Floats = NDArray[np.float32]
RowDone = Callable[[int, Floats, Floats], None]

CELLS = 24
KEY = 48
WINDOW = 4096
SETTLE = 2048
"""Samples at 48 kHz of each place that are left out: four times the memory of a model with dilations to 256."""
LOBE = 2.2
"""Lines on either side of a harmonic that belong to it: the main lobe of the Hann window."""
LOWEST, HIGHEST = 30.0, 20_000.0
SILENT = 1e-9


def knob_pairs(program: Program) -> list[tuple[str, str]]:
    """All pairs of a model's knobs, in order."""
    return list(itertools.combinations([knob.id for knob in program.knobs], 2))


def measure(cells: NDArray[np.float64], hz: float) -> tuple[Floats, Floats]:
    """Brightness in Hz and noisiness 0..1 of sounds, each float32 [m].

    Args:
        cells: float64 [m, WINDOW] at 48 kHz, full scale 1; hz: their pitch.
    """
    power = np.abs(np.fft.rfft(cells * np.hanning(WINDOW), axis=1)) ** 2
    lines = np.arange(power.shape[1]) * (RATE / WINDOW)
    heard = (lines >= LOWEST) & (lines <= HIGHEST)
    power, lines = power[:, heard], lines[heard]
    total = power.sum(axis=1) + SILENT
    size = np.sqrt(power)
    brightness = (size * lines).sum(axis=1) / (size.sum(axis=1) + SILENT)
    away = np.abs(lines / hz - np.rint(lines / hz)) * hz / (RATE / WINDOW)
    between = (away > LOBE) | (lines < hz / 2)
    noisiness = power[:, between].sum(axis=1) / total / between.mean()
    return brightness.astype(np.float32), np.clip(noisiness, 0.0, 1.0).astype(np.float32)


def render_map(
    program: Program, x: str, y: str, *, cells: int = CELLS, row_done: RowDone | None = None
) -> tuple[Floats, Floats]:
    """Brightness in Hz and noisiness 0..1 over two knobs, float32 [cells, cells]; row 0 is y = 0.

    Args:
        row_done: called with the number of each row as soon as it is there, and the row of both.

    Raises:
        SystoleError: no such knob, twice the same, or a model of another rate.
    """
    ids = [knob.id for knob in program.knobs]
    for knob in (x, y):
        if knob not in ids:
            raise SystoleError(f"{plain(knob)}: no such knob; allowed: {', '.join(ids) or 'none'}")
    if x == y or program.card.rate != RATE:
        raise SystoleError(f"a timbre map needs two knobs and a model of {RATE} Hz")
    brightness, noisiness = np.empty((2, cells, cells), np.float32)
    for row in range(cells):
        brightness[row], noisiness[row] = _row(program, x, y, row / (cells - 1), cells)
        if row_done is not None:
            row_done(row, brightness[row], noisiness[row])
    return brightness, noisiness


def _row(program: Program, x: str, y: str, height: float, cells: int) -> tuple[Floats, Floats]:
    each = (SETTLE + WINDOW) // program.hop
    places = np.append(np.repeat(np.linspace(0.0, 1.0, cells), each), 1.0)
    knobs = {x: places, y: np.full(len(places), height)}
    take = CvTake(np.full(len(places), midi_to_volts(KEY)), knobs, None, None, "map")
    sound = np.concatenate([*CvModelRenderer(take, program).blocks()]) / 32768.0
    measured = sound[: cells * each * program.hop].reshape(cells, -1)[:, -WINDOW:]
    return measure(measured - measured.mean(axis=1, keepdims=True), 440 * 2 ** ((KEY - 69) / 12))

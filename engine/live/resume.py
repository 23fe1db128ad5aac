"""What an engine that died was playing, read from the block that survived it, as events for the next one.

The patch itself comes as text; this is what was turned since: parameters, knobs, the matrix, and those controllers
that stay where a player leaves them. Keys do not come back: their key-up may have been missed with the engine, and a
note that nobody can end is worse than one that ended early. Nor do pedals and the pitch wheel, which spring back.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.events import Kind
from engine.live.layout import prepare
from engine.midi.rows import Row
from engine.parameters import TABLE, Parameter
from engine.vocabulary import ROWS, SOURCES

__all__ = ["read_state", "reset"]

AT_ONCE = 0
SOURCE_CC = {"wheel": 1, "expression": 11}
"""Controllers, of those that can be told from the values of the sources, that stay put."""


def _fits(entry: Parameter, number: float) -> bool:
    """Whether a number read from memory that nobody guards can be that parameter's."""
    if not entry.low <= number <= entry.high:
        return False
    return entry.kind == "real" or number == math.floor(number)


def read_state(arrays: Mapping[str, NDArray[Any]], serial: int) -> list[Row]:
    """Rows that bring a new part of the same patch to where the last one was; empty if nothing had played yet.

    Args:
        arrays: of a block (`layout.carve`) whose engine is dead: it may have died while it wrote.
        serial: of the patch that the next engine begins with. If another one played, only controllers are told.
    """
    sound = arrays["sound"][0]
    if sound["seq"] == 0:
        return []
    return (_turned(arrays) if sound["patch"] == serial else []) + _controllers(arrays)


def _turned(arrays: Mapping[str, NDArray[Any]]) -> list[Row]:
    """What belongs to the patch."""
    sound, rows = arrays["sound"][0], list[Row]()
    for index, entry in enumerate(TABLE):
        number = float(arrays["parameters"][index])
        if _fits(entry, number):
            rows.append((AT_ONCE, Kind.PARAMETER, 0, index, number))
    used = min(max(int(sound["knobs_used"]), 0), len(arrays["knobs"]))
    for index, place in enumerate(arrays["knobs"][:used].tolist()):
        if 0.0 <= place <= 1.0:
            rows.append((AT_ONCE, Kind.KNOB, 0, index, place))
    for index, (source, target, amount) in enumerate(arrays["rows"][:ROWS].tolist()):
        if 0 <= source < len(SOURCES) and target >= 0 and -1.0 <= amount <= 1.0:
            rows.append((AT_ONCE, Kind.ROW_SOURCE, 0, index, float(source)))
            rows.append((AT_ONCE, Kind.ROW_TARGET, 0, index, float(target)))
            rows.append((AT_ONCE, Kind.ROW_AMOUNT, 0, index, amount))
    return rows


def _controllers(arrays: Mapping[str, NDArray[Any]]) -> list[Row]:
    rows: list[Row] = []
    for index, name in enumerate(SOURCES):
        value = float(arrays["sources"][index])
        if name in SOURCE_CC and 0.0 <= value <= 1.0:
            rows.append((AT_ONCE, Kind.CONTROL, 0, SOURCE_CC[name], 127.0 * value))
    tempo = float(arrays["meters"]["tempo"][0])
    if 1.0 <= tempo <= 1000.0:
        rows.append((AT_ONCE, Kind.TEMPO, 0, 0, tempo))
    return rows


def reset(arrays: Mapping[str, NDArray[Any]], owner: int, restarts: int) -> None:
    """Make the block of a dead engine ready for another: all zero but the header.

    Others may push events meanwhile, so the ring's heads stay; what nobody will read any more is skipped.
    """
    arrays["tails"][...] = arrays["heads"]
    for name, array in arrays.items():
        if name not in ("heads", "tails", "events"):
            array.view(np.uint8)[...] = 0
    prepare(dict(arrays), owner)
    arrays["header"]["restarts"] = restarts

"""No number creeps towards zero for ever: subnormal numbers are many times slower than others."""

from __future__ import annotations

import numpy as np
import pytest

from accel.program import Program
from engine.events import Kind, event_array
from engine.parameters import TABLE
from engine.part import Part
from engine.patch import Patch

INDEX = {entry.id: place for place, entry in enumerate(TABLE)}
TINY = np.finfo(np.float64).tiny


def subnormal(part: Part) -> list[str]:
    """Names of what is subnormal in the part's state."""
    found = []
    for name in part.state.FIELDS.keys() - {"parameters"}:  # which are what somebody set
        array = getattr(part.state, name)
        for field in array.dtype.names or [None]:
            values = array if field is None else array[field]
            if values.dtype == np.float64 and np.any((values != 0) & (np.abs(values) < TINY)):
                found.append(f"{name}.{field}")
    return found


CASES = {
    "volume 0 under a held note": [(0, Kind.CONTROL, 0, 7, 0.0)],
    "expression 0": [(0, Kind.CONTROL, 0, 11, 0.0)],
    "hard left": [(0, Kind.CONTROL, 0, 10, 0.0)],
    "hard right": [(0, Kind.CONTROL, 0, 10, 127.0)],
    "second envelope to 0": [(0, Kind.PARAMETER, 0, INDEX["env2.sustain"], 0.0)],
    "loudness to 0": [(0, Kind.PARAMETER, 0, INDEX["amp.sustain"], 0.0)],
    "loudness to next to nothing": [(0, Kind.PARAMETER, 0, INDEX["amp.sustain"], 1e-310)],
    "key up": [(0, Kind.NOTE_OFF, 0, 60, 0.0)],
    "all sound off": [(0, Kind.CONTROL, 0, 120, 0.0)],
    "level 0": [(0, Kind.CV_LEVEL, 0, 0, 0.0)],
}


@pytest.mark.parametrize("case", CASES)
def test_a_minute_later_nothing_is_subnormal(tiny: Program, case: str) -> None:
    settings = {"amp.sustain": 0.8, "amp.release": 0.01, "env2.sustain": 0.5, "env2.release": 0.01}
    part = Part(Patch("x", "tiny", parameters=settings), tiny, seed=1)
    out = np.zeros((48_000, 2), np.float32)
    part.render(event_array([(0, Kind.NOTE_ON, 0, 60, 100.0)]), 0, 0, out)
    events, first = event_array([(48_000, *row[1:]) for row in CASES[case]]), 0
    smallest = np.finfo(np.float32).tiny
    for second in range(1, 60):
        first = part.render(events, first, 48_000 * second, out)
        assert not np.any((out != 0) & (np.abs(out) < smallest)), second
        assert subnormal(part) == [], second
    if "0" in case and "second" not in case:
        assert not out.any()

"""A patch edited in place: what differs from another is a few numbers, so they are set and no new part is made.

Notes that sound go on and take the new values, which is what undo, an edit or comparing two settings want. All
numbers are sent, not only those that differ between the two texts: the player may have turned any of them since.
"""

from __future__ import annotations

from collections.abc import Sequence

from engine.events import Kind
from engine.midi.rows import Row
from engine.parameters import TABLE, Parameter
from engine.patch import Patch
from engine.vocabulary import ROWS, SOURCES, target_names

__all__ = ["patch_events"]

AT_ONCE = 0


def patch_events(old: Patch, new: Patch, knobs: Sequence[Parameter]) -> list[Row] | None:
    """Rows that bring a part made from `old`, wherever its numbers stand by now, to `new`.

    Args:
        knobs: of the model that both play (`library.program_knobs`).

    Returns:
        None if the patches name different models, so that no event leads from one to the other.
    """
    if old.model != new.model:
        return None
    rows: list[Row] = [(AT_ONCE, Kind.PARAMETER, 0, index, new.number(entry.id)) for index, entry in enumerate(TABLE)]
    for index, knob in enumerate(knobs):
        rows.append((AT_ONCE, Kind.KNOB, 0, index, float(new.knobs.get(knob.name, knob.default))))
    sources, targets = list(SOURCES), target_names([knob.name for knob in knobs])
    for index in range(ROWS):
        source, target, amount = 0, 0, 0.0
        if index < len(new.modulation):
            row = new.modulation[index]
            source, target, amount = sources.index(row.source), targets.index(row.target), row.amount
        rows.append((AT_ONCE, Kind.ROW_AMOUNT, 0, index, 0.0))  # so that no half-set row is ever heard
        rows.append((AT_ONCE, Kind.ROW_SOURCE, 0, index, float(source)))
        rows.append((AT_ONCE, Kind.ROW_TARGET, 0, index, float(target)))
        rows.append((AT_ONCE, Kind.ROW_AMOUNT, 0, index, amount))
    return rows

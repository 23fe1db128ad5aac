"""From a change of the sound to what the engine is told: events for numbers, a patch for anything more."""

from __future__ import annotations

from app.window.session.document import Change
from app.window.session.sound import Sound
from engine.events import Kind
from engine.live.changes import patch_events
from engine.midi.rows import Row
from engine.parameters import TABLE
from engine.vocabulary import SOURCES, target_names

__all__ = ["all_rows", "number_row", "rows_of"]

AT_ONCE = 0
_PLACES = {entry.id: index for index, entry in enumerate(TABLE)}


def number_row(sound: Sound, id: str) -> Row:
    """The event that sets one knob or parameter to where it stands in a sound."""
    if id in _PLACES:
        return AT_ONCE, Kind.PARAMETER, 0, _PLACES[id], sound.number(id)
    index = [knob.id for knob in sound.knobs].index(id)
    return AT_ONCE, Kind.KNOB, 0, index, sound.number(id)


def _matrix_rows(before: Sound, after: Sound) -> list[Row]:
    sources, targets = list(SOURCES), target_names([knob.name for knob in after.knobs])
    found: list[Row] = []
    for index, (old, new) in enumerate(zip(before.rows, after.rows, strict=True)):
        if (old.source, old.target) != (new.source, new.target):
            found.append((AT_ONCE, Kind.ROW_AMOUNT, 0, index, 0.0))  # so that no half-set row is ever heard
            found.append((AT_ONCE, Kind.ROW_SOURCE, 0, index, float(sources.index(new.source))))
            found.append((AT_ONCE, Kind.ROW_TARGET, 0, index, float(targets.index(new.target))))
        if old != new:
            found.append((AT_ONCE, Kind.ROW_AMOUNT, 0, index, new.amount))
    return found


def all_rows(sound: Sound) -> list[Row]:
    """Events that set everything of a sound, wherever the engine's numbers stand."""
    return patch_events(sound.patch, sound.patch, sound.knobs) or []


def rows_of(change: Change) -> list[Row] | None:
    """Events that bring the engine from before a change to after it; None: it needs the patch, for its other model."""
    if change.is_other_model:
        return None
    if change.cause in ("back", "compare"):
        return all_rows(change.after)
    order = [each for each in change.after.ids if each in change.ids]
    return [*(number_row(change.after, each) for each in order), *_matrix_rows(change.before, change.after)]

"""Modulation as a musician thinks of it: this source moves that by so much. The rows that say so are found here.

Two rows of one source and target add up; what is set by hand goes to the first of them. No Qt here.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from types import MappingProxyType

from app.window.session.document import Document
from app.window.session.sound import NO_ROW, Sound
from app.window.words import marked, translate
from engine.patch import ModulationRow
from engine.vocabulary import SOURCES, TARGETS

__all__ = [
    "BIPOLAR",
    "SOURCE_NAMES",
    "amount_of",
    "amount_text",
    "carrier_of",
    "free_row",
    "remove",
    "rows_for",
    "set_amount",
    "source_label",
    "swing_of",
    "target_label",
    "target_of",
    "travel_of",
]

SOURCE_NAMES: Mapping[str, str] = MappingProxyType(
    {
        "amp": marked("Sources", "Amp"),
        "env2": marked("Sources", "Env 2"),
        "lfo1": marked("Sources", "LFO 1"),
        "lfo2": marked("Sources", "LFO 2"),
        "velocity": marked("Sources", "Velocity"),
        "key": marked("Sources", "Key"),
        "wheel": marked("Sources", "Wheel"),
        "pressure": marked("Sources", "Press"),
        "brightness": marked("Sources", "Bright"),
        "expression": marked("Sources", "Express"),
        "bend": marked("Sources", "Bend"),
        "random": marked("Sources", "Random"),
    }
)
"""Source -> its name on a chip, marked for translation: `source_label` translates it."""
BIPOLAR = frozenset({"lfo1", "lfo2", "key", "brightness", "bend", "random"})
"""Sources that go from -1 to 1; the others from 0 to 1."""
_CARRIERS = {
    "voice.pitch": "voice.tune",
    "voice.level": "voice.level",
    "voice.pan": "voice.pan",
    "lfo1.depth": "lfo1.depth",
    "lfo2.depth": "lfo2.depth",
}
"""Fixed target -> the parameter whose knob shows it; the model's knobs carry themselves."""
_TARGETS = {carrier: target for target, carrier in _CARRIERS.items()}
_LABELS = {
    "voice.pitch": marked("Targets", "Pitch"),
    "voice.level": marked("Targets", "Level"),
    "voice.pan": marked("Targets", "Pan"),
    "lfo1.depth": marked("Targets", "LFO 1 depth"),
    "lfo2.depth": marked("Targets", "LFO 2 depth"),
}
_KNOBS = "knobs."
_OCTAVE = 1200.0 / 200.0
"""Travels of the fine tuning (-100..100 cents) in an octave."""
_LEVEL_DB = 60.0
"""dB of the level's travel (-36..24)."""
_FAINTEST = 1e-3


def source_label(source: str) -> str:
    """Name of a source for reading; `none` is a dash."""
    return translate("Sources", SOURCE_NAMES[source]) if source in SOURCE_NAMES else "–"


def target_of(id: str) -> str | None:
    """Name of the target that a knob's or parameter's control shows; None: nothing can modulate it."""
    return id.removeprefix(_KNOBS) if id.startswith(_KNOBS) else _TARGETS.get(id)


def carrier_of(target: str) -> str:
    """Id of the knob or parameter whose control shows a target."""
    return _CARRIERS.get(target, _KNOBS + target)


def target_label(sound: Sound, target: str) -> str:
    """Name of a target for reading."""
    return translate("Targets", _LABELS[target]) if target in TARGETS else sound.parameter(_KNOBS + target).label


def rows_for(sound: Sound, target: str) -> list[tuple[int, ModulationRow]]:
    """(index, row) of all rows that move a target."""
    return [(index, row) for index, row in enumerate(sound.rows) if row.target == target and row.source != "none"]


def amount_of(sound: Sound, source: str, target: str) -> float:
    """How much a source moves a target in all, in the rows' own unit."""
    return sum(row.amount for _, row in rows_for(sound, target) if row.source == source)


def free_row(sound: Sound) -> int | None:
    """The first row that does nothing; None: all eight are in use."""
    return next((index for index, row in enumerate(sound.rows) if row.source == "none"), None)


def set_amount(document: Document, source: str, target: str, amount: float) -> bool:
    """Let a source move a target by an amount, cut to -1..1; False: it needs a row, and none is free."""
    assert source in SOURCES
    amount = min(1.0, max(-1.0, amount))
    found = [index for index, row in rows_for(document.sound, target) if row.source == source]
    index = found[0] if found else free_row(document.sound)
    if index is None:
        return False
    document.set_row(index, ModulationRow(source, target, amount))
    return True


def remove(document: Document, source: str, target: str) -> None:
    """A source no longer moves a target; one step, however many rows said so."""
    sound = document.sound
    gone = [index for index, row in rows_for(sound, target) if row.source == source]
    for index in gone:
        sound = sound.with_row(index, NO_ROW)
    if len(gone) == 1:  # so that it belongs to the gesture that brought the amount to nothing
        document.set_row(gone[0], NO_ROW)
    elif gone:
        document.replace_patch(sound.patch, translate("Sources", "Remove {0}").format(source_label(source)))


def swing_of(target: str, amount: float) -> float:
    """How far an amount goes, as a share of the travel of the control that shows the target; may exceed 1."""
    if target == "voice.pitch":
        return amount * _OCTAVE
    if target == "voice.pan":
        return amount / 2
    if target == "voice.level":
        return 20 * math.log10(max(_FAINTEST, 1 + amount)) / _LEVEL_DB
    return amount


def travel_of(rows: Iterable[ModulationRow], travel: float, sources: Mapping[str, float]) -> float:
    """Where a target stands, 0..1 of its control's travel, while the sources have these values.

    Args:
        rows: that move it; travel: where its control stands.
    """
    target, moved = "", 0.0
    for row in rows:
        target, moved = row.target, moved + row.amount * sources.get(row.source, 0.0)
    return min(1.0, max(0.0, travel + swing_of(target, moved)))


def amount_text(target: str, amount: float) -> str:
    """An amount for reading: in semitones for the pitch, in percent for all else."""
    if target == "voice.pitch":
        semitones = 12 * amount
        return f"{semitones:+.1f} st" if abs(semitones) >= 1 else f"{100 * semitones:+.0f} ct"
    return f"{100 * amount:+.0f} %"

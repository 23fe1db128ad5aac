"""A sound on the desk: a patch with the knobs of its model and the file it belongs to. Never changed, only replaced.

A patch file says only what makes it special; here every number can be asked for, so that panels need not know what is
a default. Being immutable, a sound is its own undo step.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from accel.errors import SystoleError
from app.window.words import spoken
from engine.parameters import TABLE, Parameter, parameter
from engine.patch import ModulationRow, Patch
from engine.vocabulary import ROWS

__all__ = ["NO_ROW", "Sound", "patch_texts", "plain_sound", "same_sound"]

NO_ROW = ModulationRow("none", "voice.pitch", 0.0)
"""A row of the matrix that does nothing."""
_KNOBS = "knobs."


@dataclass(frozen=True)
class Sound:
    """What can be heard, edited and saved.

    Attributes:
        knobs: of the patch's model, in order (`library.model_knobs`).
        path: the file that it was loaded from or saved to; None: never saved.
    """

    patch: Patch
    knobs: tuple[Parameter, ...]
    path: Path | None = None

    @property
    def ids(self) -> tuple[str, ...]:
        """Of everything that has a number: the model's knobs, then the table."""
        return (*(knob.id for knob in self.knobs), *(entry.id for entry in TABLE))

    def parameter(self, id: str) -> Parameter:
        """What is known of a knob (`knobs.cutoff`) or a parameter (`amp.decay`), in the language of the window.

        Raises:
            SystoleError: neither the table nor this sound's model has it.
        """
        for knob in self.knobs:
            if knob.id == id:
                return spoken(knob)
        return spoken(parameter(id))

    def number(self, id: str) -> float:
        """Its number as the engine stores it."""
        entry = self.parameter(id)
        if id.startswith(_KNOBS):
            return float(self.patch.knobs.get(entry.name, entry.default))
        return self.patch.number(id)

    def with_number(self, id: str, number: float) -> Sound:
        """This sound with one number changed.

        Raises:
            SystoleError: no such parameter, or out of its range.
        """
        entry = self.parameter(id)
        if not entry.low <= number <= entry.high:  # so is NaN
            raise SystoleError(f"{id}: {number!r} is not allowed; {entry.allowed}")
        value = entry.decode(number)
        if id.startswith(_KNOBS):
            knobs = {**self.patch.knobs, entry.name: float(value)}
            return replace(self, patch=replace(self.patch, knobs=knobs))
        return replace(self, patch=replace(self.patch, parameters={**self.patch.parameters, id: value}))

    @property
    def rows(self) -> tuple[ModulationRow, ...]:
        """All eight rows of the matrix."""
        rows = self.patch.modulation
        return (*rows, *[NO_ROW] * (ROWS - len(rows)))

    def with_row(self, index: int, row: ModulationRow) -> Sound:
        """This sound with one row of the matrix, 0..7, changed. Rows at the end that do nothing are left out."""
        rows = [*self.rows]
        rows[index] = row
        while rows and rows[-1] == NO_ROW:
            rows.pop()
        return replace(self, patch=replace(self.patch, modulation=tuple(rows)))


def patch_texts(patch: Patch) -> tuple[object, ...]:
    """What a patch says about itself."""
    return patch.name, patch.author, patch.description, tuple(patch.tags)


def same_sound(one: Sound, other: Sound) -> bool:
    """Whether two sounds say the same in all, names and texts too; what equals its default need not be said."""
    if one.patch is other.patch:
        return True
    return (
        patch_texts(one.patch) == patch_texts(other.patch)
        and one.patch.model == other.patch.model
        and one.rows == other.rows
        and one.ids == other.ids
        and all(one.number(each) == other.number(each) for each in one.ids)
    )


def plain_sound(model: str, knobs: tuple[Parameter, ...]) -> Sound:
    """A model with everything at its default."""
    return Sound(Patch(name=Path(model).stem, model=model), knobs)

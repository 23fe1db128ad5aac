"""What a session is made of, and what happened to it: two sounds on the desk, and a change as listeners are told."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from app.window.session.sound import Sound

__all__ = ["Cause", "Change", "Desk", "Side"]

Cause = Literal["edit", "load", "back", "compare", "follow", "saved"]
Side = Literal["A", "B"]


@dataclass(frozen=True)
class Desk:
    """What lies there: the sound that is heard, the other one, and which of the two is called A."""

    current: Sound
    other: Sound
    side: Side = "A"


@dataclass(frozen=True)
class Change:
    """What happened, for those who show it or play it.

    Attributes:
        cause: edit; load: another patch; back: undo or redo; compare: A and B changed places; follow: the player
            turned or chose it, so the engine knows; saved: only whether it is saved has changed.
    """

    cause: Cause
    before: Sound
    after: Sound

    @property
    def is_other_model(self) -> bool:
        """The knobs are others."""
        return self.before.patch.model != self.after.patch.model or self.before.knobs != self.after.knobs

    @cached_property
    def ids(self) -> frozenset[str]:
        """Knobs and parameters whose number is another; all of them if the model is."""
        if self.is_other_model:
            return frozenset(self.after.ids)
        if self.before.patch is self.after.patch:
            return frozenset()
        return frozenset(each for each in self.after.ids if self.before.number(each) != self.after.number(each))

    @property
    def has_other_rows(self) -> bool:
        """The matrix is another."""
        return self.is_other_model or self.before.rows != self.after.rows

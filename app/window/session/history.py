"""Undo and redo over whole states: a step is a state and what was done; a gesture is one step however long."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar

__all__ = ["MERGE_SECONDS", "STEPS", "History"]

T = TypeVar("T")
MERGE_SECONDS = 1.0
"""Edits of the same thing that follow each other this quickly (a wheel, a held key) are one step."""
STEPS = 1000


class History(Generic[T]):
    """The states so far and where in them we are.

    Args:
        clock: seconds, of any clock that only goes forward.
    """

    def __init__(self, state: T, *, clock: Callable[[], float]) -> None:
        self._states: list[tuple[str, T]] = [("", state)]
        self._at, self._clock = 0, clock
        self._key: str | None = None
        self._last, self._is_held = 0.0, False

    @property
    def state(self) -> T:
        """Where we are."""
        return self._states[self._at][1]

    @property
    def undo_label(self) -> str | None:
        """What `undo` would take back; None: nothing."""
        return self._states[self._at][0] if self._at else None

    @property
    def redo_label(self) -> str | None:
        """What `redo` would do again; None: nothing."""
        return self._states[self._at + 1][0] if self._at + 1 < len(self._states) else None

    def hold(self) -> None:
        """A gesture begins: until `release` all of one key is one step."""
        self.seal()
        self._is_held = True

    def release(self) -> None:
        """The gesture is over."""
        self._is_held = False
        self.seal()

    def seal(self) -> None:
        """What comes next is a step of its own."""
        self._key = None

    def push(self, state: T, label: str, key: str | None = None) -> None:
        """Go to a new state; what could be done again is forgotten. `key`: what was changed; None: never merged."""
        now = self._clock()
        merges = key is not None and key == self._key and (self._is_held or now - self._last < MERGE_SECONDS)
        del self._states[self._at + 1 :]
        if merges and self._at:
            self._states[self._at] = (label, state)
        else:
            self._states.append((label, state))
            del self._states[: max(0, len(self._states) - STEPS - 1)]
        self._at, self._key, self._last = len(self._states) - 1, key, now

    def revise(self, change: Callable[[T], T]) -> None:
        """Put another state in the place of each, past and coming ones too, as if it had always been so."""
        self._states = [(label, change(state)) for label, state in self._states]

    def undo(self) -> bool:
        """One step back; False where there is none."""
        return self._go(self._at - 1)

    def redo(self) -> bool:
        """One step forward again; False where there is none."""
        return self._go(self._at + 1)

    def _go(self, place: int) -> bool:
        self.seal()
        if not 0 <= place < len(self._states):
            return False
        self._at = place
        return True

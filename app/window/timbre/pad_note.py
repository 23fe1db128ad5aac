"""The note that the pad plays while it is touched. One at a time, and it always ends."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from app.window.session.rows import AT_ONCE
from engine.midi.rows import Row, note_off, note_on

__all__ = ["VELOCITY", "PadNote"]

VELOCITY = 96.0


class PadNote:
    """Starts and ends the note.

    Attributes:
        key: MIDI key 0..127; None: the pad only moves knobs.

    Args:
        play: sends events; False if not all of them found room.
    """

    def __init__(self, play: Callable[[Sequence[Row]], bool], key: int | None = 48) -> None:
        self._play, self.key = play, key
        self._sounding: int | None = None

    @property
    def is_sounding(self) -> bool:
        """A note is down."""
        return self._sounding is not None

    def press(self) -> None:
        """Begin, if it has not."""
        if self._sounding is None and self.key is not None and self._play([note_on(AT_ONCE, 0, self.key, VELOCITY)]):
            self._sounding = self.key

    def lift(self) -> None:
        """End; a full ring keeps it until the next time, so call it again while `is_sounding`."""
        if self._sounding is not None and self._play([note_off(AT_ONCE, 0, self._sounding)]):
            self._sounding = None

    def set_key(self, key: int | None) -> None:
        """Play another one from now on; what sounds ends."""
        self.lift()
        self.key = key

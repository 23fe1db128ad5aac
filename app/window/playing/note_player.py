"""Who holds which note, so that none is ever left hanging, whatever happens to the key, the mouse or the window.

A note sounds while at least one holder (a key, the mouse, a finger of a demonstration) is on it, or the hold button
keeps it. What does not find room in the engine's ring is owed and sent again; a key down that is late is left out,
since a note that comes late is worse than none, but a key up never is. No Qt here.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from engine.events import Kind
from engine.midi.rows import Row, bend, control, note_off, note_on

__all__ = ["NotePlayer"]

AT_ONCE, CHANNEL = 0, 0
SUSTAIN, WHEEL = 64, 1
BEND_MIDDLE = 8192


class NotePlayer:
    """One for a window; one thread.

    Args:
        play: sends events; False if not all of them found room (`link.play`).
        can_play: whether the engine takes notes now. While it starts, keys make no note that would come later.
    """

    def __init__(self, play: Callable[[Sequence[Row]], bool], can_play: Callable[[], bool]) -> None:
        self._play, self._can_play = play, can_play
        self._holders: dict[str, int] = {}
        self._latched: set[int] = set()
        self._owed: dict[tuple[int, int], Row] = {}
        self._is_holding = self._is_sustained = False
        self.listener: Callable[[], None] = lambda: None
        """Told when hold or sustain changed."""

    @property
    def notes(self) -> frozenset[int]:
        """All that we let sound."""
        return frozenset(self._holders.values()) | self._latched

    @property
    def is_holding(self) -> bool:
        """Keys that are let go sound on until they are pressed again or this ends."""
        return self._is_holding

    @property
    def is_sustained(self) -> bool:
        """The sustain pedal is down."""
        return self._is_sustained

    @property
    def owes(self) -> bool:
        """Something did not find room; call `flush` soon."""
        return bool(self._owed)

    def note_of(self, holder: str) -> int | None:
        """The note that a holder is on."""
        return self._holders.get(holder)

    def press(self, holder: str, note: int, velocity: int) -> bool:
        """A holder goes down on a note 0..127 with velocity 1..127; one that is down elsewhere leaves that first.

        Returns:
            Whether it sounds. A note that the hold button keeps is ended by pressing it again.
        """
        if self._holders.get(holder) == note:
            return True
        self.release(holder)
        self.flush()
        if note in self._latched and note not in self._holders.values():
            self._latched.discard(note)
            self._send(note_off(AT_ONCE, CHANNEL, note))
            return False
        if not self._can_play() or (Kind.NOTE_OFF, note) in self._owed:
            return False
        if note in self.notes:  # struck again by another holder: an up before each down keeps them in pairs
            if not self._play([note_off(AT_ONCE, CHANNEL, note)]):
                return False
            self._forget(note)
        if not self._play([note_on(AT_ONCE, CHANNEL, note, float(velocity))]):
            return False
        self._holders[holder] = note
        return True

    def _forget(self, note: int) -> None:
        """It is up: who held it, holds nothing."""
        self._latched.discard(note)
        self._holders = {holder: held for holder, held in self._holders.items() if held != note}

    def release(self, holder: str) -> None:
        """A holder comes up, from whatever note it is on."""
        note = self._holders.pop(holder, None)
        if note is None or note in self._holders.values():
            return
        if self._is_holding:
            self._latched.add(note)
        elif note not in self._latched:
            self._send(note_off(AT_ONCE, CHANNEL, note))

    def release_kind(self, prefix: str) -> None:
        """All holders come up whose name begins so."""
        for holder in [each for each in self._holders if each.startswith(prefix)]:
            self.release(holder)

    def hold(self, is_on: bool) -> None:
        """Press or end the hold button."""
        if is_on == self._is_holding:
            return
        self._is_holding = is_on
        if not is_on:
            ended = self._latched - set(self._holders.values())
            self._latched.clear()
            for note in sorted(ended):
                self._send(note_off(AT_ONCE, CHANNEL, note))
        self.listener()

    def sustain(self, is_down: bool) -> None:
        """Press or let go the sustain pedal."""
        if is_down != self._is_sustained:
            self._is_sustained = is_down
            self._send(control(AT_ONCE, CHANNEL, SUSTAIN, 127.0 if is_down else 0.0))
            self.listener()

    def bend(self, word: int) -> None:
        """Pitch wheel: 0..16383, 8192 is the middle."""
        self._send(bend(AT_ONCE, CHANNEL, word))

    def wheel(self, value: int) -> None:
        """Modulation wheel: 0..127."""
        self._send(control(AT_ONCE, CHANNEL, WHEEL, float(value)))

    def end_all(self) -> None:
        """Everything up: keys, hold, pedal."""
        self._is_holding = False
        held = sorted(self.notes)
        self._holders.clear()
        self._latched.clear()
        for note in held:
            self._send(note_off(AT_ONCE, CHANNEL, note))
        self.sustain(False)
        self.listener()

    def restarted(self) -> None:
        """Another engine plays: it knows of no key, so keys that are down play again when they are next pressed."""
        self._holders.clear()
        self._latched.clear()
        self._owed.clear()
        self._is_holding = self._is_sustained = False
        self.listener()

    def flush(self) -> None:
        """Send again what did not find room."""
        for key, row in list(self._owed.items()):
            if not self._play([row]):
                return
            del self._owed[key]

    def _send(self, row: Row) -> None:
        """Send what must arrive; of what is owed about one thing, only the last."""
        _, kind, _, index, _ = row
        key = (int(kind), int(index))
        if self._owed or not self._play([row]):
            self._owed.pop(key, None)
            self._owed[key] = row
            self.flush()

"""Which keys and pedals of a port are down, so that they can be let go when the port cannot do it any more."""

from __future__ import annotations

from engine.events import Kind
from engine.midi.rows import Row, control, note_off

__all__ = ["Held"]

PEDALS, DOWN = (64, 66), 64.0
_SOUND_OFF, _RESET, _NOTES_OFF = 120, 121, 123


class Held:
    """Keys and pedals of 16 channels, followed by the rows that go to the engine, with the engine's own rules."""

    def __init__(self) -> None:
        self._keys: dict[tuple[int, int], int] = {}  # (channel, note) and when, in the order in which they went down
        self._pedals: dict[tuple[int, int], None] = {}  # (channel, controller)

    @property
    def keys(self) -> list[tuple[int, int]]:
        """(channel, note) of each key that is down, the longest held first."""
        return list(self._keys)

    @property
    def pedals(self) -> list[tuple[int, int]]:
        """(channel, controller 64 or 66) of each pedal that is down."""
        return list(self._pedals)

    def follow(self, row: Row) -> None:
        """Take in what is sent to the engine."""
        time, kind, channel, index, value = row
        if kind == Kind.NOTE_ON and value > 0:
            self._keys[channel, index] = time
        elif kind in (Kind.NOTE_ON, Kind.NOTE_OFF):
            self._keys.pop((channel, index), None)
        elif kind == Kind.RELEASE_ALL:
            self._keys.clear()
            self._pedals.clear()
        elif kind == Kind.CONTROL:
            self._control(channel, index, value)

    def _control(self, channel: int, number: int, value: float) -> None:
        if number in PEDALS:
            if value >= DOWN:
                self._pedals[channel, number] = None
            else:  # the engine has one pedal of each kind for all channels
                self._pedals = {each: None for each in self._pedals if each[1] != number}
        elif number == _SOUND_OFF or number >= _NOTES_OFF:
            self._keys.clear()
        elif number == _RESET:
            self._pedals.clear()

    def release(self, time: int, channel: int | None = None, before: int | None = None) -> list[Row]:
        """Rows that let go of every key and pedal, or of the keys of one channel; they are no longer held then.

        Args:
            before: keys that went down at this sample position or later stay down.
        """
        keys = [
            key for key, since in self._keys.items() if channel in (None, key[0]) and (before is None or since < before)
        ]
        rows = [note_off(time, *each) for each in keys]
        for each in keys:
            del self._keys[each]
        if channel is None:
            rows += [control(time, *each, 0.0) for each in self._pedals]
            self._pedals.clear()
        return rows

"""One port's bytes become the engine's events: decoded, refined to 14 bits, sorted into zones, tied to what was learnt.

Each stage is a class of its own, and rows run through them in that order. The translator itself knows what concerns a
port as a whole: time never falls within it, what is held can be let go, and silence of a port that promised to be heard
(active sensing) means that it is gone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from accel.formats import RATE
from engine.events import Kind
from engine.midi import decode
from engine.midi.bindings import Bindings
from engine.midi.clock import MidiClock
from engine.midi.decode import Decoder, Message
from engine.midi.held import Held
from engine.midi.learn import Learn, Learned
from engine.midi.rows import Row, channel_message, control
from engine.midi.targets import Targets
from engine.midi.wide import Wide
from engine.midi.zones import Zones

__all__ = ["SENSED", "Translator", "panic_rows"]

SENSED = RATE * 330 // 1000
"""Samples without any byte after which a port that sends active sensing counts as gone (MIDI 1.0)."""
_BANK = 0


def _nothing(*_: object) -> None:
    pass


def panic_rows(time: int) -> list[Row]:
    """Silence at once, every controller and wheel back, every key and pedal up."""
    rows = [control(time, 0, 120, 0.0), *(control(time, channel, 121, 0.0) for channel in range(16))]
    rows.append((time, Kind.RELEASE_ALL, 0, 0, 0.0))
    return rows + [(time, Kind.BEND, channel, 0, 0.0) for channel in range(16)]


class Translator:
    """The state of one port; not for several threads at once.

    Args:
        port: its name, for messages.
        bindings: of all ports; None = nothing is learnt.
        targets: where the sound stands, for soft take-over; needed where there are bindings.
        learned, report: see `Learn`; lines begin with the port's name.

    Attributes:
        messages: complete messages so far.
        decoder: its `bad` counts what made no sense.
    """

    def __init__(
        self,
        port: str,
        bindings: Bindings | None = None,
        targets: Targets | None = None,
        *,
        learned: Learned = _nothing,
        report: Callable[[str], None] = _nothing,
    ) -> None:
        self.port, self.messages, self.decoder = port, 0, Decoder()
        self._wide, self._zones, self._clock, self._held = Wide(), Zones(), MidiClock(), Held()
        self._learn: Learn | None = None
        if bindings is not None and targets is not None:
            self._learn = Learn(bindings, targets, learned, lambda line: report(f"{port}: {line}"))
        self._banks = [0.0] * 16
        self._time = self._heard = 0
        self._is_sensing, self._silent_calls = False, 0

    @property
    def held(self) -> Held:
        """Keys and pedals that are down."""
        return self._held

    def feed(self, data: Iterable[int], time: int) -> list[Row]:
        """Events of some bytes of the port.

        Args:
            data: bytes 0..255, whole messages or not.
            time: sample position where what they complete belongs; 0 = at once. One before the last counts as that: a
                key-up may not overtake its key.

        Returns:
            Rows that `event_check` allows. That of a program change has the bank (controller 0) as its value.
        """
        self._time = time = max(time, self._time)
        self._heard, self._silent_calls = time, 0
        rows: list[Row] = []
        for message in self.decoder.feed(data):
            self.messages += 1
            rows += self._message(message, time)
        return rows

    def idle(self, time: int) -> list[Row]:
        """To be called some times a second, with the position that a message would get that came now."""
        self._clock.idle(time)
        is_placed = self._heard > 0  # else what came last came before any sound, at no time that could be compared
        if not self._is_sensing or not is_placed or time - self._heard <= SENSED:
            return []
        self._silent_calls += 1
        if self._silent_calls < 2:  # after a stall of our own, what has come is heard first
            return []
        self._is_sensing = False
        return self.release_all(time)

    def release_all(self, time: int = 0, before: int | None = None) -> list[Row]:
        """Rows that let go of every key and pedal that this port holds, not before what it sent last.

        Args:
            before: keys that went down at this sample position or later stay down.
        """
        return self._held.release(max(time, self._time), before=before)

    def close(self, time: int = 0) -> list[Row]:
        """Rows for a port that is gone: keys and pedals up, its zones ended."""
        return [*self.release_all(time), *self._zones.clear(max(time, self._time))]

    def panic(self, time: int = 0) -> list[Row]:
        """Rows of a panic, not before what this port sent last; nothing is held after them."""
        return self._followed(panic_rows(max(time, self._time)))

    def _message(self, message: Message, time: int) -> list[Row]:
        if message.status < decode.SYSEX:
            return self._channel_message(channel_message(time, message.status, message.first, message.second))
        if message.status == decode.SENSING:
            self._is_sensing = True
        elif message.status == decode.RESET:
            self._is_sensing = False
            return self.release_all(time)
        return self._clock.feed(message, time)

    def _channel_message(self, row: Row) -> list[Row]:
        time, kind, channel, index, value = row
        if kind == Kind.PROGRAM:
            return [(time, kind, channel, index, self._banks[channel])]
        if kind == Kind.CONTROL and index == _BANK:
            self._banks[channel] = value
        rows = []
        for each in self._wide.feed(row):
            played, *implied = self._zones.feed(each)
            is_member = self._zones.master(channel) >= 0
            rows += [played] if self._learn is None else self._learn.feed(played, is_member)
            rows += implied
        return self._followed(rows)

    def _followed(self, rows: list[Row]) -> list[Row]:
        """The rows, with the keys up of channels that change hands, and what is held after them noted."""
        found = []
        for row in rows:
            if row[1] == Kind.ZONE:
                found += self._held.release(row[0], row[2])
            self._held.follow(row)
            found.append(row)
        return found

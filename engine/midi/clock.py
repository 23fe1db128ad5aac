"""MIDI clock: 24 ticks to the quarter note become a tempo, and start, stop and position become a place in the song.

Ticks come with jitter of a millisecond and more. A delay-locked loop of second order (F. Adriaensen, "Using a DLL to
filter time", 2005) smooths them: wide at first, so that it locks within a beat, then narrow. The engine keeps its own
beat from the tempo that it was told, so small errors would add up; the loop therefore follows what the engine believes
and bends the tempo by up to 2 % until both agree. The LFOs never jump while a song runs.
"""

from __future__ import annotations

import math

from accel.formats import RATE
from engine.events import Kind
from engine.midi import decode
from engine.midi.decode import Message
from engine.midi.rows import Row

__all__ = ["MidiClock"]

TICKS = 24
"""To the quarter note."""
SIXTEENTHS = 4
ENGINES_TEMPO = 120.0
"""What the engine plays at until it is told."""
SLOWEST, FASTEST = 5.0, 900.0
"""Quarter notes per minute that a clock may have."""
LONGEST, SHORTEST = RATE * 60.0 / (SLOWEST * TICKS), RATE * 60.0 / (FASTEST * TICKS)
LOST = RATE // 2
"""Samples without a tick after which the clock counts as gone; the tempo stays."""
PAUSE = RATE // 10
"""Samples between two tempo events: at most ten a second."""
TOLERANCE = 0.0005
"""Relative change of tempo that is passed on."""
DRIFT = 0.004
"""Quarter notes that the engine may be off before its tempo is bent: 2 ms at 120."""
BEND, JUMP = 0.02, 0.25
"""How far the tempo is bent at most, as a factor; quarter notes from which on the position is set instead."""
WIDE, NARROW = 2.0, 0.2
"""Bandwidth of the loop in Hz, at first and once locked."""
LOCKING, TRUSTED = 24, 6
"""Ticks to go from one to the other; ticks before the first tempo is told."""
OUTLIER, STRAYS = 0.25, 3
"""Share of a period by which a tick may be off; so many in a row that are not, and the loop starts anew."""


def _tempo(period: float) -> float:
    """Quarter notes per minute of ticks so many samples apart."""
    return 60.0 * RATE / (TICKS * period)


class MidiClock:
    """One port's clock. Times are sample positions and must not fall."""

    def __init__(self) -> None:
        self._last = self._next = 0.0  # time of the last tick as the loop sees it, and when the next is due
        self._heard = 0  # when the last one came
        self._period = 0.0  # samples between ticks; 0 = unknown
        self._ticks = self._strays = 0  # since the loop was started; ticks out of line in a row
        self._is_running = self._is_placed = False
        self._song = 0  # position in ticks of the next tick
        self._beat = self._beat_time = 0.0  # what the engine believes, from _beat_time on at _told
        self._told = ENGINES_TEMPO
        self._told_time = -PAUSE

    @property
    def tempo(self) -> float:
        """Quarter notes per minute, 0 while no clock has been heard."""
        return _tempo(self._period) if self._period else 0.0

    def feed(self, message: Message, time: int) -> list[Row]:
        """Rows that follow from a message; nothing from those that are not the clock's."""
        status = message.status
        if status == decode.CLOCK:
            return self._tick(time)
        if status == decode.START:
            self._song = 0
        elif status == decode.POSITION:
            self._song = (message.second << 7 | message.first) * (TICKS // SIXTEENTHS)
        if status in (decode.START, decode.CONTINUE, decode.STOP):
            self._is_running = status != decode.STOP
        if status in (decode.START, decode.CONTINUE, decode.POSITION):
            self._is_placed = False  # the next tick is where the position holds
        return []

    def idle(self, time: int) -> None:
        """To be called now and then: notices that the clock has gone. Its tempo stays, and the song runs on."""
        if self._ticks and time - self._heard > LOST:
            self._ticks = 0

    def _tick(self, time: int) -> list[Row]:
        self.idle(time)
        self._heard = time
        self._follow(float(time))
        here = self._song / TICKS
        rows = []
        if self._is_running:
            self._song += 1
            if not self._is_placed:
                self._is_placed = True
                rows.append(self._place(time, here))
        if self._ticks < TRUSTED or not SHORTEST <= self._period <= LONGEST:
            return rows
        return rows + self._report(time, here)

    def _follow(self, time: float) -> None:
        """Take one tick into the loop."""
        if self._ticks == 0:
            self._last, self._ticks, self._strays = time, 1, 0
            return
        if self._ticks == 1:
            if not SHORTEST <= time - self._last <= LONGEST:
                self._last = time
                return
            self._period, self._last, self._ticks = time - self._last, time, 2
            self._next = time + self._period
            return
        error = time - self._next
        if abs(error) > OUTLIER * self._period:
            self._stray(time)
            return
        self._strays = 0
        narrowing = min(1.0, (self._ticks - 2) / LOCKING)
        bandwidth = WIDE * (NARROW / WIDE) ** narrowing
        omega = min(0.5, 2.0 * math.pi * bandwidth * self._period / RATE)
        self._last = self._next
        self._next += math.sqrt(2.0) * omega * error + self._period
        self._period += omega * omega * error
        self._ticks += 1

    def _stray(self, time: float) -> None:
        """A tick out of line: passed over, unless it is not the only one."""
        self._strays += 1
        self._last, self._next = self._next, self._next + self._period
        if self._strays >= STRAYS:
            self._last, self._ticks, self._strays = time, 1, 0

    def _report(self, time: int, here: float) -> list[Row]:
        """Tempo, and where the engine has strayed too far, the position `here` of the tick that came."""
        tempo = wanted = self.tempo
        if self._is_running:
            drift = here - self._believed(self._last)
            if abs(drift) > JUMP:
                self._say(time, tempo)
                late = (time - self._last) * tempo / (60.0 * RATE)
                return [(time, Kind.TEMPO, 0, 0, tempo), self._place(time, here + late)]
            if abs(drift) > DRIFT:
                wanted *= 1.0 + min(max(drift / 2.0, -BEND), BEND)  # gone within two beats
        if time - self._told_time < PAUSE or abs(wanted - self._told) <= TOLERANCE * wanted:
            return []
        self._say(time, wanted)
        return [(time, Kind.TEMPO, 0, 0, wanted)]

    def _believed(self, time: float) -> float:
        """The engine's position in quarter notes."""
        return self._beat + (time - self._beat_time) * self._told / (60.0 * RATE)

    def _say(self, time: int, tempo: float) -> None:
        self._beat, self._beat_time = self._believed(time), float(time)
        self._told, self._told_time = tempo, time

    def _place(self, time: int, beat: float) -> Row:
        beat = max(0.0, beat)
        self._beat, self._beat_time = beat, float(time)
        return time, Kind.BEAT, 0, 0, beat

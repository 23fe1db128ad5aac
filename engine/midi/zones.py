"""MPE: zones of channels, one for each finger, beside ordinary channels (MIDI Polyphonic Expression 1.1, M1-100-UM).

RPN 6 on channel 1 or 16 makes that channel the master of the lower or upper zone with so many member channels next to
it; 0 members ends the zone. A later zone takes channels from an earlier one. The engine adds a master's wheel, pressure
and brightness to its members' (`Kind.ZONE`), and gives a channel that leaves its zone the patch's bend range; the rest
is said here with ordinary events: bend ranges (members 48 semitones, masters 2, as the specification presets them), and
controls back in the middle where a channel changes hands.
"""

from __future__ import annotations

from engine.events import Kind
from engine.midi.numbers import COARSE, DETAIL, Entry, ParameterNumbers
from engine.midi.rows import Row, control

__all__ = ["Zones"]

LOWER, UPPER = 0, 15
"""Master channels."""
BEND_RANGE, CONFIGURE = 0, 6
MEMBER_SEMITONES, MASTER_SEMITONES = 48.0, 2.0
NONE = -1
_BRIGHTNESS, _CENTRE = 74, 64.0


class Zones:
    """The zones of one port."""

    def __init__(self) -> None:
        self._members = {LOWER: 0, UPPER: 0}
        self._numbers = ParameterNumbers()

    def master(self, channel: int) -> int:
        """Master of the zone in which a channel is a member, -1 if it is in none."""
        if 1 <= channel <= self._members[LOWER]:
            return LOWER
        return UPPER if UPPER - self._members[UPPER] <= channel < UPPER else NONE

    def feed(self, row: Row) -> list[Row]:
        """The row, and what it means for zones."""
        entry = self._numbers.feed(row)
        if entry is None or not entry.registered:
            return [row]
        time, channel = row[0], row[2]
        if entry.number == CONFIGURE and channel in (LOWER, UPPER) and entry.low is None:
            return [row, *self._configure(time, channel, int(entry.high))]
        if entry.number == BEND_RANGE and (master := self.master(channel)) != NONE:
            return [row, *self._share_range(time, channel, master, entry)]
        return [row]

    def clear(self, time: int) -> list[Row]:
        """Rows that end both zones; none if there are none."""
        return [row for master, count in self._members.items() if count for row in self._configure(time, master, 0)]

    def _configure(self, time: int, master: int, count: int) -> list[Row]:
        before, masters = [self.master(channel) for channel in range(16)], self._masters()
        other, count = UPPER - master, min(count, 15)
        self._members[master] = count
        if count:
            self._members[other] = 0 if count == 15 else min(self._members[other], 14 - count)
        ended = masters - self._masters()
        rows: list[Row] = [(time, Kind.ZONE, each, 0, float(NONE)) for each in sorted(ended)]
        for channel, earlier in enumerate(before):
            now = self.master(channel)
            if now != earlier:
                rows += [(time, Kind.ZONE, channel, 0, float(now)), *self._centred(time, channel)]
            if now == master:
                rows += self._range(time, channel, MEMBER_SEMITONES)
        if count:  # last: the channel may just have left the other zone
            rows += self._range(time, master, MASTER_SEMITONES)
        return rows

    def _masters(self) -> set[int]:
        return {master for master, count in self._members.items() if count}

    def _centred(self, time: int, channel: int) -> list[Row]:
        bend, pressure = (time, Kind.BEND, channel, 0, 0.0), (time, Kind.PRESSURE, channel, 0, 0.0)
        return [bend, pressure, control(time, channel, _BRIGHTNESS, _CENTRE)]

    def _share_range(self, time: int, channel: int, master: int, entry: Entry) -> list[Row]:
        """A bend range that one member got is that of all members of its zone."""
        others = [each for each in range(16) if self.master(each) == master and each != channel]
        return [row for each in others for row in self._range(time, each, entry.high, entry.low)]

    def _range(self, time: int, channel: int, semitones: float, cents: float | None = None) -> list[Row]:
        """Rows that set a channel's bend range and leave the parameter that is selected there as it is."""
        high, low = self._numbers.registered(channel)
        rows = [control(time, channel, 101, 0.0), control(time, channel, 100, float(BEND_RANGE))]
        rows.append(control(time, channel, COARSE, semitones))
        if cents is not None:
            rows.append(control(time, channel, DETAIL, cents))
        return [*rows, control(time, channel, 101, float(high)), control(time, channel, 100, float(low))]

"""MPE zones, after the tables of M1-100-UM, 2.1."""

from __future__ import annotations

from engine.events import Kind
from engine.midi.rows import Row, control
from engine.midi.zones import Zones


def set_up(zones: Zones, channel: int, members: int) -> list[Row]:
    messages = [(101, 0.0), (100, 6.0), (6, float(members))]
    return [row for number, value in messages for row in zones.feed(control(7, channel, number, value))]


def masters(zones: Zones) -> list[int]:
    return [zones.master(channel) for channel in range(16)]


PATCH = -1.0


class Ranges:
    """What an engine makes of the rows: bend range (PATCH = the patch's) and master of each channel (RPN 0, ZONE)."""

    def __init__(self) -> None:
        self.semitones, self.selected, self.parents = [PATCH] * 16, [[127.0, 127.0] for _ in range(16)], [-1] * 16

    def take(self, rows: list[Row]) -> None:
        for _, kind, channel, number, value in rows:
            if kind == Kind.ZONE:
                self.parents[channel] = int(value)
                self.semitones[channel] = PATCH if value < 0 else self.semitones[channel]
            elif kind == Kind.CONTROL and number in (100, 101):
                self.selected[channel][101 - number] = value
            elif kind == Kind.CONTROL and number == 6 and self.selected[channel] == [0.0, 0.0]:
                self.semitones[channel] = value


def test_lower_zone() -> None:
    zones, engine = Zones(), Ranges()
    rows = set_up(zones, 0, 4)
    engine.take(rows)
    assert masters(zones) == [-1, 0, 0, 0, 0, *[-1] * 11] == engine.parents
    assert engine.semitones == [2.0, 48.0, 48.0, 48.0, 48.0, *[PATCH] * 11]
    assert all(row[0] == 7 for row in rows)


def test_upper_zone_beside_it_and_ordinary_channels_between() -> None:
    zones, engine = Zones(), Ranges()
    engine.take(set_up(zones, 0, 3))
    engine.take(set_up(zones, 15, 2))
    assert masters(zones) == [-1, 0, 0, 0, *[-1] * 9, 15, 15, -1] == engine.parents
    assert engine.semitones[12:] == [PATCH, 48.0, 48.0, 2.0]


def test_the_later_zone_takes_from_the_earlier() -> None:
    zones, engine = Zones(), Ranges()
    for channel, members in ((0, 10), (15, 8)):
        engine.take(set_up(zones, channel, members))
    assert masters(zones) == [-1, *[0] * 6, *[15] * 8, -1] == engine.parents
    engine.take(set_up(zones, 0, 15))
    assert masters(zones) == [-1, *[0] * 15] == engine.parents and engine.semitones == [2.0, *[48.0] * 15]
    engine.take(set_up(zones, 15, 14))
    assert masters(zones) == [-1, *[15] * 14, -1] == engine.parents


def test_no_members_ends_a_zone_and_clear_ends_both() -> None:
    zones, engine = Zones(), Ranges()
    engine.take(set_up(zones, 0, 3))
    engine.take(set_up(zones, 15, 3))
    engine.take(set_up(zones, 0, 0))
    assert masters(zones) == [*[-1] * 12, 15, 15, 15, -1] == engine.parents
    engine.take(zones.clear(9))
    assert masters(zones) == [-1] * 16 == engine.parents and engine.semitones == [PATCH] * 16
    assert zones.clear(9) == []


def test_a_channel_that_leaves_a_zone_has_the_patchs_bend_range_again() -> None:
    zones, engine = Zones(), Ranges()
    engine.take(set_up(zones, 0, 5))
    engine.take(set_up(zones, 0, 3))
    assert engine.semitones == [2.0, 48.0, 48.0, 48.0, *[PATCH] * 12]
    engine.take(set_up(zones, 0, 15))
    engine.take(set_up(zones, 15, 2))  # its master was a member until now
    assert engine.semitones == [2.0, *[48.0] * 14, 2.0]
    engine.take(set_up(zones, 15, 15))  # and now the other's
    assert engine.semitones == [*[48.0] * 15, 2.0] and engine.parents == [*[15] * 15, -1]
    engine.take(set_up(zones, 15, 0))
    assert engine.semitones == [PATCH] * 16 and engine.parents == [-1] * 16


def test_ending_a_zone_that_never_was_changes_nothing() -> None:
    engine = Ranges()
    engine.take(set_up(Zones(), 0, 0))
    assert engine.semitones == [PATCH] * 16


def test_other_channels_and_other_numbers_configure_nothing() -> None:
    zones = Zones()
    set_up(zones, 3, 4)
    for number, value in ((99, 0.0), (98, 6.0), (6, 4.0)):  # an NRPN of that number
        zones.feed(control(0, 0, number, value))
    assert masters(zones) == [-1] * 16


def test_a_members_bend_range_is_that_of_its_zone_and_selections_stay() -> None:
    zones, engine = Zones(), Ranges()
    engine.take(set_up(zones, 0, 3))
    engine.take(zones.feed(control(0, 3, 101, 0.0)) + zones.feed(control(0, 3, 100, 1.0)))
    for number, value in ((101, 0.0), (100, 0.0), (6, 24.0)):
        engine.take(zones.feed(control(0, 2, number, value)))
    assert engine.semitones[:5] == [2.0, 24.0, 24.0, 24.0, PATCH]
    assert engine.selected[3] == [0.0, 1.0] and engine.selected[1] == [127.0, 127.0]
    for number, value in ((101, 0.0), (100, 0.0), (6, 12.0)):
        engine.take(zones.feed(control(0, 0, number, value)))
    assert engine.semitones[:5] == [12.0, 24.0, 24.0, 24.0, PATCH]


def test_what_changes_hands_starts_from_the_middle() -> None:
    rows = set_up(Zones(), 0, 1)
    assert (7, Kind.BEND, 1, 0, 0.0) in rows and (7, Kind.PRESSURE, 1, 0, 0.0) in rows
    assert control(7, 1, 74, 64.0) in rows
    assert not any(row[1] == Kind.BEND and row[2] != 1 for row in rows)

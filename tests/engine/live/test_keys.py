"""Which keys are down, and that none hangs when a part is replaced while it goes up."""

from __future__ import annotations

from engine.events import Kind, addressed, event_array
from engine.live.keys import Keys
from engine.midi.rows import Row, control, note_off, note_on


def follow(keys: Keys, *rows: Row) -> list[Row]:
    return keys.follow(event_array(list(rows)))


def opened(serial: int, slot: int) -> Row:
    return 0, Kind.OPEN, serial, slot, 480.0


def test_keys_are_down_until_they_go_up() -> None:
    keys = Keys()
    follow(keys, note_on(0, 0, 60, 90), note_on(1, 2, 60, 70), note_on(2, 0, 64, 50))
    assert keys.down == [(0, 60, 90.0), (2, 60, 70.0), (0, 64, 50.0)]
    follow(keys, note_off(3, 0, 60), (4, Kind.NOTE_ON, 0, 64, 0.0))
    assert keys.down == [(2, 60, 70.0)]
    follow(keys, note_off(5, 9, 99))
    assert keys.down == [(2, 60, 70.0)]


def test_a_key_that_is_struck_again_is_the_last() -> None:
    keys = Keys()
    follow(keys, note_on(0, 0, 60, 90), note_on(0, 0, 62, 90), note_on(0, 0, 60, 40))
    assert keys.down == [(0, 62, 90.0), (0, 60, 40.0)]


def test_what_silences_everything_empties_it() -> None:
    for row in (control(1, 3, 120, 0), control(1, 0, 123, 0), (1, Kind.RELEASE_ALL, 0, 0, 0.0)):
        keys = Keys()
        follow(keys, note_on(0, 0, 60, 90), row)
        assert keys.down == []
    keys = Keys()
    follow(keys, note_on(0, 0, 60, 90), control(1, 0, 64, 0), control(1, 0, 121, 0))
    assert keys.down


def test_held_keys_are_struck_on_the_part_that_replaces_and_on_no_other() -> None:
    keys = Keys()
    keys.replace(7)
    assert follow(keys, note_on(0, 1, 60, 90), opened(6, 2)) == []
    rows = follow(keys, opened(7, 3), note_on(1, 0, 64, 50))
    assert rows == [(0, Kind.NOTE_ON, addressed(1, 3), 60, 90.0)]
    assert follow(keys, opened(7, 3)) == []


def test_a_key_that_went_up_before_its_new_strike_is_let_go() -> None:
    keys = Keys()
    keys.replace(7)
    (strike,) = follow(keys, note_on(0, 0, 60, 90), opened(7, 3))
    assert follow(keys, note_off(1, 0, 60), strike) == [note_off(0, 0, 60)]


def test_a_strike_on_a_key_that_is_still_down_stays() -> None:
    keys = Keys()
    keys.replace(7)
    (strike,) = follow(keys, note_on(0, 0, 60, 90), opened(7, 3))
    assert follow(keys, strike) == []
    assert keys.down == [(0, 60, 90.0)]

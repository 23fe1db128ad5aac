"""No note is left hanging: whatever holders, hold, pedal and a full ring do in whatever order."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.window.playing.note_player import NotePlayer
from engine.events import Kind
from engine.midi.rows import Row

HOLDERS = ("mouse", "typed A", "typed S")


class Ring:
    """Plays into a list, as long as there is room; knows what sounds."""

    def __init__(self) -> None:
        self.rows: list[Row] = []
        self.is_full = False
        self.down: set[int] = set()
        self.pedal = 0.0

    def play(self, rows: Sequence[Row]) -> bool:
        if self.is_full:
            return False
        for row in rows:
            self.rows.append(row)
            _, kind, _, index, value = row
            if kind == Kind.NOTE_ON:
                assert index not in self.down, "struck twice without a release"
                self.down.add(index)
            elif kind == Kind.NOTE_OFF:
                self.down.discard(index)
            elif kind == Kind.CONTROL and index == 64:
                self.pedal = value
        return True


@pytest.fixture
def ring() -> Ring:
    return Ring()


@pytest.fixture
def player(ring: Ring) -> NotePlayer:
    return NotePlayer(ring.play, lambda: True)


def test_a_note_that_two_strike_ends_with_the_second(player: NotePlayer, ring: Ring) -> None:
    player.press("mouse", 60, 100)
    player.press("typed A", 60, 80)
    player.release("mouse")
    assert ring.down == {60}
    player.release("typed A")
    assert ring.down == set()


def test_one_holder_glides(player: NotePlayer, ring: Ring) -> None:
    for note in (60, 61, 62):
        player.press("mouse", note, 100)
    assert ring.down == {62}


def test_hold_keeps_until_it_ends_or_the_key_is_pressed_again(player: NotePlayer, ring: Ring) -> None:
    player.hold(True)
    for note in (60, 64):
        player.press("mouse", note, 100)
        player.release("mouse")
    assert ring.down == {60, 64}
    player.press("mouse", 60, 100)
    player.release("mouse")
    assert ring.down == {64}
    player.hold(False)
    assert ring.down == set()


def test_hold_that_ends_leaves_what_is_still_pressed(player: NotePlayer, ring: Ring) -> None:
    player.hold(True)
    player.press("mouse", 60, 100)
    player.hold(False)
    assert ring.down == {60}
    player.release("mouse")
    assert ring.down == set()


def test_a_full_ring_owes_the_release_and_leaves_out_the_press(player: NotePlayer, ring: Ring) -> None:
    player.press("mouse", 60, 100)
    ring.is_full = True
    player.release("mouse")
    assert not player.press("typed A", 62, 100)
    owed = player.owes
    ring.is_full = False
    player.flush()
    assert (owed, player.owes, ring.down) == (True, False, set())
    assert player.press("typed A", 62, 100)


def test_while_the_engine_starts_nothing_is_played(ring: Ring) -> None:
    player = NotePlayer(ring.play, lambda: False)
    assert not player.press("mouse", 60, 100)
    player.release("mouse")
    assert [row for row in ring.rows if row[1] == Kind.NOTE_ON] == []


def test_another_engine_knows_of_no_key(player: NotePlayer, ring: Ring) -> None:
    player.hold(True)
    player.press("mouse", 60, 100)
    player.restarted()
    assert (player.notes, player.is_holding) == (frozenset(), False)


STEPS = st.one_of(
    st.tuples(st.just("press"), st.sampled_from(HOLDERS), st.integers(60, 63)),
    st.tuples(st.just("release"), st.sampled_from(HOLDERS), st.just(0)),
    st.tuples(st.just("hold"), st.booleans(), st.just(0)),
    st.tuples(st.just("sustain"), st.booleans(), st.just(0)),
    st.tuples(st.just("full"), st.booleans(), st.just(0)),
)


@given(st.lists(STEPS, max_size=60))
def test_never_a_hanging_note(steps: list[tuple[str, object, int]]) -> None:
    ring = Ring()
    player = NotePlayer(ring.play, lambda: True)
    for what, who, note in steps:
        if what == "press":
            player.press(str(who), note, 100)
        elif what == "release":
            player.release(str(who))
        elif what == "hold":
            player.hold(bool(who))
        elif what == "sustain":
            player.sustain(bool(who))
        else:
            ring.is_full = bool(who)
        if not ring.is_full:
            player.flush()
            assert ring.down == player.notes
    ring.is_full = False
    player.end_all()
    player.flush()
    assert (ring.down, ring.pedal, player.notes) == (set(), 0.0, frozenset())

"""Every edit can be undone, gestures are one step, and nothing but a save makes a sound clean."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accel.errors import SystoleError
from app.window.session.document import Change, Desk, Document
from app.window.session.sound import NO_ROW, Sound
from engine.patch import ModulationRow
from tests.app.window.session.sounds import Clock, other_model, sound

ROW = ModulationRow("lfo1", "cut", 0.5)
FILE = Path("one.toml")


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def document(clock: Clock) -> Document:
    return Document(replace(sound(), path=FILE), clock=clock)


@pytest.fixture
def changes(document: Document) -> list[Change]:
    heard: list[Change] = []
    document.subscribe(heard.append)
    return heard


def test_a_number_is_set_told_and_undone(document: Document, changes: list[Change]) -> None:
    document.set_number("knobs.cut", 0.75)
    assert document.sound.number("knobs.cut") == 0.75
    assert (changes[0].cause, changes[0].ids, changes[0].has_other_rows) == ("edit", {"knobs.cut"}, False)
    assert document.undo_label == "Cut"
    document.undo()
    assert (document.sound.number("knobs.cut"), document.redo_label) == (0.25, "Cut")
    document.redo()
    assert document.sound.number("knobs.cut") == 0.75


def test_setting_what_is_there_is_no_edit(document: Document, changes: list[Change]) -> None:
    document.set_number("amp.decay", 1.5)
    document.set_row(3, NO_ROW)
    assert changes == []
    assert document.undo_label is None


def test_what_cannot_be_is_refused(document: Document, changes: list[Change]) -> None:
    for name, number in (("amp.decay", 21.0), ("knobs.cut", float("nan")), ("knobs.none", 0.5)):
        with pytest.raises(SystoleError):
            document.set_number(name, number)
    assert changes == []


def test_a_drag_is_one_step_however_long(document: Document, clock: Clock) -> None:
    document.set_number("knobs.cut", 0.3)
    with document.gesture():
        for step in range(10):
            clock.now += 5.0
            document.set_number("knobs.cut", 0.4 + step / 100)
    document.set_number("knobs.cut", 0.9)
    document.undo()
    assert document.sound.number("knobs.cut") == 0.49
    document.undo()
    assert document.sound.number("knobs.cut") == 0.3


@pytest.mark.parametrize(("pause", "left"), [(0.5, 0.25), (2.0, 0.3)])
def test_a_wheel_is_one_step_while_it_turns(document: Document, clock: Clock, pause: float, left: float) -> None:
    document.set_number("knobs.cut", 0.3)
    clock.now += pause
    document.set_number("knobs.cut", 0.35)
    document.undo()
    assert document.sound.number("knobs.cut") == left


def test_dirty_is_what_differs_from_the_file(document: Document) -> None:
    assert not document.is_dirty
    document.set_number("voice.pan", 0.5)
    assert document.is_dirty
    document.set_number("voice.pan", 0.0)  # now said, but as its default: the file says the same
    assert not document.is_dirty
    document.set_row(0, ROW)
    document.saved_as(FILE)
    assert not document.is_dirty
    document.undo()
    assert document.is_dirty


def test_a_sound_without_a_file_is_dirty_until_it_is_saved() -> None:
    document = Document(sound())
    assert document.is_dirty
    document.saved_as(FILE)
    assert not document.is_dirty
    assert document.sound.path == FILE


def test_saving_under_another_name_is_one_step(document: Document, changes: list[Change]) -> None:
    named = replace(document.sound.patch, name="Mine", tags=("bell",))
    document.saved_as(Path("mine.toml"), named)
    assert (document.sound.patch.name, document.sound.path, document.is_dirty) == ("Mine", Path("mine.toml"), False)
    assert (changes[-1].cause, changes[-1].ids) == ("saved", frozenset())
    document.undo()
    assert (document.sound.patch.name, document.sound.path, document.is_dirty) == ("One", FILE, False)


def test_a_sound_that_came_by_itself_finds_its_file(document: Document, changes: list[Change]) -> None:
    document.load(other_model(), plays_already=True)
    assert document.is_dirty
    document.belongs_to(Path("two.toml"), document.sound.patch)
    assert (document.sound.path, document.is_dirty, document.undo_label) == (Path("two.toml"), False, "Load Two")
    assert changes[-1].cause == "saved"
    document.belongs_to(Path("three.toml"), document.sound.patch)
    assert document.sound.path == Path("two.toml")


def test_a_renamed_file_is_renamed_in_all_steps(document: Document) -> None:
    document.set_number("knobs.cut", 0.75)
    document.load(other_model())
    document.file_moved(FILE, Path("new.toml"), replace(sound().patch, name="New"))
    assert document.sound.patch.name == "Two"
    document.undo()
    assert (document.sound.patch.name, document.sound.path, document.is_dirty) == ("New", Path("new.toml"), True)
    document.undo()
    assert (document.sound.patch.name, document.sound.path, document.is_dirty) == ("New", Path("new.toml"), False)


def test_a_file_that_is_gone_makes_its_sound_unsaved(document: Document, changes: list[Change]) -> None:
    patch = document.sound.patch
    document.file_holds(FILE, None)
    assert document.is_dirty
    document.file_holds(FILE, patch)
    assert not document.is_dirty
    assert [change.cause for change in changes] == ["saved", "saved"]


def test_another_session_is_taken_over_in_one_step(document: Document) -> None:
    mine = document.desk
    document.adopt(Desk(other_model(), sound("Third"), "B"), "Open the kept session")
    assert (document.sound.patch.name, document.side) == ("Two", "B")
    document.undo()
    assert document.desk is mine


def test_loading_is_a_step_too(document: Document, changes: list[Change]) -> None:
    document.set_number("knobs.cut", 0.75)
    document.load(replace(other_model(), path=Path("two.toml")))
    assert (changes[-1].cause, changes[-1].is_other_model) == ("load", True)
    assert not document.is_dirty
    document.undo()
    assert (document.sound.patch.name, document.sound.number("knobs.cut"), document.is_dirty) == ("One", 0.75, True)


def test_comparing(document: Document, changes: list[Change]) -> None:
    document.set_number("knobs.cut", 0.75)
    document.flip()
    assert (document.side, document.sound.number("knobs.cut"), changes[-1].cause) == ("B", 0.25, "compare")
    document.flip()
    document.copy_to_other()
    document.flip()
    assert document.sound.number("knobs.cut") == 0.75
    for _ in range(5):
        document.undo()
    assert (document.side, document.sound.number("knobs.cut")) == ("A", 0.25)


def test_what_the_player_turned_is_followed_and_undone_in_one(document: Document, changes: list[Change]) -> None:
    document.follow({"knobs.cut": 0.3})
    document.follow({"knobs.cut": 0.4})
    assert [change.cause for change in changes] == ["follow", "follow"]
    document.follow({"knobs.cut": 0.4})
    assert len(changes) == 2
    document.undo()
    assert document.sound.number("knobs.cut") == 0.25


def test_another_model_must_be_loaded(document: Document) -> None:
    with pytest.raises(ValueError, match="loaded"):
        document.replace_patch(other_model().patch, "Random")


EDITS = st.one_of(
    st.tuples(st.just("number"), st.sampled_from(["knobs.cut", "knobs.res", "voice.pan"]), st.floats(0, 1)),
    st.tuples(st.just("row"), st.integers(0, 7), st.floats(-1, 1)),
    st.tuples(st.just("flip")),
    st.tuples(st.just("copy")),
    st.tuples(st.just("load")),
)


@given(st.lists(EDITS, max_size=30))
def test_undo_leads_back_through_all_states(edits: list[tuple]) -> None:
    clock = Clock()
    document = Document(sound(), clock=clock)
    states = [document.desk]
    for what, *rest in edits:
        clock.now += 10.0
        if what == "number":
            document.set_number(*rest)
        elif what == "row":
            document.set_row(rest[0], ModulationRow("lfo1", "voice.pan", rest[1]))
        else:
            todo = {"flip": document.flip, "copy": document.copy_to_other}
            todo.get(what, lambda: document.load(sound("Next")))()
        if document.desk is not states[-1]:
            states.append(document.desk)
    for state in reversed(states[:-1]):
        document.undo()
        assert document.desk is state
    assert document.undo_label is None
    for state in states[1:]:
        document.redo()
        assert document.desk is state


def test_rows_at_the_end_that_do_nothing_are_left_out() -> None:
    found: Sound = sound().with_row(2, ROW)
    assert found.patch.modulation == (NO_ROW, NO_ROW, ROW)
    assert found.with_row(2, NO_ROW).patch.modulation == ()


def test_a_drag_in_two_directions_is_one_step(document: Document, changes: list[Change]) -> None:
    before = document.sound
    with document.gesture():
        for part in (0.1, 0.2, 0.3):
            document.set_numbers({"amp.decay": 1.0 + part, "amp.sustain": part})
    assert (document.sound.number("amp.decay"), document.sound.number("amp.sustain")) == (1.3, 0.3)
    assert changes[-1].ids == {"amp.decay", "amp.sustain"}
    assert document.undo_label == "Decay, Sustain"
    document.undo()
    assert document.sound is before


def test_several_numbers_are_set_all_or_none(document: Document) -> None:
    before = document.sound
    with pytest.raises(SystoleError):
        document.set_numbers({"amp.sustain": 0.1, "amp.decay": 1e9})
    assert document.sound is before


def test_two_numbers_at_once_are_one_step_however_long_the_drag(
    document: Document, changes: list[Change], clock: Clock
) -> None:
    with document.gesture():
        for place in (0.1, 0.2, 0.3):
            clock.now += 5
            document.set_numbers({"knobs.cut": place, "knobs.res": 1 - place}, "Cut and Res")
    document.set_numbers({"knobs.cut": 0.3, "knobs.res": 0.7}, "Cut and Res")
    assert [change.ids for change in changes] == [{"knobs.cut", "knobs.res"}] * 3
    assert (document.sound.number("knobs.cut"), document.undo_label) == (0.3, "Cut and Res")
    document.undo()
    assert (document.sound.number("knobs.cut"), document.undo_label) == (0.25, None)

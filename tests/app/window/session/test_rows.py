"""What the engine is told of a change brings it exactly to the sound that is shown."""

from __future__ import annotations

import pytest

from app.window.session.document import Change, Document
from app.window.session.rows import all_rows, rows_of
from engine.events import Kind
from engine.parameters import TABLE
from engine.patch import ModulationRow
from tests.app.window.session.sounds import other_model, sound


@pytest.fixture
def document() -> Document:
    return Document(sound())


@pytest.fixture
def changes(document: Document) -> list[Change]:
    heard: list[Change] = []
    document.subscribe(heard.append)
    return heard


def test_an_edit_sends_only_itself(document: Document, changes: list[Change]) -> None:
    document.set_number("knobs.res", 0.75)
    document.set_number("amp.release", 2.0)
    place = [entry.id for entry in TABLE].index("amp.release")
    assert [rows_of(change) for change in changes] == [
        [(0, Kind.KNOB, 0, 1, 0.75)],
        [(0, Kind.PARAMETER, 0, place, 2.0)],
    ]


def test_a_row_is_silent_while_it_is_changed(document: Document, changes: list[Change]) -> None:
    document.set_row(1, ModulationRow("velocity", "res", 0.5))
    kinds = [(row[1], row[3], row[4]) for row in rows_of(changes[0]) or []]
    assert kinds == [
        (Kind.ROW_AMOUNT, 1, 0.0), (Kind.ROW_SOURCE, 1, 5.0), (Kind.ROW_TARGET, 1, 6.0), (Kind.ROW_AMOUNT, 1, 0.5),
    ]  # fmt: skip
    document.set_row(1, ModulationRow("velocity", "res", 0.25))
    assert rows_of(changes[1]) == [(0, Kind.ROW_AMOUNT, 0, 1, 0.25)]


def test_going_back_sets_everything(document: Document, changes: list[Change]) -> None:
    document.set_number("knobs.res", 0.75)
    document.undo()
    assert rows_of(changes[-1]) == all_rows(document.sound)
    assert len(all_rows(document.sound)) == len(TABLE) + 2 + 4 * 8


def test_another_model_needs_the_patch(document: Document, changes: list[Change]) -> None:
    document.load(other_model())
    assert rows_of(changes[0]) is None

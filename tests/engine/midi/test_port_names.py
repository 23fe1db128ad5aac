"""Ports are named by parts of their names."""

from __future__ import annotations

import pytest

from engine.midi.port_names import ALL, is_wanted


@pytest.mark.parametrize(
    ("wanted", "found"),
    [(ALL, True), ([], False), (["keys"], True), (["x", "STATION 4"], True), (["x"], False), (["GROSS"], False)],
)
def test_a_part_in_any_case_or_all(wanted: list[str], found: bool) -> None:
    assert is_wanted("Keystation 49:MIDI 1", wanted) is found


def test_case_is_that_of_all_languages() -> None:
    assert is_wanted("Große Orgel", ["GROSSE"])


def test_one_that_is_called_all_is_a_name_in_a_list() -> None:
    assert is_wanted("All", ["all"]) and not is_wanted("Keys", ["all"])

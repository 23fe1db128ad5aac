"""Every planted fault is caught: a few of them always, all of them with `-m slow` (a quarter of an hour)."""

from __future__ import annotations

import pytest

from accel.hardware import tools
from tests.rtl.mutation.check import BEGIN, END, REPORT, check, misplaced
from tests.rtl.mutation.mutants import MUTANTS, QUICK, Mutant


def test_every_fault_has_exactly_one_place() -> None:
    assert not misplaced(MUTANTS, tools.rtl_files())
    assert len({each.name for each in MUTANTS}) == len(MUTANTS) >= 30
    assert {each.name for each in MUTANTS} >= set(QUICK)


def test_the_report_names_every_fault() -> None:
    table = REPORT.read_text(encoding="utf-8").partition(BEGIN)[2].partition(END)[0]
    rows = [line.split(" | ") for line in table.splitlines() if line.startswith("| ")][2:]
    assert [row[0].removeprefix("| ") for row in rows] == [each.name for each in MUTANTS], "renew docs/verification.md"
    assert not [row for row in rows if row[2] == "nothing"]


def survivors(mutants: list[Mutant]) -> list[str]:
    return [mutant.name for mutant, verdict in check(mutants) if verdict.by == "nothing"]


def test_some_faults_are_caught() -> None:
    assert not survivors([each for each in MUTANTS if each.name in QUICK])


@pytest.mark.slow
def test_all_faults_are_caught() -> None:
    assert not survivors(list(MUTANTS))

"""Every planted fault is caught: a few of them always, all of them with `-m slow` (a quarter of an hour)."""

from __future__ import annotations

from pathlib import Path

import pytest

from accel.hardware import tools
from tests.rtl.mutation import check as module
from tests.rtl.mutation.check import Verdict, check, known, main, misplaced, page
from tests.rtl.mutation.mutants import MUTANTS, QUICK, Mutant


def test_every_fault_has_exactly_one_place() -> None:
    assert not misplaced(MUTANTS, tools.rtl_files())
    assert len({each.name for each in MUTANTS}) == len(MUTANTS) >= 30
    assert {each.name for each in MUTANTS} >= set(QUICK)


def test_the_report_names_every_fault() -> None:
    verdicts = known(page())
    assert list(verdicts) == [each.name for each in MUTANTS], "renew docs/verification.md"
    assert not [name for name, verdict in verdicts.items() if verdict.by == "nothing"]


def test_rows_of_faults_that_are_not_played_stay(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    report, first, verdict = tmp_path / "verification.md", MUTANTS[0], Verdict("values", "plain", 7, 8)
    before = page()
    report.write_text(before.replace(f"| {first.name} |", "| another name |"), encoding="utf-8")
    monkeypatch.setattr(module, "REPORT", report)
    monkeypatch.setattr(module, "check", lambda mutants: [(each, verdict) for each in mutants])
    monkeypatch.setattr(module, "played", lambda _: "caught. Every mutant")
    monkeypatch.setattr(module, "battery", list)
    monkeypatch.setattr("sys.argv", ["check", "--missing", "--write"])
    assert main() == 0
    assert known(report.read_text(encoding="utf-8")) == known(before) | {first.name: verdict}


def test_rows_of_two_batteries_do_not_mix(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(module, "battery", list)
    monkeypatch.setattr("sys.argv", ["check", "--missing", "--write"])
    with pytest.raises(SystemExit, match="2"):
        main()
    assert "play all faults" in capsys.readouterr().err


def survivors(mutants: list[Mutant]) -> list[str]:
    return [mutant.name for mutant, verdict in check(mutants) if verdict.by == "nothing"]


def test_some_faults_are_caught() -> None:
    assert not survivors([each for each in MUTANTS if each.name in QUICK])


@pytest.mark.slow
def test_all_faults_are_caught() -> None:
    assert not survivors(list(MUTANTS))

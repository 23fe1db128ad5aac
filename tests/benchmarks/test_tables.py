"""Reports survive their file, tables show them, the README's table is generated, and the whole runs."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks import readme
from benchmarks.__main__ import main
from benchmarks.measure import Contest, Row
from benchmarks.memory import Memory
from benchmarks.peers import OURS
from benchmarks.report import Report, Single, load_report, save_report, this_machine
from benchmarks.scaling import fit_line
from benchmarks.startup import Startup
from benchmarks.steady import Allocations, BlockCost, Percentiles
from benchmarks.summary_table import summary_table
from benchmarks.table import contest_table, detail_table, target_table
from benchmarks.targets import check


def a_report() -> Report:
    rows = [
        Row(OURS, "Systole", 30e-6, 1.0, 60e9, 88.9),
        Row("onnx-conv", "ONNX Runtime fp32, Conv graph", 210e-6, 7.0, 8.6e9, 12.7, "Conv"),
        Row("torch", "PyTorch eager", missing="No module named 'torch'"),
    ]
    single = Single(
        name="a15",
        title="A15",
        note="our default model",
        rate=48_000,
        macs_per_sample=14_210.0,
        published=None,
        contest=Contest("a15", 128, rows, "vpdpwssd zmm", 120e9, 0.5),
        percentiles=Percentiles(20_000, 30e-6, 31e-6, 35e-6, 1e-4),
        allocations=Allocations(200, 0, 0),
        block_cost=BlockCost(32, 512, 2.6e-7, 2.0e-7, 1.3),
        fits=[fit_line(axis, [1, 2, 4], [1e-5, 2e-5, 4e-5]) for axis in ("voices", "layers", "samples")],
        voices=61,
    )
    memory, startup = Memory(1, 200_000_000, 60, 210_000_000, 70.0), Startup(0.1, 1.0, 20.0)
    return Report(this_machine(), False, 128, [single], memory, startup)


def test_report_survives_its_file(tmp_path: Path) -> None:
    report = a_report()
    save_report(report, tmp_path / "results.json")
    assert load_report(tmp_path / "results.json") == report


def test_tables_show_the_figures() -> None:
    report = a_report()
    table = contest_table(report)
    for part in ("14.2 k", "**30**", "50%", "7×", "–", "`vpdpwssd zmm`", report.machine.cpu):
        assert part in table
    lines = [line for line in table.splitlines() if line.startswith("|")]
    assert len({line.count("|") for line in lines}) == 1
    assert "1.30" in detail_table(report)
    assert "took no part: No module named 'torch'" in detail_table(report)
    assert "**missed**" not in target_table(report)


def test_a_missed_demand_is_shown() -> None:
    report = a_report()
    worse = replace(report, singles=[replace(report.singles[0], voices=3)])
    missed = [each.what for each in check(worse) if not each.met]
    assert missed == ["A15: voices"]
    assert "**missed**" in target_table(worse)


def test_a_report_without_memory_and_start_up() -> None:
    report = replace(a_report(), memory=None, startup=None, quick=True)
    assert "quick run" in contest_table(report)
    assert "MB" not in detail_table(report)


def test_readme_between_its_markers(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    results, page = tmp_path / "results.json", tmp_path / "page.md"
    save_report(a_report(), results)
    parts = ("benchmarks", "hardware", "measured")
    page.write_text("before\n" + "".join(f"<!-- {part}:start -->\nold\n<!-- {part}:end -->\nafter\n" for part in parts))
    call = ["--results", str(results), "--page", str(page)]
    assert readme.main([*call, "--check"]) == 1
    assert readme.main(call) == 0
    assert readme.main([*call, "--check"]) == 0
    text = page.read_text()
    assert text.startswith("before\n") and text.endswith("after\n") and "old" not in text
    assert contest_table(a_report()) in text
    page.write_text("no markers")
    assert readme.main(call) == 1
    assert "each once" in capsys.readouterr().err
    assert page.read_text() == "no markers"


def test_the_summary_names_the_fastest_peer_of_its_kind() -> None:
    table = summary_table(a_report())
    assert "| Faster than ONNX Runtime fp32, Conv graph, in the same run | 7.0 times |" in table
    assert "| One voice on one core | 89 times real time |" in table


def test_the_pages_are_up_to_date() -> None:
    assert readme.main(["--check"]) == 0


def test_a_quick_run_from_end_to_end(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    call = ["--quick", "--workloads", "odd5", "--peers", "numpy", "onnx-conv", "--out", str(tmp_path / "out")]
    assert main(call) == 0
    printed = capsys.readouterr().out
    assert "ONNX Runtime fp32, Conv graph takes" in printed
    assert "NumPy takes" in printed
    report = load_report(tmp_path / "out" / "results.json")
    assert report.quick
    assert contest_table(report) in printed
    assert (tmp_path / "out" / "scaling-odd5.png").is_file()

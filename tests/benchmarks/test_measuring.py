"""Fits, counts, percentiles and the instruction peak measure what they say."""

from __future__ import annotations

from pathlib import Path

import mido
import numba
import numpy as np
import pytest

from benchmarks.measure import contest
from benchmarks.memory import write_piece
from benchmarks.peak import Peak, available
from benchmarks.peers import OURS, PEERS
from benchmarks.report import QUICK
from benchmarks.scaling import fit_line, plot
from benchmarks.steady import allocations, allocations_of, block_cost, percentiles, voices_per_core
from benchmarks.workloads import WORKLOADS

TINY = WORKLOADS["odd5"]


def test_fit_of_a_line() -> None:
    fit = fit_line("voices", [1, 2, 4], [3e-6, 5e-6, 9e-6])
    assert fit.start == pytest.approx(1e-6)
    assert fit.slope == pytest.approx(2e-6)
    assert fit.deviation == pytest.approx(0, abs=1e-9)


def test_fit_of_a_parabola_deviates() -> None:
    assert fit_line("voices", [1, 2, 4, 8], [1e-6, 4e-6, 16e-6, 64e-6]).deviation > 0.3


def test_voices_per_core_from_a_fit() -> None:
    fit = fit_line("voices", [1, 2], [1e-4, 2e-4])
    assert voices_per_core(WORKLOADS["a15"], 128, fit) == int(0.7 * 128 / 48_000 / 1e-4)


@numba.njit
def _allocating(count: int) -> float:
    total = 0.0
    for index in range(count):
        total += np.full(3, index)[0]
    return total


def test_an_allocation_per_block_is_seen() -> None:
    def run(count: int) -> None:
        _allocating(count)

    run(1)
    assert allocations_of(run, 50).numba >= 50


def test_ours_allocates_nothing() -> None:
    found = allocations(TINY, 64, 1000)
    assert found.numba == 0
    assert found.python == 0


def test_percentiles_are_in_order() -> None:
    found = percentiles(TINY, 64, QUICK)
    assert 0 < found.p50 <= found.p99 <= found.p999 <= found.largest
    assert found.blocks >= 100


def test_short_blocks_are_compared() -> None:
    found = block_cost(TINY, QUICK)
    assert found.ratio > 0.5
    assert found.seconds_short > 0


@pytest.mark.parametrize("name", available())
def test_peaks_are_plausible(name: str) -> None:
    """Between a MAC and 256 in a cycle of 0.2 to 1 ns: a loop that LLVM had removed would be far beyond."""
    peak = max(Peak(name).measure(2000) for _ in range(5))
    assert 1e8 < peak < 256 * 5e9


def test_contest_has_every_row_in_order() -> None:
    said: list[str] = []
    result = contest(TINY, 64, QUICK, names=(OURS, "numpy"), say=said.append)
    assert [row.name for row in result.rows] == [OURS, "numpy"]
    assert result.rows[0].ratio == 1.0
    assert all(row.title == PEERS[row.name][0] and row.seconds > 0 for row in result.rows)
    assert 0 < result.share < 1
    assert said


def test_a_missing_package_is_a_row_not_a_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(PEERS, "numpy", ("NumPy", "benchmarks.peers.not_installed", "None"))
    row = contest(TINY, 64, QUICK, names=(OURS, "numpy")).rows[1]
    assert "not_installed" in row.missing
    assert row.seconds == 0


def test_plot(tmp_path: Path) -> None:
    fits = [fit_line(axis, [1, 2, 4], [1e-6, 2e-6, 4e-6]) for axis in ("voices", "layers", "samples")]
    plot(fits, "a title", tmp_path / "fits.png")
    assert (tmp_path / "fits.png").stat().st_size > 1000


def test_the_long_piece_has_its_length(tmp_path: Path) -> None:
    write_piece(tmp_path / "piece.mid", 2)
    piece = mido.MidiFile(tmp_path / "piece.mid")
    assert piece.length == pytest.approx(120, abs=1)
    ons = [message for message in piece.tracks[0] if message.type == "note_on"]
    offs = [message for message in piece.tracks[0] if message.type == "note_off"]
    assert len(ons) == len(offs) == 120

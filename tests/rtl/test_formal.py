"""Proofs by k-induction, that they are not vacuous, and that planted faults make them fail."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.rtl.formal import run_formal, run_with_fault


@pytest.mark.parametrize("job", ["fifo"])
def test_proof(job: str, tmp_path: Path) -> None:
    outcome = run_formal(job, "prove", tmp_path)
    assert outcome.status == "PASS", outcome.log
    assert "successful proof by k-induction" in outcome.log


@pytest.mark.parametrize(("job", "reached"), [("fifo", ["c_full", "c_full_then_empty", "c_watched_last"])])
def test_cover(job: str, reached: list[str], tmp_path: Path) -> None:
    outcome = run_formal(job, "cover", tmp_path)
    assert outcome.status == "PASS", outcome.log
    assert all(f"{name} at" in outcome.log for name in reached), outcome.log


FAULTS = {
    "full one word too late": ("level_q != level_t'(Depth)", "level_q <= level_t'(Depth)"),
    "stale read address": ("mem[rd_ptr_q[AddrWidth-1:0]]", "mem[rd_ptr_q[AddrWidth-1:0] ^ wr_en]"),
    "word overwritten while it waits": ("&& (!rd_valid_q || rd_ready_i)", ""),
    "level ignores a read": ("if (!wr_en && rd_en) level_d", "if (!wr_en && rd_en && fetch) level_d"),
    "write dropped when reading": ("if (wr_en) mem", "if (wr_en && !fetch) mem"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_planted_fault_is_found(fault: str, tmp_path: Path) -> None:
    outcome = run_with_fault("fifo", "prove", *FAULTS[fault], tmp_path)
    # UNKNOWN: a fault too deep for the base case, so that only the induction fails; it is not proved either way.
    assert outcome.status in ("FAIL", "UNKNOWN"), outcome.log
    assert "failed assertion fifo" in outcome.log, outcome.log

"""Proofs of the sequencer and of the ring addresses, that they are not vacuous, and that planted faults break them."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.rtl.formal import run_formal, run_with_fault

SLOW = pytest.mark.slow


@pytest.mark.parametrize(
    ("job", "task"),
    [
        ("tile_issue", "prove"),
        ("tile_walker", "prove"),
        ("act_mem", "word"),
        ("act_mem", "column"),
        pytest.param("tile_issue", "wide", marks=SLOW),
        pytest.param("act_mem", "word2", marks=SLOW),
        pytest.param("act_mem", "word8", marks=SLOW),
        pytest.param("act_mem", "column2", marks=SLOW),
        pytest.param("act_mem", "column8", marks=SLOW),
    ],
)
def test_proof(job: str, task: str, tmp_path: Path) -> None:
    outcome = run_formal(job, task, tmp_path)
    assert outcome.status == "PASS", outcome.log
    assert "successful proof by k-induction" in outcome.log


@pytest.mark.parametrize(
    ("job", "reached"),
    [
        ("tile_walker", ["c_most"]),
        ("act_mem", ["c_wrap", "c_last"]),
        ("tile_issue", ["c_longest", "c_late", "c_pending", "c_held"]),
    ],
)
def test_cover(job: str, reached: list[str], tmp_path: Path) -> None:
    outcome = run_formal(job, "cover", tmp_path)
    assert outcome.status == "PASS", outcome.log
    assert all(f"{name} at" in outcome.log for name in reached), outcome.log


def test_fewer_rows_than_lanes_would_have_two_writers(tmp_path: Path) -> None:
    outcome = run_formal("tile_issue", "narrow", tmp_path)
    assert outcome.status == "FAIL", outcome.log
    assert "p_writer" in outcome.log


FAULTS = {
    "slot ends before its tokens": ("tile_issue", "prove", "assign may_end = full_q ||", "assign may_end = 1'b1 ||"),
    "slot ends before its steps": ("tile_issue", "prove", "done_q || (step && final_q)", "1'b1"),
    "last tap not waited for": ("tile_issue", "prove", "<= taps_left_q == 4'd1 && ", "<= "),
    "operands not waited for": ("tile_issue", "prove", "(pending_q <= 9'(cur_ahead_q) &&", "(1'b1 &&"),
    "row tiles counted as column tiles": ("tile_issue", "prove", "9'(post_first_o && cur_q.ends)", "9'(post_first_o)"),
    "waits for a tile it need not have": ("tile_issue", "prove", "(tile_valid_i || tile_end_i);", "tile_valid_i;"),
    "weights of the first row tile for all": ("tile_walker", "prove", "weight_q + 20'(desc_q.depth)", "weight_q"),
    "time does not advance": ("tile_walker", "prove", "block_time_q + (16'd1 << log2_block_i)", "block_time_q"),
    "window runs over the ring's end": ("act_mem", "word", "((word + 16'd1) & mask)", "(word & mask) + 16'd1"),
    "rotator one cycle early": ("act_mem", "column", ".amount_i(offset_4_q)", ".amount_i(offset_3_q)"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_planted_fault_is_found(fault: str, tmp_path: Path) -> None:
    job, task, good, bad = FAULTS[fault]
    outcome = run_with_fault(job, task, good, bad, tmp_path)
    # UNKNOWN: a fault too deep for the base case, so that only the induction fails; it is not proved either way.
    assert outcome.status in ("FAIL", "UNKNOWN"), outcome.log
    assert f"failed assertion {job}" in outcome.log, outcome.log

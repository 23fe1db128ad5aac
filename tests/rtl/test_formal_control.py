"""Proofs of the descriptor fetch and of a frame's life, that they are not vacuous, and that faults break them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.rtl.formal import run_formal, run_with_fault

SLOW = pytest.mark.slow


@pytest.mark.parametrize(
    ("job", "task"),
    [
        ("desc_fetch", "prove"),
        ("frame_ctl", "prove"),
        ("frame_ctl", "small"),
        pytest.param("desc_fetch", "most", marks=SLOW),
    ],
)
def test_proof(job: str, task: str, tmp_path: Path) -> None:
    outcome = run_formal(job, task, tmp_path)
    assert outcome.status == "PASS", outcome.log
    assert "successful proof by k-induction" in outcome.log


@pytest.mark.parametrize(
    ("job", "task", "reached"),
    [
        ("desc_fetch", "cover", ["c_prime", "c_held", "c_broken"]),
        ("desc_fetch", "blocks", ["c_frame", "c_again"]),
        ("frame_ctl", "cover", ["c_waited", "c_exact", "c_filled", "c_broken", "c_ignored", "c_prime"]),
    ],
)
def test_cover(job: str, task: str, reached: list[str], tmp_path: Path) -> None:
    outcome = run_formal(job, task, tmp_path)
    assert outcome.status == "PASS", outcome.log
    assert all(f"u_formal.{name}" in outcome.log for name in reached), outcome.log


# What each fault breaks: one of the promises. In the task `hunt` a run from reset shows it; in `prove` the induction
# fails (for faults that need two frames or blocks, too long for a search).
FETCH_FAULTS = {
    "last descriptor word stale": ("hunt", "p_latency", "(word_q != 4'(DescWords))", "(word_q != 4'(DescWords - 1))"),
    "words land one too early": ("hunt", "p_word", "landing_word_q <= word_q", "landing_word_q <= word_q + 4'd1"),
    "two descriptors exchanged": ("hunt", "p_inside", "{index_q, word_q}", "{index_q ^ DescW'(2), word_q}"),
    "waits for a word not 0": ("hunt", "p_latency", "state_q <= Holding", "if (|mem_data_i) state_q <= Holding"),
    "not held until taken": ("hunt", "p_held", "if (take_i) begin", "begin"),
    "descriptor left out": ("hunt", "p_inside", "index_q + 1'b1", "index_q + DescW'(2)"),
    "priming frame goes on": ("hunt", "p_end", "last_of_frame = prime_q ?", "last_of_frame = 1'b0 ?"),
    "goes on after the last": ("hunt", "p_end", "last_of_frame ? Stopped : Fetching", "Fetching"),
    "begins in the middle after a frame broken off": (
        "hunt", "p_word", "word_q  <= '0;\n      prime_q <= prime_i;", "prime_q <= prime_i;"),
    "one block too many": ("prove", "p_end", "block_q == blocks_i - 9'd1", "block_q == blocks_i"),
    "blocks run the control passes again": ("prove", "p_inside", "DescW'(first_block_i)", "'0"),
    "blocks counted on from frame to frame": (
        "prove", "i_frame", "prime_q <= prime_i;\n      block_q <= '0;", "prime_q <= prime_i;"),
}  # fmt: skip

FRAME_FAULTS = {
    "room for one sample too few": ("p_ready", "log2_hop) <= OutDepth", "log2_hop) <= OutDepth + 1"),
    "level read before it has settled": ("p_ready", "room_q <= state_q == Receive &&", "room_q <="),
    "priming frame waits for room": ("p_ready", "(room_q || !primed_q)", "room_q"),
    "memory cleared in part": ("p_clear", "ActW'(ActDepth - 1)", "ActW'(ActDepth - 2)"),
    "start cuts a frame": ("p_start", "start_i && !busy_o", "start_i && state_q != Clear"),
    "word taken with a start": ("p_ready", "!primed_q) && !start_i", "!primed_q)"),
    "words count on after a start": (
        "p_write", "primed_q <= 1'b0;\n      word_q <= '0;\n      clear_q", "primed_q <= 1'b0;\n      clear_q"),
    "word written twice": ("p_write", "ctl_we_o <= taken && rst_ni", "ctl_we_o <= cv_valid_i && rst_ni"),
    "written to the next word": ("p_write", "taken_word_q <= word_q", "taken_word_q <= word_q + 8'd1"),
    "pitch word rounds down": ("p_value", "+ 25'sd128", "+ 25'sd0"),
    "pitch word wraps": ("p_value", "(rounded > 25'sd8388607)", "1'b0"),
    "pitch does not glide": ("p_previous", "pitch_previous_o <= pitch_current_o", "pitch_previous_o <= cv_data_i"),
    "frame ends before it has begun": ("p_busy", "if (launched_q && idle_i", "if (idle_i"),
    "frame ends while the excitation runs": ("p_busy", "idle_i && !exc_busy_i", "idle_i"),
    "frame does not end during a start": ("p_busy", "launched_q && idle_i", "launched_q && !start_i && idle_i"),
    "priming frame is reported": ("p_run_ends", "frame_done_o <= primed_q", "frame_done_o <= 1'b1"),
    "cycle of the launch not counted": ("p_cycles", "(state_q == Launch || state_q == Run)", "(state_q == Run)"),
    "conditioning buffers never change": ("p_current", "current_o <= !current_o", "current_o <= current_o"),
}  # fmt: skip

FAULTS = {
    **{f"desc_fetch: {name}": ("desc_fetch", *fault) for name, fault in FETCH_FAULTS.items()},
    **{f"frame_ctl: {name}": ("frame_ctl", "hunt", *fault) for name, fault in FRAME_FAULTS.items()},
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_planted_fault_is_found(fault: str, tmp_path: Path) -> None:
    job, task, promise, good, bad = FAULTS[fault]
    outcome = run_with_fault(job, task, good, bad, tmp_path)
    assert outcome.status in (("FAIL",) if task == "hunt" else ("FAIL", "UNKNOWN")), outcome.log
    broken = re.findall(r"failed assertion \S+u_formal\.(\w+)", outcome.log)
    assert promise in broken, outcome.log

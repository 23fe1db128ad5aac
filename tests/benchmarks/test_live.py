"""The figures of live playing: whose fault a gap is, how long a note took, and the table."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from benchmarks.live import Row, live_table
from benchmarks.live_figures import find_gaps, long_callbacks, match_onsets, spread
from benchmarks.live_music import BAR_SECONDS, PATCHES, bar
from engine.library import find_model
from engine.live.layout import LOG
from engine.patch import read_patch

RATE, BLOCK = 48_000, 128
PERIOD = BLOCK * 1e9 / RATE
NOBODY = np.zeros((0, 2), np.int64)


def log_of(count: int) -> np.ndarray:
    """Callbacks of a quiet machine."""
    log = np.zeros(count, LOG)
    log["start"] = 10**12 + np.arange(count) * PERIOD
    log["wall"] = log["cpu"] = 0.3 * PERIOD
    log["frames"] = BLOCK
    return log


def lose(log: np.ndarray, after: int, blocks: int, late: float = 0.0) -> None:
    """JACK leaves blocks out after a callback; the next one begins `late` periods late."""
    log["start"][after + 1 :] += np.int64(blocks * PERIOD)
    log["start"][after + 1] += np.int64(late * PERIOD)
    log["lateness"][after + 1] = late * PERIOD


def test_a_quiet_machine_loses_nothing() -> None:
    log = log_of(1000)
    log["lateness"] = np.random.default_rng(1).normal(0, 0.1 * PERIOD, 1000)
    log["start"] += log["lateness"]
    assert find_gaps(log, RATE, NOBODY) == []
    assert find_gaps(log[:1], RATE, NOBODY) == []
    assert long_callbacks(log, RATE)[:2] == (0, 0)


@pytest.mark.parametrize(
    ("wall", "cpu", "late", "is_ours"),
    [
        (1.4, 1.3, 0.0, True),  # computed too long, whatever else
        (1.4, 0.4, 0.0, False),  # interrupted
        (0.5, 0.4, 0.8, False),  # began late
        (1.02, 0.99, 0.0, True),  # too much work: the little that was taken does not excuse it
        (0.3, 0.3, 0.0, True),  # nobody saw anything
    ],
)
def test_whose_fault_a_gap_is(wall: float, cpu: float, late: float, is_ours: bool) -> None:
    log = log_of(100)
    log[50]["wall"], log[50]["cpu"], log[50]["lateness"] = wall * PERIOD, cpu * PERIOD, late * PERIOD
    log["start"][50] += np.int64(late * PERIOD)
    lose(log, 50, 2)
    (gap,) = find_gaps(log, RATE, NOBODY)
    assert gap.samples == 2 * BLOCK
    assert gap.is_ours == is_ours, gap
    assert long_callbacks(log, RATE)[:2] == (int(cpu >= 1), int(wall > 1 > cpu))


def test_a_witness_makes_it_the_machines_fault() -> None:
    log = log_of(100)
    lose(log, 50, 1)
    at = int(log["start"][51])
    assert find_gaps(log, RATE, np.array([[at - 1000, 2_000_000]]))[0].is_ours is False
    assert find_gaps(log, RATE, np.array([[at - 10 * int(PERIOD), 300_000]]))[0].is_ours is True


@pytest.mark.parametrize("late", [0.4, 0.97, 2.5])
def test_callbacks_that_come_late_but_all_come_lose_nothing(late: float) -> None:
    log = log_of(100)
    for at in range(50, 50 + int(late) + 1):  # they catch up, one right after the other
        log["start"][at] = max(log["start"][at], log["start"][50] + np.int64((late + 0.02 * (at - 50)) * PERIOD))
    assert find_gaps(log, RATE, NOBODY) == []


def test_all_that_is_missing_is_counted() -> None:
    log = log_of(1000)
    for after, blocks in ((20, 1), (22, 3), (500, 2)):
        lose(log, after, blocks, 0.4)
    gaps = find_gaps(log, RATE, NOBODY)
    assert [gap.samples // BLOCK for gap in gaps] == [4, 2]


def test_onsets_belong_to_the_note_before_them() -> None:
    found = match_onsets(np.array([1000, 5000, 9000, 12_000]), np.array([1152, 9100]), 4800)
    assert found.tolist() == [152, 4100, 100, -1]
    assert match_onsets(np.array([1000, 5000]), np.array([1152, 9100]), 480).tolist() == [152, -1]
    assert spread(np.array([1.0, 2.0, 6.0])).worst == 6.0
    assert np.isnan(spread(np.zeros(0)).median)


def test_a_bar_ends_with_all_keys_up_and_fits() -> None:
    messages, singles = bar(1000, RATE, 3)
    down: set[int] = set()
    most = 0
    for frame, (status, key, _) in messages:
        down = down | {key} if status == 0x90 else down - {key} if status == 0x80 else down
        most = max(most, len(down))
        assert frame not in singles or len(down) == 1, "it comes in silence"
    assert most == 32 and not down and len(singles) == 4
    assert messages[-1][0] < 1000 + BAR_SECONDS * RATE - RATE // 10


def test_patches_are_played_by_32_voices_of_models_that_are_there() -> None:
    for text in PATCHES:
        patch = read_patch(text, "patch")
        assert patch.number("voice.polyphony") == 32
        assert find_model(patch.model).is_file()


def row(**values: object) -> Row:
    figures = {
        "mode": "direct", "block": 128, "load": "heavy", "samples": 1_000_000, "lost_ours": 0, "lost_machine": 128,
        "late": 3, "load_median": 0.2, "load_high": 0.9, "latency_median": 3.17, "latency_worst": 3.2, "notes": 60,
        "start": 1.5, "processor": 0.4, "is_realtime": True,
    }  # fmt: skip
    return Row(**{**figures, **values})


def test_the_table_compares_with_the_peer_and_leaves_out_what_was_not_measured() -> None:
    nan = float("nan")
    peer = row(
        mode="Python callback", lost_ours=400_000, lost_machine=0, latency_median=nan, latency_worst=nan, processor=0.0
    )
    table = live_table([row(), peer, row(block=64, load="idle")], "a machine")
    lines = table.splitlines()
    assert len({line.count("|") for line in lines[:5]}) == 1
    assert lines[2] == "| direct | 128 | heavy | **0** | 128 | 3 | 20% | 90% | 3.17 | 3.20 | 1.5 | 0.40 |"
    assert lines[3] == "| Python callback | 128 | heavy | **400000 (40.0%)** |  | 3 | 20% | 90% |  |  | 1.5 |  |"
    assert "block 128: 40.0% against 0.013% (3125 times less)" in table
    assert "with real-time priority" in table
    none = live_table([dataclasses.replace(row(), lost_machine=0), peer], "a machine")
    assert "40.0% against 0.000% (none)" in none

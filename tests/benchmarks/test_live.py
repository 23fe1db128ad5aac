"""The figures of live playing: whose fault a gap is, how long a note took, and the table."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from benchmarks.live import Row, live_table
from benchmarks.live_figures import find_gaps, find_shortages, long_callbacks, match_onsets, spread
from benchmarks.live_music import BAR_SECONDS, PATCHES, bar
from benchmarks.live_witness import WITNESS, net_processor, witnesses
from engine.library import find_model
from engine.live.layout import LOG
from engine.patch import read_patch

RATE, BLOCK = 48_000, 128
PERIOD = BLOCK * 1e9 / RATE
NOBODY = np.zeros(0, WITNESS)
MS = 1_000_000


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


def one(time: int, *, late: int, core: int = -1, slow: float = 1.0) -> np.ndarray:
    """Somebody who saw something."""
    return witnesses(np.array([time]), np.array([late]), core, slow)


def test_a_quiet_machine_loses_nothing() -> None:
    log = log_of(1000)
    log["lateness"] = np.random.default_rng(1).normal(0, 0.1 * PERIOD, 1000)
    log["start"] += log["lateness"]
    assert find_gaps(log, RATE, NOBODY) == []
    assert find_gaps(log[:1], RATE, NOBODY) == []
    assert long_callbacks(log, RATE, NOBODY)[:2] == (0, 0)


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
    assert long_callbacks(log, RATE, NOBODY)[:2] == (int(cpu >= 1), int(wall > 1 > cpu))


def test_a_witness_makes_it_the_machines_fault() -> None:
    log = log_of(100)
    lose(log, 50, 1)
    at = int(log["start"][51])
    assert find_gaps(log, RATE, one(at - 1000, late=2 * MS))[0].is_ours is False
    assert find_gaps(log, RATE, one(at - 10 * int(PERIOD), late=300_000))[0].is_ours is True
    assert find_gaps(log, RATE, one(at - 1000, late=10_000, core=0, slow=9.0))[0].is_ours is True  # nobody waited


@pytest.mark.parametrize(
    ("late", "core", "slow", "is_ours"),
    [
        (0.7, 0, 1.0, False),  # 0.7 of a block was taken away: 0.6 are left of 1.3
        (0.2, 0, 1.0, True),  # 1.1 are left
        (0.7, 1, 1.0, True),  # another core
        (0.0, 0, 4.0, False),  # the core was at a quarter of its speed, or stopped, in one of four looks
        (0.0, 0, 1.4, True),
    ],
)
def test_what_was_taken_from_its_core_is_taken_off_a_callback(late: float, core: int, slow: float, is_ours) -> None:
    log = log_of(100)
    log[50]["wall"] = log[50]["cpu"] = 1.3 * PERIOD
    lose(log, 50, 1)
    witness = one(int(log["start"][50] + PERIOD), late=int(late * PERIOD), core=core, slow=slow)
    (gap,) = find_gaps(log, RATE, witness)
    assert gap.is_ours == is_ours, gap
    assert long_callbacks(log, RATE, witness)[:2] == (int(is_ours), int(not is_ours))


@pytest.mark.parametrize(
    ("wall", "cpu", "late", "is_ours"),
    [(1.3, 1.2, 0.0, True), (1.3, 0.5, 0.0, False), (0.8, 0.7, 0.5, False), (0.4, 0.4, 0.0, True)],
)
def test_whose_fault_it_is_that_nothing_was_rendered_in_time(wall: float, cpu: float, late: float, is_ours) -> None:
    log, ahead = log_of(100), log_of(100)
    log["start"] += np.int64(0.99 * PERIOD)
    log["missing"][50] = 40
    ahead["wall"][50], ahead["cpu"][50], ahead["lateness"][50] = wall * PERIOD, cpu * PERIOD, late * PERIOD
    (gap,) = find_shortages(log, ahead, RATE, NOBODY)
    assert gap.samples == 40 and gap.is_ours == is_ours, gap
    assert find_shortages(log, ahead[:0], RATE, NOBODY) == []


def test_what_the_guest_saw_itself_is_not_taken_off_twice() -> None:
    log = log_of(10)
    log[5]["wall"], log[5]["cpu"] = 1.8 * PERIOD, 1.2 * PERIOD
    witness = one(int(log["start"][5] + PERIOD), late=int(0.6 * PERIOD), core=0)
    assert net_processor(log, RATE, witness)[5] == pytest.approx(1.2 * PERIOD)
    assert net_processor(log, RATE, NOBODY)[4] == log["cpu"][4]


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

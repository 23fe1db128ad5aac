"""The clock: jitter goes in and does not come out; gaps, drift and other block sizes are followed."""

from __future__ import annotations

import numpy as np
import pytest

from engine.realtime.rig import TIMING
from engine.realtime.stream_clock import tick

RATE = 48_000.0


def drive(timing: np.ndarray, times: np.ndarray, frames: int, rate: float = RATE) -> np.ndarray:
    """Where each callback belongs, as the clock finds it."""
    found = np.zeros(len(times))
    for index, time in enumerate(times):
        tick(timing[0], int(time), frames, rate, 0)
        found[index] = timing["start"][0]
    return found


@pytest.mark.parametrize("frames", [64, 128, 1024])
@pytest.mark.parametrize("shape", ["even", "late"])
def test_jitter_of_a_millisecond_becomes_20_microseconds(frames: int, shape: str) -> None:
    rng, count = np.random.default_rng(3), int(15 * RATE / frames)
    jitter = rng.uniform(0, 1e6, count)
    if shape == "late":  # mostly on time, now and then late
        jitter = np.minimum(rng.exponential(1e5, count), 1e6)
    true = 1e15 + np.arange(count) * frames / RATE * 1e9 * 1.00004  # a device's clock that is 40 ppm slow
    error = drive(np.zeros(1, TIMING), true + jitter, frames) - true
    settled = error[count // 3 :]
    bound = 20_000 if frames < 1024 else 60_000  # fewer callbacks, less to average
    assert np.abs(settled - settled.mean()).max() < bound
    assert abs(settled.mean() - jitter.mean()) < bound


def test_the_period_is_that_of_the_device() -> None:
    timing, rng = np.zeros(1, TIMING), np.random.default_rng(1)
    drive(timing, np.arange(8000) * 128 / 44_100 * 1e9 * 0.9999 + rng.uniform(0, 5e5, 8000), 128, 44_100.0)
    assert timing["period"][0] == pytest.approx(1e9 / 44_100 * 0.9999, rel=2e-6)


def test_blocks_of_changing_size_are_no_jitter() -> None:
    timing, rng, time, late = np.zeros(1, TIMING), np.random.default_rng(1), 0.0, []
    for frames in rng.integers(1, 2000, 500).tolist():
        late.append(abs(tick(timing[0], round(time), frames, RATE, 0)))
        time += frames / RATE * 1e9
    assert max(late) < 1000


def test_a_gap_begins_anew() -> None:
    timing, block = np.zeros(1, TIMING), 128 / RATE * 1e9
    drive(timing, np.arange(1000) * block, 128)
    late = tick(timing[0], int(1010 * block), 128, RATE, 0)
    assert late == pytest.approx(10 * block, rel=1e-6) and timing["start"][0] == int(1010 * block)
    assert abs(tick(timing[0], int(1011 * block), 128, RATE, 0)) < 1000


def test_a_block_that_is_known_to_be_left_out_is_no_error() -> None:
    timing, block = np.zeros(1, TIMING), 128 / RATE * 1e9
    drive(timing, np.arange(1000) * block, 128)
    assert abs(tick(timing[0], int(1002 * block), 128, RATE, 256)) < 1000


def test_a_block_left_out_unsaid_is_found_after_a_while() -> None:
    timing, block = np.zeros(1, TIMING), 128 / RATE * 1e9
    drive(timing, np.arange(3000) * block, 128)
    late = [tick(timing[0], int((3001 + n) * block), 128, RATE, 0) for n in range(12)]
    assert late[0] == pytest.approx(block, rel=1e-3) and abs(late[-1]) < 1000


def test_one_late_callback_says_so_and_moves_little() -> None:
    timing, block = np.zeros(1, TIMING), 128 / RATE * 1e9
    drive(timing, np.arange(3000) * block, 128)
    assert tick(timing[0], int(3000 * block + 3e6), 128, RATE, 0) == pytest.approx(3e6, rel=1e-3)
    assert abs(timing["start"][0] - 3000 * block) < 5000

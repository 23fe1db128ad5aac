"""Numbers of the meters."""

from __future__ import annotations

import pytest

from app.window.playing.levels import Hold, Losses, decibels, level_text, lost_text, part_of


def test_a_level_on_the_meter() -> None:
    assert [part_of(peak) for peak in (1.0, 0.001, 0.0, 2.0)] == [1.0, pytest.approx(0.0), 0.0, 1.0]
    assert decibels(0.5) == pytest.approx(-6.02, abs=0.01)
    assert [level_text(level) for level in (-6.02, 0.4, -70.0)] == ["−6", "0", "–"]


def test_a_peak_stays_and_then_falls() -> None:
    hold = Hold()
    assert hold.push(-6.0, 0.0, 0.016) == -6.0
    assert hold.push(-40.0, 1.0, 0.016) == -6.0
    assert hold.push(-40.0, 2.0, 0.1) == pytest.approx(-9.0)
    assert hold.push(-3.0, 2.1, 0.1) == -3.0
    assert hold.push(-40.0, 10.0, 100.0) == -40.0


def counters(skipped: int, ahead: int = 0) -> dict[str, int]:
    return {"skipped_frames": skipped, "ahead_missing": ahead, "underflows": 9}


def test_losses_are_those_of_all_engines() -> None:
    losses = Losses()
    assert [losses.push(counters(*each)) for each in ((0,), (128, 64), (128, 64))] == [0, 192, 192]
    assert losses.push(counters(128)) == 128  # a late callback that lost nothing after all
    assert losses.push(counters(202)) == 202
    losses.forgive()
    assert losses.push(counters(202)) == 0
    assert losses.push(counters(192)) == 0
    assert losses.push(counters(212)) == 10


def test_losses_are_told_in_time() -> None:
    assert [lost_text(*each) for each in ((128, 48_000), (96_000, 48_000), (9_600_000, 48_000), (5, 0))] == [
        "3 ms",
        "2.0 s",
        "200 s",
        "0 ms",
    ]

"""Times from a driver's steps, and places in the sound."""

from __future__ import annotations

import random

import numpy as np
import pytest

from engine.live.layout import PARTS
from engine.midi.stamps import AHEAD, SLACK, Anchor, Placement

MS = 1_000_000


def stamps(count: int, *, step: float = 0.01, drift: float = 0.0, late: float = 2.0, seed: int = 1) -> np.ndarray:
    """Error in ns of each time: messages `step` s apart, up to `late` ms late, by a driver's clock that drifts."""
    draw, anchor, errors = random.Random(seed), Anchor(), []
    for index in range(count):
        true = 10**15 + round(index * step * 1e9)
        arrival = true + round(draw.uniform(0.05, late) * MS)
        found = anchor.absolute(step * (1 + drift) if index else 0.0, arrival)
        assert found <= arrival
        errors.append(found - true)
    return np.array(errors)


def test_steps_are_the_drivers_and_the_zero_is_the_quickest_delivery() -> None:
    errors = stamps(2000)
    settled = errors[500:]
    assert settled.min() > 0 and settled.max() < 0.2 * MS and np.ptp(settled) < 0.2 * MS


@pytest.mark.parametrize("drift", [1e-4, -1e-4, 5e-4])
def test_a_clock_that_drifts_is_followed(drift: float) -> None:
    errors = stamps(20_000, drift=drift)
    assert np.abs(errors[2000:]).max() < 6 * MS  # 5e-4 over the ten seconds that a quick delivery counts
    assert np.abs(errors[-100:]).max() < 6 * MS


def test_one_late_delivery_moves_nothing() -> None:
    anchor = Anchor()
    times = [anchor.absolute(0.01 if index else 0.0, 10**15 + index * 10 * MS) for index in range(100)]
    late = anchor.absolute(0.01, 10**15 + 100 * 10 * MS + 300 * MS)
    assert late == times[-1] + 10 * MS
    assert anchor.absolute(0.01, 10**15 + 101 * 10 * MS) == late + 10 * MS


def test_a_first_delivery_that_was_late_is_put_right_by_the_next() -> None:
    anchor = Anchor()
    anchor.absolute(0.0, 10**15 + 50 * MS)
    assert anchor.absolute(0.01, 10**15 + 10 * MS) == 10**15 + 10 * MS


@pytest.mark.parametrize("delta", [float("nan"), -1.0, float("inf"), 1e300])
def test_a_step_that_is_none_counts_as_0(delta: float) -> None:
    anchor = Anchor()
    anchor.absolute(0.0, 1000)
    assert anchor.absolute(delta, 1000 + MS) <= 1000 + MS


def test_its_memory_is_bounded() -> None:
    anchor, time = Anchor(), 0
    for _ in range(20_000):
        time += 3 * MS
        anchor.absolute(0.003, time)
    assert len(anchor._recent) <= 21


@pytest.fixture
def shared() -> dict[str, np.ndarray]:
    clock = np.zeros(1, PARTS["clock"][0])
    clock["sample"], clock["time"], clock["period"] = 96_000, 10**12, 1e9 / 48_000
    clock["block"], clock["rate"], clock["delay"], clock["jack_frame"] = 128, 48_000, 128, 1000
    return {"clock": clock}


def test_places_are_one_delay_after_the_time(shared) -> None:
    place = Placement(shared)
    assert place.at_time(10**12) == 96_000 + 128 + SLACK
    assert place.at_time(10**12 + 50 * MS) == 98_400 + 128 + SLACK
    assert place.at_time(10**12 - 10**9) == 48_000 + 128 + SLACK
    assert place.at_time(0) == SLACK


def test_a_clock_that_stands_still_does_not_send_events_far_ahead(shared) -> None:
    place = Placement(shared)
    assert place.at_time(10**12 + 60 * 10**9) == 96_000 + AHEAD + 128 + SLACK
    assert place.at_frame(1_000_000) == 96_000 + AHEAD + 128
    shared["clock"]["block"] = 8192
    assert place.at_time(10**12 + 60 * 10**9) == 96_000 + 2 * 8192 + 128 + SLACK


def test_frames_of_jack(shared) -> None:
    place = Placement(shared)
    assert place.at_frame(1000) == 96_128 and place.at_frame(1065) == 96_193 and place.at_frame(900) == 96_028
    shared["clock"]["jack_frame"] = 7  # its 32 bits have begun anew
    assert place.at_frame(7) == 96_128 and place.at_frame((1 << 32) - 1) == 96_120
    shared["clock"]["rate"] = 96_000
    assert place.at_frame(27) == 96_138


def test_a_clock_that_is_being_written_is_not_believed(shared) -> None:
    """Its writer died, or was paused, half-way: what was read before holds."""
    place, clock = Placement(shared), shared["clock"]
    assert place.at_frame(1000) == 96_128
    clock["seq"], clock["sample"], clock["delay"] = 1, 5_000_000, 999
    assert place.at_frame(1000) == 96_128 and place.at_time(10**12) == 96_128 + SLACK
    clock["seq"] = 2
    assert place.at_frame(1000) == 5_000_999


def test_a_clock_that_was_never_whole_is_none(shared) -> None:
    shared["clock"]["seq"] = 1
    assert Placement(shared).at_time(10**12) == 0 and Placement(shared).at_frame(1000) == 0


def test_before_any_sound_everything_is_at_once(shared) -> None:
    shared["clock"]["period"] = 0
    assert Placement(shared).at_time(5) == 0 and Placement(shared).at_frame(5) == 0

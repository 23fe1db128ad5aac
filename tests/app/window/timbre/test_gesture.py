"""Gestures are played as they were recorded, looped, and as control voltages that can be read back."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.window.timbre.gesture import LONGEST_SECONDS, Gesture, Touch
from app.window.timbre.looper import Looper
from engine.cv import load_cv


def recorded() -> Gesture:
    gesture = Gesture()
    for time, x, y, is_down in ((0, 0.0, 1.0, True), (1, 1.0, 0.0, True), (1.5, 1.0, 0.5, False), (2, 0.0, 0.5, False)):
        assert gesture.record(time, Touch(x, y, is_down))
    return gesture


def test_between_touches_it_goes_straight_and_edges_stay_sharp() -> None:
    gesture = recorded()
    assert gesture.at(0.25) == Touch(0.25, 0.75, True)
    assert gesture.at(1.4) == Touch(1.0, 0.0, True)
    assert gesture.at(1.75) == Touch(0.5, 0.5, False)


def test_it_begins_anew_at_its_end() -> None:
    assert recorded().at(2.25) == recorded().at(0.25)
    assert recorded().at(200.25) == recorded().at(0.25)


def test_what_is_empty_or_too_long_or_backwards() -> None:
    gesture = Gesture()
    assert gesture.is_empty
    with pytest.raises(ValueError, match="empty"):
        gesture.at(0)
    assert gesture.record(1.0, Touch(0, 0, True))
    with pytest.raises(ValueError, match="backwards"):
        gesture.record(0.5, Touch(0, 0, True))
    assert not gesture.record(LONGEST_SECONDS + 1, Touch(0, 0, True))


@given(st.lists(st.tuples(st.floats(0, 1), st.floats(0, 1), st.booleans()), min_size=2, max_size=20), st.floats(0, 9))
def test_it_never_leaves_the_pad(places: list[tuple[float, float, bool]], time: float) -> None:
    gesture = Gesture()
    for number, place in enumerate(places):
        gesture.record(0.1 * number, Touch(*place))
    found = gesture.at(time)
    assert 0 <= found.x <= 1
    assert 0 <= found.y <= 1


@pytest.mark.parametrize("speed", [0.5, 1.0, 2.0])
def test_its_csv_is_read_by_the_renderer(tmp_path: Path, speed: float) -> None:
    path = tmp_path / "gesture.csv"
    path.write_text(recorded().csv("cutoff", "shape", 48, speed=speed))
    take = load_cv(path)
    assert take.rows == round(2 / speed * 750) + 1
    assert np.allclose(take.volts, -1.0)
    assert take.knobs["cutoff"][round(0.5 / speed * 750)] == pytest.approx(0.5, abs=2e-3)
    assert take.gate is not None
    assert take.gate.sum() == pytest.approx(1.5 / speed * 750, abs=1)


def test_a_recording_begins_with_the_first_touch_and_loops_at_any_speed() -> None:
    looper = Looper()
    assert not looper.loop()
    looper.record()
    looper.touch(5.0, Touch(0.9, 0.9, False))
    for number in range(11):
        looper.touch(10 + number / 10, Touch(number / 10, 0.5, True))
    assert looper.gesture.seconds == pytest.approx(1.0)
    assert looper.loop()
    looper.speed = 2.0
    xs = [looper.frame(0.1).x for _ in range(8)]  # type: ignore[union-attr]
    assert xs == pytest.approx([0.0, 0.2, 0.4, 0.6, 0.8, 0.0, 0.2, 0.4], abs=1e-6)
    looper.stop()
    assert looper.frame(0.1) is None


def test_a_recording_that_is_too_long_ends() -> None:
    looper = Looper()
    looper.record()
    assert looper.touch(0.0, Touch(0, 0, True))
    assert not looper.touch(LONGEST_SECONDS + 1, Touch(0, 0, True))
    assert looper.state == "idle"

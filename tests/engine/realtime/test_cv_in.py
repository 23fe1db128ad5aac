"""Voltages from an interface: edges on their sample, slow voltages 750 times a second, calibrated volts."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from accel.errors import SystoleError
from accel.program import Program
from engine.events import Kind
from engine.live.protocol import CvChannel
from engine.realtime.ahead_ring import set_safe
from engine.realtime.cv_in import allocate_cv, calibrate, collect, hand_over, release_gates
from tests.engine.realtime.bench import Bench
from tests.engine.realtime.device import Device

KNOBS = ("tone", "shape")
VOLTS = 10.0


class Jacks:
    """Inputs by role, given in volts."""

    def __init__(self, bench: Bench, *roles: str) -> None:
        self.bench = bench
        self.cv = allocate_cv([CvChannel(index, role) for index, role in enumerate(roles)], KNOBS, len(roles))

    def feed(self, volts: np.ndarray, time: int = 0, rate: int = 48_000) -> list[tuple]:
        """Events of volts [frames, channels]."""
        inputs = (np.asarray(volts, np.float64) / VOLTS).astype(np.float32)
        collect(self.bench.rig, self.cv, inputs.reshape(-1), inputs.shape[1], len(inputs), time, rate)
        return [(each["time"], each["kind"], each["index"], each["value"]) for each in self.bench.cv.pop()]


@pytest.fixture
def bench(tiny: Program) -> Bench:
    return Bench(tiny)


@pytest.mark.parametrize("block", [1, 16, 100, 1000])
def test_a_gate_acts_on_its_sample_with_hysteresis(bench: Bench, block: int) -> None:
    volts = np.zeros((1000, 1))
    volts[100:300] = 5.0
    volts[150:160], volts[200:210], volts[400:410] = 1.6, 2.4, 2.4  # bounces, and a gate that is none
    volts[500:] = 2.6
    jacks, found = Jacks(bench, "gate"), []
    for start in range(0, 1000, block):
        found += jacks.feed(volts[start : start + block], 5000 + start)
    assert [row[:3] for row in found] == [
        (5100, Kind.NOTE_ON, 60), (5300, Kind.NOTE_OFF, 60), (5500, Kind.NOTE_ON, 60),
    ]  # fmt: skip
    release_gates(bench.rig, jacks.cv, 7000)
    release_gates(bench.rig, jacks.cv, 7001)
    assert [tuple(row)[:2] for row in bench.cv.pop().tolist()] == [(7000, Kind.NOTE_OFF)]


def test_other_meanings_leave_a_gate_that_stays_and_end_the_others(bench: Bench) -> None:
    old, new = Jacks(bench, "gate", "gate", "pitch"), Jacks(bench, "gate", "level", "pitch")
    old.feed(np.full((10, 3), 5.0), 1000)
    hand_over(bench.rig, old.cv, new.cv, 900)
    assert [tuple(row)[:2] for row in bench.cv.pop().tolist()] == [(1000, Kind.NOTE_OFF)]  # not before it went down
    assert Kind.NOTE_ON not in [row[1] for row in new.feed(np.full((10, 3), 5.0), 1010)]
    assert [row[1] for row in new.feed(np.zeros((1, 3)), 1020)] == [Kind.NOTE_OFF]
    release_gates(bench.rig, new.cv, 2000)
    release_gates(bench.rig, old.cv, 2000)
    assert bench.cv.waiting == 0


def test_a_note_starts_at_the_pitch_that_came_with_it(bench: Bench) -> None:
    volts = np.zeros((200, 2))
    volts[70:, 0], volts[71:, 1] = 1.25, 5.0
    found = Jacks(bench, "pitch", "gate").feed(volts)
    assert [row[:2] for row in found] == [(0, Kind.CV_PITCH), (71, Kind.CV_PITCH), (71, Kind.NOTE_ON)]
    assert found[1][3] == pytest.approx(1.25, abs=1e-4)


def test_slow_voltages_are_looked_at_every_64_samples_and_told_if_they_moved(bench: Bench) -> None:
    jacks = Jacks(bench, "pitch", "knob:shape", "level")
    ramp = np.linspace(0, 5, 6400)[:, None] * np.ones(3)
    found = jacks.feed(ramp, 1000)
    assert {row[0] % 64 for row in found} == {0} and len(found) == 3 * 100
    knob = [row for row in found if row[1] == Kind.KNOB]
    assert {row[2] for row in knob} == {1} and knob[-1][3] == pytest.approx(0.99, abs=0.01)
    assert [row[3] for row in found if row[1] == Kind.CV_LEVEL][-1] == pytest.approx(0.99, abs=0.01)
    still = np.full((6400, 3), 5.0) + np.random.default_rng(1).normal(size=(6400, 3)) * 1e-5
    assert len(jacks.feed(still, 7400)) == 3


def test_volts_are_those_of_the_calibration(bench: Bench) -> None:
    scale, offset = calibrate((0.0, 0.013), (5.0, -0.612))  # an interface that inverts, with an offset
    jacks = Jacks(bench, "pitch")
    jacks.cv.channels["scale"], jacks.cv.channels["offset"] = scale, offset
    for volts in (-3.0, 0.0, 2.5):
        found = jacks.feed(np.full((64, 1), VOLTS * (volts - offset) / scale))
        assert found[-1][3] == pytest.approx(volts, abs=5e-4)
    with pytest.raises(SystoleError, match="the same at both voltages"):
        calibrate((0.0, 0.5), (5.0, 0.5))


@settings(max_examples=50, deadline=None)
@given(st.lists(st.floats(width=32) | st.floats(-1, 1, width=32), min_size=4, max_size=400))
def test_whatever_comes_in_only_allowed_events_come_out(tiny: Program, values: list[float]) -> None:
    bench = Bench(tiny)
    jacks = Jacks(bench, "pitch", "gate", "level", "knob:tone")
    for time in range(0, 640, 64):
        inputs = np.resize(np.array(values, np.float32), 64 * 4)
        collect(bench.rig, jacks.cv, inputs, 4, 64, time, 48_000)
    bench.play(700)
    assert bench.count("refused_events") == 0


def test_where_there_is_no_number_the_last_value_holds(bench: Bench) -> None:
    jacks = Jacks(bench, "pitch", "gate")
    jacks.feed(np.full((64, 2), 3.0))
    assert jacks.feed(np.full((64, 2), np.nan), 64) == []
    assert bench.shared["meters"][["cv0", "cv1", "cv2"]][0].tolist() == pytest.approx((3.0, 3.0, 0.0), abs=1e-6)


def test_inputs_of_another_rate_are_placed_in_ours(bench: Bench) -> None:
    volts = np.zeros((960, 1))
    volts[480:] = 5.0
    assert Jacks(bench, "gate").feed(volts, 100, 96_000)[0][0] == 100 + 240


def test_a_full_ring_loses_no_key_up(bench: Bench) -> None:
    jacks = Jacks(bench, "gate")
    jacks.feed(np.full((10, 1), 5.0))
    bench.cv.push(np.zeros(len(bench.rig.cv), bench.rig.cv.dtype))
    collect(bench.rig, jacks.cv, np.zeros(10, np.float32), 1, 10, 100, 48_000)
    bench.cv.pop()
    assert [row[:2] for row in jacks.feed(np.zeros((10, 1)), 200)] == [(200, Kind.NOTE_OFF)]


@pytest.mark.parametrize("mode", ["direct", "safe"])
def test_through_the_callback(bench: Bench, mode: str) -> None:
    device = Device(bench.rig, inputs=2)
    if mode == "safe":
        set_safe(bench.rig, 128, 2)
    device.link.take_over()
    device.link.listen(allocate_cv([CvChannel(1, "gate")], KNOBS, 2))
    inputs = np.zeros((128, 2), np.float32)
    device.call(128, inputs)
    inputs[37:, 1] = 0.5
    device.call(128, inputs)
    if mode == "safe":
        assert bench.cv.pop()["time"].tolist() == [37 + 3 * 128]
        return
    bench.drain()
    assert bench.journal["time"].tolist() == [0, 128 + 37]  # in the block in which it came
    device.link.listen(None)
    device.call(128, inputs)
    device.call(128, inputs)
    assert [tuple(row)[:2] for row in bench.drain().tolist()] == [(256, Kind.NOTE_OFF)]
    device.link.listen(allocate_cv([CvChannel(1, "gate")], KNOBS, 2))
    device.call(128, inputs)
    device.link.leave()
    assert [row[1] for row in bench.cv.pop().tolist()] == [Kind.NOTE_OFF]


@pytest.mark.parametrize(
    ("channel", "line"),
    [(CvChannel(2, "gate"), "cv: input 3: the device has 2"),
     (CvChannel(0, "knob:nope"), "cv: knob:nope: the model has no such knob; allowed: tone, shape")],
)  # fmt: skip
def test_what_is_not_there_is_refused(channel: CvChannel, line: str) -> None:
    with pytest.raises(SystoleError, match=line):
        allocate_cv([channel], KNOBS, 2)

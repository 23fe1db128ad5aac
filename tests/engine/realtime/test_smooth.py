"""Knobs glide: monotone, on time, exactly to their end, and only those that a hand turns."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from accel.program import Program
from engine.events import Kind, addressed
from engine.realtime.smooth import STEP
from tests.engine.realtime.bench import Bench


def knob(time: int, index: int, value: float, channel: int = 0) -> tuple[int, int, int, int, float]:
    return time, Kind.KNOB, channel, index, value


def moves(events: np.ndarray, index: int) -> np.ndarray:
    return events[(events["kind"] == Kind.KNOB) & (events["index"] == index)]


def ready(program: Program) -> Bench:
    """A bench whose knobs stand at 0."""
    bench = Bench(program)
    bench.play(10)
    bench.control.push([knob(0, 0, 0.0), knob(0, 1, 0.0)])
    bench.play(90)
    bench.drain()
    return bench


@pytest.mark.parametrize("block", [1, 64, 100, 1024])
@pytest.mark.parametrize("ring", ["owner", "midi"])
def test_a_knob_glides_to_its_end(tiny: Program, ring: str, block: int) -> None:
    bench = ready(tiny)
    getattr(bench, ring).push([knob(130, 0, 1.0), knob(130, 1, 0.5)])
    bench.play(4000, block)
    found = moves(bench.journal, 0)[1:]
    assert found["time"][0] == 130 and (np.diff(found["time"]) == STEP).all()
    assert (np.diff(found["value"]) > 0).all() and 0.2 < found["value"][0] < 0.3 and found["value"][-1] == 1.0
    assert 1500 < found["time"][-1] - 130 < 2500 and np.abs(np.diff(found["value"])).max() < 0.25
    assert moves(bench.journal, 1)["value"][-1] == 0.5
    assert bench.keeper.parts()[0].state.knobs.tolist() == [1.0, 0.5] and bench.rig.play["moving"][0] == 0


def test_a_knob_that_is_turned_all_the_time_takes_a_step_every_64_samples(tiny: Program) -> None:
    bench, rng = ready(tiny), np.random.default_rng(4)
    for now in range(100, 20_100, 50):
        bench.owner.push([knob(0, 0, float(rng.uniform())) for _ in range(3)])
        bench.play(50, 50)
        assert now + 50 == bench.rig.play["now"][0]
    found = moves(bench.journal, 0)[1:]
    assert (np.diff(found["time"]) >= STEP).all() and len(found) > 250
    assert (np.diff(bench.journal["time"]) >= 0).all()


def test_controllers_20_to_27_are_knobs_too(tiny: Program) -> None:
    bench = ready(tiny)
    bench.midi.push([(0, Kind.CONTROL, 3, 21, 127.0), (0, Kind.CONTROL, 3, 25, 127.0)])
    bench.play(4000)
    assert moves(bench.journal, 1)["value"][-1] == 1.0 and len(moves(bench.journal, 1)) > 20
    rest = bench.journal[bench.journal["kind"] == Kind.CONTROL]
    assert rest["index"].tolist() == [25]  # the model has two knobs


@pytest.mark.parametrize(("ring", "channel"), [("cv", 0), ("control", 0), ("owner", addressed(0, 0))])
def test_what_no_hand_turns_jumps_and_stays(tiny: Program, ring: str, channel: int) -> None:
    bench = ready(tiny)
    bench.owner.push([knob(0, 0, 1.0)])
    bench.play(300)
    getattr(bench, ring).push([knob(0, 0, 0.125, channel)])
    bench.play(3000)
    assert moves(bench.journal, 0)["value"][-1] == 0.125 == bench.keeper.parts()[0].state.knobs[0]
    assert sum(value == 0.125 for value in moves(bench.journal, 0)["value"]) == 1


def test_another_part_begins_with_its_own_knobs(tiny: Program) -> None:
    bench = ready(tiny)
    bench.owner.push([knob(0, 0, 1.0)])
    bench.play(300)
    bench.open(1, 2)
    bench.play(3000)
    wanted = bench.part(2).state.knobs.tolist()
    assert bench.keeper.parts()[1].state.knobs.tolist() == wanted
    bench.owner.push([knob(0, 0, 0.75)])
    bench.play(3000)
    assert bench.keeper.parts()[1].state.knobs[0] == 0.75


def test_with_a_full_block_steps_wait(tiny: Program) -> None:
    bench = ready(tiny)
    bench.owner.push([knob(0, 0, 1.0), knob(0, 1, 1.0)])
    bench.play(64, 64)
    for _ in range(4):
        bench.midi.push([(0, Kind.BEND, 0, 0, 0.1)] * 960)
        bench.play(64, 64)
    bench.play(4000)
    times = bench.journal["time"]
    assert all(before <= after for before, after in itertools.pairwise(times.tolist()))
    assert bench.keeper.parts()[0].state.knobs.tolist() == [1.0, 1.0]


@pytest.mark.parametrize("before", [900, 957, 958, 959, 960])
def test_a_step_that_finds_no_room_is_not_emitted_behind_its_time(tiny: Program, before: int) -> None:
    """And what comes after it does not wait for it."""
    bench = ready(tiny)
    bench.owner.push([knob(0, 0, 1.0), knob(0, 1, 1.0)])
    bench.play(64, 64)
    start = int(bench.rig.play["now"][0])
    for block in range(4):
        late = start + 64 * block + 40
        bench.midi.push([(0, Kind.BEND, 0, 0, 0.1)] * before + [(late, Kind.BEND, 0, 0, 0.2)] * 3)
        bench.play(64, 64)
        assert (np.diff(bench.journal["time"]) >= 0).all()
        if before == 900:
            assert (bench.journal["time"][bench.journal["value"] == 0.2] == late).sum() == 3
    bench.play(4000)
    assert (np.diff(bench.journal["time"]) >= 0).all()
    assert bench.keeper.parts()[0].state.knobs.tolist() == [1.0, 1.0]

"""Frames are quick while something moves, slow while nothing does, and fewer where they cost too much."""

from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot

from app.window.clock import ACTIVE_MS, CALM_MS, COSTLY_SECONDS, HIDDEN_MS, IDLE_MS, STAY_SECONDS, Frame, FrameClock
from tests.app.window.fake_engine import FakeEngine
from tests.app.window.session.sounds import Clock


class Bench:
    def __init__(self) -> None:
        self.time, self.engine, self.frames = Clock(), FakeEngine(), list[Frame]()
        self.clock = FrameClock(self.engine.snapshot, clock=self.time)
        self.clock.frame.connect(self.frames.append)
        self.clock.start()

    def pass_time(self, seconds: float) -> None:
        self.time.now += seconds
        self.clock.tick()


@pytest.fixture
def bench(qtbot: QtBot) -> Bench:
    return Bench()


def test_it_is_slow_while_nothing_moves(bench: Bench) -> None:
    bench.pass_time(10)
    assert bench.clock.interval == IDLE_MS
    assert not bench.frames[-1].is_sounding


def test_it_is_quick_while_it_sounds_and_a_moment_longer(bench: Bench) -> None:
    bench.engine.sound(440)
    bench.pass_time(0.1)
    assert (bench.clock.interval, bench.frames[-1].is_sounding) == (ACTIVE_MS, True)
    bench.engine.sound(440, level=0)
    bench.pass_time(STAY_SECONDS - 0.01)
    assert bench.clock.interval == ACTIVE_MS
    bench.pass_time(0.02)
    assert bench.clock.interval == IDLE_MS


def test_a_touch_wakes_it_at_once(bench: Bench) -> None:
    bench.pass_time(10)
    bench.clock.wake()
    assert bench.clock.interval == ACTIVE_MS


def test_what_nobody_sees_costs_next_to_nothing(bench: Bench) -> None:
    bench.engine.sound(440)
    bench.clock.set_visible(False)
    bench.pass_time(0.1)
    assert bench.clock.interval == HIDDEN_MS
    bench.clock.set_visible(True)
    assert bench.clock.interval == ACTIVE_MS


def test_costly_frames_are_shown_half_as_often(bench: Bench) -> None:
    bench.engine.sound(440)

    def work(_: Frame) -> None:
        bench.time.now += 2 * COSTLY_SECONDS

    bench.clock.frame.connect(work)
    for _ in range(30):
        bench.pass_time(0.016)
    assert bench.clock.interval == CALM_MS


def test_frames_count_and_know_what_passed(bench: Bench) -> None:
    bench.pass_time(0.5)
    bench.pass_time(0.25)
    assert [frame.number for frame in bench.frames] == [1, 2]
    assert bench.frames[1].passed == 0.25


def test_the_timer_really_runs(qtbot: QtBot) -> None:
    clock = FrameClock(FakeEngine().snapshot)
    with qtbot.waitSignals([clock.frame] * 3, timeout=2000):
        clock.start()
        clock.wake()
    clock.stop()

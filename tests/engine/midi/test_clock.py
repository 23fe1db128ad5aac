"""The clock: tempo from jittered ticks, and a song position that the engine keeps without jumps."""

from __future__ import annotations

import random
from itertools import pairwise

import pytest

from engine.events import Kind
from engine.midi.clock import LOST, PAUSE, MidiClock
from engine.midi.decode import Message
from engine.midi.rows import Row

TICK, START, CONTINUE, STOP = (Message(status) for status in (0xF8, 0xFA, 0xFB, 0xFC))


class Engine:
    """Keeps a beat from rows, as `controllers.beat_at` does."""

    def __init__(self) -> None:
        self.tempo, self.beat, self.time, self.jumps = 120.0, 0.0, 0, 0

    def at(self, time: float) -> float:
        return self.beat + (time - self.time) * self.tempo / (60 * 48000)

    def take(self, rows: list[Row]) -> None:
        for time, kind, _, _, value in rows:
            self.jumps += kind == Kind.BEAT
            self.beat, self.time = value if kind == Kind.BEAT else self.at(time), time
            self.tempo = value if kind == Kind.TEMPO else self.tempo


def play(clock: MidiClock, tempo: float, ticks: int, *, start: float = 0.0, jitter: float = 0.0, seed: int = 1) -> list:
    draw, period = random.Random(seed), 60 * 48000 / (24 * tempo)
    times = [round(start + tick * period + draw.uniform(0, jitter)) for tick in range(ticks)]
    return [row for time in times for row in clock.feed(TICK, time)]


@pytest.mark.parametrize("tempo", [20.0, 90.5, 120.0, 174.0, 300.0])
def test_a_steady_clock_gives_its_tempo_soon_and_then_keeps_quiet(tempo: float) -> None:
    clock = MidiClock()
    rows = play(clock, tempo, 240)
    assert {row[1] for row in rows} <= {Kind.TEMPO}
    assert clock.tempo == pytest.approx(tempo, rel=1e-4)
    if tempo != 120.0:
        assert rows[0][0] <= 60 * 48000 / tempo / 24 * 6 and rows[-1][4] == pytest.approx(tempo, rel=5e-4)
    assert len(rows) < 6


def test_jitter_of_two_milliseconds_does_not_reach_the_tempo() -> None:
    clock = MidiClock()
    play(clock, 120.0, 96, jitter=96)
    rows = play(clock, 120.0, 960, start=96 * 1000, jitter=96, seed=2)
    assert all(row[4] == pytest.approx(120.0, rel=4e-3) for row in rows)
    assert clock.tempo == pytest.approx(120.0, rel=1e-3)


def test_tempo_events_are_at_most_ten_a_second() -> None:
    clock, rows, time = MidiClock(), [], 0.0
    for tick in range(2000):
        rows += clock.feed(TICK, round(time))
        time += 60 * 48000 / (24 * (100 + tick * 0.02))  # an accelerando
    times = [row[0] for row in rows if row[1] == Kind.TEMPO]
    assert min(b - a for a, b in pairwise(times)) >= PAUSE
    assert clock.tempo == pytest.approx(140, rel=0.01)


@pytest.mark.parametrize("jitter", [0.0, 48.0])
def test_the_engine_stays_with_the_song_and_never_jumps(jitter: float) -> None:
    clock, engine, draw = MidiClock(), Engine(), random.Random(5)
    engine.take(clock.feed(START, 0))
    time = 100.0
    for tick in range(24 * 64):
        engine.take(clock.feed(TICK, round(time + draw.uniform(0, jitter))))
        if tick > 24 * 8:
            assert engine.at(time) == pytest.approx(tick / 24, abs=0.01)
        time += 60 * 48000 / (24 * 127.3)
    assert engine.jumps == 1


def test_start_stop_continue_and_position() -> None:
    clock = MidiClock()
    play(clock, 120.0, 48)
    assert clock.feed(START, 48000) == [] and clock.feed(TICK, 48000) == [(48000, Kind.BEAT, 0, 0, 0.0)]
    assert not any(row[1] == Kind.BEAT for row in play(clock, 120.0, 24, start=49000))
    clock.feed(STOP, 73000)
    assert not any(row[1] == Kind.BEAT for row in play(clock, 120.0, 24, start=73000))
    clock.feed(CONTINUE, 97000)
    assert clock.feed(TICK, 97000) == [(97000, Kind.BEAT, 0, 0, 25 / 24)]  # where it stopped
    clock.feed(STOP, 98000)
    clock.feed(Message(0xF2, 8, 1), 98000)  # 136 sixteenths
    clock.feed(CONTINUE, 98000)
    assert clock.feed(TICK, 98000)[0] == (98000, Kind.BEAT, 0, 0, 34.0)


def test_a_jump_in_the_song_is_followed_at_once() -> None:
    clock, engine = MidiClock(), Engine()
    clock.feed(START, 0)
    engine.take(play(clock, 120.0, 100))
    clock.feed(Message(0xF2, 0, 2), 99500)
    engine.take(clock.feed(TICK, 100_000))
    assert engine.at(100_000) == pytest.approx(64.0, abs=1e-3)


def test_a_new_tempo_is_followed_within_a_beat_and_the_song_within_four() -> None:
    clock, engine = MidiClock(), Engine()
    clock.feed(START, 0)
    engine.take(play(clock, 120.0, 240))
    engine.take(play(clock, 150.0, 30, start=240_000))
    assert clock.tempo == pytest.approx(150, rel=2e-3)
    engine.take(play(clock, 150.0, 96, start=240_000 + 30 * 800))
    assert engine.at(240_000 + 126 * 800) == pytest.approx(366 / 24, abs=0.02)


def test_a_clock_that_is_lost_keeps_its_tempo_and_starts_anew() -> None:
    clock = MidiClock()
    play(clock, 150.0, 100)
    clock.idle(80_000 + LOST + 1)
    assert clock.tempo == pytest.approx(150, rel=1e-3)
    rows = play(clock, 90.0, 48, start=300_000)
    assert rows[0][0] > 300_000 and rows[-1][4] == pytest.approx(90, rel=1e-3)


def test_a_late_tick_is_passed_over() -> None:
    clock, rows = MidiClock(), play(MidiClock(), 120.0, 48)
    play(clock, 120.0, 48)
    for time in (48_000, 49_900, 50_000, 51_000, 52_000):  # the second one 0.9 of a period late
        rows = clock.feed(TICK, time)
        assert rows == []
    assert clock.tempo == pytest.approx(120, rel=1e-3)


@pytest.mark.parametrize("seed", range(5))
def test_nonsense_gives_no_event_that_is_not_allowed(seed: int) -> None:
    draw, clock, time = random.Random(seed), MidiClock(), 0
    for _ in range(5000):
        time += int(draw.choice([0, 1, 50, 1000, 1000, 1000, 30_000, 10**6]) * draw.random())
        status = draw.choice([0xF8] * 20 + [0xFA, 0xFB, 0xFC, 0xF2, 0xFE])
        for row in clock.feed(Message(status, draw.randrange(128), draw.randrange(128)), time):
            assert row[0] == time and 1 <= row[4] <= 1000 if row[1] == Kind.TEMPO else 0 <= row[4] <= 1e9
        clock.idle(time)

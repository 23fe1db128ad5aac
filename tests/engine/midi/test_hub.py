"""Where the ports meet."""

from __future__ import annotations

import random
import resource
import threading

import numpy as np
import pytest

from engine.events import EVENT, Kind
from engine.midi.bindings import Bindings
from engine.midi.hub import MOST_PORTS, MidiHub
from engine.midi.rows import note_off, note_on
from engine.realtime.event_ring import EventRing
from tests.engine.midi.sound import Keys, Sound
from tests.engine.midi.test_translate import all_keys_up, fuzz


class Bench:
    def __init__(self) -> None:
        self.rows: list = []
        self.programs: list = []
        self.learned: list = []
        self.lines: list = []
        self.bindings = Bindings()
        self.hub = MidiHub(
            self.push, self.bindings, Sound().targets,
            program=lambda *what: self.programs.append(what),
            learned=lambda *what: self.learned.append(what),
            report=self.lines.append,
        )  # fmt: skip

    def push(self, rows) -> int:
        self.rows += rows
        return len(rows)


def test_ports_have_a_running_status_of_their_own() -> None:
    bench = Bench()
    bench.hub.receive("a", [0x90, 60], 1)
    bench.hub.receive("b", [0x91, 61, 100], 2)
    bench.hub.receive("a", [100], 3)
    assert bench.rows == [note_on(2, 1, 61, 100), note_on(3, 0, 60, 100)]
    assert bench.hub.ports == ["a", "b"] and bench.hub.messages == 2 and bench.hub.bad == 0


def test_a_port_that_goes_lets_go_of_its_own_keys_only() -> None:
    bench = Bench()
    bench.hub.receive("a", [0x90, 60, 100], 1)
    bench.hub.receive("b", [0x90, 62, 100, 99, 0xF7], 2)
    bench.hub.close("b", 5)
    assert bench.rows[-1] == note_off(5, 0, 62) and len(bench.rows) == 3
    bench.hub.release("a", 6)
    assert bench.rows[-1] == note_off(6, 0, 60)
    bench.hub.close("b")
    bench.hub.release("b")
    assert bench.hub.ports == ["a"] and bench.hub.messages == 2 and bench.hub.bad == 2


def test_programs_go_to_who_loads_them_and_not_to_the_ring() -> None:
    bench = Bench()
    bench.hub.receive("a", [0xB9, 0, 120, 0xC9, 5], 1)
    assert bench.programs == [(9, 5, 120)]
    assert all(row[1] != Kind.PROGRAM for row in bench.rows)


def test_learning_is_for_all_ports_and_says_where_lines_come_from() -> None:
    bench = Bench()
    bench.bindings.learn("knobs.timbre")
    bench.hub.receive("a", [0xB0, 64, 127], 1)
    bench.hub.receive("b", [0xB0, 21, 127], 1)
    assert bench.learned == [("knobs.timbre", "CC 21, channel 1")]
    assert bench.lines == ["a: CC 64 cannot be tied to knobs.timbre: it has a fixed meaning in MIDI"]


def test_panic_comes_after_everything_that_was_sent() -> None:
    bench, keys = Bench(), Keys()
    bench.hub.receive("a", [0x90, 60, 100], 1000)
    bench.hub.receive("b", [0x90, 61, 100], 2000)
    bench.hub.panic()
    assert {row[0] for row in bench.rows[2:]} == {2000}
    keys.take(bench.rows)
    assert not keys.down
    bench.rows.clear()
    bench.hub.close("a")
    bench.hub.close("b")
    assert bench.rows == []


def test_ports_are_limited() -> None:
    bench = Bench()
    for port in range(MOST_PORTS + 5):
        bench.hub.receive(f"port {port}", [0x90, 60, 100], 0)
    assert len(bench.hub.ports) == MOST_PORTS == len(bench.rows)


def test_threads_that_play_at_once_leave_no_key_down() -> None:
    bench, keys = Bench(), Keys()

    def play(port: str, seed: int) -> None:
        for time, data in enumerate([*fuzz(random.Random(seed), 2000), *all_keys_up()]):
            bench.hub.receive(port, data, time)

    threads = [threading.Thread(target=play, args=(f"port {seed}", seed)) for seed in range(4)]
    for thread in threads:
        thread.start()
    bench.hub.idle(0)
    for thread in threads:
        thread.join()
    keys.take(bench.rows)
    assert not keys.down and not keys.pedals


@pytest.mark.slow
def test_a_minute_of_ten_thousand_messages_a_second() -> None:
    """Into a ring of the real size that is emptied every block; at the end a player lifts every key."""
    ring, keys, bench = (
        EventRing(np.zeros(16_384, EVENT), np.zeros(8, np.int64), np.zeros(8, np.int64)),
        Keys(),
        Bench(),
    )
    hub, draw = MidiHub(ring.push, bench.bindings, Sound().targets), random.Random(11)
    memory = 0
    for second in range(60):
        for at, data in enumerate(fuzz(draw, 10_000)):
            hub.receive(f"port {at % 3}", data, second * 48_000 + at * 5)
            if at % 27 == 0:
                keys.take(ring.pop(1024).tolist())
        if second == 5:
            memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for at in range(3):
        for data in all_keys_up():
            hub.receive(f"port {at}", data, 61 * 48_000)
    while ring.waiting or hub._outbox.waiting:
        keys.take(ring.pop(1024).tolist())
        hub.idle(61 * 48_000)
    assert hub.messages > 500_000 and not keys.down and not keys.pedals
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - memory < 20_000  # kB

"""A port from its bytes to the engine's events."""

from __future__ import annotations

import pickle
import random

import numpy as np
import pytest

from engine.event_check import explain_event, first_refused
from engine.events import Kind, event_array
from engine.midi.bindings import CC, Bindings, Control
from engine.midi.rows import Row, control, note_off, note_on
from engine.midi.translate import SENSED, Translator
from engine.midi.wide import fourteen_bits
from tests.engine.midi.sound import Keys, Sound

MPE = [0xB0, 101, 0, 100, 6, 6, 3]


def allowed(rows: list[Row]) -> None:
    events = event_array(rows)
    at = first_refused(events)
    assert at < 0, explain_event(events[at])


@pytest.mark.parametrize(
    ("data", "rows"),
    [
        ([0x93, 60, 100, 60, 0], [note_on(5, 3, 60, 100), note_off(5, 3, 60)]),
        ([0xE0, 0, 64, 0xD1, 9, 0xA2, 60, 8], [
            (5, Kind.BEND, 0, 0, 0.0), (5, Kind.PRESSURE, 1, 0, 9), (5, Kind.KEY_PRESSURE, 2, 60, 8)]),
        ([0xB0, 1, 64, 33, 32], [control(5, 0, 1, 64), control(5, 0, 1, fourteen_bits(64, 32))]),
        ([0xB2, 0, 121, 0xC2, 9], [control(5, 2, 0, 121), (5, Kind.PROGRAM, 2, 9, 121.0)]),  # with its bank
        ([0xFA, 0xF8], [(5, Kind.BEAT, 0, 0, 0.0)]),
        ([0xF0, 1, 2, 0xF7, 0xF3, 1, 0xF6], []),
        ([0xB0, 64, 127, 66, 10], [control(5, 0, 64, 127), control(5, 0, 66, 10)]),
    ],
)  # fmt: skip
def test_bytes_to_events(data, rows) -> None:
    assert Translator("p").feed(data, 5) == rows
    allowed(rows)


def test_time_never_falls_within_a_port() -> None:
    port = Translator("p")
    port.feed([0x90, 60, 100], 1000)
    assert port.feed([0x80, 60, 0], 900) == [note_off(1000, 0, 60)]
    port.feed([0x90, 60, 100], 1100)
    assert port.release_all() == [note_off(1100, 0, 60)]
    assert port.panic()[0][0] == 1100


def test_what_is_held_is_let_go_when_the_port_is_gone() -> None:
    port = Translator("p")
    port.feed([0x90, 60, 100, 61, 100, 0x95, 62, 100, 0xB5, 64, 127, 0xB1, 66, 90, 0x90, 61, 0], 0)
    assert port.held.keys == [(0, 60), (5, 62)] and port.held.pedals == [(5, 64), (1, 66)]
    released = [note_off(7, 0, 60), note_off(7, 5, 62), control(7, 5, 64, 0.0), control(7, 1, 66, 0.0)]
    assert port.close(7) == released
    assert port.close(8) == []


@pytest.mark.parametrize("number", [120, 123, 124, 125, 126, 127])
def test_keys_that_the_engine_has_let_go_are_not_held(number: int) -> None:
    port = Translator("p")
    port.feed([0x90, 60, 100, 0xB3, number, 0], 0)
    assert port.held.keys == []


def test_zones_reach_the_engine_and_end_with_the_port() -> None:
    port = Translator("p")
    port.feed([0x91, 60, 100], 0)
    rows = port.feed(MPE, 1)
    allowed(rows)
    assert [row[2:5] for row in rows if row[1] == Kind.ZONE] == [(1, 0, 0.0), (2, 0, 0.0), (3, 0, 0.0)]
    assert rows.index(note_off(1, 1, 60)) < rows.index((1, Kind.ZONE, 1, 0, 0.0))  # it belonged to the channel of old
    gone = port.close(2)
    allowed(gone)
    assert [row[2:5] for row in gone if row[1] == Kind.ZONE] == [(channel, 0, -1.0) for channel in range(4)]


def test_active_sensing() -> None:
    port = Translator("p")
    port.feed([0x90, 60, 100], 0)
    assert port.idle(10**6) == [] == port.idle(10**6)  # never promised
    port.feed([0xFE], 10**6)
    assert port.idle(10**6 + SENSED) == []
    assert port.idle(10**6 + SENSED + 1) == []  # perhaps we slept ourselves
    assert port.idle(10**6 + SENSED + 1) == [note_off(10**6 + SENSED + 1, 0, 60)]
    assert port.idle(10**7) == []


def test_active_sensing_from_before_there_was_sound() -> None:
    port = Translator("p")
    port.feed([0x90, 60, 100, 0xFE], 0)
    assert port.idle(10**6) == [] == port.idle(10**6)


def test_panic_and_system_reset() -> None:
    port, keys = Translator("p"), Keys()
    keys.take(port.feed([0x90, 60, 100, 0xB0, 64, 127], 0))
    rows = port.panic(9)
    allowed(rows)
    keys.take(rows)
    assert not keys.down and not keys.pedals and port.held.keys == [] == port.held.pedals
    assert [row[2] for row in rows if row[1:4:2] == (Kind.CONTROL, 121)] == list(range(16))
    keys.take(port.feed([0x90, 60, 100, 0xB0, 64, 127, 0xFF], 10))
    assert not keys.down and not keys.pedals


def test_learnt_controllers_lose_their_fixed_meaning_and_others_keep_it() -> None:
    sound, bindings = Sound(), Bindings()
    bindings.tie(Control(CC, 1, 0), "knobs.timbre")
    bindings.tie(Control(CC, 74, 1), "knobs.shape")
    port = Translator("p", bindings, sound.targets)
    rows = port.feed([0xB0, 1, 64, 33, 0, 7, 90], 0)
    assert rows == [(0, Kind.KNOB, 0, 0, 64 / 127), (0, Kind.KNOB, 0, 0, 64 * 128 / 16383), control(0, 0, 7, 90)]
    rows = port.feed(MPE, 1)
    assert control(1, 1, 74, 64.0) in rows  # what a zone implies is no person's hand


def fuzz(draw: random.Random, count: int) -> list[bytes]:
    """Messages, half of them well-formed, and other bytes in between; most on few channels and keys."""
    found = []
    for _ in range(count):
        status = draw.choice([0x80, 0x90, 0x90, 0x90, 0xA0, 0xB0, 0xB0, 0xC0, 0xD0, 0xE0]) | draw.choice([0, 1, 2, 15])
        data = [draw.choice([draw.randrange(128), 60, 64, 6, 100, 101, 123, 121]) for _ in range(draw.randrange(5))]
        made = bytes([status, *data])
        if draw.random() < 0.2:
            made = draw.randbytes(draw.randrange(12))
        elif draw.random() < 0.1:
            made = bytes([0xF0, *data])  # a system exclusive that may never end
        elif draw.random() < 0.3:
            made = made[1:]  # running status
        found.append(made)
    return found


def all_keys_up() -> list[bytes]:
    """What a player does when it is over: every key and pedal up, on every channel."""
    keys = [bytes([0x80 | channel, note, 0]) for channel in range(16) for note in range(128)]
    return keys + [bytes([0xB0 | channel, pedal, 0]) for channel in range(16) for pedal in (64, 66)]


@pytest.mark.parametrize("seed", range(6))
def test_after_any_bytes_and_all_keys_up_nothing_is_held(seed: int) -> None:
    draw, sound, bindings, keys = random.Random(seed), Sound(), Bindings(), Keys()
    bindings.tie(Control(CC, 7, 0), "amp.decay")
    bindings.learn("knobs.timbre")
    port, rows = Translator("p", bindings, sound.targets), []
    for time, data in enumerate(fuzz(draw, 20_000)):
        rows += port.feed(data, time * 5)
        if draw.random() < 0.01:
            rows += port.idle(time * 5)
    keys.take(rows)
    assert keys.down == set(port.held.keys) or keys.down <= set(port.held.keys)
    allowed(rows)
    assert np.all(np.diff([row[0] for row in rows]) >= 0)
    last = [row for data in all_keys_up() for row in port.feed(data, 200_000)]
    keys.take(last)
    allowed(last)
    assert not keys.down and not keys.pedals and port.held.keys == [] == port.held.pedals


def test_its_memory_does_not_grow_with_what_it_was_fed() -> None:
    draw, port = random.Random(9), Translator("p")
    for _ in range(4):
        for data in fuzz(draw, 10_000):
            port.feed(data, 0)
        assert len(pickle.dumps(vars(port))) < 40_000  # one byte of each message kept would be more


def test_the_engine_falls_silent_after_any_bytes_and_all_keys_up(play) -> None:
    """The engine itself instead of the tests' idea of it; random seeds are fixed, so this is reproducible."""
    draw, port, rows = random.Random(4), Translator("p"), []
    for time, data in enumerate([*fuzz(draw, 1000), *all_keys_up()]):
        rows += [row for row in port.feed(data, time * 4) if row[1] != Kind.PROGRAM]
    part, out = play(rows, 24_000, {"amp.release": 0.05, "amp.attack": 0.002})
    assert np.abs(out[:4000]).max() > 1e-3
    assert part.state.part["active"][0] == 0 and not part.state.held.any()
    assert np.abs(out[-1000:]).max() < 1e-4  # the end of the DC blocker

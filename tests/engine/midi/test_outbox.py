"""A ring that is full: values are the latest, key-ups are never lost, memory is bounded."""

from __future__ import annotations

import random
from collections.abc import Sequence

import numpy as np

from engine.events import EVENT, Kind
from engine.midi.outbox import MOST_ENTRIES, Outbox
from engine.midi.rows import Row, bend, control, note_off, note_on
from engine.realtime.event_ring import EventRing
from tests.engine.midi.sound import Keys


class Ring:
    def __init__(self, room: int) -> None:
        self.room, self.rows = room, []

    def push(self, rows: Sequence[Row]) -> int:
        taken = min(self.room, len(rows))
        self.rows += rows[:taken]
        self.room -= taken
        return taken


def test_rows_pass_in_their_order_while_there_is_room() -> None:
    ring, rows = Ring(100), [note_on(0, 0, 60, 1), control(0, 0, 1, 5), note_off(0, 0, 60)]
    Outbox(ring.push).send(rows)
    assert ring.rows == rows


def test_what_waits_keeps_the_latest_value_and_drops_note_ons() -> None:
    ring = Ring(1)
    outbox = Outbox(ring.push)
    outbox.send([note_on(0, 0, 60, 1), note_on(1, 0, 61, 1), control(2, 0, 1, 5), bend(3, 1, 0)])
    outbox.send([note_off(4, 0, 60), control(5, 0, 1, 6), control(6, 1, 1, 7), note_off(7, 0, 60)])
    assert outbox.dropped == 1 and outbox.waiting == 4
    ring.room = 100
    outbox.send([note_on(8, 0, 62, 1)])
    late = [note_off(7, 0, 60), bend(3, 1, 0), control(5, 0, 1, 6), control(6, 1, 1, 7)]
    assert ring.rows == [note_on(0, 0, 60, 1), *late, note_on(8, 0, 62, 1)]


def test_parameter_numbers_keep_their_order_up_to_a_bound() -> None:
    ring = Ring(0)
    outbox = Outbox(ring.push)
    rows = [control(0, 0, number, value) for number, value in ((101, 0), (100, 0), (6, 48), (101, 127), (100, 127))]
    outbox.send(rows)
    ring.room = 100
    outbox.retry()
    assert ring.rows == rows
    ring.room = 0
    outbox.send(rows * MOST_ENTRIES)
    assert outbox.waiting == MOST_ENTRIES and outbox.dropped == 4 * MOST_ENTRIES


def test_after_a_flood_into_a_small_ring_every_key_is_up() -> None:
    draw, keys = random.Random(1), Keys()
    ring = EventRing(np.zeros(64, EVENT), np.zeros(8, np.int64), np.zeros(8, np.int64))
    outbox = Outbox(ring.push)
    for time in range(30_000):
        note, channel = draw.randrange(128), draw.randrange(16)
        row = draw.choice([note_on(time, channel, note, 5), note_off(time, channel, note), control(time, 0, note, 1.0)])
        outbox.send([row])
        if draw.random() < 0.01:
            keys.take(ring.pop(draw.randrange(64)).tolist())
        assert outbox.waiting <= 16 * 128 + 128 + MOST_ENTRIES
    assert outbox.dropped > 1000
    for each in [note_off(30_000, channel, note) for channel in range(16) for note in range(128)]:
        outbox.send([each])
    while ring.waiting or outbox.waiting:
        keys.take(ring.pop().tolist())
        outbox.retry()
    assert not keys.down and Kind.NOTE_OFF == 0

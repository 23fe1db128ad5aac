"""A rig with a deck of tiny parts, fed and listened to by a test; and the replay of what it journaled."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np

from accel.program import Program
from engine.deck import deck_render
from engine.deck_keeper import DeckKeeper
from engine.events import Kind, event_array
from engine.live.layout import BYTES, carve, prepare
from engine.midi.rows import Row
from engine.part import Part
from engine.patch import Patch
from engine.realtime.event_ring import EventRing
from engine.realtime.produce import connect_deck, produce
from engine.realtime.rig import RING_AT, WORD_AT, Rig, allocate_rig

ROOM = (32, 8)


def on(time: int, note: int, channel: int = 0) -> Row:
    return time, Kind.NOTE_ON, channel, note, 100.0


def off(time: int, note: int, channel: int = 0) -> Row:
    return time, Kind.NOTE_OFF, channel, note, 0.0


class Bench:
    """A rig, its deck, and Python's ends of its rings; `midi`, `control` and `owner` are rings to push to."""

    def __init__(self, program: Program, settings: dict[str, Any] | None = None, *, opened: bool = True) -> None:
        self.program, self.settings = program, settings or {}
        memory = np.zeros(BYTES + 64, np.uint8)
        self.shared = carve(memory[-memory.ctypes.data % 64 :][:BYTES])
        prepare(self.shared, 1)
        self.rig: Rig = allocate_rig(self.shared)
        self.keeper = DeckKeeper()
        connect_deck(self.rig, self.keeper.deck)
        self.midi, self.control, self.cv, self.journal_ring = (
            EventRing(getattr(self.rig, name), self.rig.ring_heads, self.rig.ring_tails, RING_AT[name])
            for name in ("midi", "control", "cv", "journal")
        )
        self.owner = EventRing(self.rig.events, self.rig.heads, self.rig.tails)
        self.journal = event_array([])
        if opened:
            self.open(0, 1)

    def part(self, serial: int) -> Part:
        return Part(Patch(f"patch {serial}", "tiny", parameters=self.settings), self.program, seed=serial, room=ROOM)

    def open(self, slot: int, serial: int, fade: float = -1.0) -> None:
        self.keeper.collect()
        self.keeper.fill(slot, self.part(serial), serial)
        assert self.control.push([(0, Kind.OPEN, serial, slot, fade)]) == 1

    def word(self, name: str) -> int:
        return int(self.rig.words[WORD_AT[name]])

    def count(self, name: str) -> int:
        return int(self.rig.counters[name][0])

    def drain(self) -> np.ndarray:
        """What was journaled since the last call, also added to `journal`."""
        events = self.journal_ring.pop()
        self.journal = np.concatenate([self.journal, events])
        return events

    def play(self, samples: int, block: int = 128) -> np.ndarray:
        out = np.zeros((samples, 2), np.float32)
        for start in range(0, samples, block):
            assert produce(self.rig, out, start, min(block, samples - start))
        self.drain()
        return out

    def replay(self, start: int, samples: int, block: int = 4096) -> np.ndarray:
        """The journal on a deck of its own, as `replay.JournalRenderer` does it."""
        keeper, events, out, first = DeckKeeper(), self.journal, np.zeros((samples, 2), np.float32), 0
        opens = events[events["kind"] == Kind.OPEN]
        edges = {*range(0, samples, block), samples, *(int(time) - start for time in opens["time"])}
        for now, end in pairwise(sorted(edges)):
            for each in opens[opens["time"] == start + now]:
                keeper.collect()
                keeper.fill(int(each["index"]), self.part(int(each["channel"])), int(each["channel"]))
            rest = events[first:]
            first += deck_render(keeper.deck, rest, len(rest), start + now, out[now:end], end - now)
        assert first == len(events)
        return out


def rows_of(events: np.ndarray) -> Sequence[Row]:
    return [tuple(each) for each in events.tolist()]

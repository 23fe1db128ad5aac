"""A sound without an engine, for tests: its state in the shared block's arrays, changed by the events that come."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from engine.events import Kind
from engine.live.layout import PARTS
from engine.midi.rows import Row
from engine.midi.targets import Targets
from engine.parameters import TABLE

INDEX = {entry.id: place for place, entry in enumerate(TABLE)}


class Sound:
    """Parameters at their defaults, knobs in the middle; applies PARAMETER and KNOB at once."""

    def __init__(self, knobs: Iterable[str] = ("timbre", "shape")) -> None:
        self.shared = {name: np.zeros(PARTS[name][1], PARTS[name][0]) for name in ("sound", "parameters", "knobs")}
        self.shared["parameters"][: len(TABLE)] = [entry.default for entry in TABLE]
        self.shared["knobs"][:] = 0.5
        self.knob_ids = list(knobs)
        self.targets = Targets(self.shared, lambda: self.knob_ids)

    def take(self, rows: list[Row]) -> None:
        for _, kind, _, index, value in rows:
            if kind == Kind.PARAMETER:
                self.shared["parameters"][index] = value
            elif kind == Kind.KNOB:
                self.shared["knobs"][index] = value

    def open(self) -> None:
        """Another patch."""
        self.shared["sound"]["patch"] += 1

    def parameter(self, target: str) -> float:
        return float(self.shared["parameters"][INDEX[target]])

    def knob(self, index: int) -> float:
        return float(self.shared["knobs"][index])


class Keys:
    """What an engine holds after events, by its own rules: keys by (channel, note), and both pedals."""

    def __init__(self) -> None:
        self.down: set[tuple[int, int]] = set()
        self.pedals: set[int] = set()

    def take(self, rows: list[Row]) -> None:
        for _, kind, channel, index, value in rows:
            if kind == Kind.NOTE_ON and value > 0:
                self.down.add((channel, index))
            elif kind in (Kind.NOTE_ON, Kind.NOTE_OFF):
                self.down.discard((channel, index))
            elif kind == Kind.RELEASE_ALL:
                self.down.clear()
                self.pedals.clear()
            elif kind == Kind.CONTROL:
                self._control(index, value)

    def _control(self, index: int, value: float) -> None:
        if index in (64, 66):
            (self.pedals.add if value >= 64 else self.pedals.discard)(index)
        elif index in (120, 123, 124, 125, 126, 127):
            self.down.clear()
        elif index == 121:
            self.pedals.clear()

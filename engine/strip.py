"""The strip of one MIDI channel: which patch plays from when, and the parts that play them.

A program change opens a new part for the notes to come and leaves the old one what it sounds. A part costs its
memory and its set-up, so one is opened only where notes follow before the next change, and is dropped when silent.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.banks import load_banks
from engine.events import Kind
from engine.library import find_model, open_model
from engine.part import FOREVER, Part
from engine.patch import Patch, load_patch

__all__ = ["Strip"]

_CHANNEL_SEED, _NUMBER_SEED = 0x9E3779B1, 0x632BE5AB
_BANK = 0  # controller
_OPENS_OR_ENTERS_DATA = (6, 38, 98, 99, 100, 101)
"""Controllers whose effect depends on those before them."""


def _last_words(events: NDArray[Any]) -> NDArray[Any]:
    """Those of these settings that a part must hear to stand as if it had heard all: the last of each kind and index.

    Tempo (which moves the phase of synced LFOs) and data entry count every time.
    """
    kind, index = events["kind"], events["index"]
    keep = (kind == Kind.TEMPO) | ((kind == Kind.CONTROL) & np.isin(index, _OPENS_OR_ENTERS_DATA))
    _, from_end = np.unique((kind * 128 + index)[::-1], return_index=True)
    keep[len(events) - 1 - from_end] = True
    return events[keep]


@dataclass(frozen=True)
class _Change:
    """From sample position `time` to `until` this patch gets the notes; `seed` is the part's own."""

    time: int
    until: int
    patch: Patch
    seed: int


class Strip:
    """One MIDI channel.

    Args:
        number: the channel, 0..15.
        events: records of `events.EVENT`, its own and the tempo's, in the order of time.
        patch: the sound; None: the banks choose one for each program change.
        seed: of everything random.
        tuning: volts of the 128 keys, equal temperament by default.

    Raises:
        SystoleError: a patch is missing or broken.
    """

    def __init__(
        self,
        number: int,
        events: NDArray[Any],
        patch: Patch | None,
        *,
        seed: int,
        tuning: NDArray[np.float64] | None = None,
    ) -> None:
        self.number, self.events, self._tuning = number, events, tuning
        self._seed = (seed * _CHANNEL_SEED + number * _NUMBER_SEED) & 0xFFFFFFFF
        self._times = np.ascontiguousarray(events["time"])
        # What a part that opens late must know of the past: everything but notes.
        self._settings = events[(events["kind"] != Kind.NOTE_ON) & (events["kind"] != Kind.NOTE_OFF)]
        self._past = events[:0]
        self._heard = 0  # settings that `_past` stands for
        self._changes = self._plan(patch)
        self._next_change = 0
        self._parts: list[tuple[Part, int]] = []

    def _names(self) -> list[tuple[int, str]]:
        """(time, patch name) wherever the banks ask for another patch."""
        banks = load_banks()
        names = [(0, banks.patch_name(self.number, 0))]
        bank = 0
        chooses_bank = (self.events["kind"] == Kind.CONTROL) & (self.events["index"] == _BANK)
        for event in self.events[chooses_bank | (self.events["kind"] == Kind.PROGRAM)]:
            if event["kind"] == Kind.CONTROL:
                bank = int(event["value"])
                continue
            name = banks.patch_name(self.number, int(event["index"]) & 127, bank)
            if name != names[-1][1]:
                names.append((int(event["time"]), name))
        return names

    def _plan(self, patch: Patch | None) -> list[_Change]:
        """The changes that notes follow."""
        if patch is not None:
            return [_Change(0, FOREVER, patch, self._seed + 1)]
        names = self._names()
        patches = {name: load_patch(name) for _, name in names}
        notes = self.events["time"][(self.events["kind"] == Kind.NOTE_ON) & (self.events["value"] > 0)]
        edges = [time for time, _ in names] + [FOREVER]
        first = np.searchsorted(notes, edges)
        return [
            _Change(time, edges[index + 1], patches[name], self._seed + index + 1)
            for index, (time, name) in enumerate(names)
            if first[index] < first[index + 1]
        ]

    def _open_part(self, now: int) -> None:
        """Open the part of the change at `now`, if there is one."""
        if self._next_change == len(self._changes) or self._changes[self._next_change].time > now:
            return
        change = self._changes[self._next_change]
        self._next_change += 1
        program = open_model(find_model(change.patch.model))
        window = (change.time, change.until)
        part = Part(change.patch, program, seed=change.seed, notes=window, tuning=self._tuning)
        part.skip(self._settings_before(now), now)
        self._parts.append((part, int(np.searchsorted(self._times, now))))

    def _settings_before(self, now: int) -> NDArray[Any]:
        """What a new part must hear; each call goes on from the last, so that many changes cost no more each."""
        until = self._heard + int(np.searchsorted(self._settings["time"][self._heard :], now))
        self._past = _last_words(np.concatenate([self._past, self._settings[self._heard : until]]))
        self._heard = until
        return self._past

    def _length(self, now: int, count: int) -> int:
        """Samples until the next change, at most `count`."""
        if self._next_change < len(self._changes):
            return min(count, self._changes[self._next_change].time - now)
        return count

    def render(self, now: int, out: NDArray[np.float32]) -> None:
        """Fill `out` (float32 [n, 2], C order) with this channel from sample position `now`."""
        out[:] = 0.0
        done = 0
        while done < len(out):
            self._open_part(now + done)
            count = self._length(now + done, len(out) - done)
            self._add_parts(now + done, out[done : done + count])
            done += count

    def _add_parts(self, now: int, piece: NDArray[np.float32]) -> None:
        buffer = np.empty_like(piece)
        kept = []
        for part, first in self._parts:
            first = part.render(self.events, first, now, buffer)
            piece += buffer
            if part.notes_until > now + len(piece) or not part.is_silent:
                kept.append((part, first))
        self._parts = kept

    @property
    def is_idle(self) -> bool:
        """No voice sounds."""
        return all(part.is_idle for part, _ in self._parts)

"""A journal rendered: every event at its sample, every part made anew when it was opened, the bytes that were heard.

What was heard is the stereo mix at 48 kHz behind limiter and gate. Devices of other rates, and blocks that the device
did not take in time, come after it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from accel.errors import SystoleError
from accel.program import Program
from engine.deck import deck_render
from engine.deck_keeper import DeckKeeper
from engine.events import Kind
from engine.journal import Journal, JournalPatch
from engine.library import find_model, open_model, program_knobs
from engine.offline import RenderedBlock
from engine.part import Part
from engine.patch import Patch, read_patch
from engine.text import plain
from engine.timeline import check_block

__all__ = ["JournalRenderer"]


class JournalRenderer:
    """Renders a journal from its start to its end.

    Args:
        journal: as `journal.read_journal` gives it.
        block: samples per block; the sound does not depend on it.

    Raises:
        SystoleError: the journal is not complete; a model is missing, or another than the one that played.
    """

    def __init__(self, journal: Journal, *, block: int = 4096) -> None:
        check_block(block)
        if not journal.complete:
            raise SystoleError(
                f"{journal.where}: not complete, events were lost: it cannot be rendered as it was heard"
            )
        self._journal, self._block = journal, block
        opens = journal.events["kind"] == Kind.OPEN
        self._opens: list[tuple[int, Any]] = [(int(at), journal.events[at]) for at in np.flatnonzero(opens)]
        used = {int(event["channel"]) for _, event in self._opens}
        self._patches = {
            each.serial: self._load(number, each) for number, each in enumerate(journal.patches) if each.serial in used
        }

    stems: list[str] = []  # noqa: RUF012 (never changed)

    @property
    def total_samples(self) -> int:
        """Length in samples."""
        return self._journal.end - self._journal.start

    def _load(self, number: int, recorded: JournalPatch) -> tuple[JournalPatch, Patch, Program]:
        """A patch and the model that played it."""
        where = f"{self._journal.where}: patches[{number}]"
        name = read_patch(recorded.text, where).model
        try:
            program = open_model(find_model(name))
        except SystoleError as error:
            raise SystoleError(f"{where}: model: {error}") from None
        if program.hash != recorded.model_hash:
            raise SystoleError(
                f"{where}: model {plain(name)}: the one here has hash {program.hash[:12]}, it was played with "
                f"{plain(recorded.model_hash[:12])}"
            )
        return recorded, read_patch(recorded.text, where, program_knobs(program)), program

    def _make(self, serial: int) -> Part:
        recorded, patch, program = self._patches[serial]
        tuning = None if recorded.tuning is None else np.array(recorded.tuning)
        return Part(patch, program, seed=recorded.seed, tuning=tuning, room=self._journal.room)

    def _fill(self, keeper: DeckKeeper, now: int) -> int:
        """Put the parts that are opened at `now` into their slots; returns when the next one is opened."""
        while self._opens and self._opens[0][1]["time"] <= now:
            at, event = self._opens.pop(0)
            keeper.collect()
            slot, serial = int(event["index"]), int(event["channel"])
            if slot not in keeper.free_slots():
                raise SystoleError(
                    f"{self._journal.where}: events[{at}]: OPEN: slot {slot} is still taken at sample {now}"
                )
            keeper.fill(slot, self._make(serial), serial)
        return int(self._opens[0][1]["time"]) if self._opens else self._journal.end

    def blocks(self) -> Iterator[RenderedBlock]:
        """Render from the start to the end; can be used once.

        Raises:
            SystoleError: a slot is opened that still plays: the journal is not one of a performance.
        """
        keeper, events = DeckKeeper(), self._journal.events
        now, first = self._journal.start, 0
        while now < self._journal.end:
            next_open = self._fill(keeper, now)
            out = np.zeros((min(self._block, next_open - now, self._journal.end - now), 2), np.float32)
            rest = events[first:]
            first += deck_render(keeper.deck, rest, len(rest), now, out, len(out))
            now += len(out)
            yield RenderedBlock(out, {})

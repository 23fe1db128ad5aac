"""Keeps engine and document in step: edits go to the engine, and what a player turned elsewhere comes back.

Both directions meet the same numbers, so each side's own echo must be told from news. What was sent is not followed
until it has arrived (the engine moves knobs smoothly) or time is up; while a patch is on its way nothing is followed.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from app.window.session.document import Change, Document
from app.window.session.rows import all_rows, rows_of
from app.window.session.sound import Sound
from app.window.words import translate
from engine.live.protocol import PatchChanged, SetPatch
from engine.live.snapshot import Snapshot
from engine.midi.rows import Row
from engine.parameters import TABLE
from engine.patch import patch_text

__all__ = ["ARRIVE_SECONDS", "Player", "Sync"]

ARRIVE_SECONDS = 0.5
"""After this, a number that stands elsewhere than it was sent was turned there by somebody."""


class Player(Protocol):
    """What is needed of the link to the engine (`app.window.link`)."""

    def play(self, rows: Sequence[Row]) -> bool:
        """Send events; False if not all of them found room."""

    def ask(self, command: SetPatch) -> None:
        """Send a request; a refusal is shown by the link."""


class Sync:
    """One for a window; one thread.

    Args:
        read: makes a sound of TOML that the engine says it plays and the name of a patch (may raise SystoleError).
        clock: seconds, of any clock that only goes forward.
    """

    def __init__(
        self,
        document: Document,
        player: Player,
        *,
        read: Callable[[str], Sound],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._document, self._player, self._read, self._clock = document, player, read, clock
        self._asked: list[tuple[str, Sound]] = []  # text, and what plays until it does
        self._sent: dict[str, float] = {}
        self._serial: int | None = None
        self._owes, self._edited, self._missed, self._is_apart = False, False, False, False
        self._plays: Sound | None = None  # while what is shown was refused
        self.led: frozenset[str] = frozenset()
        """Numbers that control voltages lead: they move without end, so they are shown but not part of the sound."""
        document.subscribe(self._changed)

    def begin(self, text: str) -> None:
        """The engine was started with this patch, so its first word about it is no news."""
        self._asked.append((text, self._document.sound))

    def _changed(self, change: Change) -> None:
        if change.cause in ("follow", "saved"):
            return
        plays = self._plays if self._is_apart and self._plays is not None else change.before
        if change.cause == "load":
            self._ask(change.after, "ring", plays)
            return
        rows = rows_of(change)
        if rows is None or self._is_apart:  # perhaps it can be played by now
            self._ask(change.after, "replace", plays)
        elif rows:
            now = self._clock()
            self._edited = self._edited or bool(self._asked)  # heard by what still plays, not by what is to come
            self._sent |= dict.fromkeys(change.ids, now + ARRIVE_SECONDS)
            self._owes = not self._player.play(rows) or self._owes

    def _ask(self, sound: Sound, how: Any, plays: Sound) -> None:
        text = patch_text(sound.patch)
        self._asked.append((text, plays))
        self._owes = self._edited = self._is_apart = False
        self._player.ask(SetPatch(text=text, how=how))

    def refused(self, text: str) -> None:
        """The engine does not play that patch; it goes on with what it played, whose knobs are none of this sound's."""
        at = self._place(text)
        if at is not None:
            self._plays = self._asked.pop(at)[1]
            if at < len(self._asked):
                self._asked[at] = (self._asked[at][0], self._plays)
        self._is_apart = not self._asked
        self._missed = self._serial is None

    def _place(self, text: str) -> int | None:
        """Of a patch among those that were asked for."""
        return next((at for at, (asked, _) in enumerate(self._asked) if asked == text), None)

    def go_back(self) -> None:
        """Where a sound was refused: show again what plays, as a step that can be undone like any other."""
        if self._is_apart and self._plays is not None:
            self._is_apart = False
            label = translate("Document", "Back to {0}").format(self._plays.patch.name)
            self._document.adopt(replace(self._document.desk, current=self._plays), label, plays_already=True)

    def greeted(self) -> None:
        """An engine plays for the first time: tell it what was chosen before it could hear."""
        if self._missed:
            self._missed = False
            self._ask(self._document.sound, "replace", self._document.sound)

    def heard(self, notice: PatchChanged) -> None:
        """The engine plays a patch: one that was asked for, or one that a program change or a restart brought."""
        self._serial, self._is_apart = notice.serial, False
        self._sent.clear()
        at = self._place(notice.text)
        if at is not None:
            del self._asked[: at + 1]
            self._owes, self._edited = self._edited and not self._asked, self._edited and bool(self._asked)
            return
        if not self._asked and notice.text != patch_text(self._document.sound.patch):
            sound = self._read(notice.text)
            self._document.load(
                sound, translate("Document", "Program change: {0}").format(sound.patch.name), plays_already=True
            )

    def frame(self, snapshot: Snapshot) -> None:
        """Send what found no room, and follow what was turned elsewhere; some ten times a second."""
        if self._owes and not self._asked:
            self._owes = not self._player.play(all_rows(self._document.sound))
            self._sent = dict.fromkeys(self._document.sound.ids, self._clock() + ARRIVE_SECONDS)
        if (
            self._asked
            or self._is_apart
            or self._serial is None
            or int(snapshot.sound["sound"]["patch"][0]) != self._serial
        ):
            return
        numbers = self._numbers(snapshot.sound)
        if numbers is not None:
            self._document.follow(self._news(numbers))

    def _numbers(self, sound: Any) -> dict[str, float] | None:
        """The engine's numbers by id; None before it has published any."""
        knobs = self._document.sound.knobs
        if int(sound["sound"]["seq"][0]) == 0 or int(sound["sound"]["knobs_used"][0]) != len(knobs):
            return None
        values: NDArray[np.float64] = sound["parameters"]
        places: NDArray[np.float64] = sound["knobs"]
        found = {entry.id: value for entry, value in zip(TABLE, values.tolist(), strict=False)}
        return found | {knob.id: place for knob, place in zip(knobs, places.tolist(), strict=False)}

    def _news(self, numbers: dict[str, float]) -> dict[str, float]:
        """Those that differ from the document's and were not sent just now."""
        now, sound, found = self._clock(), self._document.sound, dict[str, float]()
        for name, number in numbers.items():
            ours = sound.number(name)
            if ours == number:
                self._sent.pop(name, None)
            elif name not in self.led and now >= self._sent.get(name, 0.0):
                entry = sound.parameter(name)
                if entry.low <= number <= entry.high:
                    found[name] = number
        return found

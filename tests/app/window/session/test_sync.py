"""Engine and document in step: edits go out once, echoes are no news, what comes from elsewhere joins the sound."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest

from app.window.session.document import Document
from app.window.session.rows import all_rows
from app.window.session.sound import Sound
from app.window.session.sync import ARRIVE_SECONDS, Sync
from engine.events import Kind
from engine.live.layout import BYTES, carve
from engine.live.protocol import PatchChanged, SetPatch
from engine.live.snapshot import Reader, Snapshot
from engine.midi.rows import Row
from engine.parameters import TABLE
from engine.patch import patch_text, read_patch
from tests.app.window.session.sounds import KNOBS, Clock, other_model, sound


class Player:
    """Takes what it is given, and is where its test says it is."""

    def __init__(self) -> None:
        self.rows: list[Row] = []
        self.asked: list[SetPatch] = []
        self.room = 10_000
        self.arrays = carve(np.zeros(BYTES, np.uint8))

    def play(self, rows: Sequence[Row]) -> bool:
        taken = list(rows[: self.room])
        self.rows += taken
        self.room -= len(taken)
        return len(taken) == len(rows)

    def ask(self, command: SetPatch) -> None:
        self.asked.append(command)

    def stands_at(self, shown: Sound, serial: int = 0) -> Snapshot:
        part: Any = self.arrays["sound"]
        part["seq"], part["patch"], part["knobs_used"] = 2, serial, len(shown.knobs)
        self.arrays["parameters"][: len(TABLE)] = [shown.number(entry.id) for entry in TABLE]
        self.arrays["knobs"][: len(shown.knobs)] = [shown.number(knob.id) for knob in shown.knobs]
        return Reader(self.arrays).read()


class Bench:
    def __init__(self) -> None:
        self.clock, self.player = Clock(), Player()
        self.document = Document(sound(), clock=self.clock)
        self.sync = Sync(self.document, self.player, read=self.read, clock=self.clock)
        self.sync.begin(self.text)
        self.sync.heard(PatchChanged(self.text, 0))

    @property
    def text(self) -> str:
        return patch_text(self.document.sound.patch)

    @staticmethod
    def read(text: str) -> Sound:
        return Sound(read_patch(text, "test", KNOBS), KNOBS)


@pytest.fixture
def bench() -> Bench:
    return Bench()


def test_an_edit_is_sent_and_its_late_echo_is_no_news(bench: Bench) -> None:
    old = bench.document.sound
    bench.document.set_number("knobs.cut", 0.75)
    assert bench.player.rows == [(0, Kind.KNOB, 0, 0, 0.75)]
    bench.sync.frame(bench.player.stands_at(old))
    bench.sync.frame(bench.player.stands_at(old.with_number("knobs.cut", 0.6)))  # on its way
    bench.sync.frame(bench.player.stands_at(bench.document.sound))
    assert bench.document.sound.number("knobs.cut") == 0.75
    assert len(bench.player.rows) == 1


def test_what_somebody_else_turns_is_followed_and_not_sent_back(bench: Bench) -> None:
    turned = bench.document.sound.with_number("knobs.res", 0.1).with_number("amp.decay", 3.0)
    bench.sync.frame(bench.player.stands_at(turned))
    assert (bench.document.sound.number("knobs.res"), bench.document.sound.number("amp.decay")) == (0.1, 3.0)
    assert bench.player.rows == []
    bench.document.undo()
    assert bench.player.rows == all_rows(bench.document.sound)


def test_after_a_while_what_stands_elsewhere_is_news(bench: Bench) -> None:
    old = bench.document.sound
    bench.document.set_number("knobs.cut", 0.75)
    bench.clock.now += ARRIVE_SECONDS + 0.01
    bench.sync.frame(bench.player.stands_at(old.with_number("knobs.cut", 0.5)))
    assert bench.document.sound.number("knobs.cut") == 0.5


def test_what_voltages_lead_is_not_followed(bench: Bench) -> None:
    bench.sync.led = frozenset({"knobs.cut"})
    bench.sync.frame(bench.player.stands_at(bench.document.sound.with_number("knobs.cut", 0.9)))
    assert bench.document.sound.number("knobs.cut") == 0.25


def test_what_found_no_room_is_sent_later(bench: Bench) -> None:
    bench.player.room = 0
    bench.document.set_number("knobs.cut", 0.75)
    assert bench.player.rows == []
    bench.player.room = 1000
    bench.sync.frame(bench.player.stands_at(sound()))
    assert bench.player.rows == all_rows(bench.document.sound)
    assert bench.document.sound.number("knobs.cut") == 0.75


def test_another_patch_is_asked_for_and_its_predecessor_not_followed(bench: Bench) -> None:
    old = bench.document.sound
    bench.document.load(other_model())
    assert [(each.text, each.how) for each in bench.player.asked] == [(bench.text, "ring")]
    bench.sync.frame(bench.player.stands_at(old.with_number("amp.decay", 3.0)))
    assert bench.document.sound.number("amp.decay") == other_model().number("amp.decay")
    bench.sync.heard(PatchChanged(bench.text, 1))
    bench.sync.frame(bench.player.stands_at(bench.document.sound.with_number("amp.decay", 2.0), serial=0))
    assert bench.document.sound.number("amp.decay") != 2.0  # still the one before
    bench.sync.frame(bench.player.stands_at(bench.document.sound.with_number("amp.decay", 2.0), serial=1))
    assert bench.document.sound.number("amp.decay") == 2.0


def test_edits_while_a_patch_is_on_its_way_reach_it(bench: Bench) -> None:
    bench.document.load(other_model())
    asked = bench.text
    bench.document.set_number("knobs.timbre", 0.9)
    bench.player.rows.clear()
    bench.sync.heard(PatchChanged(asked, 1))
    bench.sync.frame(bench.player.stands_at(other_model(), serial=1))
    assert bench.player.rows == all_rows(bench.document.sound)


def test_a_late_word_about_a_patch_before_the_last_changes_nothing(bench: Bench) -> None:
    for name in ("Two", "Three", "Four"):
        bench.document.load(other_model(name))
    two, four = bench.player.asked[0].text, bench.player.asked[2].text
    bench.sync.heard(PatchChanged(two, 1))
    assert bench.document.sound.patch.name == "Four"
    bench.sync.heard(PatchChanged(four, 2))
    assert (bench.document.sound.patch.name, len(bench.player.asked)) == ("Four", 3)


def test_a_program_change_is_shown_and_can_be_undone(bench: Bench) -> None:
    bench.sync.heard(PatchChanged(patch_text(sound("Strings").patch), 5))
    assert bench.document.sound.patch.name == "Strings"
    assert bench.player.asked == []  # it plays already
    bench.document.undo()
    assert bench.document.sound.patch.name == "One"


def test_a_refused_patch_is_not_waited_for(bench: Bench) -> None:
    bench.document.load(other_model())
    bench.sync.refused(bench.text)
    bench.document.undo()
    bench.sync.heard(PatchChanged(bench.text, 1))
    turned = bench.document.sound.with_number("knobs.res", 0.1)
    bench.sync.frame(bench.player.stands_at(turned, serial=1))
    assert bench.document.sound.number("knobs.res") == 0.1


def test_what_was_chosen_before_the_engine_could_hear_is_asked_for_again() -> None:
    clock, player = Clock(), Player()
    document = Document(sound(), clock=clock)
    sync = Sync(document, player, read=Bench.read, clock=clock)
    begun = patch_text(document.sound.patch)
    sync.begin(begun)
    document.load(other_model())
    sync.refused(player.asked[0].text)
    sync.heard(PatchChanged(begun, 0))
    assert document.sound.patch.name == "Two"
    sync.greeted()
    sync.greeted()
    assert [each.text for each in player.asked] == [patch_text(document.sound.patch)] * 2

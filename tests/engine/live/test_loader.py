"""Patches take their turn on the deck, and none is lost, whatever happens between a wish and the sound."""

from __future__ import annotations

import time
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from accel.errors import SystoleError
from accel.program import Program
from accel.program_file import save_program
from engine.deck import FREE, PLAYS, READY, RINGS, deck_render
from engine.library import find_model, open_model
from engine.live import loader as module
from engine.live.core import make_core
from engine.live.cost import dry_run
from engine.live.journal_log import JournalLog
from engine.live.keys import Keys
from engine.live.layout import BYTES, carve, prepare
from engine.live.loader import COLD, ROOM, Loader
from engine.live.protocol import PatchChanged, SetPatch
from engine.midi.rows import note_on
from engine.realtime.governor import START_SEED, SUSTAIN_SEED

PATIENCE = 300.0
"""Seconds: the first sound may compile everything."""


def request(name: str) -> SetPatch:
    return SetPatch(text=f'schema = 1\nname = "{name}"\nmodel = "tiny"\n', how="ring")


class Bench:
    """A loader whose deck is rendered when the test says so."""

    def __init__(self) -> None:
        arrays = carve(np.zeros(BYTES, np.uint8))
        prepare(arrays, 1)
        self.core = make_core(arrays)
        self.changed: list[PatchChanged] = []
        journal = JournalLog(1, ROOM, "double")
        self.loader = Loader(self.core, journal, Keys(), seed=1, load=lambda: 0.0, changed=self.changed.append)
        self.now = 0
        self.play()

    @property
    def states(self) -> list[int]:
        return self.core.keeper.deck.states.tolist()

    @property
    def patches(self) -> list[int]:
        return self.core.keeper.deck.slots["patch"].tolist()

    def play(self, *rows: Any) -> np.ndarray:
        """Let the sound go on for a while, with what was sent to it; what that was."""
        events = self.core.control.pop()
        self.core.control.push(list(rows))
        events = np.concatenate([events, self.core.control.pop()])
        deck_render(self.core.keeper.deck, events, len(events), self.now, np.zeros((64, 2), np.float32), 64)
        self.now += 64
        return events

    def sent(self, count: int) -> None:
        """Wait until so many events wait for the sound."""
        until = time.monotonic() + PATIENCE
        while self.core.control.waiting < count:
            assert time.monotonic() < until
            time.sleep(0.005)

    def opened(self, name: str) -> int | None:
        done = self.loader.submit(request(name))
        return self.finished(done)

    def finished(self, done: Future[int | None]) -> int | None:
        until = time.monotonic() + PATIENCE
        while not done.done():
            assert time.monotonic() < until
            self.play()
            time.sleep(0.002)
        self.play()
        return done.result()


@pytest.fixture
def bench(tiny: Program, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Bench:
    monkeypatch.setenv("SYSTOLE_HOME", str(tmp_path))
    (tmp_path / "models").mkdir()
    save_program(tiny, tmp_path / "models" / "tiny.safetensors")
    return Bench()


def full(bench: Bench) -> None:
    """Four patches, of which three ring, as a key of each is down."""
    for turn in range(4):
        assert bench.opened(f"{turn}") == turn
        bench.play(note_on(0, 0, 60, 100.0))
    assert bench.states == [RINGS, RINGS, RINGS, PLAYS]


def test_the_patch_that_was_opened_first_has_to_go(bench: Bench) -> None:
    full(bench)
    assert bench.opened("4") == 4
    assert bench.states == [PLAYS, RINGS, RINGS, RINGS] and bench.patches == [4, 1, 2, 3]


def test_a_part_that_has_not_played_is_taken_to_start_notes_more_slowly(bench: Bench) -> None:
    bench.opened("0")
    costs, cost = dry_run(open_model(find_model("tiny"))), bench.core.rig.cost
    assert cost[SUSTAIN_SEED] == costs.sustain and cost[START_SEED] == COLD * costs.start > 0.0
    cost[:] = 0.0
    bench.opened("1")  # of the same model: what it takes to run is known by now
    assert cost[SUSTAIN_SEED] == 0.0 and cost[START_SEED] == COLD * costs.start


def test_a_slot_that_rings_out_before_it_is_closed_keeps_the_patch_that_is_put_there(bench: Bench) -> None:
    full(bench)
    done = bench.loader.submit(request("4"))
    bench.sent(1)
    bench.core.keeper.deck.states[0] = FREE  # it rings out just before the event is read
    bench.sent(2)
    assert bench.states[0] == READY
    assert bench.finished(done) == 4
    assert bench.states == [PLAYS, RINGS, RINGS, RINGS] and bench.patches[0] == 4
    assert bench.core.keeper.deck.deck["current"][0] == 0


def test_a_patch_that_the_deck_was_not_told_of_gives_its_slot_back(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert bench.opened("0") == 0
    monkeypatch.setattr(module, "WAIT_SECONDS", 0.1)
    room = bench.core.control.free
    bench.core.control.push([note_on(0, 0, 60, 1.0)] * room)
    for _ in range(5):
        with pytest.raises(SystoleError, match=r"^patch: no room for its events: the sound stands still$"):
            bench.loader.submit(request("1")).result(PATIENCE)
    assert bench.states == [PLAYS, FREE, FREE, FREE]
    bench.core.control.pop()
    assert bench.opened("2") is not None
    assert bench.changed[-1].text == request("2").text


def test_a_model_that_cannot_be_measured_takes_no_slot(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "dry_run", lambda program: 1 / 0)
    for _ in range(5):
        with pytest.raises(ZeroDivisionError):
            bench.loader.submit(request("0")).result(PATIENCE)
    assert bench.states == [FREE] * 4


def test_a_patch_is_done_when_the_sound_has_taken_it(bench: Bench) -> None:
    assert bench.opened("0") == 0
    done = bench.loader.submit(request("1"))
    bench.sent(1)
    time.sleep(0.1)
    assert not done.done() and not any(each.serial == 1 for each in bench.changed)
    assert bench.finished(done) == 1 and bench.changed[-1].serial == 1


def test_a_part_that_never_got_its_turn_is_an_error(bench: Bench) -> None:
    assert bench.opened("0") == 0
    done = bench.loader.submit(request("1"))
    bench.sent(1)
    bench.core.keeper.withdraw(1)
    with pytest.raises(SystoleError, match=r"^patch: the sound did not take it$"):
        done.result(PATIENCE)
    assert len(bench.changed) == 1


def test_a_sound_that_stands_still_takes_it_when_it_goes_on(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    assert bench.opened("0") == 0
    monkeypatch.setattr(module, "WAIT_SECONDS", 0.1)
    assert bench.loader.submit(request("1")).result(PATIENCE) == 1
    assert bench.states[:2] == [PLAYS, READY]
    bench.play()
    assert bench.states[:2] == [RINGS, PLAYS] or bench.states[:2] == [FREE, PLAYS]

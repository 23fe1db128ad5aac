"""A journal of random live playing renders to the bytes that were heard, in any block size."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accel.errors import SystoleError
from accel.program import Program
from accel.program_file import load_program
from engine.deck import deck_render
from engine.deck_keeper import DeckKeeper
from engine.events import Kind, addressed, event_array
from engine.journal import Journal, JournalPatch, part_seed, read_journal, write_journal
from engine.parameters import TABLE
from engine.part import Part
from engine.patch import ModulationRow, Patch, patch_text
from engine.replay import JournalRenderer

ROOM = (6, 2)
INDEX = {entry.id: place for place, entry in enumerate(TABLE)}
SOUNDS = [
    {"voice.polyphony": 4, "amp.release": 0.01},
    {"voice.mode": "mono", "voice.glide": 0.02, "amp.release": 0.02},
    {"voice.polyphony": 3, "voice.unison": 2, "lfo1.sync": "1/16", "lfo1.scope": "global"},
]


class Live:
    """Plays at random as the live engine does: blocks of changing size, parts made when a slot is free."""

    def __init__(self, program: Program, seed: int) -> None:
        self.program, self.rng = program, np.random.default_rng(seed)
        self.keeper, self.patches = DeckKeeper(), []
        self.events: list[tuple[int, int, int, int, float]] = []
        self.heard: list[np.ndarray] = []
        self.now, self.bound = 0, 0

    def _open(self) -> list[tuple[int, int, int, int, float]]:
        self.keeper.collect()
        free, serial = self.keeper.free_slots(), len(self.patches)
        if not free:
            oldest = min(self.keeper.parts())
            return [(self.now, Kind.CLOSE, int(self.keeper.deck.slots["patch"][oldest]), oldest, 48.0)]
        settings = SOUNDS[int(self.rng.integers(len(SOUNDS)))]
        row = ModulationRow("lfo1", "voice.pitch", 0.05)
        patch = Patch(f"number {serial}", "tiny", parameters=settings, modulation=(row,))
        tuning = None if serial % 2 else np.linspace(-4, 4, 128)
        seed = part_seed(9, serial)
        self.patches.append(
            JournalPatch(
                serial, patch_text(patch), self.program.hash, seed, None if tuning is None else tuning.tolist()
            )
        )
        slot = int(self.rng.choice(free))
        self.keeper.fill(slot, Part(patch, self.program, seed=seed, tuning=tuning, room=ROOM), serial)
        fade = float(self.rng.choice([-1, 0, 100, 1024]))
        return [(self.now, Kind.OPEN, serial, slot, fade)]

    def _event(self, time: int) -> tuple[int, int, int, int, float]:
        rng = self.rng
        kind = int(rng.choice([1, 1, 1, 0, 0, 2, 3, 5, 8, 9, 7, 13, 15, 16, 17, 18]))
        channel, index, value = int(rng.integers(0, 3)), int(rng.integers(40, 60)), float(rng.uniform(0, 127))
        unit = float(rng.uniform(0, 1))
        if kind == Kind.CONTROL:
            index = int(rng.choice([1, 7, 11, 20, 64, 74, 120, 121]))
        elif kind == Kind.PARAMETER:
            entry = TABLE[int(rng.integers(len(TABLE)))]
            index, value = INDEX[entry.id], entry.at(unit)
        elif kind in (Kind.KNOB, Kind.BEND, Kind.TUNE):
            index, value = int(rng.integers(0, 2)), unit
        elif kind in (Kind.ROW_SOURCE, Kind.ROW_AMOUNT):
            index, value = int(rng.integers(0, 8)), 2.0 if kind == Kind.ROW_SOURCE else 0.1 * unit
        elif kind == Kind.ZONE:
            value = float(rng.integers(-1, 3))
        elif kind == Kind.TEMPO:
            value += 30.0
        return time, kind, addressed(channel, int(rng.integers(0, 4))) if rng.random() < 0.05 else channel, index, value

    def block(self, count: int) -> None:
        rng, rows = self.rng, []
        if not self.patches or rng.random() < 0.12:
            rows += self._open()
        if rng.random() < 0.05:
            rows.append((self.now, Kind.GATE, 0, int(rng.integers(0, 500)), float(rng.choice([0.0, 0.5, 1.0]))))
        times = np.sort(rng.integers(self.now, self.now + count, rng.integers(0, 1 + count // 40)))
        rows += [self._event(int(time)) for time in times]
        out, events = np.zeros((count, 2), np.float32), event_array(rows)
        assert deck_render(self.keeper.deck, events, len(events), self.now, out, count) == len(rows)
        self.events += rows
        self.heard.append(out)
        self.now += count

    def journal(self) -> Journal:
        events = event_array(self.events)
        return Journal("0", "any", ROOM, 0, self.now, True, 9, tuple(self.patches), events)


def replay(journal: Journal, block: int) -> np.ndarray:
    renderer = JournalRenderer(journal, block=block)
    blocks = [each.mix for each in renderer.blocks()]
    assert sum(map(len, blocks)) == renderer.total_samples and renderer.stems == []
    return np.concatenate(blocks)


@pytest.fixture
def model(home: Path) -> Program:
    return load_program(home / "models" / "tiny.safetensors")


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 1 << 30), sizes=st.lists(st.sampled_from([1, 32, 64, 100, 128, 512, 1024]), min_size=20))
def test_the_bytes_that_were_heard(model: Program, home: Path, seed: int, sizes: list[int]) -> None:
    live = Live(model, seed)
    for size in sizes * 3:
        live.block(size)
    write_journal(live.journal(), home / "j.json")
    read = read_journal(home / "j.json")
    heard = np.concatenate(live.heard)
    for block in (64, 4096):
        assert np.array_equal(replay(read, block), heard)


def test_a_performance_is_not_silence(model: Program, home: Path) -> None:
    live = Live(model, 4)
    for _ in range(200):
        live.block(128)
    heard = np.concatenate(live.heard)
    assert len(live.patches) > 4 and np.abs(heard).max() > 0.01
    assert np.count_nonzero(np.abs(heard).max(axis=1)) > len(heard) / 3
    for block in (1, 77):
        assert np.array_equal(replay(live.journal(), block), heard)


def short(model: Program, **fields: Any) -> Journal:
    patch = JournalPatch(0, 'schema = 1\nname = "x"\nmodel = "tiny"\n', model.hash, 3)
    rows = [(10, Kind.OPEN, 0, 0, -1.0), (20, Kind.NOTE_ON, 0, 60, 100.0)]
    known = {"patches": (patch,), "events": event_array(rows), "complete": True, "start": 10, "end": 500}
    return Journal(**({"version": "0", "form": "", "room": ROOM, "seed": 3} | known | fields))


def test_it_begins_and_ends_where_the_journal_does(model: Program) -> None:
    out = replay(short(model), 4096)
    assert len(out) == 490 and not out[:10].any() and out[30:].any()
    assert len(replay(short(model, end=11), 4096)) == 1


def test_what_cannot_be_played_is_one_line(model: Program, home: Path) -> None:
    with pytest.raises(SystoleError, match="journal: not complete"):
        JournalRenderer(short(model, complete=False))
    with pytest.raises(SystoleError, match="block: 0 samples"):
        JournalRenderer(short(model), block=0)
    other = JournalPatch(0, 'schema = 1\nname = "x"\nmodel = "tiny"\n', "c0ffee", 3)
    with pytest.raises(SystoleError, match=rf"patches\[0\]: model tiny: .*{model.hash[:12]}.*c0ffee"):
        JournalRenderer(short(model, patches=(other,)))
    missing = JournalPatch(0, 'schema = 1\nname = "x"\nmodel = "gone"\n', model.hash, 3)
    with pytest.raises(SystoleError, match=r"journal: patches\[0\]: model: gone: no such model"):
        JournalRenderer(short(model, patches=(missing,)))
    knob = JournalPatch(0, 'schema = 1\nname = "x"\nmodel = "tiny"\n[knobs]\nnone = 0.5\n', model.hash, 3)
    with pytest.raises(SystoleError, match=r"patches\[0\]: unknown key knobs\.none"):
        JournalRenderer(short(model, patches=(knob,)))
    twice = event_array([(10, Kind.OPEN, 0, 0, -1.0), (20, Kind.OPEN, 0, 0, -1.0)])
    with pytest.raises(SystoleError, match=r"events\[1\]: OPEN: slot 0 is still taken at sample 20"):
        replay(short(model, events=twice), 4096)


def test_a_patch_that_was_never_opened_needs_no_model(model: Program) -> None:
    unused = JournalPatch(1, 'schema = 1\nname = "x"\nmodel = "gone"\n', "", 3)
    journal = short(model)
    assert replay(short(model, patches=(*journal.patches, unused)), 64).any()

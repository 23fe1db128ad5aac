"""The deck: one current part among several, changes without a jump, the same bytes for every block size."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Iterable
from itertools import pairwise

import numpy as np
import pytest

from accel.program import Program
from engine.deck import CHUNK, FADES, FREE, INBOX, PLAYS, READY, RINGS, deck_render
from engine.deck_keeper import DeckKeeper
from engine.events import SLOTS, Kind, addressed, event_array
from engine.parameters import TABLE
from engine.part import Part
from engine.patch import Patch
from tests.engine.machine_code import allocators

Row = tuple[int, int, int, int, float]
INDEX = {entry.id: place for place, entry in enumerate(TABLE)}
QUIET = {"voice.level": -12.0}
"""So that the limiter stays out of it, and sums are exact."""


def make(program: Program, serial: int, **settings: object) -> Part:
    patch = Patch(f"patch {serial}", "tiny", parameters={**QUIET, "amp.release": 0.02, **settings})
    return Part(patch, program, seed=serial, room=(8, 2))


class Stage:
    """A deck whose parts are made when they are opened, as the replay of a journal does it."""

    def __init__(self, program: Program, settings: dict[int, dict[str, object]] | None = None) -> None:
        self.keeper, self.program, self.settings = DeckKeeper(), program, settings or {}

    def play(self, rows: Iterable[Row], samples: int, block: int = 4096, start: int = 0) -> np.ndarray:
        events, out = event_array(list(rows)), np.zeros((samples, 2), np.float32)
        opens = events[events["kind"] == Kind.OPEN]
        edges = {*range(0, samples, block), samples, *(opens["time"] - start).tolist()}
        edges = sorted(edge for edge in edges if 0 <= edge <= samples)
        first = 0
        for now, end in pairwise(edges):
            for opened in opens[opens["time"] == start + now]:
                self.keeper.collect()
                serial = int(opened["channel"])
                part = make(self.program, serial, **self.settings.get(serial, {}))
                self.keeper.fill(int(opened["index"]), part, serial)
            rest = events[first:]
            first += deck_render(self.keeper.deck, rest, len(rest), start + now, out[now:end], end - now)
        assert first == len(events)
        return out

    @property
    def states(self) -> list[int]:
        return self.keeper.deck.states.tolist()


def opened(time: int, slot: int, serial: int, fade: float = -1.0) -> Row:
    return time, Kind.OPEN, serial, slot, fade


def on(time: int, note: int, channel: int = 0) -> Row:
    return time, Kind.NOTE_ON, channel, note, 100.0


def off(time: int, note: int, channel: int = 0) -> Row:
    return time, Kind.NOTE_OFF, channel, note, 0.0


def alone(program: Program, rows: list[Row], samples: int, serial: int = 1, **settings: object) -> np.ndarray:
    """One part without a deck."""
    out = np.zeros((samples, 2), np.float32)
    make(program, serial, **settings).render(event_array(rows), 0, 0, out)
    return out


def random_performance(seed: int, samples: int) -> list[Row]:
    """Notes all the time, changes of the part of both kinds, closing, gate, controllers, knobs."""
    rng = np.random.default_rng(seed)
    rows: list[Row] = [opened(0, 0, 1)]
    for time in sorted(rng.integers(1, samples, 150).tolist()):
        kind = int(rng.choice([Kind.NOTE_ON] * 4 + [Kind.NOTE_OFF] * 3 + [Kind.KNOB, Kind.CONTROL, Kind.BEND]))
        index, value = int(rng.integers(40, 70)), float(rng.integers(0, 128))
        if kind == Kind.KNOB:
            index, value = int(rng.integers(0, 2)), float(rng.uniform(0, 1))
        elif kind == Kind.CONTROL:
            index = int(rng.choice([1, 7, 11, 64, 74]))
        elif kind == Kind.BEND:
            value = float(rng.uniform(-1, 1))
        rows.append((time, kind, 0, index, value))
    for serial, share, fade in ((2, 0.2, 700.0), (3, 0.4, -1.0), (4, 0.6, 100.0), (5, 0.8, -1.0)):
        rows.append(opened(int(samples * share), (serial - 1) % SLOTS, serial, fade))
    rows += [(samples // 2, Kind.GATE, 0, 333, 0.25), (samples // 2 + 200, Kind.GATE, 0, 480, 1.0)]
    rows.append((int(samples * 0.9), Kind.CLOSE, 5, 0, 500.0))
    return sorted(rows, key=lambda row: (row[0], row[1] < Kind.OPEN))


@pytest.mark.parametrize("seed", [1, 2])
def test_the_block_size_never_matters(tiny: Program, seed: int) -> None:
    samples = 16_000
    rows = random_performance(seed, samples)
    expected = Stage(tiny).play(rows, samples, block=samples)
    assert np.abs(expected[8000:]).max() > 0.001
    for block in (1, 7, 64, 1024, 1025):
        assert np.array_equal(Stage(tiny).play(rows, samples, block=block), expected), block


def test_a_part_on_the_deck_sounds_as_without_one(tiny: Program) -> None:
    rows = [on(10, 60), on(500, 64), off(3000, 60), off(4000, 64)]
    assert np.array_equal(Stage(tiny).play([opened(0, 2, 1), *rows], 6000), alone(tiny, rows, 6000))


def test_nothing_open_is_silence(tiny: Program) -> None:
    assert not Stage(tiny).play([on(0, 60), (5, Kind.CONTROL, 0, 7, 3.0)], 3000).any()


def test_old_notes_ring_on_and_new_ones_are_the_new_parts(tiny: Program) -> None:
    stage = Stage(tiny)
    rows = [opened(0, 0, 1), on(10, 48), opened(2000, 1, 2), on(2500, 60), off(5000, 48), off(6000, 60)]
    out = stage.play(rows, 9000)
    first = alone(tiny, [on(10, 48), off(5000, 48), off(6000, 60)], 9000)
    second = alone(tiny, [on(2500, 60), off(5000, 48), off(6000, 60)], 9000, serial=2)
    assert np.abs(second[2600:5000]).max() > 0.001
    assert np.array_equal(out, first + second)


def test_replaced_the_old_part_fades_on_a_straight_line(tiny: Program) -> None:
    stage = Stage(tiny)
    rows = [opened(0, 0, 1), on(10, 48), opened(2000, 1, 2, 1000.0), on(2500, 60)]
    out = stage.play(rows, 5000)
    line = np.ones(5000)
    line[2000:3000], line[3000:] = 1 - np.arange(1000) / 1000, 0
    first = (alone(tiny, [on(10, 48)], 5000) * line[:, None]).astype(np.float32)
    assert np.array_equal(out, first + alone(tiny, [on(2500, 60)], 5000, serial=2))
    assert stage.states[:2] == [FREE, PLAYS]


@pytest.mark.parametrize("fade", [-1.0, 256.0, 1024.0])
def test_no_jump_when_the_part_changes(va: Program, fade: float) -> None:
    """A low, nearly pure tone: no step between two samples is larger than the tone's own."""
    keeper = DeckKeeper()
    pure = {"voice.velocity": 0.0, "voice.spread": 0.0, "voice.level": -12.0}
    for serial in (1, 2):
        patch = Patch("pure", "va", knobs={"shape": 0.0, "cutoff": 0.3, "resonance": 0.0}, parameters=pure)
        keeper.fill(serial, Part(patch, va, seed=serial, room=(4, 1)), serial)
    rows = [opened(0, 1, 1), on(0, 36), opened(20_000, 2, 2, fade), off(20_000, 36), on(20_000, 36)]
    rows = [row for row in rows if fade < 0 or row[1] != Kind.NOTE_OFF]
    out, events = np.zeros((30_000, 2), np.float32), event_array(rows)
    deck_render(keeper.deck, events, len(events), 0, out, len(out))
    step = np.abs(np.diff(out[:, 0].astype(np.float64)))
    assert step[19_000:].max() < 2.1 * step[10_000:19_000].max()
    assert np.abs(out[25_000:]).max() > 0.01


def test_closing_while_it_fades_goes_on_from_where_it_is(tiny: Program) -> None:
    rows = [opened(0, 0, 1), on(10, 48), opened(1000, 1, 2, 1000.0), (1500, Kind.CLOSE, 1, 0, 100.0)]
    line = np.ones(3000)
    line[1000:1500] = 1 - np.arange(500) / 1000
    line[1500:1600], line[1600:] = 0.5 - 0.5 * np.arange(100) / 100, 0
    wanted = alone(tiny, [on(10, 48)], 3000) * line[:, None]
    assert np.allclose(Stage(tiny).play(rows, 3000), wanted, atol=1e-7)


def test_closing_the_current_part_ends_in_silence(tiny: Program) -> None:
    stage = Stage(tiny)
    out = stage.play([opened(0, 0, 1), on(10, 48), (1000, Kind.CLOSE, 1, 0, 480.0), on(1200, 60)], 3000)
    assert out[1400].any() and not out[1480:].any()
    assert stage.states[0] == FREE and stage.keeper.deck.deck["current"][0] == -1


def test_the_gate_moves_on_straight_lines(tiny: Program) -> None:
    rows = [opened(0, 0, 1), on(10, 48)]
    gates = [(1000, Kind.GATE, 0, 400, 0.0), (1100, Kind.GATE, 0, 100, 1.0), (2000, Kind.GATE, 0, 0, 0.5)]
    line = np.ones(3000)
    line[1000:1100] = 1 - np.arange(100) / 400
    line[1100:1200], line[2000:] = 0.75 + 0.25 * np.arange(100) / 100, 0.5
    wanted = (alone(tiny, rows[1:], 3000) * line[:, None]).astype(np.float32)
    assert np.array_equal(Stage(tiny).play([*rows, *gates], 3000), wanted)
    shut = Stage(tiny).play([*rows, (1000, Kind.GATE, 0, 480, 0.0)], 3000)
    assert shut[1400].any() and not shut[1480:].any()


def test_who_hears_what(tiny: Program) -> None:
    stage = Stage(tiny)
    release, pan = INDEX["amp.release"], INDEX["voice.pan"]
    rows = [
        opened(0, 0, 1), on(0, 48), opened(10, 1, 2),
        (20, Kind.KNOB, 0, 0, 0.9), (20, Kind.PARAMETER, 0, release, 2.0), (20, Kind.ROW_AMOUNT, 0, 0, 0.5),
        (20, Kind.CONTROL, 3, 74, 127.0), (20, Kind.CONTROL, 0, 64, 127.0), (20, Kind.TUNE, 0, 5, 0.5),
        (30, Kind.PARAMETER, addressed(0, 0), pan, -1.0), (30, Kind.CONTROL, addressed(0, 1), 1, 127.0),
        on(40, 50), (40, Kind.NOTE_ON, addressed(0, 0), 52, 100.0), (40, Kind.NOTE_ON, addressed(0, 1), 54, 100.0),
    ]  # fmt: skip
    stage.play(rows, 100)
    old, young = (stage.keeper.parts()[slot] for slot in (0, 1))
    assert (old.state.knobs[0], young.state.knobs[0]) != (0.9, 0.9) and young.state.knobs[0] == 0.9
    assert (old.values[release], young.values[release]) == (0.02, 2.0)
    assert (old.state.rows["amount"][0], young.state.rows["amount"][0]) == (0.0, 0.5)
    assert (old.values[pan], young.values[pan]) == (-1.0, 0.0)
    assert (old.state.part["wheel"][0], young.state.part["wheel"][0]) == (0.0, 1.0)
    for part in (old, young):
        assert part.state.channels["brightness"][3] == 1 and part.state.part["sustain"][0] == 1
        assert part.state.tuning[5] == 0.5
    assert np.flatnonzero(old.state.held).tolist() == [48]
    assert np.flatnonzero(young.state.held).tolist() == [50, 54]


def test_the_new_part_finds_the_players_controllers(tiny: Program) -> None:
    stage = Stage(tiny)
    rows = [opened(0, 0, 1), (0, Kind.CONTROL, 0, 7, 12.0), (0, Kind.BEND, 4, 0, 0.5), opened(10, 1, 2)]
    stage.play(rows, 20)
    state = stage.keeper.parts()[1].state
    assert state.part["volume"][0] == 12 / 127 and state.channels["bend"][4] == 0.5


def test_at_one_sample_the_deck_acts_first(tiny: Program) -> None:
    """Also where it is listed behind."""
    stage = Stage(tiny)
    stage.play([opened(0, 0, 1), on(0, 50), on(100, 60), opened(100, 1, 2)], 200)
    assert np.flatnonzero(stage.keeper.parts()[0].state.held).tolist() == [50]
    assert np.flatnonzero(stage.keeper.parts()[1].state.held).tolist() == [60]


def test_events_that_are_late_act_at_once(tiny: Program) -> None:
    stage = Stage(tiny)
    stage.play([opened(5000, 0, 1)], 10, start=5000)
    rows = event_array([(7, Kind.GATE, 0, 0, 0.5), on(8, 60)])
    out = np.zeros((500, 2), np.float32)
    assert deck_render(stage.keeper.deck, rows, 2, 5010, out, 500) == 2
    assert np.array_equal(out, np.float32(0.5) * alone(tiny, [on(0, 60)], 500))


def test_only_as_many_events_as_were_said_and_none_beyond_the_block(tiny: Program) -> None:
    stage = Stage(tiny)
    stage.play([opened(0, 0, 1)], 10)
    rows = event_array([on(10, 60), on(20, 61), on(30, 62), on(40, 63)])
    out = np.zeros((25, 2), np.float32)
    assert deck_render(stage.keeper.deck, rows, 3, 10, out, 20) == 2
    assert np.flatnonzero(stage.keeper.parts()[0].state.held).tolist() == [60, 61]
    assert not out[20:].any()


def test_more_events_than_an_inbox_holds(tiny: Program) -> None:
    stage, count = Stage(tiny), 2 * INBOX + 50
    spread = [(time, Kind.CONTROL, 0, 1, float(time % 128)) for time in range(1, count)]
    stage.play([opened(0, 0, 1), *spread], CHUNK * 3)
    assert stage.keeper.parts()[0].state.part["wheel"][0] == ((count - 1) % 128) / 127
    at_once = [(5000, Kind.CONTROL, 0, 1, float(number % 128)) for number in range(count)]
    stage.play(at_once, 10, start=5000)
    assert stage.keeper.parts()[0].state.part["wheel"][0] == ((count - 1) % 128) / 127


def test_slots_are_free_again_when_nothing_can_come_from_them(tiny: Program) -> None:
    stage = Stage(tiny)
    stage.play([opened(0, 0, 1), on(0, 60), opened(500, 1, 2)], 1000)
    assert stage.states == [RINGS, PLAYS, FREE, FREE] and stage.keeper.free_slots() == [2, 3]
    gone = weakref.ref(stage.keeper.parts()[0])
    stage.play([off(1000, 60)], 60_000, start=1000)
    assert stage.states == [FREE, PLAYS, FREE, FREE]
    stage.keeper.collect()
    gc.collect()
    assert gone() is None
    stage.play([opened(61_000, 0, 3, 100.0)], 50, start=61_000)
    assert stage.states == [PLAYS, FADES, FREE, FREE]
    assert stage.keeper.deck.slots["patch"][0] == 3


def test_a_slot_is_filled_once(tiny: Program) -> None:
    keeper = DeckKeeper()
    keeper.fill(3, make(tiny, 1), 1)
    assert keeper.deck.states[3] == READY
    with pytest.raises(ValueError, match="slot 3 is taken"):
        keeper.fill(3, make(tiny, 2), 2)
    close = event_array([(0, Kind.CLOSE, 1, 3, 100.0)])
    deck_render(keeper.deck, close, 1, 0, np.zeros((1, 2), np.float32), 1)
    assert keeper.free_slots() == [0, 1, 2, 3] and keeper.parts() == {}


def test_closing_names_the_patch_and_leaves_another_one_in_the_slot_alone(tiny: Program) -> None:
    stage = Stage(tiny)
    stage.play([opened(0, 0, 1), (5, Kind.CLOSE, 2, 0, 0.0)], 10)
    stage.keeper.fill(1, make(tiny, 7), 7)
    stage.play([(10, Kind.CLOSE, 6, 1, 100.0)], 10, start=10)
    assert stage.states == [PLAYS, READY, FREE, FREE]
    stage.play([(20, Kind.CLOSE, 7, 1, 100.0), (20, Kind.CLOSE, 1, 0, 0.0)], 10, start=20)
    assert stage.states == [FREE, FREE, FREE, FREE]


def test_slots_that_do_not_exist_or_are_empty_are_left_alone(tiny: Program) -> None:
    stage = Stage(tiny)
    stage.play([opened(0, 0, 1)], 10)
    rows = [(10, kind, 0, slot, 0.0) for kind in (Kind.OPEN, Kind.CLOSE) for slot in (-1, 2, SLOTS, 1 << 30)]
    events = event_array(rows)
    deck_render(stage.keeper.deck, events, len(events), 10, np.zeros((10, 2), np.float32), 10)
    assert stage.states == [PLAYS, FREE, FREE, FREE]


def test_it_counts_the_networks_that_run(tiny: Program) -> None:
    stage = Stage(tiny, {1: {"voice.unison": 2}})
    stage.play([opened(0, 0, 1), on(0, 60), on(0, 64)], 100)
    assert stage.keeper.deck.slots["lanes"].tolist() == [4, 0, 0, 0]
    stage.play([off(100, 60)], 10_000, start=100)
    assert stage.keeper.deck.slots["lanes"].tolist() == [2, 0, 0, 0]


def test_nothing_is_allocated(tiny: Program) -> None:
    Stage(tiny).play([opened(0, 0, 1)], 10)
    assert allocators(deck_render) == []

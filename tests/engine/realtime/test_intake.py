"""What is let through: in order, checked, no faster than the machine can bear; and never without its key up."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from accel.program import Program
from engine.event_check import first_refused
from engine.events import Kind
from engine.parameters import TABLE
from engine.realtime.governor import LOAD_SHARE, START, START_SEED, START_SHARE, SUSTAIN, SUSTAIN_SEED
from engine.realtime.intake import OWNED, RESERVED
from tests.engine.realtime.bench import Bench, off, on

POLYPHONY = [entry.id for entry in TABLE].index("voice.polyphony")
RATE = 48_000
BLOCK_NS = 128 / RATE * 1e9


def polyphony(events: np.ndarray) -> list[float]:
    return events["value"][(events["kind"] == Kind.PARAMETER) & (events["index"] == POLYPHONY)].tolist()


def notes(events: np.ndarray, kind: int = Kind.NOTE_ON) -> np.ndarray:
    return events[events["kind"] == kind]


def quiet(program: Program, **settings: object) -> Bench:
    """A bench that has opened its part; what things cost is what the test says, and is not learned."""
    bench = Bench(program, {"amp.release": 0.005, **settings})
    bench.play(1)
    return bench


def play_at(bench: Bench, samples: int, block: int, **costs: float) -> np.ndarray:
    """Play with costs that stay."""
    for _ in range(samples // block):
        bench.rig.cost[:] = 0.0
        bench.rig.cost[START], bench.rig.cost[SUSTAIN] = costs.get("start", 0.0), costs.get("sustain", 0.0)
        bench.play(block, block)
    return bench.journal


def test_rings_are_merged_by_time(tiny: Program) -> None:
    bench = quiet(tiny)
    bench.midi.push([on(300, 60), off(200, 61), on(50, 62)])
    bench.owner.push([on(0, 63), on(120, 64), off(300, 60)])
    bench.cv.push([on(49, 65)])
    bench.play(511, 511)
    assert [(each["time"], each["index"]) for each in bench.journal[1:]] == [
        (1, 63), (49, 65), (50, 62), (120, 64), (200, 61), (300, 60), (300, 60),
    ]  # fmt: skip
    assert bench.journal["kind"][-2:].tolist() == [Kind.NOTE_ON, Kind.NOTE_OFF]  # as they came


def test_what_is_late_acts_at_once_and_is_counted(tiny: Program) -> None:
    bench = quiet(tiny)
    bench.play(1000)
    bench.midi.push([on(1, 60), on(0, 61), on(5000, 62), on(1 << 60, 63)])
    bench.play(100)
    assert notes(bench.journal)["time"].tolist() == [1001] * 3 and bench.count("late_events") == 2
    bench.play(5000)
    assert notes(bench.journal)["time"][-1] == 5000


row = st.tuples(
    st.integers(-(1 << 62), 1 << 62) | st.integers(0, 3000),
    st.integers(-(1 << 31), (1 << 31) - 1) | st.integers(0, 70),
    st.integers(-(1 << 31), (1 << 31) - 1) | st.integers(0, 15),
    st.integers(-(1 << 31), (1 << 31) - 1) | st.integers(0, 127),
    st.floats() | st.floats(0, 127),
)


@settings(max_examples=60, deadline=None)
@given(rings=st.lists(st.lists(row, max_size=12), min_size=3, max_size=3), blocks=st.lists(st.integers(1, 1024)))
def test_only_allowed_events_in_order_come_out(tiny: Program, rings: list, blocks: list[int]) -> None:
    bench = quiet(tiny)
    bench.drain()
    for ring, rows in zip((bench.midi, bench.owner, bench.cv), rings, strict=True):
        ring.push(rows)
    now = 1
    for block in [*blocks, 1024]:
        bench.rig.cost[:] = 0.0
        before = len(bench.journal)
        out = bench.play(block, block)
        assert np.isfinite(out).all()
        events = bench.journal[before:]
        assert first_refused(events) == -1
        assert (np.diff(events["time"]) >= 0).all()
        assert ((events["time"] >= now) & (events["time"] < now + block)).all()
        now += block
    came = sum(map(len, rings))
    assert bench.count("refused_events") + bench.rig.play["pending"][0] <= came


def test_a_chord_that_is_too_much_for_one_block_takes_the_next_ones(tiny: Program) -> None:
    bench = quiet(tiny)
    bench.midi.push([on(0, 50 + number) for number in range(10)] + [(0, Kind.BEND, 0, 0, 0.5)])
    block_ns = 128 / RATE * 1e9
    events = play_at(bench, 1280, 128, start=block_ns * START_SHARE / 4)  # four in a block
    times = notes(events)["time"].tolist()
    assert times == [1] * 4 + [129] * 4 + [257] * 2 and notes(events)["index"].tolist() == list(range(50, 60))
    assert notes(events, Kind.BEND)["time"].tolist() == [257]  # what is behind stays behind
    assert bench.count("deferred") == 6 and bench.count("dropped_notes") == 0


def test_one_note_starts_in_every_block_even_if_it_takes_nearly_all_of_it(tiny: Program) -> None:
    bench = quiet(tiny)
    bench.midi.push([on(0, 50 + number) for number in range(5)])
    assert notes(play_at(bench, 640, 128, start=0.95 * BLOCK_NS))["time"].tolist() == [1, 129, 257, 385, 513]


@pytest.mark.parametrize("blocks,pause", [(1.1, 1), (1.35, 2), (1e3, 3)])
def test_a_start_that_takes_longer_than_its_block_is_followed_by_a_pause(
    tiny: Program, blocks: float, pause: int
) -> None:
    """What it delayed is caught up with; and still no note waits for ever."""
    bench = quiet(tiny)
    bench.midi.push([on(0, 50 + number) for number in range(3)])
    times = notes(play_at(bench, 1280, 128, start=blocks * BLOCK_NS))["time"]
    assert times.tolist() == [1 + 128 * (pause + 1) * number for number in range(3)]


def test_notes_wait_no_longer_than_100_ms_and_their_keys_go_up(tiny: Program) -> None:
    """A flood neither grows nor leaves a note behind."""
    bench, rng, sent = quiet(tiny, **{"voice.polyphony": 32}), np.random.default_rng(1), Counter()
    for _ in range(150):
        rows = []
        for key in rng.integers(0, 128, 12).tolist():
            rows += [on(0, key), off(0, key)]
            sent["off"] += 1
        assert bench.midi.push(rows) == len(rows)
        play_at(bench, 128, 128, start=3e6)
        assert bench.rig.play["pending"][0] <= 40 * 24
    events = play_at(bench, 9600, 128, start=3e6)
    on_times, off_count = notes(events)["time"], len(notes(events, Kind.NOTE_OFF))
    assert off_count == sent["off"] and len(on_times) + bench.count("dropped_notes") == sent["off"]
    assert bench.count("dropped_notes") > 500 and bench.rig.play["pending"][0] == 0
    assert not bench.shared["held"].any() and bench.shared["meters"]["voices"][0] == 0


def test_a_ring_that_finds_no_room_keeps_its_events(tiny: Program) -> None:
    bench = quiet(tiny)
    bench.rig.play["pending"] = len(bench.rig.pending)
    bench.rig.pending["time"][:] = 1 << 40
    bench.midi.push([off(0, 60)])
    bench.play(64)
    assert bench.midi.waiting == 1
    bench.rig.play["pending"] = 0
    bench.play(64)
    assert bench.midi.waiting == 0 and notes(bench.journal, Kind.NOTE_OFF)["index"].tolist() == [60]


def test_the_engine_itself_always_finds_room(tiny: Program) -> None:
    bench = quiet(tiny)
    bench.rig.play["pending"] = len(bench.rig.pending) - RESERVED
    bench.rig.pending["time"][:] = 1 << 40
    bench.midi.push([off(0, 60)])
    bench.control.push([off(0, 61)])
    bench.play(64)
    assert (bench.midi.waiting, bench.control.waiting) == (1, 0)
    bench.rig.play["pending"] = len(bench.rig.pending)  # not even that is left: another part may still be opened
    bench.open(1, 2)
    bench.play(64)
    assert bench.control.waiting == 0 and bench.journal["kind"][-1] == Kind.OPEN


def test_an_owner_that_plans_far_ahead_stops_nobody(tiny: Program) -> None:
    bench, sent = quiet(tiny), 0
    for number in range(8):
        at = 20_000 if number % 2 else 50 * RATE
        sent += bench.owner.push([(at, Kind.CONTROL, 0, 1, float(each % 128)) for each in range(4096)])
        bench.play(512, 128)
    assert bench.rig.play["pending"][0] == bench.rig.play["owned"][0] == OWNED and bench.owner.waiting == sent - OWNED
    bench.midi.push([on(0, 60)])
    bench.play(64)
    assert notes(bench.journal)["index"].tolist() == [60]
    bench.control.push([(0, Kind.RELEASE_ALL, 0, 0, 0.0)])
    bench.open(1, 2)
    bench.play(64)
    assert {Kind.RELEASE_ALL, Kind.OPEN} <= set(bench.journal["kind"][-2:].tolist()) and bench.control.waiting == 0
    bench.play(20_000)
    owned, played = int(bench.rig.play["owned"][0]), bench.journal["kind"] == Kind.CONTROL
    assert bench.rig.play["pending"][0] == owned and played.sum() == sent - owned - bench.owner.waiting > 4000


def test_more_events_than_a_block_takes(tiny: Program) -> None:
    bench = quiet(tiny)
    bench.midi.push([(0, Kind.CONTROL, 0, 1, float(number % 128)) for number in range(5000)])
    bench.play(1024, 128)
    values = bench.journal["value"][bench.journal["kind"] == Kind.CONTROL]
    assert values.tolist() == [float(number % 128) for number in range(5000)]
    assert Counter(bench.journal["time"].tolist()).most_common(1)[0][1] <= 1024


@pytest.mark.parametrize("unison", [1, 2])
def test_the_polyphony_follows_what_the_machine_can_bear(tiny: Program, unison: int) -> None:
    bench = quiet(tiny, **{"voice.polyphony": 20, "voice.unison": unison})
    sustain = LOAD_SHARE * 1e9 / RATE / 12.5  # twelve networks fit
    bench.midi.push([on(0, 40 + number) for number in range(20)])
    events = play_at(bench, 1280, 128, sustain=sustain)
    assert polyphony(events) == [12 // unison]
    assert bench.shared["parameters"][POLYPHONY] == 12 // unison
    assert bench.shared["meters"]["voices"][0] == 12 // unison and bench.shared["meters"]["lanes_limit"][0] == 12
    bench.owner.push([(0, Kind.PARAMETER, 0, POLYPHONY, 24.0)])  # asked for more: not yet
    assert polyphony(play_at(bench, 1280, 128, sustain=sustain)) == [12 // unison] * 2
    bench.owner.push([(0, Kind.RELEASE_ALL, 0, 0, 0.0)])
    assert polyphony(play_at(bench, 60_032, 128, sustain=sustain))[2:] == [24.0]
    bench.owner.push([(0, Kind.PARAMETER, 0, POLYPHONY, 3.0)])
    assert polyphony(play_at(bench, 1280, 128, sustain=sustain))[3:] == [3.0]


def share(bench: Bench, sustain: float, start: float = 0.0) -> float:
    """Of its time, what the last block of 128 would have taken at these costs."""
    lanes = int(bench.shared["meters"]["lanes"][0])
    return (128 * sustain * lanes + start * int(bench.rig.play["starting"][0])) / BLOCK_NS


@pytest.mark.parametrize("unison", [1, 8])
def test_a_held_chord_that_turns_out_to_be_too_much_loses_voices_until_it_fits(tiny: Program, unison: int) -> None:
    """As when the machine slows down: nothing new is played, so nothing else would end the overload."""
    bench = quiet(tiny, **{"voice.polyphony": 20, "voice.unison": unison})
    bench.midi.push([on(0, 40 + number) for number in range(10)])
    light, heavy = (LOAD_SHARE * 1e9 / RATE / (unison * voices) for voices in (10.5, 4.5))
    assert polyphony(play_at(bench, 1280, 128, sustain=light)) == []
    assert share(bench, heavy) > 1.5
    events = play_at(bench, 4 * 128, 128, sustain=heavy)  # a fade takes 144 samples
    assert polyphony(events) == [4]
    assert share(bench, heavy) < LOAD_SHARE and bench.shared["meters"]["voices"][0] == 4
    assert len(polyphony(play_at(bench, 9600, 128, sustain=heavy))) == 1  # it stays so
    bench.midi.push([off(0, 40 + number) for number in range(10)])
    assert polyphony(play_at(bench, 60_032, 128, sustain=heavy)) == [4, 20]  # and is given back
    bench.midi.push([on(0, 40 + number) for number in range(4)])
    play_at(bench, 1280, 128, sustain=heavy)
    assert bench.shared["meters"]["voices"][0] == 4


def test_what_was_shed_is_shed_again_in_the_replay(tiny: Program) -> None:
    bench = quiet(tiny, **{"voice.polyphony": 20, "voice.unison": 2, "amp.release": 0.3})
    start, heard = int(bench.rig.play["now"][0]), []
    bench.midi.push([on(0, 40 + number) for number in range(10)])
    for block in range(40):
        bench.rig.cost[:] = 0.0
        bench.rig.cost[SUSTAIN] = LOAD_SHARE * 1e9 / RATE / (100 if block < 20 else 7)
        heard.append(bench.play(128))
    assert polyphony(bench.journal) == [3]
    assert np.array_equal(bench.replay(0, start + 40 * 128)[start:], np.concatenate(heard))


def test_parts_that_only_ring_lose_their_voices_first(tiny: Program) -> None:
    bench = quiet(tiny, **{"voice.polyphony": 20})
    bench.midi.push([on(0, 40 + number) for number in range(6)])
    play_at(bench, 1280, 128, sustain=1.0)
    bench.open(1, 2)
    bench.midi.push([on(300, 70 + number) for number in range(6)])
    play_at(bench, 1280, 128, sustain=1.0)
    assert bench.shared["meters"]["voices"][0] == 12
    events = play_at(bench, 512, 128, sustain=LOAD_SHARE * 1e9 / RATE / 8.5)
    set_events = events[(events["kind"] == Kind.PARAMETER) & (events["index"] == POLYPHONY)]
    assert [(each["channel"] >> 8, each["value"]) for each in set_events] == [(1, 2.0)]
    assert bench.shared["meters"]["voices"][0] == 8
    events = play_at(bench, 512, 128, sustain=LOAD_SHARE * 1e9 / RATE / 4.5)
    assert polyphony(events)[1:] == [1.0, 3.0]


def test_a_flood_of_dear_notes_does_not_take_more_time_than_there_is(tiny: Program) -> None:
    """Unison of eight, a new note again and again: each start takes longer than what the held ones leave."""
    bench = quiet(tiny, **{"voice.polyphony": 20, "voice.unison": 8})
    sustain, start, found = 0.75 * BLOCK_NS / 128 / 48, 0.38 * BLOCK_NS / 8, []
    for block in range(400):
        bench.midi.push([on(0, 20 + block % 100)])
        play_at(bench, 128, 128, sustain=sustain, start=start)
        found.append(share(bench, sustain, start))
    assert np.mean(found[100:]) < 1.0
    late = np.convolve(np.array(found[100:]) - 1.0, np.ones(8), "valid")  # over any eight blocks
    assert late.max() < 0.5
    assert bench.count("notes") > 60


def test_costs_are_learned_and_a_loader_may_say_them_first(tiny: Program) -> None:
    bench = quiet(tiny)
    bench.midi.push([on(0, 40 + number) for number in range(8)])
    bench.play(12_800)
    sustain, start = bench.rig.cost[SUSTAIN], bench.rig.cost[START]
    assert 1.0 < sustain < 20_000.0 and start > 20 * sustain
    bench.rig.cost[SUSTAIN_SEED], bench.rig.cost[START_SEED] = 1e6, 1e7
    bench.play(128)
    assert bench.rig.cost[SUSTAIN] < 1e5
    bench.open(1, 2)
    bench.play(1, 1)
    assert bench.rig.cost[SUSTAIN] > 5e5 and bench.rig.cost[START] == 1e7 and not bench.rig.cost[2:4].any()


def test_mono_goes_on_with_its_network(tiny: Program) -> None:
    """A new key starts none, so it costs nothing."""
    bench = quiet(tiny, **{"voice.mode": "legato"})
    bench.midi.push([on(0, 50)])
    play_at(bench, 128, 128, start=1e9)
    bench.midi.push([on(0, 51), on(0, 52), on(0, 53)])
    assert notes(play_at(bench, 128, 128, start=1e9))["time"].tolist() == [1, 129, 129, 129]

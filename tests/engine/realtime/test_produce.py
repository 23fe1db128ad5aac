"""What is played live, and its journal played again: the same bytes, whatever came in and in whatever blocks."""

from __future__ import annotations

import threading

import numpy as np
import pytest

from accel.program import Program
from engine.deck import FREE
from engine.events import Kind
from engine.parameters import TABLE
from engine.realtime import produce as module
from engine.realtime.governor import START
from engine.realtime.produce import produce
from engine.realtime.rig import RING_AT, WORD_AT
from engine.vocabulary import SOURCES
from tests.engine.machine_code import allocators
from tests.engine.realtime.bench import Bench, off, on

INDEX = {entry.id: place for place, entry in enumerate(TABLE)}


def random_row(rng: np.random.Generator, now: int) -> tuple[int, int, int, int, float]:
    """An event that may be allowed or not, at once, in the past, or soon."""
    time = int(rng.choice([0, max(now - 500, 1), now + int(rng.integers(1, 2000))]))
    kind = int(rng.choice([0, 0, 1, 1, 1, 2, 3, 4, 5, 6, 7, 8, 9, 9, 9, 10, 11, 12, 13, 15, 16, 17, 18, 19, 64, 66]))
    value = float(rng.choice([0.0, 1.0, 0.3, 100.0, -1.0, np.nan, np.inf, 64.0]))
    return time, kind, int(rng.integers(-1, 17)), int(rng.integers(-2, 130)), value


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_whatever_comes_in_the_journal_gives_the_same_bytes(tiny: Program, seed: int) -> None:
    rng, bench, heard, serial = np.random.default_rng(seed), Bench(tiny), [], 1
    for _ in range(120):
        bench.rig.cost[START] = 3e6  # ns, so that of a chord some notes have to wait
        now = sum(map(len, heard))
        for ring in (bench.midi, bench.owner, bench.cv):
            ring.push([random_row(rng, now) for _ in range(int(rng.integers(0, 6)))])
        bench.midi.push([on(now + 50, note) for note in rng.integers(40, 80, 3).tolist()])
        if rng.random() < 0.1:
            bench.keeper.collect()
            for slot in bench.keeper.free_slots()[:1]:
                serial += 1
                bench.open(slot, serial, float(rng.choice([-1.0, 300.0])))
        heard.append(bench.play(int(rng.integers(1, 1500)), int(rng.choice([1, 64, 200, 2000]))))
    sound = np.concatenate(heard)
    assert np.abs(sound).max() > 0.01 and serial > 3
    assert bench.count("deferred") > 0 and bench.count("refused_events") > 0 and bench.count("journal_lost") == 0
    assert np.array_equal(bench.replay(0, len(sound)), sound)


def test_the_sample_counter_the_tape_and_the_scope_follow(tiny: Program) -> None:
    bench = Bench(tiny)
    bench.midi.push([on(100, 60)])
    out = bench.play(3000, 700)
    assert bench.rig.play["now"][0] == bench.rig.ring_heads[RING_AT["tape"]] == bench.rig.scope_head[0] == 3000
    assert np.array_equal(bench.rig.tape[:3000], out) and np.array_equal(bench.rig.scope[:3000], out)
    assert bench.count("samples") == 3000 and bench.count("notes") == 1 and bench.count("events") == 2
    assert out[100:].any() and not out[:100].any()


def test_it_shows_what_plays(tiny: Program) -> None:
    bench = Bench(tiny, {"voice.unison": 2, "amp.release": 0.3})
    bench.midi.push([on(1, 60), on(1, 64), (1, Kind.KNOB, 0, 1, 0.25), (1, Kind.PARAMETER, 0, INDEX["voice.pan"], 0.5)])
    out = bench.play(9600)
    shown, meters = bench.shared, bench.shared["meters"][0]
    assert (
        shown["sound"]["patch"][0] == 1 and shown["sound"]["knobs_used"][0] == 2 and shown["sound"]["seq"][0] % 2 == 0
    )
    assert shown["parameters"][INDEX["voice.pan"]] == 0.5 and shown["parameters"][INDEX["amp.release"]] == 0.3
    assert shown["knobs"][1] == 0.25 and shown["knobs_live"][1] == pytest.approx(0.25, abs=1e-3)
    assert np.flatnonzero(shown["held"]).tolist() == [60, 64]
    assert sorted(shown["voices"]["note"][shown["voices"]["stage"] > 0].tolist()) == [60, 64]
    assert (meters["voices"], meters["lanes"], meters["notes_held"], meters["tempo"]) == (2, 4, 2, 120.0)
    assert meters["beat"] == pytest.approx(0.4)
    assert meters["peak_left"] >= 0.9 * np.abs(out[-1000:, 0]).max() and meters["rms_right"] > 0.001
    bench.midi.push([off(0, 60), off(0, 64)])
    bench.play(60_000, 1024)
    assert (meters["voices"], meters["lanes"], meters["notes_held"]) == (0, 0, 0)
    assert not shown["held"].any() and not (shown["voices"]["stage"] > 0).any() and meters["peak_left"] < 0.01


def test_wheel_and_expression_are_shown_whether_or_not_a_voice_plays(tiny: Program) -> None:
    bench, places = Bench(tiny), [list(SOURCES).index(name) for name in ("wheel", "expression")]
    bench.play(512)
    assert bench.shared["sources"][places].tolist() == [0.0, 1.0]
    bench.midi.push([(0, Kind.CONTROL, 0, 1, 127.0), (0, Kind.CONTROL, 0, 11, 0.0)])
    bench.play(512)
    assert bench.shared["sources"][places].tolist() == [1.0, 0.0]
    assert not np.delete(bench.shared["sources"], places).any()


def test_a_journal_that_is_full_is_counted(tiny: Program) -> None:
    bench = Bench(tiny)
    bench.rig.ring_heads[RING_AT["journal"]] = len(bench.rig.journal)
    bench.midi.push([on(0, 60)])
    produce(bench.rig, np.zeros((64, 2), np.float32), 0, 64)
    assert bench.count("journal_lost") == 2


def test_only_one_at_a_time(tiny: Program) -> None:
    bench, out = Bench(tiny), np.ones((64, 2), np.float32)
    bench.rig.words[WORD_AT["turn"]] = 1
    assert not produce(bench.rig, out, 8, 8)
    assert not out[8:16].any() and out[:8].all() and out[16:].all()
    assert bench.rig.play["now"][0] == 0
    bench.rig.words[WORD_AT["turn"]] = 0
    assert produce(bench.rig, out, 8, 8) and bench.word("turn") == 0


def test_many_threads_that_want_to_play_render_every_sample_once(tiny: Program) -> None:
    bench, done = Bench(tiny), []

    def work() -> None:
        out = np.zeros((16, 2), np.float32)
        done.append(sum(produce(bench.rig, out, 0, 16) for _ in range(500)))

    threads = [threading.Thread(target=work) for _ in range(3)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert sum(done) * 16 == bench.rig.play["now"][0] > 0


def test_without_a_deck_it_is_silent(tiny: Program) -> None:
    bench, out = Bench(tiny), np.ones((64, 2), np.float32)
    bench.rig.words[WORD_AT["produce"]] = 0
    assert not produce(bench.rig, out, 0, 64) and not out.any()


def test_a_part_is_opened_only_where_it_waits(tiny: Program) -> None:
    """Else the journal would hold an OPEN that a replay cannot follow."""
    bench = Bench(tiny)
    bench.play(64)
    bench.control.push([(0, Kind.OPEN, 9, 0, -1.0), (0, Kind.OPEN, 9, 3, -1.0)])
    bench.owner.push([(0, Kind.OPEN, 1, 0, -1.0), (0, Kind.GATE, 0, 0, 0.0)])
    bench.play(64)
    assert bench.count("refused_events") == 4 and len(bench.journal) == 1
    bench.open(1, 2)
    bench.open(2, 3)
    bench.play(128, 64)
    assert bench.journal["time"].tolist() == [0, 128, 192]  # one in a block
    bench.play(64)
    assert bench.keeper.deck.states.tolist()[:2] == [FREE, FREE] and bench.keeper.deck.deck["current"][0] == 2


def test_nothing_is_allocated(tiny: Program) -> None:
    Bench(tiny)
    assert allocators(module._compiled()) == []

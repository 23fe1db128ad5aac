"""The polyphony that a machine can bear, with costs that the test says: what runs, and what one more note takes."""

from __future__ import annotations

import pytest

from accel.program import Program
from engine.events import Kind
from engine.realtime.governor import LOAD_SHARE, START, SUSTAIN
from tests.engine.realtime.bench import Bench, on

BLOCK = 128
BLOCK_NS = BLOCK / 48_000 * 1e9


@pytest.fixture
def bench(request: pytest.FixtureRequest, tiny: Program) -> Bench:
    """One whose voices are of as many networks as the test says."""
    settings = {"amp.release": 0.005, "voice.polyphony": 20, "voice.unison": request.param}
    found = Bench(tiny, settings)
    found.play(1)
    return found


def play(bench: Bench, blocks: int, sustain: float, start: float) -> list[float]:
    """Blocks at costs that stay, in ns; what each would have taken of its time."""
    found = []
    for _ in range(blocks):
        running = int(bench.shared["meters"]["lanes"][0])
        bench.rig.cost[:5] = 0.0
        bench.rig.cost[START], bench.rig.cost[SUSTAIN] = start, sustain
        bench.play(BLOCK, BLOCK)
        found.append((BLOCK * sustain * running + start * int(bench.rig.play["starting"][0])) / BLOCK_NS)
    return found


@pytest.mark.parametrize("bench", [8], indirect=True)
def test_a_full_polyphony_leaves_room_for_the_note_that_starts(bench: Bench) -> None:
    """Voices of eight networks, whose start takes 0.38 of a block: seven fit, but not while one more starts."""
    sustain, start, found = LOAD_SHARE * BLOCK_NS / BLOCK / 60, 0.38 * BLOCK_NS / 8, []
    for note in range(30):
        bench.midi.push([on(0, 30 + note)])
        found += play(bench, 12, sustain, start)
    assert bench.count("notes") == 30 and max(found[12:]) < 1.0
    assert bench.shared["meters"]["voices"][0] == 3


@pytest.mark.parametrize("bench", [1], indirect=True)
def test_a_start_that_fills_its_block_does_not_cost_all_other_voices(bench: Bench) -> None:
    bench.midi.push([on(0, 40 + number) for number in range(20)])
    play(bench, 100, LOAD_SHARE * BLOCK_NS / BLOCK / 12.5, 0.95 * BLOCK_NS)
    assert bench.shared["meters"]["voices"][0] == 6


@pytest.mark.parametrize("bench", [8], indirect=True)
def test_the_polyphony_is_not_given_back_while_what_it_was_lowered_to_is_held(bench: Bench) -> None:
    sustain, start = LOAD_SHARE * BLOCK_NS / BLOCK / 60, 0.38 * BLOCK_NS / 8
    bench.midi.push([on(0, 30 + note) for note in range(8)])
    play(bench, 1000, sustain, start)
    assert bench.shared["meters"]["voices"][0] == 3 and bench.rig.play["wanted"][0] == 20
    bench.midi.push([(0, Kind.RELEASE_ALL, 0, 0, 0.0)])
    play(bench, 500, sustain, start)
    assert bench.rig.play["wanted"][0] == 0 and bench.rig.play["polyphony"][0] == 20

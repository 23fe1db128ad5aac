"""The array view's words: what happens in a cycle, whether it fits, how many voices; and slow motion."""

from __future__ import annotations

import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from accel.cycles import TARGETS, budget
from accel.errors import SystoleError
from accel.formats import Op
from accel.random_program import Shape, random_program
from app.budget import budget_facts
from app.window.array.moment import moment, row_names
from app.window.array.occupation import Occupation
from app.window.array.player import LONGEST, SPEEDS, SlowMotion, slower
from app.window.array.sentence import board_name, budget_sentence, refusal_sentence, voices_sentence
from tests.app.window.array.arrays import occupation, program


def test_a_cycle_is_named_by_layer_dilation_tile_and_tap() -> None:
    found = occupation()
    stage = next(i for i, each in enumerate(found.stages) if each.op == Op.GATED and each.dilation == 16)
    slot = next(
        i for i in range(len(found.tile)) if (tile := found.tile_of(i)) and tile.stage == stage and tile.column == 2
    )
    tile, cols = found.tile_of(slot), found.stages[stage].cols
    assert tile is not None
    now = moment(found, int(found.start[slot]) + cols + 2)
    assert (now.tile, now.tap, now.channel) == (tile, 1, 2)
    assert now.headline == "Layer 5, dilation 16: convolution and gate"
    assert f"column tile 3 of {tile.columns}" in now.text
    assert f"outputs 1 to 4 of 32 (row tile 1 of {tile.rows})" in now.text
    assert "tap 2 of 2 (this sample), input 3 of 16." in now.text
    assert "tap 1 of 2 (16 samples back)" in moment(found, int(found.start[slot])).text
    assert "results leave of" in now.aside
    assert row_names(found.stages[stage], tile) == ["tanh 1", "gate 1", "tanh 2", "gate 2"]


def test_the_number_of_busy_elements_is_that_of_the_cycle() -> None:
    found = occupation()
    for cycle in np.random.default_rng(2).integers(0, found.cycles, 40):
        now = moment(found, int(cycle))
        assert now.busy == round(float(found.pe_activity(cycle, cycle + 1).sum()))
        assert f"{now.busy} of 32 PEs multiply." in now.text


def test_every_cycle_has_words() -> None:
    found = occupation("small", "odd")
    seen = {moment(found, cycle).headline for cycle in range(found.cycles)}
    assert {"The frame begins", "The array fills", "The frame ends", "Head", "Output", "Input"} <= seen
    assert {stage.title for stage in found.stages} <= seen
    assert moment(found, 0).headline == "The frame begins"
    assert moment(found, found.cycles - 1).headline == "The frame ends"


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize("clock", [None, 25.0, 200.0])
def test_the_sentence_is_that_of_the_budget(target: str, clock: float | None) -> None:
    facts = budget_facts(program(), target, clock)[0]
    verdict = budget_sentence(Occupation(program(), TARGETS[target].geometry), TARGETS[target], clock)
    assert verdict.margin == pytest.approx(facts["margin"], abs=1e-3)
    assert verdict.voices == facts["voices"]
    assert (verdict.level == "good") == (facts["voices"] >= 1)
    assert board_name(TARGETS[target]) in verdict.headline
    exact = budget(program(), TARGETS[target], clock=clock)
    available = exact.clock * 1e6 / program().rate
    assert f"{exact.cycles_per_sample:.0f} of {available:.0f} cycles" in verdict.text
    assert f"{facts['utilisation']:.0%}" in verdict.text


def test_what_does_not_fit_says_which_memory() -> None:
    large, target = random_program(np.random.default_rng(0), Shape(channels=32, skip=32)), TARGETS["ecp5-25f"]
    with pytest.raises(SystoleError) as caught:
        Occupation(large, target.geometry)
    verdict = refusal_sentence(str(caught.value), target)
    assert (verdict.level, verdict.voices) == ("danger", 0)
    assert verdict.headline == "Does not fit a Tiliqua (ECP5-25F)"
    assert re.search(r"weight memory for [\d,]+ entries, there are 6,144", verdict.text)
    assert "_depth" not in verdict.text
    assert refusal_sentence("the file is broken", target).text == "the file is broken"


@pytest.mark.parametrize(
    ("sounding", "words"),
    [(0, "0 of the 3 voices"), (3, "3 of the 3 voices"), (5, "5 sounding, 2 more than the 3 voices of this array")],
)
def test_voices_are_compared_with_what_sounds(sounding: int, words: str) -> None:
    verdict = budget_sentence(occupation(), TARGETS["ecp5-25f"])
    assert verdict.voices == 3
    assert words in voices_sentence(sounding, verdict)


def test_an_array_that_is_too_slow_plays_none() -> None:
    slow = budget_sentence(occupation(), TARGETS["ecp5-25f"], 10.0)
    assert slow.level == "warning"
    assert slow.headline.startswith("Too slow")
    assert voices_sentence(3, slow) == "3 sounding, this array could play none"
    assert voices_sentence(0, None) == ""


def test_slow_motion_goes_by_time_and_around() -> None:
    motion = SlowMotion(100)
    assert not motion.advance(1.0)
    motion.is_running, motion.seconds = True, 0.01
    assert motion.advance(0.055)
    assert (motion.cycle, motion.span) == (5, (1, 6))
    assert not motion.advance(0.001)
    motion.seek(99)
    assert motion.advance(0.02)
    assert (motion.cycle, motion.span) == (1, (0, 2))
    motion.advance(3600.0)
    assert motion.cycle == 1 + round(LONGEST / 0.01)


def test_slow_motion_goes_by_starts() -> None:
    motion = SlowMotion(100)
    seen = []
    for direction in (1, 1, 1, -1, -1, -1):
        motion.to_start([10, 50], direction)
        seen.append(motion.cycle)
    assert seen == [10, 50, 10, 50, 10, 50]
    motion.to_start([], 1)
    motion.step(-51)
    assert motion.cycle == 99
    assert motion.span == (99, 100)


@settings(max_examples=50, deadline=None)
@given(st.lists(st.one_of(st.floats(0, 1), st.integers(-(10**6), 10**6)), max_size=30), st.sampled_from(SPEEDS))
def test_slow_motion_stays_in_the_frame(moves: list[float | int], seconds: float) -> None:
    motion = SlowMotion(777)
    motion.is_running, motion.seconds = True, seconds
    for move in moves:
        motion.advance(move) if isinstance(move, float) else motion.step(move)
        assert 0 <= motion.cycle < 777
        assert 0 <= motion.span[0] < motion.span[1] <= 777
        assert motion.span[1] == motion.cycle + 1


def test_how_much_slower() -> None:
    assert slower(0.05, 119) == 6_000_000
    assert slower(0.001, 119) == 120_000

"""Sound rendered ahead: it comes out as it went in, and running dry is a fade and no click."""

from __future__ import annotations

import numpy as np
import pytest

from accel.program import Program
from engine.realtime.ahead_ring import FADE, held_ahead, set_direct, set_safe, take_ahead
from engine.realtime.rig import DIRECT, RING_AT, SAFE, Rig
from tests.engine.realtime.bench import Bench

AHEAD = RING_AT["ahead"]


def put(rig: Rig, sound: np.ndarray) -> None:
    head = int(rig.ring_heads[AHEAD])
    rig.ahead[np.arange(head, head + len(sound)) & (len(rig.ahead) - 1)] = sound
    rig.ring_heads[AHEAD] = head + len(sound)


def take(rig: Rig, count: int) -> np.ndarray:
    out = np.full((count + 2, 2), 7.0, np.float32)
    take_ahead(rig, out, 1, count)
    assert (out[[0, -1]] == 7).all()
    return out[1:-1]


@pytest.fixture
def rig(tiny: Program) -> Rig:
    bench = Bench(tiny)
    bench.play(1000)
    set_safe(bench.rig, 128, 2)
    bench.rig.bench = bench  # stays alive
    return bench.rig


def test_what_goes_in_comes_out(rig: Rig) -> None:
    rng = np.random.default_rng(2)
    sound, got = rng.normal(size=(200_000, 2)).astype(np.float32), []
    for start in range(0, len(sound), 2000):
        put(rig, sound[start : start + 2000])
        assert held_ahead(rig) == 2000
        got += [take(rig, 700), take(rig, 700), take(rig, 600)]
    assert np.array_equal(np.concatenate(got), sound) and rig.counters["ahead_underruns"][0] == 0


@pytest.mark.parametrize("left", [0, 1, 10, 63, 64, 100, 127])
def test_running_dry_is_a_fade(rig: Rig, left: int) -> None:
    put(rig, np.ones((128 + left, 2), np.float32))
    heard = [take(rig, 128), take(rig, 128), take(rig, 128)]
    assert rig.counters["ahead_underruns"][0] == 2
    assert rig.counters["ahead_missing"][0] == 2 * 128 - left
    put(rig, np.ones((512, 2), np.float32))
    heard += [take(rig, 128), take(rig, 128)]
    sound = np.concatenate(heard)
    assert (sound[:128] == 1).all() and not sound[256:384].any() and (sound[384 + FADE :] == 1).all()
    assert sound.min() >= 0 and np.abs(np.diff(sound[:, 0])).max() < 1.5 / FADE
    assert rig.counters["ahead_underruns"][0] == 2


def test_crumbs_between_two_droughts_are_no_click(rig: Rig) -> None:
    put(rig, np.ones((128, 2), np.float32))
    heard = [take(rig, 128), take(rig, 128)]
    put(rig, np.ones((90, 2), np.float32))
    heard += [take(rig, 128), take(rig, 128)]
    assert np.abs(np.diff(np.concatenate(heard)[:, 0])).max() < 2 / FADE


def test_what_is_not_there_before_anything_was_is_not_missed(rig: Rig) -> None:
    take(rig, 128)
    put(rig, np.ones((100, 2), np.float32))
    take(rig, 128)
    assert rig.counters["ahead_missing"][0] == 0
    put(rig, np.ones((200, 2), np.float32))
    take(rig, 128)
    take(rig, 128)
    assert rig.counters["ahead_missing"][0] == 56
    set_direct(rig)
    set_safe(rig, 128, 2)
    take(rig, 128)
    assert rig.counters["ahead_missing"][0] == 56


def test_changing_the_mode_forgets_and_counts(rig: Rig) -> None:
    put(rig, np.ones((300, 2), np.float32))
    set_direct(rig)
    assert held_ahead(rig) == 0 and rig.counters["ahead_lost"][0] == 300
    assert rig.bench.word("mode") == DIRECT
    set_safe(rig, 8917, 3)  # 8192 at 44.1 kHz
    assert (rig.bench.word("mode"), rig.bench.word("ahead"), rig.bench.word("block")) == (SAFE, 26_751, 8917)


@pytest.mark.parametrize(("block", "blocks"), [(0, 2), (16_385, 2), (64, 0), (64, 4)])
def test_settings_that_do_not_fit_are_refused(rig: Rig, block: int, blocks: int) -> None:
    with pytest.raises(ValueError, match="1 to 3 blocks of 32768 samples at most together"):
        set_safe(rig, block, blocks)

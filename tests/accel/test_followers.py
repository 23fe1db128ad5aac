"""Followers: the formula, the same bits in every executor, records that read back, and programs that are refused."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from accel import reference
from accel.emulator import Emulator
from accel.emulator.forms import available_forms
from accel.errors import SystoleError
from accel.followers import COEFFICIENT_BITS, RELEASES, STATE_FRACTION, Follower, followed, read_followers
from accel.formats import FIELD_AT, KNOB_COUNTS, Op
from accel.hardware.geometry import GEOMETRIES
from accel.hardware.plan import make_plan
from accel.program import Program
from accel.program_check import check_program
from accel.program_file import load_program, save_program
from accel.random_program import Shape, random_followers, random_program, random_shape
from accel.streams import layers, output
from accel.verify import random_take, verify_program

LIVELY, TOP = 16, 1 << COEFFICIENT_BITS
SHAPE = Shape(channels=6, skip=5, dilations=(1, 4), harmonics=(1, 2), knobs=3, hidden=(7,), followers=2)


def with_records(followers: list[Follower], knobs: int = 3) -> Program:
    """A random program whose first control layer has these followers' records behind its biases."""
    rng = np.random.default_rng(4)
    shape = Shape(channels=3, skip=2, dilations=(1,), harmonics=(1,), knobs=knobs, hidden=(4,))
    program = random_program(rng, shape)
    table, at = program.descriptors.copy(), len(program.biases)
    table[1, FIELD_AT["split"]], table[1, FIELD_AT["bias_at"]] = len(followers), at
    biases = [program.biases, program.of(Op.CONTROL)[0].bias, *(each.words() for each in followers)]
    return dataclasses.replace(program, descriptors=table, biases=np.concatenate(biases))


def test_a_step_covers_its_share_of_the_way():
    releases = np.full(RELEASES, TOP // 8, np.int32)
    each = Follower(1, TOP // 2, releases)
    assert each.run(np.array([0, 8000, 8000, 8000])).tolist() == [0, 4000, 6000, 7000]
    assert each.run(np.array([8000, 0, 0])).tolist() == [8000, 7000, 6125]
    assert Follower(1).run(np.array([5, -32768, 32767, 9])).tolist() == [5, -32768, 32767, 9]


def test_the_release_is_that_of_the_states_level():
    fast_below = np.where(np.arange(RELEASES) < 4, TOP, TOP // 4).astype(np.int32)  # below 4 * 2048 counts
    assert Follower(1, TOP, fast_below).run(np.array([8193, 0, 0])).tolist() == [8193, 6145, 0]
    ends = np.array([TOP] + [1] * (RELEASES - 2) + [TOP // 2], np.int32)
    assert Follower(1, TOP, ends).run(np.array([32767, 32765])).tolist() == [32767, 32766]
    assert Follower(1, TOP, ends).run(np.array([-5, -32768])).tolist() == [-5, -32768]


@pytest.mark.parametrize("coefficient", [1, 7, 300, TOP // 3])
def test_a_state_never_passes_its_target_and_comes_near(coefficient):
    frames = 12 * TOP // coefficient if coefficient > 100 else 40
    each = Follower(1, coefficient, np.full(RELEASES, coefficient, np.int32))
    state = np.zeros(2, np.int64)
    targets = np.array([KNOB_COUNTS, -KNOB_COUNTS])
    before = state
    for _ in range(frames):
        state = each.step(before, targets)
        assert (np.abs(state) >= np.abs(before)).all()
        assert (np.abs(state) <= KNOB_COUNTS << STATE_FRACTION).all()
        before = state
    if coefficient > 100:
        assert np.abs((state >> STATE_FRACTION) - targets).max() <= 1


def test_takes_side_by_side_are_each_alone():
    rng = np.random.default_rng(5)
    followers, knobs = random_followers(rng, 3, 2), rng.integers(-32768, 32768, (4, 30, 3)).astype(np.int16)
    together = followed(followers, knobs)
    np.testing.assert_array_equal(together, np.stack([followed(followers, each) for each in knobs]))
    plain = ({1, 2, 3} - {each.knob for each in followers}).pop() - 1
    np.testing.assert_array_equal(together[..., plain], knobs[..., plain])
    assert (together != knobs).any(axis=(0, 1)).sum() == 2


@pytest.mark.parametrize("form", [*available_forms(), "exact"])
@pytest.mark.parametrize("kind", ["playing", "any", "extreme"])
def test_every_form_has_the_references_bits(form, kind):
    rng = np.random.default_rng(31)
    program = random_program(rng, SHAPE)
    take = random_take(rng, program, 40, kind)
    assert (followed(program.followers, take.knobs) != take.knobs).any(axis=0).sum() == 2
    wanted = reference.run(program, take.pitch, take.knobs, seed=take.seed, phase=take.phase)
    found = Emulator(program, form=form).run(take.pitch, take.knobs, seed=take.seed, phase=take.phase)
    np.testing.assert_array_equal(found, wanted)
    assert len(np.unique(wanted)) >= LIVELY


@pytest.mark.parametrize("seed", range(12))
def test_random_followers_in_odd_blocks(seed):
    rng = np.random.default_rng(800 + seed)
    shape = random_shape(rng, largest=12, most_layers=4, most_oscillators=2)
    shape = dataclasses.replace(shape, knobs=4, followers=1 + seed % 4)
    program = random_program(rng, shape, extreme=seed % 4 == 3)
    result = verify_program(program, samples=2500, seed=seed, voices=1 + seed % 3)
    assert result.passed, result.first
    assert len(program.followers) == 1 + seed % 4


def test_a_voice_that_starts_again_forgets():
    rng = np.random.default_rng(6)
    program = random_program(rng, SHAPE)
    takes = [random_take(rng, program, 12, "playing") for _ in range(2)]
    emulator = Emulator(program, voices=2)
    for take in (*takes, *takes):
        wanted = reference.run(program, take.pitch, take.knobs, seed=take.seed, phase=take.phase)
        found = emulator.run(take.pitch, take.knobs, seed=take.seed, phase=take.phase, voice=1)
        np.testing.assert_array_equal(found, wanted)


def test_ratios_and_gates_read_the_voltage_itself():
    program = random_program(np.random.default_rng(7), dataclasses.replace(SHAPE, oscillators=2, followers=3))
    take = random_take(np.random.default_rng(7), program, 10, "playing")
    bare = dataclasses.replace(program, descriptors=program.descriptors.copy())
    bare.descriptors[1, FIELD_AT["split"]] = 0
    one, other = (reference.excitation(each, take.pitch, take.knobs, 3, 4) for each in (program, bare))
    np.testing.assert_array_equal(one, other)
    moved, plain = (reference.conditioning(each, take.pitch, take.knobs) for each in (program, bare))
    assert (moved != plain).any()


def test_the_walk_by_layers_follows_too():
    program = with_records([Follower(2, TOP // 9)])
    take = random_take(np.random.default_rng(1), program, 9, "playing")
    *_, last = layers(program, take.pitch, take.knobs, seed=5)
    wanted = reference.run(program, take.pitch, take.knobs, seed=5)
    np.testing.assert_array_equal(output(program, last.skip) * 32768, wanted)


def test_followers_survive_their_file(tmp_path):
    program = random_program(np.random.default_rng(8), SHAPE)
    save_program(program, tmp_path / "memory.safetensors")
    loaded = load_program(tmp_path / "memory.safetensors")
    assert loaded.hash == program.hash
    for one, other in zip(loaded.followers, program.followers, strict=True):
        np.testing.assert_array_equal(one.words(), other.words())


def test_followers_that_do_nothing_sound_like_none():
    take = random_take(np.random.default_rng(2), with_records([]), 8, "any")
    played = [
        Emulator(each).run(take.pitch, take.knobs, seed=take.seed)
        for each in (with_records([]), with_records([Follower(3), Follower(1)]))
    ]
    np.testing.assert_array_equal(*played)


@pytest.mark.parametrize(
    ("bank", "message"),
    [
        ([Follower(4)], r"follower 0: knob 4, allowed: 1\.\.3"),
        ([Follower(1), Follower(0)], r"follower 1: knob 0, allowed: 1\.\.3"),
        ([Follower(1, 0)], r"attack of 0, allowed: 1\.\.65536"),
        ([Follower(1, TOP + 1)], r"attack of 65537"),
        ([Follower(1, 1, np.full(RELEASES, -1, np.int32))], r"a release of -1"),
        ([Follower(2), Follower(2)], r"followers of knobs \[2, 2\], allowed: one for each knob"),
        ([Follower(1)] * 5, r"5 followers, allowed: 0\.\.4"),
    ],
)
def test_followers_that_cannot_be_are_refused(bank, message):
    with pytest.raises(SystoleError, match=f"m: .*{message}"):
        check_program(with_records(bank), "m")


def test_records_read_back_or_are_cut_short():
    bank = random_followers(np.random.default_rng(9), 4, 4)
    words = np.concatenate([each.words() for each in bank])
    for one, other in zip(read_followers(words, 4), bank, strict=True):
        np.testing.assert_array_equal(one.words(), other.words())
    cut = with_records(bank[:1], knobs=4)
    with pytest.raises(SystoleError, match="follower 0: its record is cut short"):
        check_program(dataclasses.replace(cut, biases=cut.biases[:-1]), "m")


def test_the_accelerator_says_that_it_has_no_memory():
    with pytest.raises(SystoleError, match=r"the accelerator has no memory for knob0, knob1"):
        make_plan(with_records([Follower(1), Follower(2)]), GEOMETRIES["ecp5-85f"])

"""Reference = emulator on integers: random shapes, extreme values, odd blocks, many voices."""

from __future__ import annotations

import copy
import dataclasses

import numpy as np
import pytest
from numba.core.errors import TypingError

from accel import reference
from accel.emulator import Emulator
from accel.emulator.forms import available_forms
from accel.emulator.kernels import voice_render
from accel.formats import UNITY, Op
from accel.proof import bounds, is_proven
from accel.random_program import LIVELY, Shape, random_program, random_shape
from accel.verify import random_take, verify_program

TINY = Shape(channels=4, skip=3, dilations=(1, 3), harmonics=(1,), knobs=1, hidden=(5,))


def take_of(program, rows=6, seed=0, kind="any"):
    return random_take(np.random.default_rng(seed), program, rows, kind)


@pytest.mark.parametrize("seed", range(16))
def test_random_programs_in_odd_blocks(seed):
    rng = np.random.default_rng(seed)
    program = random_program(
        rng,
        random_shape(rng, largest=40, most_layers=14),
        spread=float(rng.choice([10, 30, 100])),
        extreme=seed % 4 == 3,
        multiplier=int(rng.choice([UNITY, 23170])),
    )
    result = verify_program(program, samples=3000, seed=seed, voices=1 + seed % 8)
    assert result.passed, result.first
    assert result.samples >= 3000
    assert result.distinct >= LIVELY


@pytest.mark.parametrize(
    ("harmonics", "sines"),
    [
        ((), tuple(range(1, 25))),  # 25 channels with the noise
        ((1,), tuple(range(2, 32))),
        (tuple(range(1, 13)), tuple(range(64, 52, -1))),
        (tuple(range(1, 65)), ()),  # 129, the most that a file can ask for
        ((), (64,)),
    ],
)
def test_many_excitation_channels(harmonics, sines):
    shape = Shape(channels=9, skip=7, dilations=(1, 3), harmonics=harmonics, sines=sines, knobs=1, hidden=(6,))
    program = random_program(np.random.default_rng(4), shape)
    assert program.of(Op.INPUT)[0].cols == 2 * len(harmonics) + len(sines) + 1
    result = verify_program(program, samples=3000, seed=4, voices=3)
    assert result.passed, result.first
    assert result.distinct >= LIVELY


def test_random_shapes_may_have_more_channels_than_the_smallest_hardware():
    rng = np.random.default_rng(0)
    shapes = [random_shape(rng, most_sines=50) for _ in range(40)]
    counts = [2 * len(shape.harmonics) + len(shape.sines) + 1 for shape in shapes]
    assert max(counts) > 40
    assert all(len({*shape.harmonics, *shape.sines}) == len(shape.harmonics) + len(shape.sines) for shape in shapes)


@pytest.mark.slow
def test_a_million_samples_over_random_programs():
    """The long proof: C 1-64, K 1-5, L 1-30, dilations to 512, blocks 1-1000, 1-8 voices."""
    rng = np.random.default_rng(2026)
    compared = 0
    while compared < 1_000_000:
        program = random_program(
            rng,
            random_shape(rng, most_sines=int(rng.choice([0, 50]))),
            spread=float(rng.choice([10, 30, 100])),
            extreme=bool(rng.random() < 0.25),
            multiplier=int(rng.choice([UNITY, 23170])),
        )
        voices, seed = int(rng.integers(1, 9)), int(rng.integers(1 << 30))
        result = verify_program(program, samples=20_000, seed=seed, voices=voices)
        assert result.passed, result.first
        compared += result.samples if result.distinct >= LIVELY else 0  # constants prove little


@pytest.mark.parametrize("size", [1, 7, 16, 17, 64, 200])
def test_any_block_length_gives_the_same_bits(size):
    program = random_program(np.random.default_rng(8), TINY)
    take = take_of(program)
    whole = Emulator(program).run(take.pitch, take.knobs, seed=take.seed, phase=take.phase)
    emulator = Emulator(program)
    emulator.reset(0, int(take.pitch[0]), take.knobs[0], seed=take.seed, phase=take.phase)
    out = np.zeros(size, np.int16)
    stream, parts = emulator.stream(take.pitch, take.knobs, out), []
    for start in range(0, len(whole), size):
        count = min(size, len(whole) - start)
        stream.step(count)
        parts.append(out[:count].copy())
    assert (np.concatenate(parts) == whole).all()


def test_accumulators_really_saturate_in_the_extreme_programs(monkeypatch):
    """The comparison above would be worth little if nothing ever met a limit."""
    rng = np.random.default_rng(2)
    program = random_program(rng, Shape(channels=64, kernel=5, dilations=(1, 2, 4)), extreme=True)
    assert not is_proven(program)
    reached, plain = [], reference.accumulate

    def watch(*arguments):
        total = plain(*arguments)
        reached.append(np.abs(total).max())
        return total

    monkeypatch.setattr(reference, "accumulate", watch)
    take = take_of(program, rows=8, kind="extreme")
    reference.run(program, take.pitch, take.knobs, seed=take.seed)
    assert max(reached) >= 2**31 - 1


def test_fast_addition_would_differ_where_the_proof_fails():
    """The load-time proof is needed: with it forced, the same program gives other bits."""
    rng = np.random.default_rng(2)
    program = random_program(rng, Shape(channels=64, kernel=5, dilations=(1, 2, 4)), extreme=True)
    assert not is_proven(program)
    take = take_of(program, rows=8, kind="extreme")
    wanted = reference.run(program, take.pitch, take.knobs, seed=take.seed)
    exact = Emulator(program)
    assert (exact.run(take.pitch, take.knobs, seed=take.seed) == wanted).all()
    forced = Emulator(program, form=available_forms()[0])
    assert (forced.run(take.pitch, take.knobs, seed=take.seed) != wanted).any()


def test_bounds_hold_for_the_worst_input():
    """An input that drives one row to its bound reaches it: the proof is tight, not only safe."""
    program = random_program(np.random.default_rng(3), TINY)
    gated = program.of(Op.GATED)[0]
    row = 2
    taps = [-32768 * np.sign(gated.weight[row, tap].astype(np.int64))[None] for tap in range(gated.taps)]
    bias = gated.bias[row].astype(np.int64)
    start = np.broadcast_to(np.sign(-1) * abs(bias), (1, gated.rows))
    total = reference.accumulate(start, gated, taps)[0, row]
    reached = abs(int(total)) + (32768 * program.hop << int(gated.ramp_shift[row])) + (1 << (int(gated.shift[row]) - 1))
    named = {bound.name: bound.worst for bound in bounds(program)}
    index = int(np.flatnonzero(program.descriptors[:, 0] == Op.GATED)[0])
    assert reached <= named[f"pass {index} GATED"]


def test_reference_by_hand():
    """One layer, one channel: every step of the contract, in plain Python integers."""
    shape = Shape(channels=1, skip=1, kernel=2, dilations=(2,), harmonics=(), knobs=0, hidden=())
    program = random_program(np.random.default_rng(11), shape)
    pitch, knobs = np.array([5000, 900_000], np.int32), np.zeros((2, 0), np.int16)
    out = reference.run(program, pitch, knobs, seed=77)
    from accel.formats import gate_q15, lfsr_next

    def rq(total, shift):
        return max(-32768, min(32767, (total + (1 << (shift - 1))) >> shift))

    first, gated, mix = (program.of(op)[0] for op in (Op.INPUT, Op.GATED, Op.MIX))
    head, output, control = program.of(Op.HEAD)[0], program.of(Op.OUTPUT)[0], program.of(Op.CONTROL)[0]
    rows = []
    for word in pitch:
        count = rq(int(word), 8)
        rows.append(
            [rq(int(control.bias[r]) + int(control.weight[r, 0, 0]) * count, int(control.shift[r])) for r in (0, 1)]
        )
    state, history = 77, [0, 0]
    for n in range(program.hop):
        state, noise = lfsr_next(state)
        x = rq(int(first.bias[0]) + int(first.weight[0, 0, 0]) * noise, int(first.shift[0]))
        history.append(x)
        pre = []
        for r in (0, 1):
            ramp = (rows[0][r] * (program.hop - n) + rows[1][r] * n) << int(gated.ramp_shift[r])
            total = int(gated.bias[r]) + ramp
            total += int(gated.weight[r, 0, 0]) * history[n] + int(gated.weight[r, 1, 0]) * history[n + 2]
            pre.append(rq(total, int(gated.shift[r])))
        z = int(gate_q15(*pre))
        skip = (int(mix.bias[0]) + int(mix.weight[0, 0, 0]) * z + (1 << (int(mix.shift[0]) - 1))) >> int(mix.shift[0])
        h = max(0, rq(skip, head.pre_shift))
        h = max(0, rq(int(head.bias[0]) + int(head.weight[0, 0, 0]) * h, int(head.shift[0])))
        y = rq(int(output.bias[0]) + int(output.weight[0, 0, 0]) * h, int(output.shift[0]))
        assert out[n] == y, n


def test_a_knob_reaches_its_value_at_the_end_of_its_frame():
    """The stated latency: a row given at sample 64k starts to act at 64k + 1 and is reached at 64(k+1)."""
    program = random_program(np.random.default_rng(4), TINY)
    pitch = np.zeros(5, np.int32)
    calm = np.full((5, 1), 4000, np.int16)
    moved = calm.copy()
    moved[3:] = 16_000
    still, sweep = (Emulator(program).run(pitch, knobs) for knobs in (calm, moved))
    assert np.flatnonzero(still != sweep)[0] > 2 * program.hop
    condition = reference.interpolate(reference.conditioning(program, pitch, moved), program.hop)
    before, after = (reference.conditioning(program, pitch[:1], row[None])[0] * program.hop for row in moved[[0, 3]])
    assert (condition[2 * program.hop] == before).all()
    assert (condition[2 * program.hop + 1] != before).any()
    assert (condition[3 * program.hop - 1] != after).any()
    assert (condition[3 * program.hop :] == after).all()


def test_emulator_refuses_misuse():
    program = random_program(np.random.default_rng(4), TINY)
    emulator = Emulator(program)
    with pytest.raises(ValueError, match="seed"):
        emulator.reset(0, 0, np.zeros(1, np.int16), seed=0)
    emulator.reset(0, 0, np.zeros(1, np.int16))
    stream = emulator.stream(np.zeros(2, np.int32), np.zeros((2, 1), np.int16), np.zeros(40, np.int16))
    stream.step(60)
    for count, message in ((0, "0 samples, allowed: 1 or more"), (5, "5 samples, 4 are left of the take")):
        with pytest.raises(ValueError, match=message):
            stream.step(count)


def test_verify_finds_one_wrong_weight(monkeypatch):
    program = random_program(np.random.default_rng(4), TINY)
    weights = program.weights.copy()
    weights[program.descriptors[-1][9]] += 3
    broken = dataclasses.replace(program, weights=weights)
    from accel import verify

    monkeypatch.setattr(verify, "Emulator", lambda _, voices, form: Emulator(broken, voices, form))
    result = verify.verify_program(program, samples=500)
    assert not result.passed
    assert "sample" in (result.first or "")


def test_memory_is_not_written_through_a_wrong_array():
    """The fast kernels write by address; what is not contiguous int16 of the right length is refused before."""
    program = random_program(np.random.default_rng(4), TINY)
    emulator = Emulator(program)
    emulator.reset(0, 0, np.zeros(1, np.int16))
    pitch, knobs = np.zeros(3, np.int32), np.zeros((3, 1), np.int16)
    fixed = np.zeros(64, np.int16)
    fixed.flags.writeable = False
    for wrong in (np.zeros((64, 2), np.int16)[:, 0], np.zeros(64, np.int32), fixed):
        with pytest.raises(ValueError, match="C-ordered int16"):
            emulator.stream(pitch, knobs, wrong)
    with pytest.raises(ValueError, match="out is empty"):
        emulator.stream(pitch, knobs, fixed[:0].copy())
    with pytest.raises(IndexError, match=r"voices 0\.\.1, allowed: 0\.\.0"):
        emulator.stream(pitch, knobs, np.zeros((2, 64), np.int16))
    for wrong in (np.zeros((3, 2), np.int16), np.zeros((2, 1), np.int16), np.zeros((3, 1), np.int32)):
        with pytest.raises(ValueError, match=r"needed: int16 \(3, 1\)"):
            emulator.stream(pitch, wrong, np.zeros(64, np.int16))
    for wrong in (np.zeros(64, np.int32), np.zeros((4, 64), np.int16)):
        with pytest.raises(TypingError, match="contiguous one-dimensional int16"):
            voice_render(emulator.packed, emulator.states, 0, 16, wrong, 0)
    with pytest.raises(ValueError, match=r"needed: int16 \(1,\)"):
        emulator.reset(0, 0, np.zeros(2, np.int16))
    with pytest.raises(IndexError, match=r"voices 1\.\.1"):
        emulator.reset(1, 0, np.zeros(1, np.int16))
    for each in (emulator.states, emulator.stream(pitch, knobs, np.zeros(64, np.int16))):
        with pytest.raises(TypeError, match="addresses"):
            copy.deepcopy(each)

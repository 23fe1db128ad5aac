"""A bank of oscillators: the ratio's arithmetic, its records, and reference = emulator for every kind of bank."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from accel import reference
from accel.emulator import Emulator
from accel.emulator.forms import available_forms
from accel.errors import SystoleError
from accel.formats import FIELD_AT, GATE_COUNTS, KNOB_COUNTS, MOST_HARMONIC, Op, Source, channel_code, channel_parts
from accel.oscillators import (
    RATIO_LIMIT,
    RECORD,
    Oscillator,
    gate_rises,
    points_of,
    ratio_ramp,
    read_records,
    start_phases,
)
from accel.program import Program
from accel.program_check import check_program
from accel.program_file import load_program, save_program
from accel.random_program import LIVELY, Shape, random_oscillator, random_program, random_shape
from accel.verify import random_take, verify_program

OCTAVE = 1 << 20


def bank_of(program: Program, *bank: Oscillator) -> Program:
    """The program with another bank; its records must be the last of its biases or not be there yet."""
    excite = program.of(Op.EXCITE)[0]
    table, words = program.descriptors.copy(), [each.words() for each in bank]
    table[0, FIELD_AT["split"]] = len(bank)
    table[0, FIELD_AT["bias_at"]] = len(program.biases)
    return dataclasses.replace(program, descriptors=table, biases=np.concatenate([program.biases, excite.bias, *words]))


def tones(count: int = 2, knobs: int = 2) -> Program:
    """A small program with a sine of each of `count` oscillators and no records yet."""
    shape = Shape(channels=4, skip=3, dilations=(1, 3), harmonics=(), sines=tuple(range(1, count + 1)), knobs=knobs)
    program = random_program(np.random.default_rng(12), dataclasses.replace(shape, hidden=(5,)))
    biases = program.biases.copy()
    biases[:count] = [channel_code(Source.SINE, 1, at) for at in range(count)]
    return dataclasses.replace(program, biases=biases)


def at_the_pitch(**fields: object) -> Oscillator:
    return dataclasses.replace(Oscillator(), **fields)  # type: ignore[arg-type]


def test_a_code_holds_source_oscillator_and_harmonic():
    for source in Source:
        for oscillator in range(4):
            for harmonic in (1, 7, MOST_HARMONIC):
                assert channel_parts(channel_code(source, harmonic, oscillator)) == (source, oscillator, harmonic)


@pytest.mark.parametrize("bits", [6, 8, 12])
def test_a_ratio_lies_on_the_line_between_two_points(bits):
    rng = np.random.default_rng(bits)
    points = rng.integers(-RATIO_LIMIT, RATIO_LIMIT + 1, points_of(bits)).astype(np.int32)
    line, steps = Oscillator(points, 1, bits), Oscillator(points, 1, bits, stepped=True)
    counts = np.arange(-70, KNOB_COUNTS + 70)
    within = np.clip(counts, 0, KNOB_COUNTS)
    wanted = np.interp(within / 2**bits, np.arange(len(points)), points.astype(float))
    assert np.abs(line.ratio(counts) - wanted).max() <= 0.5
    assert (line.ratio(counts) - wanted > -0.5).all()  # a half is rounded up
    np.testing.assert_array_equal(steps.ratio(counts), points[within >> bits])


def test_a_ramp_is_exact_at_both_ends_and_rounds_half_up():
    rows = np.array([5, -RATIO_LIMIT, RATIO_LIMIT, 3, 2])
    for hop in (16, 256):
        ramp = ratio_ramp(rows, hop).reshape(-1, hop)
        np.testing.assert_array_equal(ramp[:, 0], rows[:-1])
        exact = rows[:-1, None] + np.diff(rows)[:, None] * np.arange(hop) / hop
        np.testing.assert_array_equal(ramp, np.floor(exact + 0.5))


def test_an_octave_is_twice_the_increment_and_silence_stays_a_phase_apart():
    program = bank_of(tones(3), Oscillator(), at_the_pitch(points=np.array([OCTAVE], np.int32)), at_the_pitch())
    pitch, knobs = np.array([0, 300_000, -500_000], np.int32), np.zeros((3, 2), np.int16)
    (first, one), (_, two), (third, same) = reference.oscillators(program, pitch, knobs, phase=0x12345678)
    np.testing.assert_array_equal(one, same)
    assert np.isin(two - 2 * one, [0, 1]).all()  # the doubled increment keeps the bit that the single one drops
    assert first[0] == 0x12345678
    assert third[0] == 0x56781234  # turned left by 16 bits
    np.testing.assert_array_equal((third - first) & 0xFFFFFFFF, (0x56781234 - 0x12345678) & 0xFFFFFFFF)


def test_a_gate_sets_the_phase_in_the_frame_in_which_it_rises():
    low, high = GATE_COUNTS - 1, GATE_COUNTS
    knobs = np.array([[high, 0], [low, 0], [high, 0], [high, 0], [-32768, 0], [32767, 0]], np.int16)
    gated = at_the_pitch(free=False, start=0x40000000, gate=1)
    assert gate_rises(gated, knobs).tolist() == [False, True, False, False, True]
    program = bank_of(tones(2), Oscillator(), gated)
    pitch = np.full(6, 1234, np.int32)
    bank = reference.oscillators(program, pitch, knobs, phase=99)
    phases = bank[1][0].reshape(-1, program.hop)
    assert (phases[:, 0] == 0x40000000).tolist() == [True, True, False, False, True]


@pytest.mark.parametrize("seed", range(24))
def test_random_banks_in_odd_blocks(seed):
    rng = np.random.default_rng(700 + seed)
    shape = random_shape(rng, largest=12, most_layers=4, most_sines=12)
    shape = dataclasses.replace(shape, oscillators=1 + seed % 4, harmonics=shape.harmonics or (1,))
    program = random_program(rng, shape, extreme=seed % 5 == 4)
    result = verify_program(program, samples=2500, seed=seed, voices=1 + seed % 3)
    assert result.passed, result.first
    assert len(program.bank) == 1 + seed % 4


@pytest.mark.parametrize("form", [*available_forms(), "exact"])
def test_every_form_has_the_references_bits(form):
    rng = np.random.default_rng(31)
    shape = Shape(channels=6, skip=5, dilations=(1, 4), harmonics=(1, 2, 5, 8), sines=(3, 9), knobs=3, hidden=(7,))
    program = random_program(rng, dataclasses.replace(shape, oscillators=4))
    result = verify_program(program, samples=3000, seed=1, voices=2, form=form)
    assert result.passed, result.first
    assert result.distinct >= LIVELY


@pytest.mark.parametrize("size", [1, 7, 64, 200])
def test_gates_and_moving_ratios_in_any_block(size):
    rng = np.random.default_rng(3)
    points = rng.integers(-3 * OCTAVE, 3 * OCTAVE, points_of(6)).astype(np.int32)
    bank = (at_the_pitch(free=False, start=7 << 28, gate=2), Oscillator(points, 1, 6, free=False, gate=2))
    program = bank_of(tones(2), *bank)
    check_program(program, "test")
    pitch = rng.integers(-2_000_000, 2_000_000, 12).astype(np.int32)
    knobs = np.stack([rng.integers(-500, 20_500, 12), rng.choice([9_999, 10_000], 12)], axis=1).astype(np.int16)
    assert gate_rises(bank[0], knobs).sum() >= 2
    wanted = reference.run(program, pitch, knobs, seed=5, phase=77)
    emulator, parts = Emulator(program), []
    emulator.reset(0, int(pitch[0]), knobs[0], seed=5, phase=77)
    out = np.zeros(size, np.int16)
    stream = emulator.stream(pitch, knobs, out)
    for start in range(0, len(wanted), size):
        count = min(size, len(wanted) - start)
        stream.step(count)
        parts.append(np.roll(out, -(start % size))[:count].copy())
    np.testing.assert_array_equal(np.concatenate(parts), wanted)


def test_one_oscillator_with_a_record_at_the_pitch_is_the_plain_one():
    plain = tones(1)
    banked = bank_of(plain, Oscillator())
    take = random_take(np.random.default_rng(2), plain, 6, "playing")
    played = [Emulator(each).run(take.pitch, take.knobs, seed=take.seed, phase=take.phase) for each in (plain, banked)]
    np.testing.assert_array_equal(*played)
    assert len(np.unique(played[0])) >= LIVELY
    assert plain.hash != banked.hash


def test_a_bank_survives_its_file(tmp_path):
    rng = np.random.default_rng(8)
    program = random_program(rng, Shape(dilations=(1, 2), oscillators=4))
    save_program(program, tmp_path / "bank.safetensors")
    loaded = load_program(tmp_path / "bank.safetensors")
    assert loaded.hash == program.hash
    for one, other in zip(loaded.bank, program.bank, strict=True):
        np.testing.assert_array_equal(one.words(), other.words())
    assert start_phases(loaded.bank, -1) == start_phases(program.bank, 0xFFFFFFFF)


def test_records_read_back():
    rng = np.random.default_rng(9)
    bank = [random_oscillator(rng, 5) for _ in range(40)]
    found = list(read_records(np.concatenate([each.words() for each in bank]), 40))
    for one, other in zip(found, bank, strict=True):
        np.testing.assert_array_equal(one.words(), other.words())
        assert (one.free, one.stepped, one.start) == (other.free, other.stepped, other.start)


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"knob": 3}, r"oscillator 1: knob 3, allowed: 0\.\.2"),
        ({"gate": -1, "free": False}, r"gate -1, allowed: 0\.\.2"),
        ({"segment_bits": 13}, r"segment_bits 13, allowed: 6\.\.12"),
        ({"knob": 1}, "1 points, needs 314"),
        ({"points": np.zeros(2, np.int32)}, "2 points, needs 1"),
        ({"points": np.array([-RATIO_LIMIT - 1], np.int32)}, f"a ratio of {RATIO_LIMIT + 1}, allowed"),
        ({"start": 5}, "free, but with a gate or a start phase"),
        ({"gate": 1}, "free, but with a gate or a start phase"),
    ],
)
def test_a_bank_that_cannot_be_is_refused(fields, message):
    program = bank_of(tones(2), Oscillator(), at_the_pitch(**fields))
    with pytest.raises(SystoleError, match=f"m: .*{message}"):
        check_program(program, "m")


def test_damaged_records_are_refused():
    good = bank_of(tones(2), Oscillator(), Oscillator())
    check_program(good, "m")
    for count, message in ((5, r"5 oscillators, allowed: 0\.\.4"), (3, "oscillator 2: its record is cut short")):
        table = good.descriptors.copy()
        table[0, FIELD_AT["split"]] = count
        with pytest.raises(SystoleError, match=message):
            check_program(dataclasses.replace(good, descriptors=table), "m")
    for name, value, message in (
        ("free", 2, "stepped and free are 0 and 2"),
        ("points", 9, "cut short"),
        ("points", -1, "cut short"),
    ):
        biases = good.biases.copy()
        biases[len(biases) - 1 - len(RECORD) + RECORD.index(name)] = value
        with pytest.raises(SystoleError, match=f"oscillator 1: .*{message}"):
            check_program(dataclasses.replace(good, biases=biases), "m")
    with pytest.raises(SystoleError, match=r"excitation code .*: source 0\.\.2, oscillator 0\.\.0"):
        check_program(tones(2), "m")

"""The whole generator in RTL against the reference and the cycle model: exact samples, exact cycles."""

from __future__ import annotations

import dataclasses
import functools
import itertools

import numpy as np
import pytest

from accel import reference
from accel.cycles import TARGETS
from accel.errors import SystoleError
from accel.formats import FIELD_AT, Op
from accel.hardware.geometry import EXC_CHANNELS, GEOMETRIES, RATIO_POINTS, Geometry, simulated
from accel.hardware.image import pack
from accel.hardware.machine import Machine
from accel.hardware.verify import verify_hardware
from accel.oscillators import Oscillator, points_of
from accel.random_program import Shape, random_program
from accel.reference import DEFAULT_SEED
from accel.verify import random_take
from engine.library import find_model, list_models, open_model
from tests.rtl.networks import CORNERS, check, draw, fits

MODELS = tuple(entry.name for entry in list_models() if entry.origin == "factory")
LARGE = {"wavetable"}
"""Models whose weights the small target cannot hold."""
A15 = {"va", "va_phase", "noise"}
"""Models of the default shape, for which the small target was sized; smaller ones wait longer for their excitation."""
QUICK = ((2, 2, 1), (3, 8, 2))
ALL = (*QUICK, (2, 16, 2), (5, 4, 1), (4, 8, 4), (7, 2, 1), (16, 4, 2), (16, 16, 8))


@functools.cache
def machine(rows: int, cols: int, lanes: int, checked: bool = False) -> Machine:
    return Machine(simulated(rows, cols, lanes), checked=checked)


@functools.cache
def target(name: str) -> Machine:
    return Machine(GEOMETRIES[name])


DRAWN = range(len(CORNERS) + 6)


def test_random_programs_have_few_many_and_all_channels() -> None:
    counts = {draw(index)[0].of(Op.EXCITE)[0].rows for index in DRAWN}
    assert {1, 26, EXC_CHANNELS} <= counts
    assert any(16 < count < EXC_CHANNELS for count in counts - {26})


def test_random_programs_have_banks_of_every_size() -> None:
    banks = [draw(index)[0] for index in DRAWN]
    assert {each.of(Op.EXCITE)[0].split for each in banks} == {0, 1, 2, 3, 4}
    bank = [oscillator for each in banks for oscillator in each.bank]
    assert any(each.gate for each in bank)
    assert {each.stepped for each in bank if each.knob} == {each.free for each in bank if each.knob} == {False, True}


@pytest.mark.parametrize("size", QUICK, ids=str)
@pytest.mark.parametrize("index", DRAWN)
def test_random_programs(size: tuple[int, int, int], index: int) -> None:
    check(machine(*size), index)


@pytest.mark.parametrize("name", [name for name in MODELS if name in LARGE])
def test_what_is_too_large_for_the_small_target_says_so(name: str) -> None:
    with pytest.raises(SystoleError, match=f"{name} does not fit the 4x8 accelerator: it needs wgt_depth"):
        pack(open_model(find_model(name)), GEOMETRIES["ecp5-25f"])


@pytest.mark.parametrize("name", [name for name in MODELS if name not in LARGE])
def test_shipped_models_on_the_small_target(name: str) -> None:
    result = verify_hardware(open_model(find_model(name)), target("ecp5-25f"), samples=2_000, seed=3)
    assert result.samples.different == 0, result.samples.first
    assert result.wrong_frames == 0
    assert result.samples.distinct > 500
    assert result.utilisation >= 0.9 or name not in A15
    assert result.cycles < result.frames * 64 * TARGETS["ecp5-25f"].clock * 1e6 / 48_000  # in time


def test_a_load_reads_back_word_for_word() -> None:
    core = machine(*QUICK[1])
    image = core.load(random_program(np.random.default_rng(5), Shape(sines=tuple(range(3, 22)), oscillators=2)))
    assert len(image.parts["exc"][0]) == EXC_CHANNELS
    assert len(image.parts["osc"][0]) > 6
    for name, (at, data) in image.parts.items():
        np.testing.assert_array_equal(core.read(name, at), data & (0xFFFF if name == "exc" else 0xFFFFFFFF), name)


def test_another_program_is_a_load_and_a_start() -> None:
    """Nothing of one program is heard in the next: the second run of the first equals its first run."""
    core = machine(*QUICK[1])
    rng = np.random.default_rng(6)
    first = random_program(rng)
    second = random_program(rng, Shape(channels=5, skip=3, dilations=(1, 9), oscillators=3))
    take = random_take(rng, first, 4, "playing")
    outputs = []
    for program in (first, second, first):
        core.load(program)
        outputs.append(core.run(take.pitch, take.knobs, seed=DEFAULT_SEED).samples)
    np.testing.assert_array_equal(outputs[0], outputs[2])
    assert not np.array_equal(outputs[0], outputs[1])


def test_a_program_that_does_not_fit_is_refused_with_both_sizes() -> None:
    program = random_program(np.random.default_rng(7), Shape(channels=32, skip=32))
    wanted = r"does not fit the 4x8 accelerator: it needs .*wgt_depth \d+ \(there are 6144\)"
    with pytest.raises(SystoleError, match=wanted):
        pack(program, Geometry())
    wanted = f"{EXC_CHANNELS + 1} excitation channels, the accelerator has {EXC_CHANNELS}"
    with pytest.raises(SystoleError, match=wanted):
        pack(random_program(np.random.default_rng(7), Shape(harmonics=tuple(range(1, 17)))), Geometry())


def test_ratios_beyond_the_tables_are_refused_with_both_sizes() -> None:
    program = random_program(np.random.default_rng(7), Shape(oscillators=4))
    excite, points = program.of(Op.EXCITE)[0], np.zeros(points_of(6), np.int32)
    words = [excite.bias, *[Oscillator(points, 1).words()] * 4]
    table = program.descriptors.copy()
    table[0, FIELD_AT["bias_at"]] = len(program.biases)
    large = dataclasses.replace(program, descriptors=table, biases=np.concatenate([program.biases, *words]))
    with pytest.raises(SystoleError, match=f"1256 points of ratios, the accelerator has room for {RATIO_POINTS}"):
        pack(large, Geometry())


@pytest.mark.parametrize("size", [(1, 8, 1), (17, 8, 2), (4, 6, 1), (4, 8, 3), (4, 8, 8), (2, 8, 4)], ids=str)
def test_an_array_that_cannot_be_built_is_refused(size: tuple[int, int, int]) -> None:
    """2 rows with 4 lanes: a one-row output pass would bring two samples in one cycle."""
    with pytest.raises(SystoleError, match="allowed"):
        simulated(*size)


@pytest.mark.slow
@pytest.mark.parametrize("size", ALL, ids=str)
def test_many_random_programs(size: tuple[int, int, int]) -> None:
    """8 arrays x 32 programs, no two arrays with the same random ones, the assertions bound in."""
    core = machine(*size, checked=True)
    start = 1000 * (1 + ALL.index(size))
    drawn = (index for index in itertools.count(start) if fits(core, index))
    lively = [check(core, index) > 20 for index in [*range(len(CORNERS)), *itertools.islice(drawn, 26)]]
    assert sum(lively) > 15
    assert len(lively) >= 32


@pytest.mark.slow
def test_time_wraps_without_a_trace() -> None:
    """The core counts samples in 16 bits: a take of more than 65536, with the longest ring."""
    shape = Shape(channels=2, skip=2, kernel=8, dilations=(1024, 3), harmonics=(1,), knobs=1, hidden=(), hop=256)
    program, core = random_program(np.random.default_rng(9), shape), machine(*QUICK[1])
    take = random_take(np.random.default_rng(10), program, 270, "playing")
    core.load(program)
    samples = core.run(take.pitch, take.knobs, seed=take.seed, phase=take.phase).samples
    wanted = reference.run(program, take.pitch, take.knobs, seed=take.seed, phase=take.phase)
    assert len(wanted) > 65536
    np.testing.assert_array_equal(samples, wanted)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "fpga"),
    [(name, fpga) for name in MODELS for fpga in GEOMETRIES if fpga != "ecp5-25f" or name not in LARGE],
)
def test_a_second_of_every_shipped_model(name: str, fpga: str) -> None:
    program = open_model(find_model(name))
    result = verify_hardware(
        program, target(fpga), samples=program.rate, seed=4, frames=1 + program.rate // program.hop
    )
    assert result.passed, result.samples.first
    assert result.samples.takes == 1


@pytest.mark.slow
def test_the_large_shape_keeps_the_large_target_busy() -> None:
    program = random_program(np.random.default_rng(8), Shape(channels=32, skip=32))
    result = verify_hardware(program, target("ecp5-85f"), samples=8_000, seed=5)
    assert result.passed, result.samples.first
    assert result.utilisation >= 0.9

"""Every form of the vector kernels gives the reference's bits."""

from __future__ import annotations

import numpy as np
import pytest

from accel.emulator import Emulator
from accel.emulator.fast_pack import FastProgram
from accel.emulator.forms import FORMS, VARIABLE, available_forms, choose_form
from accel.errors import SystoleError
from accel.formats import UNITY
from accel.proof import is_proven
from accel.random_program import LIVELY, Shape, random_program, random_shape
from accel.verify import verify_program

HERE = available_forms()


@pytest.mark.parametrize("form", HERE)
def test_a_form_gives_the_references_bits(form):
    rng = np.random.default_rng(17)
    shapes = [Shape(), Shape(channels=1, skip=5, kernel=5, dilations=(512, 3), harmonics=(), knobs=0, hidden=())]
    shapes.append(Shape(channels=7, skip=3, dilations=(1, 3), harmonics=(1,), sines=tuple(range(2, 25)), knobs=1))
    shapes += [random_shape(rng, largest=33, most_layers=6) for _ in range(6)]
    for seed, shape in enumerate(shapes):
        multiplier = (UNITY, 23170)[seed % 2]
        program = random_program(rng, shape, spread=(10.0, 30.0, 100.0)[seed % 3], multiplier=multiplier)
        assert is_proven(program)
        result = verify_program(program, samples=1200, seed=seed, form=form, voices=2, largest_block=100)
        assert result.passed, f"{form}, {shape}: {result.first}"
        assert result.distinct >= LIVELY, shape


@pytest.mark.slow
@pytest.mark.parametrize("form", HERE[1:])
def test_two_and_a_half_million_samples_of_a_form(form):
    """Random programs against the fastest form, which the other slow test holds to the reference."""
    rng = np.random.default_rng(99)
    compared = 0
    while compared < 2_500_000:
        program = random_program(rng, random_shape(rng), spread=float(rng.choice([10, 30, 100])))
        rows = 1 + 200_000 // program.hop
        pitch = rng.integers(-(2**23) + 1, 2**23, rows).astype(np.int32)
        knobs = rng.integers(-32768, 32768, (rows, len(program.knobs))).astype(np.int16)
        fastest = Emulator(program, form=HERE[0]).run(pitch, knobs, seed=5)
        assert (Emulator(program, form=form).run(pitch, knobs, seed=5) == fastest).all()
        compared += len(fastest)


def test_the_variable_overrides_and_says_what_is_allowed(monkeypatch):
    program = random_program(np.random.default_rng(1), Shape(channels=2, dilations=(1,), hidden=()))
    monkeypatch.setenv(VARIABLE, "portable")
    packed = Emulator(program).packed
    assert isinstance(packed, FastProgram)
    assert packed.form == "portable"
    monkeypatch.setenv(VARIABLE, "cray")
    with pytest.raises(SystoleError, match=r"SYSTOLE_EMULATOR is 'cray', allowed here: .*portable"):
        Emulator(program)


def test_an_unproven_program_is_never_run_fast(monkeypatch):
    monkeypatch.setenv(VARIABLE, HERE[0])
    assert choose_form(proven=False).name == "exact"
    assert choose_form(proven=True).name == HERE[0]


def test_the_last_forms_run_anywhere():
    assert HERE[-2:] == ("portable", "exact")
    assert all(form.lanes * 4 <= 64 for form in FORMS.values())

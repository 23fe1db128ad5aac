"""Layers that look ahead: all executors agree, and their integers are the padded convolutions of the float network."""

from __future__ import annotations

import dataclasses

import msgspec
import numpy as np
import pytest

from accel import reference
from accel.compiler import compile_network
from accel.cycles import TARGETS, budget
from accel.errors import SystoleError
from accel.formats import FIELD_AT, KNOB_COUNTS, UNITY, Op, knob_counts, lag_of, pitch_word
from accel.network import Network
from accel.program_check import check_program
from accel.random_network import random_network
from accel.random_program import LIVELY, Shape, random_program
from accel.verify import verify_program

SHAPE = Shape(channels=9, skip=7, kernel=3, hop=16, dilations=(1, 4, 20), harmonics=(1,), knobs=2, look_ahead=True)


@pytest.mark.parametrize("form", [None, "exact"])
@pytest.mark.parametrize(
    ("kernel", "hop", "dilations"),
    [(3, 16, (1, 2, 4, 8, 16, 32)), (3, 16, (1, 5, 40)), (5, 32, (1, 3, 20)), (1, 16, (1, 7))],
)
def test_executors_agree(kernel, hop, dilations, form):
    shape = dataclasses.replace(SHAPE, kernel=kernel, hop=hop, dilations=dilations)
    program = random_program(np.random.default_rng(kernel), shape, multiplier=23170)
    assert program.card.latency == sum(lag_of(kernel, dilation, hop) for dilation in dilations)
    result = verify_program(program, samples=3000, seed=hop, form=form)
    assert result.passed, result.first
    assert result.distinct >= LIVELY


def test_lags_are_the_fewest_whole_frames():
    assert [lag_of(3, dilation, 16) for dilation in (1, 16, 17, 512)] == [16, 16, 32, 512]
    assert [lag_of(5, 8, 16), lag_of(5, 9, 16), lag_of(1, 99, 16)] == [16, 32, 0]


def test_integers_are_the_padded_convolutions():
    network = random_network(np.random.default_rng(2), dataclasses.replace(SHAPE, knobs=1))
    network = Network(
        msgspec.structs.replace(network.architecture, look_ahead=True, residual_scale=0.5**0.5), network.weights
    )
    program = compile_network(network)
    late = program.card.latency
    assert late == 16 + 16 + 32
    rows = 40
    volts, knobs = np.linspace(-1, 1, rows), np.linspace(0, 1, rows)[:, None]
    words, counts = pitch_word(volts), knob_counts(knobs)
    out = reference.run(program, words, counts, seed=9) / UNITY
    wanted = network.run(words / 1_024_000, counts / KNOB_COUNTS, reference.noise_words(len(out), 9) / UNITY)
    out, wanted = out[late:], wanted[:-late]  # the float network sees zeros behind the end: leave that out
    assert 10 * np.log10(np.sum(wanted**2) / np.sum((wanted - out) ** 2)) > 26


def test_a_lag_that_cannot_be_is_refused():
    program = random_program(np.random.default_rng(3), SHAPE)
    for lag in (8, 24):
        table = program.descriptors.copy()
        row = np.flatnonzero(table[:, FIELD_AT["op"]] == Op.GATED)[2]
        table[row, FIELD_AT["split"]] = lag
        with pytest.raises(SystoleError, match=rf"layer 2: lag {lag}, allowed: 0, or .* multiples of 16 from 20"):
            check_program(dataclasses.replace(program, descriptors=table), "x")
    table = program.descriptors.copy()
    table[row, FIELD_AT["split"]] = 48
    with pytest.raises(SystoleError, match="latency 64, its layers' lags add up to 80"):
        check_program(dataclasses.replace(program, descriptors=table), "x")


def test_the_causal_accelerator_says_what_it_lacks():
    program = random_program(np.random.default_rng(3), SHAPE)
    with pytest.raises(SystoleError, match=r"looks 64 samples ahead, the accelerator is causal: .* 1792 bytes"):
        budget(program, TARGETS["ecp5-85f"])

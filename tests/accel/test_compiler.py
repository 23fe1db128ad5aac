"""Float network to program: what quantisation costs, formats, and what is refused."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from accel.calibrate import calibrate, random_controls
from accel.compiler import compile_network
from accel.emulator import Emulator
from accel.errors import SystoleError
from accel.formats import KNOB_COUNTS, UNITY, Op, Source, knob_counts, pitch_word
from accel.network import conv1d
from accel.proof import is_proven
from accel.random_network import random_network
from accel.random_program import Shape
from accel.reference import noise_words

SMALL = Shape(channels=8, skip=8, dilations=(1, 2, 4, 8), harmonics=(1, 2), knobs=2, hidden=(16,))


def quantisation_snr(network, program, seed=3) -> float:
    rng = np.random.default_rng(seed)
    volts, knobs = random_controls(rng, 30, len(program.knobs))
    words, counts = pitch_word(volts), knob_counts(knobs)
    out = Emulator(program).run(words, counts, seed=9) / UNITY
    wanted = network.run(words / (4000 * 256), counts / KNOB_COUNTS, noise_words(len(out), 9) / UNITY)
    return 10 * np.log10(np.sum(wanted**2) / np.sum((wanted - out) ** 2))


@pytest.mark.parametrize("seed", range(4))
def test_integers_follow_the_float_network(seed):
    network = random_network(np.random.default_rng(seed), SMALL)
    program = compile_network(network)
    assert is_proven(program)
    assert quantisation_snr(network, program) > 26


@pytest.mark.parametrize(("harmonics", "sines"), [((1,), tuple(range(2, 25))), ((), (1, 3)), ((2, 1), (5,)), ((), ())])
def test_sines_follow_the_pairs_and_noise_is_last(harmonics, sines):
    shape = dataclasses.replace(SMALL, harmonics=harmonics, sines=sines)
    network = random_network(np.random.default_rng(9), shape)
    program = compile_network(network)
    codes = [(code & 255, code >> 8) for code in program.of(Op.EXCITE)[0].bias.tolist()]
    pairs = [(source, k) for k in harmonics for source in (Source.SINE, Source.COSINE)]
    assert codes == [*pairs, *((Source.SINE, k) for k in sines), (Source.NOISE, 1)]
    assert quantisation_snr(network, program) > 26


def test_the_papers_scales_are_folded_or_kept():
    network = random_network(np.random.default_rng(5), SMALL, residual_scale=float(np.sqrt(0.5)))
    program = compile_network(network)
    assert program.of(Op.MIX)[0].multiplier == 23170
    assert quantisation_snr(network, program) > 26


def test_compiling_twice_gives_the_same_program():
    network = random_network(np.random.default_rng(6), SMALL)
    assert compile_network(network).hash == compile_network(network).hash


def test_streams_have_headroom():
    network = random_network(np.random.default_rng(7), SMALL)
    ranges, program = calibrate(network), compile_network(network)
    for name in ("residual", "head", "hidden"):
        largest = getattr(ranges, name) * 2.0 ** program.card.formats[name]
        assert 32767 / 4 / 1.25 < largest <= 32767 / 1.2, name


def test_weights_that_no_format_holds_are_refused():
    network = random_network(np.random.default_rng(8), SMALL)
    network.weights["conv_layers.1.conv.weight"][3] *= 1e4
    with pytest.raises(SystoleError, match=r"conv_layers\.1\.conv: weights up to .* too large"):
        compile_network(network)


def test_convolution_is_the_textbook_sum():
    rng = np.random.default_rng(0)
    x, weight, bias = rng.normal(size=(20, 3)), rng.normal(size=(2, 3, 3)), rng.normal(size=2)
    out = conv1d(x, weight, bias, dilation=4)
    for t in (0, 3, 9, 19):
        for o in range(2):
            total = bias[o]
            for tap in range(3):
                past = t - (2 - tap) * 4
                total += weight[o, :, tap] @ x[past] if past >= 0 else 0
            assert out[t, o] == pytest.approx(total)

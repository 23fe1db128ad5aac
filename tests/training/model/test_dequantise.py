import dataclasses

import msgspec
import numpy as np
import pytest

from accel.calibrate import random_controls
from accel.compiler import compile_network
from accel.emulator import Emulator
from accel.errors import SystoleError
from accel.formats import (
    COUNTS_PER_VOLT,
    FIELD_AT,
    KNOB_COUNTS,
    PITCH_FRACTION,
    UNITY,
    Op,
    Source,
    channel_code,
    knob_counts,
    pitch_word,
)
from accel.network import Network
from accel.program import Program
from accel.random_network import random_network
from accel.random_program import Shape, random_program
from accel.reference import DEFAULT_SEED, noise_words
from training.measure.metrics import signal_to_noise
from training.model.dequantise import dequantise

SHAPE = Shape(channels=8, skip=6, kernel=3, dilations=(1, 2, 4), knobs=2, hidden=(12, 12), harmonics=(1, 2, 4))


@pytest.fixture(scope="module")
def network() -> Network:
    return random_network(np.random.default_rng(7), SHAPE, residual_scale=0.75)


@pytest.fixture(scope="module")
def program(network: Network) -> Program:
    return compile_network(network)


def test_weights_return_to_within_half_a_step_of_their_row(network: Network, program: Program) -> None:
    found = dequantise(program)
    assert found.weights.keys() == network.weights.keys()
    for name, weight in network.weights.items():
        back = found.weights[name].reshape(weight.shape)
        rows, errors = weight.reshape(len(weight), -1), np.abs(back - weight).reshape(len(weight), -1)
        if name.endswith("bias"):
            assert errors.max() < (0.02 if name == "control.0.bias" else 1e-3), name  # that one holds the knobs' middle
        else:
            largest = np.abs(rows).max(1)
            assert (errors.max(1) <= largest / 63 + 1e-12).all(), name
            assert errors.max() > 0  # int8 is not float


def test_the_network_sounds_as_the_program_does(network: Network, program: Program) -> None:
    rng, emulator, found = np.random.default_rng(1), Emulator(program), dequantise(program)
    volts, knobs = random_controls(rng, 30, 2)
    words, counts = pitch_word(volts), knob_counts(knobs)
    audio = emulator.run(words, counts) / UNITY
    noise = noise_words(len(audio), DEFAULT_SEED) / UNITY
    volts, knobs = words / (COUNTS_PER_VOLT << PITCH_FRACTION), counts / KNOB_COUNTS
    dequantised = signal_to_noise(audio, found.run(volts, knobs, noise))
    assert dequantised > 45
    assert dequantised > signal_to_noise(audio, network.run(volts, knobs, noise)) + 6


def test_the_architecture_is_the_program_s(network: Network, program: Program) -> None:
    shape, found = network.architecture, dequantise(program).architecture
    for name in ("channels", "skip_channels", "kernel", "dilations", "harmonics", "sines", "noise", "knobs", "hop"):
        assert getattr(found, name) == getattr(shape, name), name
    assert found.rate == shape.rate
    assert found.residual_scale == 0.75
    assert found.skip_scale == 1.0  # folded into the weights


@pytest.mark.parametrize(("harmonics", "sines"), [((1,), (2, 3)), ((), (1, 2)), ((3, 1), (2,)), ((), ())])
def test_sines_after_the_pairs_come_back(harmonics: tuple[int, ...], sines: tuple[int, ...]) -> None:
    shape = Shape(channels=4, skip=4, dilations=(1,), knobs=0, hidden=(), harmonics=harmonics, sines=sines)
    found = dequantise(compile_network(random_network(np.random.default_rng(2), shape))).architecture
    assert (found.harmonics, found.sines, found.noise) == (harmonics, sines, True)


def test_programs_that_do_not_say_enough_are_refused(program: Program) -> None:
    card = msgspec.structs.replace(program.card, formats={"residual": 11})
    with pytest.raises(SystoleError, match="formats of skip, head"):
        dequantise(dataclasses.replace(program, card=card))
    at = int(
        program.descriptors[[int(row[FIELD_AT["op"]]) for row in program.descriptors].index(Op.EXCITE)][
            FIELD_AT["bias_at"]
        ]
    )
    for place, code in ((0, channel_code(Source.NOISE)), (2, channel_code(Source.COSINE, 2)), (1, channel_code(1, 5))):
        biases = program.biases.copy()  # noise first; two cosines; a sine amid the pairs
        biases[at + place] = code
        with pytest.raises(SystoleError, match="excitation channels"):
            dequantise(dataclasses.replace(program, biases=biases))


def test_a_network_that_looks_ahead_is_refused() -> None:
    shape = Shape(channels=4, skip=4, kernel=3, dilations=(1, 2), hop=16, knobs=1, look_ahead=True)
    with pytest.raises(SystoleError, match="looks 32 samples ahead, needed: a causal model"):
        dequantise(random_program(np.random.default_rng(1), shape))

"""The quantised twin is the integer program: bit for bit in float64, to a count or so in float32, and it can learn."""

import copy
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from accel import reference
from accel.calibrate import random_controls
from accel.compiler import compile_network
from accel.formats import COUNTS_PER_VOLT, KNOB_COUNTS, PITCH_FRACTION, UNITY, knob_counts, pitch_word
from training.model.generator import Architecture, Generator
from training.model.quantised import QuantisedGenerator, as_network, calibrated_formats
from training.model.weights import load_weights

SHIPPED = Path(__file__).parents[3] / "training" / "weights"
SEED, PHASE = 0x5EEDCAFE, 123456789
ODD = Architecture(channels=6, skip_channels=4, kernel=3, dilations=(1, 4, 2), knobs=2)
SINES = replace(ODD, harmonics=(1,), sines=tuple(range(2, 25)))


def drawn(seed: int, arch: Architecture = ODD) -> Generator:
    torch.manual_seed(seed)
    return Generator(arch)


def shipped(name: str) -> Generator:
    return load_weights(SHIPPED / f"{name}.safetensors")[0]


def control_rows(words: np.ndarray, counts: np.ndarray) -> torch.Tensor:
    """What the twin is given where the program is given pitch words and CV counts."""
    volts = torch.from_numpy(words / (COUNTS_PER_VOLT << PITCH_FRACTION))
    return torch.cat([volts[:, None] / 3, 2 * torch.from_numpy(counts / KNOB_COUNTS) - 1], 1)[None]


def both(generator: Generator, kind: torch.dtype, rows: int = 8) -> tuple[np.ndarray, np.ndarray]:
    """Counts of the program and of the twin for one random take."""
    program = compile_network(as_network(generator))
    volts, knobs = random_controls(np.random.default_rng(3), rows, generator.arch.knobs)
    words, counts = pitch_word(volts), knob_counts(knobs)
    excitation = torch.from_numpy(reference.excitation(program, words, counts, SEED, PHASE) / UNITY)[None]
    twin = QuantisedGenerator(copy.deepcopy(generator).to(kind), calibrated_formats(generator))
    with torch.no_grad():
        output = twin(excitation.to(kind), control_rows(words, counts).to(kind))[0]
    return reference.run(program, words, counts, seed=SEED, phase=PHASE), output.double().numpy() * UNITY


@pytest.mark.parametrize(
    "generator",
    [
        drawn(0),
        drawn(1),
        drawn(2),
        drawn(3, replace(SINES, control_width=24, control_depth=3)),
        drawn(4, replace(SINES, control_width=24, control_depth=1)),
        drawn(5, replace(SINES, harmonics=(), channels=24, bank=True)),
        shipped("va"),
        shipped("waveshaping"),
    ],
)
def test_in_float64_it_is_the_program_bit_for_bit(generator: Generator) -> None:
    wanted, got = both(generator, torch.float64)
    assert len(np.unique(wanted)) > 20
    np.testing.assert_array_equal(got, wanted)


def test_in_float32_it_is_some_counts_off_at_most() -> None:
    wanted, got = both(shipped("va"), torch.float32)
    assert np.abs(got - wanted).max() <= 64
    assert np.sqrt(np.mean((got - wanted) ** 2)) < 0.002 * wanted.std()


@pytest.mark.parametrize("generator", [drawn(3), drawn(3, replace(SINES, control_depth=3)), shipped("va")])
def test_snapped_weights_compile_to_the_same_program(generator: Generator) -> None:
    twin = QuantisedGenerator(copy.deepcopy(generator).double(), calibrated_formats(generator))
    snapped = copy.deepcopy(generator)
    snapped.load_state_dict(twin.snapped())
    before, after = compile_network(as_network(generator)), compile_network(as_network(snapped))
    assert before.card.formats == after.card.formats
    np.testing.assert_array_equal(after.weights, before.weights)
    moved = after.shifts.astype(int) - before.shifts  # a conditioning format may follow its rounded range
    assert np.abs(moved).max() <= 1
    assert np.count_nonzero(moved) <= len(moved) // 100
    assert np.abs(after.biases.astype(np.int64) - before.biases).max() <= 1
    again = QuantisedGenerator(copy.deepcopy(snapped).double(), calibrated_formats(snapped)).snapped()
    for name, tensor in snapped.state_dict().items():
        torch.testing.assert_close(again[name].float(), tensor, rtol=1e-6, atol=1e-7)


@pytest.mark.parametrize("bits", [4, 6])
def test_fewer_bits_are_a_coarser_grid_that_the_compiler_keeps(bits: int) -> None:
    generator = drawn(7)
    formats = calibrated_formats(generator)
    coarse = copy.deepcopy(generator)
    coarse.load_state_dict(QuantisedGenerator(copy.deepcopy(generator).double(), formats, bits).snapped())
    for block in range(generator.arch.layers):
        before, after = (g.get_parameter(f"conv_layers.{block}.conv.weight").flatten(1) for g in (generator, coarse))
        step = torch.exp2(torch.ceil(torch.log2(before.abs().amax(1, keepdim=True) / (2 ** (bits - 1) - 0.51))))
        steps = after / step
        assert torch.equal(steps, steps.round())
        assert 2 ** (bits - 2) - 1 <= steps.abs().max() < 2 ** (bits - 1)
    kept = copy.deepcopy(coarse)
    kept.load_state_dict(QuantisedGenerator(copy.deepcopy(coarse).double(), formats).snapped())
    for name, weight in coarse.state_dict().items():
        if name.endswith("conv.weight"):
            torch.testing.assert_close(kept.state_dict()[name], weight, rtol=0, atol=1e-7)


def test_gradients_reach_every_weight_and_steps_lower_the_loss() -> None:
    teacher, student = drawn(4), drawn(5)
    torch.manual_seed(6)
    excitation, control = torch.rand(2, 512, 13) * 2 - 1, torch.rand(2, 9, 3) * 2 - 1
    with torch.no_grad():
        wanted = 4 * teacher(excitation, control)
    twin = QuantisedGenerator(student, calibrated_formats(student))
    adam = torch.optim.Adam(student.parameters(), 1e-2)
    losses, reached = [], set()
    for _ in range(60):
        loss = (4 * twin(excitation, control) - wanted).square().mean()
        adam.zero_grad()
        loss.backward()
        for name, parameter in student.named_parameters():
            assert parameter.grad is not None, name
            assert parameter.grad.isfinite().all(), name
            reached |= {name} if parameter.grad.any() else set()
        adam.step()
        losses.append(float(loss.detach()))
    assert reached == {name for name, _ in student.named_parameters()}
    assert losses[-1] < 0.5 * losses[0]

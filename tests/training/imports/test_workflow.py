"""From a checkpoint to a program: the integers follow the package's own sound, and every executor agrees."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from accel.emulator import Emulator
from accel.formats import UNITY, Op, knob_counts
from accel.reference import noise_words
from accel.verify import verify_program
from tests.training.imports.package import CAUSAL, SMALL, V1, make_generator, write_checkpoint
from training.imports.ranges import drawn_frames
from training.imports.vocoder import NOISE_GAIN
from training.imports.workflow import import_checkpoint, load_vocoder, model_name


def package_snr(path: Path, params: dict, count: int) -> float:
    """Emulator against the package's generator on the same frames and noise, dB, both ends of the take left out."""
    program = import_checkpoint(path).program
    frames = drawn_frames(np.random.default_rng(5), load_vocoder(path), count)
    late, samples = program.card.latency, count * program.features.frame
    counts = knob_counts(program.features.positions(frames, program.hop, late))
    noise = noise_words((len(counts) - 1) * program.hop, 9)[:samples] / UNITY * NOISE_GAIN
    with torch.no_grad():
        wanted = make_generator(params).inference(c=frames, x=noise[:, None]).numpy()[:, 0]
    found = Emulator(program).run(np.zeros(len(counts), np.int32), counts, seed=9)[late:][:samples] / UNITY
    wanted, found = np.clip(wanted, -1, 1)[: samples - late or None], found[: samples - late or None]
    return float(10 * np.log10(np.sum(wanted**2) / np.sum((wanted - found) ** 2)))


@pytest.mark.parametrize("params", [SMALL, CAUSAL], ids=["look-ahead", "causal"])
def test_the_integers_sound_like_the_package(params: dict, tmp_path: Path) -> None:
    assert package_snr(write_checkpoint(tmp_path, params), params, 20) > 15


def test_a_small_program_in_all_its_parts(tmp_path: Path) -> None:
    imported = import_checkpoint(write_checkpoint(tmp_path, SMALL), name="voice")
    program, fidelity = imported.program, imported.fidelity
    assert [each.multiplier for each in program.of(Op.MIX)] == [23170] * 6
    assert [each.lag for each in program.of(Op.GATED)] == [16] * 6
    assert program.card.latency == 96
    assert program.rate == 24000
    assert not imported.normalises
    assert not program.card.pitched
    assert len(fidelity.gate) == len(fidelity.skip) == len(fidelity.residual) + 1 == 6
    assert min(*fidelity.gate, *fidelity.residual, *fidelity.skip) > 18
    assert fidelity.ramp > 30
    assert program.card.metrics["import_snr_db"]["output"] == round(fidelity.output, 2)
    result = verify_program(program, samples=1500)
    assert result.passed, result.first
    assert result.distinct > 40


def test_importing_twice_gives_the_same_model(tmp_path: Path) -> None:
    path = write_checkpoint(tmp_path, CAUSAL)
    assert import_checkpoint(path).program.hash == import_checkpoint(path).program.hash


def test_given_features_choose_the_formats(tmp_path: Path) -> None:
    path = write_checkpoint(tmp_path, CAUSAL)
    frames = np.random.default_rng(4).normal(0, 2, (30, 10))
    given = import_checkpoint(path, frames=frames).program
    assert given.card.metrics["calibrated_on"] == "given features"
    assert given.hash != import_checkpoint(path).program.hash
    position = given.features.positions(frames, 16, 0)  # twice what was seen fits
    np.testing.assert_allclose([position.min(axis=0), position.max(axis=0)], [[0.25] * 10, [0.75] * 10], atol=0.25)
    assert np.abs(position - 0.5).max() == pytest.approx(0.25, abs=0.02)


def test_names_of_models() -> None:
    names = {
        "checkpoint-400000steps.pkl": "checkpoint-400000steps",
        "My Voice (2).pkl": "my-voice-2",
        "é.pkl": "imported",
    }
    assert {path: model_name(Path(path)) for path in names} == names


@pytest.mark.slow
def test_v1_runs_in_the_emulator(tmp_path: Path) -> None:
    """30 layers, 3 stacks, 64/128/64 channels, 80 bands: a minute, most of it float networks."""
    path = write_checkpoint(tmp_path, V1)
    program = import_checkpoint(path).program
    assert program.card.latency == 3 * (4 * 16 + 1008)
    assert 1e6 < program.macs_per_sample < 1.3e6
    assert package_snr(path, V1, 16) > 15
    result = verify_program(program, samples=100, voices=1)
    assert result.passed, result.first
    assert result.distinct > 40

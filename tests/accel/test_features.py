"""Mel frames to rows of knobs: the arithmetic by hand, what a model file keeps, what is refused."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from safetensors.numpy import load_file, save_file

from accel.errors import SystoleError
from accel.features import Features
from accel.program_file import METADATA_KEY, load_program, save_program
from accel.random_program import Shape, random_program

RNG = np.random.default_rng(0)


def features(*, causal: bool = False, bands: int = 2) -> Features:
    rng = np.random.default_rng(1)
    parts = [part.astype(np.float32) for part in (rng.normal(size=bands), rng.uniform(1, 2, bands))]
    first = rng.normal(size=(bands, bands, 3)).astype(np.float32)
    filters = (np.ones(5, np.float32) / 5, np.array([0.1, 0.2, 0.3, 0.2, 0.1, 0.05, 0.05], np.float32))
    return Features(parts[0], parts[1], first, filters, np.full(bands, 9, np.float32), causal)


@pytest.fixture
def program():
    shape = Shape(channels=4, skip=3, dilations=(1, 2), harmonics=(1,), knobs=2, hidden=(), hop=16)
    return dataclasses.replace(random_program(np.random.default_rng(3), shape), features=features())


@pytest.mark.parametrize("causal", [False, True])
def test_upsampling_is_the_textbook_sum(causal):
    each = features(causal=causal)
    frames = RNG.normal(size=(4, 2))
    found = each.upsampled(frames)
    assert found.shape == (4 * each.frame, 2)
    assert each.frame == 6
    normal = (frames - each.mean) / each.scale
    rows = [max(0, min(3, index)) for index in range(-2, 6)]
    start = 0 if causal else 1
    encoded = [sum(each.first[:, :, k] @ normal[rows[n + start + k]] for k in range(3)) for n in range(4)]
    signal = np.array(encoded)[:, 1]
    for taps in each.filters:
        factor = len(taps) // 2
        wide = np.repeat(signal, factor)
        shift = 2 * factor if causal else factor
        at = lambda n: wide[n] if 0 <= n < len(wide) else 0.0  # noqa: E731, B023
        signal = np.array([sum(w * at(n - shift + k) for k, w in enumerate(taps)) for n in range(len(wide))])
    np.testing.assert_allclose(found[:, 1], signal, atol=1e-12)


def test_a_causal_front_end_hears_no_future():
    frames = RNG.normal(size=(6, 2))
    later = frames.copy()
    later[4:] += 1
    each = features(causal=True)
    np.testing.assert_array_equal(each.upsampled(frames)[: 4 * 6], each.upsampled(later)[: 4 * 6])
    each = features()
    assert (each.upsampled(frames)[: 4 * 6] != each.upsampled(later)[: 4 * 6]).any()


def test_positions_are_rows_of_the_upsampled_bands():
    each = features()
    frames = RNG.normal(size=(10, 2))
    found = each.positions(frames, 16, 32)
    assert len(found) == 1 + (60 + 32 + 15) // 16
    rows = 0.5 + each.upsampled(frames)[::16] / 18
    np.testing.assert_allclose(found[: len(rows)], rows)
    np.testing.assert_array_equal(found[len(rows) :], np.repeat(rows[-1:], len(found) - len(rows), axis=0))
    assert (each.positions(frames * 1e6, 16, 0).max(), each.positions(frames * 1e6, 16, 0).min()) == (1, 0)


def test_a_file_keeps_them_and_the_hash_covers_them(program, tmp_path):
    save_program(program, tmp_path / "a.safetensors")
    found = load_program(tmp_path / "a.safetensors")
    assert found.hash == program.hash
    frames = RNG.normal(size=(3, 2))
    np.testing.assert_array_equal(found.features.upsampled(frames), program.features.upsampled(frames))
    other = dataclasses.replace(program.features, causal=True)
    plain = dataclasses.replace(program, features=None)
    assert len({program.hash, plain.hash, dataclasses.replace(program, features=other).hash}) == 3


@pytest.mark.parametrize(
    ("name", "value", "fault"),
    [
        ("features.span", None, "feature tensors are"),
        ("features.filter0", None, "feature tensors are"),
        ("features.span", np.zeros(2, np.float32), "do not fit together or are not finite"),
        ("features.mean", np.full(2, np.nan, np.float32), "do not fit together or are not finite"),
        ("features.mean", np.zeros(2), "do not fit together or are not finite"),
        ("features.first", np.zeros((2, 2), np.float32), "do not fit together or are not finite"),
        ("features.filter1", np.zeros((3, 1), np.float32), "do not fit together or are not finite"),
        ("features.mean", np.zeros(2, np.float32), "content hash is"),
    ],
)
def test_damaged_features_are_refused(program, tmp_path, name, value, fault):
    path = tmp_path / "a.safetensors"
    save_program(program, path)
    from accel.program_file import read_tensors

    tensors, text = load_file(path), read_tensors(path)[1]
    tensors.pop(name)
    if value is not None:
        tensors[name] = value
    save_file(tensors, path, {METADATA_KEY: text})
    with pytest.raises(SystoleError, match=rf"a\.safetensors: .*{fault}"):
        load_program(path)


def test_as_many_bands_as_knobs(program, tmp_path):
    wide = dataclasses.replace(program, features=features(bands=3))
    with pytest.raises(SystoleError, match="features of 3 bands, there are 2 knobs"):
        save_program(wide, tmp_path / "a.safetensors")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("frames", "fault"),
    [
        (np.zeros((4, 3)), r"features are float64 \[4, 3\], needed: float \[frames, 2\]"),
        (np.zeros(4), r"float64 \[4\]"),
        (np.zeros((4, 2), bool), "features are bool"),
        (np.zeros((0, 2)), "0 frames"),
        (np.array([[0, 0], [0, np.nan]]), "frame 1 holds a value that is not finite"),
    ],
)
def test_other_features_are_refused(frames, fault):
    with pytest.raises(SystoleError, match=rf"x\.npy: .*{fault}"):
        features().check(frames, "x.npy")

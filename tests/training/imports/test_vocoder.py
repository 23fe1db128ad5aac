"""The float twin is the package's own generator."""

from __future__ import annotations

from pathlib import Path

import h5py
import numpy as np
import pytest
import torch

from tests.training.imports.package import CAUSAL, SMALL, V1, make_generator, write_checkpoint
from training.imports.workflow import load_vocoder

VARIANTS = {
    "v1": V1,
    "v1 at 22.05 kHz": {**V1, "upsample_params": {"upsample_scales": [4, 4, 4, 4]}},
    "small": SMALL,
    "causal": CAUSAL,
    "causal, even kernel": {**CAUSAL, "kernel_size": 2},
    "causal, no context": {**CAUSAL, "aux_context_window": 0},
    "wide kernel": {**SMALL, "kernel_size": 5},
    "no first convolution": {**SMALL, "upsample_net": "UpsampleNetwork", "aux_context_window": 0},
    "no biases": {**SMALL, "bias": False},
    "no weight norm": {**SMALL, "use_weight_norm": False},
}


@pytest.mark.parametrize("name", VARIANTS)
def test_the_twin_is_the_package(name: str, tmp_path: Path) -> None:
    params = VARIANTS[name]
    vocoder = load_vocoder(write_checkpoint(tmp_path, params))
    generator = make_generator(params)
    rng = np.random.default_rng(1)
    frames = rng.normal(size=(4, params["aux_channels"]))
    noise = rng.normal(size=len(frames) * vocoder.features.frame)
    with torch.no_grad():
        wanted = generator.inference(c=frames, x=noise[:, None]).numpy()[:, 0]
    found = vocoder.run(frames, noise)
    assert wanted.std() > 1e-2
    assert np.abs(found - wanted).max() < 1e-5


@pytest.mark.parametrize("kind", ["h5", "npy", "buffers"])
def test_statistics_normalise_as_the_package_does(kind: str, tmp_path: Path) -> None:
    path = write_checkpoint(tmp_path, SMALL)
    rng = np.random.default_rng(2)
    mean, scale = rng.normal(-3, 1, 10).astype(np.float32), rng.uniform(0.3, 2, 10).astype(np.float32)
    stats = tmp_path / "stats.h5"
    with h5py.File(stats, "w") as file:
        file["mean"], file["scale"] = mean, scale
    generator = make_generator(SMALL)
    generator.register_stats(str(stats))
    if kind == "npy":
        stats.unlink()
        np.save(tmp_path / "stats.npy", np.stack([mean, scale]))
    elif kind == "buffers":
        stats.unlink()
        torch.save({"model": {"generator": generator.state_dict()}}, path)
    vocoder = load_vocoder(path)
    frames = mean + scale * rng.normal(size=(5, 10))
    noise = rng.normal(size=5 * 64)
    with torch.no_grad():
        wanted = generator.inference(c=frames, x=noise[:, None], normalize_before=True).numpy()[:, 0]
    assert np.abs(vocoder.run(frames, noise) - wanted).max() < 1e-5


def test_newer_weight_norm_is_folded_too(tmp_path: Path) -> None:
    path = write_checkpoint(tmp_path, SMALL)
    wanted = load_vocoder(path)
    state = torch.load(path, weights_only=True)["model"]["generator"]
    names = {"weight_g": "parametrizations.weight.original0", "weight_v": "parametrizations.weight.original1"}
    for old, new in names.items():
        state = {name.replace(old, new): value for name, value in state.items()}
    torch.save({"model": {"generator": state}}, path)
    found = load_vocoder(path)
    for name, array in wanted.network.weights.items():
        np.testing.assert_array_equal(found.network.weights[name], array)
    np.testing.assert_array_equal(found.condition, wanted.condition)

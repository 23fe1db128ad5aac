"""A checkpoint's generator as plain arrays: torch's restricted loader, weight norm folded, every shape checked."""

from __future__ import annotations

import pickle
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from accel.errors import SystoleError
from training.imports.config import GeneratorConfig

__all__ = ["expected_weights", "load_generator"]

Floats = NDArray[np.float64]
_NORMS = (("weight_g", "weight_v"), ("parametrizations.weight.original0", "parametrizations.weight.original1"))
"""Names of magnitude and direction, by torch's older and newer weight norm."""
_STATS = ("mean", "scale")
_ERRORS = (
    RuntimeError, OSError, ValueError, KeyError, EOFError, AttributeError, TypeError, IndexError, MemoryError,
    UnicodeDecodeError, pickle.UnpicklingError, zipfile.BadZipFile,
)  # fmt: skip


def expected_weights(shape: GeneratorConfig) -> dict[str, tuple[int, ...]]:
    """Name and shape of every tensor of the generator, weight norm folded."""
    c, s, aux, k = shape.residual_channels, shape.skip_channels, shape.aux_channels, shape.kernel_size
    found: dict[str, tuple[int, ...]] = {"first_conv.weight": (c, 1, 1), "first_conv.bias": (c,)}
    stages = "upsample_net"
    if shape.upsample_net == "ConvInUpsampleNetwork":
        window = shape.aux_context_window * (1 if shape.use_causal_conv else 2) + 1
        found["upsample_net.conv_in.weight"] = (aux, aux, window)
        stages = "upsample_net.upsample"
    for index, factor in enumerate(shape.upsample_params.upsample_scales):
        found[f"{stages}.up_layers.{2 * index + 1}.weight"] = (1, 1, 1, 2 * factor + 1)
    for index in range(shape.layers):
        name = f"conv_layers.{index}"
        sizes = {"conv": (2 * c, c, k), "conv1x1_out": (c, c, 1), "conv1x1_skip": (s, c, 1)}
        for part, size in sizes.items():
            found[f"{name}.{part}.weight"] = size
            if shape.bias:
                found[f"{name}.{part}.bias"] = size[:1]
        found[f"{name}.conv1x1_aux.weight"] = (2 * c, aux, 1)
    for index, rows in ((1, s), (3, 1)):
        found[f"last_conv_layers.{index}.weight"] = (rows, s, 1)
        found[f"last_conv_layers.{index}.bias"] = (rows,)
    return found


def load_generator(path: Path, shape: GeneratorConfig) -> dict[str, Floats]:
    """The generator's weights, and `mean` and `scale` [aux] where the checkpoint carries them.

    Raises:
        SystoleError: unreadable, code inside, another architecture, a wrong shape, a value that is not finite.
    """
    state = _state(path)
    folded = _folded(state, path)
    stats = {name: folded.pop(name) for name in _STATS if name in folded}
    wanted = expected_weights(shape)
    for name, size in wanted.items():
        if name not in folded:
            raise SystoleError(f"{path}: no {name} in the generator: not the network that its config.yml describes")
        if folded[name].shape != size:
            raise SystoleError(f"{path}: {name} has shape {folded[name].shape}, its config.yml needs {size}")
    foreign = sorted(set(folded) - set(wanted))
    if foreign:
        raise SystoleError(f"{path}: {foreign[0]} is no part of the network that its config.yml describes")
    for name, array in (folded | stats).items():
        if not np.isfinite(array).all():
            raise SystoleError(f"{path}: {name} holds a value that is not finite")
    return folded | stats


def _state(path: Path) -> dict[str, torch.Tensor]:
    """`["model"]["generator"]`, as kan-bayashi's trainer saves it."""
    try:
        loaded: Any = torch.load(path, map_location="cpu", weights_only=True)
    except FileNotFoundError:
        raise SystoleError(f"{path}: cannot be read: no such file") from None
    except _ERRORS as error:
        reason = str(error)
        if "Unsupported" in reason or "weights_only" in reason.lower() or "GLOBAL" in reason:
            raise SystoleError(f"{path}: holds more than tensors (code could run on loading): refused") from None
        raise SystoleError(
            f"{path}: not a checkpoint that torch can read: {(reason.splitlines() or ['?'])[0]}"
        ) from None
    model = loaded.get("model") if isinstance(loaded, dict) else None
    state = model.get("generator") if isinstance(model, dict) else None
    if not isinstance(state, dict) or not all(isinstance(value, torch.Tensor) for value in state.values()):
        raise SystoleError(
            f'{path}: no tensors under ["model"]["generator"], where ParallelWaveGAN\'s trainer puts them'
        )
    return {str(name): value for name, value in state.items()}


def _folded(state: dict[str, torch.Tensor], path: Path) -> dict[str, Floats]:
    """All tensors as float64, pairs of magnitude and direction multiplied (Salimans and Kingma 2016)."""
    arrays = {name: value.detach().to(torch.float64).numpy() for name, value in state.items()}
    for magnitude, direction in _NORMS:
        for name in [name for name in arrays if name.endswith(f".{direction}")]:
            stem = name.removesuffix(direction)
            if stem + magnitude not in arrays:
                raise SystoleError(f"{path}: {name} without {stem}{magnitude}")
            v, g = arrays.pop(name), arrays.pop(stem + magnitude)
            norm = np.sqrt(np.square(v).sum(axis=tuple(range(1, v.ndim)), keepdims=True))
            arrays[f"{stem}weight"] = g * v / np.where(norm == 0, np.nan, norm)
    return arrays

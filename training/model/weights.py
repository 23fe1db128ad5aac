"""The exported float weights: what the compiler quantises. One flat safetensors file, its metadata as one JSON text."""

import json
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import Tensor

from accel.atomic import atomic_path
from accel.errors import SystoleError
from accel.network import SCHEMA
from accel.oscillator_spec import oscillators_from
from training.model.generator import Architecture, Generator


def save_weights(path: Path, weights: dict[str, Tensor], meta: dict[str, Any]) -> None:
    """Write weights and metadata; the file appears whole or not at all."""
    tensors = {name: tensor.detach().float().contiguous() for name, tensor in weights.items()}
    with atomic_path(path) as temporary:
        save_file(tensors, temporary, {"systole": json.dumps(meta, sort_keys=True)})


def load_weights(path: Path) -> tuple[Generator, dict[str, Any]]:
    """The generator and the metadata of an exported file.

    Raises:
        SystoleError: unreadable, of another schema, or weights that do not fit the architecture it names.
    """
    try:
        with safe_open(path, "pt") as file:
            meta = json.loads((file.metadata() or {}).get("systole", "{}"))
            weights = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 (no mapping)
    except (OSError, SafetensorError, json.JSONDecodeError) as error:
        raise SystoleError(f"{path}: not a readable weight file: {error}") from error
    if meta.get("schema") != SCHEMA:
        raise SystoleError(f"{path}: schema is {meta.get('schema')}; it must be {SCHEMA}")
    try:
        generator = Generator(_architecture(meta, weights))
    except KeyError as error:
        raise SystoleError(f"{path}: metadata: field {error} is missing") from error
    except (TypeError, ValueError) as error:
        raise SystoleError(f"{path}: metadata: {error}") from error
    try:
        generator.load_state_dict(weights)
    except RuntimeError as error:
        raise SystoleError(
            f"{path}: weights do not fit the architecture: {str(error).splitlines()[-1].strip()}"
        ) from error
    with torch.no_grad():
        for name, tensor in generator.named_parameters():
            if not torch.isfinite(tensor).all():
                raise SystoleError(f"{path}: {name} holds values that are not finite")
    return generator, meta


def _architecture(meta: dict[str, Any], weights: dict[str, Tensor]) -> Architecture:
    """Sizes from the metadata; those of the control network from its weights.

    Raises:
        KeyError, TypeError, ValueError: a field is missing or wrong.
    """
    layers = [name for name in weights if name.startswith("control.") and name.endswith(".weight")]
    if len(layers) < 2 or weights.get("control.0.weight") is None:
        raise ValueError(f"{len(layers)} layers of the control network; needed: 2 to 4")
    return Architecture(
        channels=meta["channels"],
        skip_channels=meta["skip_channels"],
        kernel=meta["kernel"],
        dilations=tuple(meta["dilations"]),
        knobs=len(meta["knobs"]),
        harmonics=_tuple(meta["harmonics"]),
        sines=_tuple(meta.get("sines", [])),
        oscillators=oscillators_from(meta.get("oscillators", [])),
        control_width=len(weights["control.0.weight"]),
        control_depth=len(layers) - 1,
    )


def _tuple(value: Any) -> Any:
    """A list as a tuple; anything else as it is, for the architecture to refuse."""
    return tuple(value) if isinstance(value, list) else value

"""Programs on disk: safetensors (no pickle), one metadata key with sorted JSON, validated whole before use."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from accel.atomic import atomic_path
from accel.errors import SystoleError
from accel.features import Features
from accel.program import Card, Program
from accel.program_check import check_program

__all__ = ["load_program", "read_tensors", "save_program", "write_tensors"]

METADATA_KEY = "systole"
_TENSORS: dict[str, type[np.generic]] = {
    "descriptors": np.int32,
    "weights": np.int8,
    "biases": np.int32,
    "shifts": np.uint8,
}


class _Header(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    card: Card
    hash: str


def read_tensors(path: str | os.PathLike[str]) -> tuple[dict[str, np.ndarray], str]:
    """All tensors of a safetensors file and the JSON text of its `systole` key.

    Raises:
        SystoleError: missing, unreadable, not safetensors (a pickle, say), or without the key.
    """
    from safetensors import SafetensorError, safe_open

    file = Path(path)
    try:
        if file.stat().st_size == 0:
            raise SystoleError(f"{file}: the file is empty, needed: a Systole model (safetensors)")
        with safe_open(str(file), framework="numpy") as stored:
            metadata = stored.metadata() or {}
            tensors = {name: stored.get_tensor(name) for name in stored.keys()}  # noqa: SIM118 (not a mapping)
    except OSError as error:
        raise SystoleError(f"{file}: cannot be read: {error.strerror or error}") from None
    except (SafetensorError, ValueError, TypeError, KeyError, AttributeError) as error:
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise SystoleError(f"{file}: not a Systole model (safetensors needed): {reason}") from None
    if METADATA_KEY not in metadata:
        raise SystoleError(f"{file}: safetensors without the metadata key {METADATA_KEY!r}: not a Systole model")
    return tensors, metadata[METADATA_KEY]


def write_tensors(path: str | os.PathLike[str], tensors: dict[str, np.ndarray], header: Any) -> None:
    """Write tensors and one JSON header (keys sorted, so that equal content gives equal bytes) in one rename."""
    from safetensors.numpy import save_file

    text = msgspec.json.encode(header, order="sorted").decode()
    contiguous = {name: np.ascontiguousarray(value) for name, value in tensors.items()}
    with atomic_path(path) as temporary:
        save_file(contiguous, str(temporary), metadata={METADATA_KEY: text})


def load_program(path: str | os.PathLike[str]) -> Program:
    """Read and validate a program.

    Raises:
        SystoleError: one line that names the file, the field and what is allowed.
    """
    tensors, text = read_tensors(path)
    where = str(path)
    try:
        header = msgspec.json.decode(text, type=_Header)
    except (msgspec.MsgspecError, ValueError, RecursionError) as error:
        raise SystoleError(f"{where}: metadata: {error}") from None
    features = Features.of_tensors(tensors, where)
    if set(tensors) != set(_TENSORS):
        raise SystoleError(f"{where}: tensors are {sorted(tensors)}, needed: {sorted(_TENSORS)}")
    for name, kind in _TENSORS.items():
        wanted = 2 if name == "descriptors" else 1
        array = tensors[name]
        if array.dtype != kind or array.ndim != wanted:
            found = f"{array.dtype} of {array.ndim} dimensions"
            raise SystoleError(f"{where}: tensor {name} is {found}, needed: {np.dtype(kind)} of {wanted}")
    program = Program(header.card, **{name: tensors[name] for name in _TENSORS}, features=features)
    check_program(program, where)
    if program.hash != header.hash:
        raise SystoleError(f"{where}: content hash is {program.hash[:12]}, the file says {header.hash[:12]}: damaged")
    return program


def save_program(program: Program, path: str | os.PathLike[str]) -> None:
    """Validate and write a program.

    Raises:
        SystoleError: the program is not valid.
        OSError: the file cannot be written.
    """
    check_program(program, str(path))
    tensors = {name: getattr(program, name) for name in _TENSORS}
    tensors |= program.features.tensors() if program.features else {}
    write_tensors(path, tensors, _Header(program.card, program.hash))

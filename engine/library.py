"""What can be played: factory and user models and patches, by name.

The user's folder (platformdirs, `systole`) holds `models/*.safetensors` and `patches/*.toml`; a user file hides a
factory file of the same name. A broken file is listed with its reason rather than skipped: a person who dropped
it there wants to know.
"""

from __future__ import annotations

import functools
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from accel.errors import SystoleError
from engine.parameters import Parameter, knob_parameter
from engine.text import plain

if TYPE_CHECKING:
    from accel.program import Program
    from engine.patch import Patch

__all__ = [
    "ModelEntry",
    "PatchEntry",
    "find_model",
    "find_patch",
    "list_models",
    "list_patches",
    "model_knobs",
    "open_model",
    "user_folder",
]

Origin = Literal["factory", "user"]
_SUFFIX = {"models": ".safetensors", "patches": ".toml"}


@dataclass(frozen=True)
class ModelEntry:
    """One model file: `program` if it loads, else `error` says why not."""

    name: str
    path: Path
    origin: Origin
    program: Program | None
    error: str | None


@dataclass(frozen=True)
class PatchEntry:
    """One patch file: `patch` if it loads, else `error` says why not."""

    name: str
    path: Path
    origin: Origin
    patch: Patch | None
    error: str | None


def user_folder() -> Path:
    """The user's own `systole` folder (it may not exist yet); SYSTOLE_HOME overrides it."""
    override = os.environ.get("SYSTOLE_HOME")
    if override:
        return Path(override)
    import platformdirs

    return Path(platformdirs.user_data_dir("systole", appauthor=False))


def _factory_folder() -> Path:
    import importlib.resources

    return Path(str(importlib.resources.files("presets")))


def _files(kind: str) -> Iterator[tuple[str, Path, Origin]]:
    """Name, path and origin of every file of a kind; the user's files first, hidden factory files left out."""
    seen: set[str] = set()
    folders: list[tuple[Path, Origin]] = [(user_folder(), "user"), (_factory_folder(), "factory")]
    for folder, origin in folders:
        for path in sorted((folder / kind).glob(f"*{_SUFFIX[kind]}")):
            if path.stem not in seen and not path.name.startswith("."):
                seen.add(path.stem)
                yield path.stem, path, origin


def _find(kind: str, what: str, path_or_name: str | os.PathLike[str]) -> Path:
    text = os.fspath(path_or_name)
    named = {name: path for name, path, _ in _files(kind)}
    if text in named:
        return named[text]
    path = Path(text)
    looks_like_path = path.suffix == _SUFFIX[kind] or path.parent != Path()
    try:
        if looks_like_path and path.is_file():
            return path
        if looks_like_path and path.exists():
            raise SystoleError(f"{plain(text)}: not a file; needed: a {what} ({_SUFFIX[kind]})")
    except ValueError:  # a null byte in the name
        pass
    if looks_like_path:
        raise SystoleError(f"{plain(text)}: no such {what} file")
    raise SystoleError(f"{plain(text)}: no such {what}; there are: {plain(', '.join(sorted(named))) or 'none'}")


def find_model(name: str | os.PathLike[str]) -> Path:
    """Path of a model by name or path.

    Raises:
        SystoleError: there is none; the line lists the names that exist.
    """
    return _find("models", "model", name)


def find_patch(name: str | os.PathLike[str]) -> Path:
    """Path of a patch by name or path.

    Raises:
        SystoleError: there is none; the line lists the names that exist.
    """
    return _find("patches", "patch", name)


@functools.lru_cache(maxsize=64)
def _open_model(path: Path, time_ns: int, size: int) -> Program:
    from accel.program_file import load_program

    return load_program(path)


def open_model(path: Path) -> Program:
    """Load a program; the same unchanged file is read only once.

    Raises:
        SystoleError: the file is missing or not a valid program.
    """
    try:
        state = path.stat()
    except OSError as error:
        raise SystoleError(f"{plain(path)}: cannot be read: {error.strerror or error}") from None
    return _open_model(path, state.st_mtime_ns, state.st_size)


def model_knobs(path: Path) -> list[Parameter]:
    """The knobs of a model file in the parameter table's terms, in order.

    Raises:
        SystoleError: the file is missing or not a valid program.
    """
    return program_knobs(open_model(path))


def program_knobs(program: Program) -> list[Parameter]:
    """The knobs of a loaded program in the parameter table's terms, in order."""
    return [
        knob_parameter(knob.id, knob.label, knob.help, knob.default, index) for index, knob in enumerate(program.knobs)
    ]


def list_models() -> list[ModelEntry]:
    """All models, sorted by name; broken files too, with their reason."""
    entries = []
    for name, path, origin in _files("models"):
        try:
            entries.append(ModelEntry(name, path, origin, open_model(path), None))
        except SystoleError as error:
            entries.append(ModelEntry(name, path, origin, None, str(error)))
    return sorted(entries, key=lambda entry: entry.name)


def list_patches() -> list[PatchEntry]:
    """All patches, sorted by name; broken files too, with their reason."""
    from engine.patch import load_patch

    entries = []
    for name, path, origin in _files("patches"):
        try:
            entries.append(PatchEntry(name, path, origin, load_patch(path), None))
        except SystoleError as error:
            entries.append(PatchEntry(name, path, origin, None, str(error)))
    return sorted(entries, key=lambda entry: entry.name)

"""Sounds from files, names and texts, checked against their models. No Qt, no Numba."""

from __future__ import annotations

import os
import tomllib
from pathlib import Path

from accel.errors import SystoleError
from app.cli.sounds import default_patch
from app.window.session.sound import Sound
from app.window.words import translate
from engine.library import find_model, find_patch, model_knobs
from engine.parameters import Parameter
from engine.patch import SCHEMA, Patch, load_patch, read_patch, read_text
from engine.text import plain

__all__ = ["newer", "sound_from_file", "sound_from_patch", "sound_from_path", "sound_from_text", "sound_to_begin"]


def sound_from_text(text: str, where: str = "patch") -> Sound:
    """A sound of a patch's TOML; it belongs to no file.

    Raises:
        SystoleError: not valid, or its model is missing or has other knobs; the line begins with `where`.
    """
    knobs = _knobs(read_patch(text, where).model, where)
    return Sound(read_patch(text, where, knobs), knobs)


def sound_from_file(path_or_name: str | os.PathLike[str]) -> Sound:
    """A sound of a patch file, by path or name.

    Raises:
        SystoleError: as `patch.load_patch`.
    """
    path = find_patch(path_or_name)
    patch = load_patch(path)
    return Sound(patch, tuple(model_knobs(find_model(patch.model))), path)


def sound_from_path(path: Path) -> Sound:
    """A sound of exactly this file, without looking for others of its name.

    Raises:
        SystoleError: as `patch.load_patch`.
    """
    text, where = read_text(path), plain(path)
    try:
        knobs = _knobs(read_patch(text, where).model, where)
        return Sound(read_patch(text, where, knobs), knobs, path)
    except SystoleError as error:
        raise newer(text, where) or error from None


def newer(text: str, where: str) -> SystoleError | None:
    """Of a patch that was refused: what to say if it is of a newer version, whatever else of it makes no sense."""
    try:
        schema = tomllib.loads(text).get("schema")
    except (tomllib.TOMLDecodeError, RecursionError):
        return None
    if type(schema) is not int or schema <= SCHEMA:
        return None
    line = translate("Reading", "{0}: made by a newer version of Systole (schema {1}; this one reads {2})")
    return SystoleError(line.format(where, schema, SCHEMA))


def sound_from_patch(patch: Patch) -> Sound:
    """A sound of a patch that was read already.

    Raises:
        SystoleError: its model is missing.
    """
    return Sound(patch, _knobs(patch.model, patch.name))


def sound_to_begin() -> Sound:
    """What is heard before anything was chosen: what the bank gives the first channel.

    Raises:
        SystoleError: the bank or its patch is broken.
    """
    return sound_from_patch(default_patch())


def _knobs(model: str, where: str) -> tuple[Parameter, ...]:
    try:
        return tuple(model_knobs(find_model(model)))
    except SystoleError as error:
        raise SystoleError(f"{where}: model: {error}") from None

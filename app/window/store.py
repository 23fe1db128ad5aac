"""Small JSON files in the user's folder that the window keeps: read with mercy, written whole or not at all.

Nothing about them may keep anybody from playing: a broken file is put aside, one of a newer version is left alone,
a folder that cannot be written to is one line.
"""

from __future__ import annotations

import contextlib
import re
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from accel.atomic import atomic_path
from accel.errors import SystoleError
from app.window.words import translate
from engine.text import plain

__all__ = ["SCHEMA", "put_aside", "read_kept", "write_kept"]

SCHEMA = 1
MAX_BYTES = 8 << 20
_FIELD = re.compile(r"`\$\.?([^`]*)`")
"""Where msgspec found what is not allowed."""
T = TypeVar("T", bound=msgspec.Struct)


class _Head(msgspec.Struct):
    schema: Any = None


def _schema(data: bytes) -> int:
    """The schema that a file names; that of ours where it names none that makes sense."""
    with contextlib.suppress(msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        found = msgspec.json.decode(data, type=_Head).schema
        return found if type(found) is int else SCHEMA
    return SCHEMA


def _read(path: Path) -> bytes | None:
    try:
        with path.open("rb") as file:
            return file.read(MAX_BYTES)
    except FileNotFoundError:
        return None


def read_kept(path: Path, kind: type[T], instead: str = "it is not used") -> tuple[T | None, str | None]:
    """What was kept, None if nothing was, and a line for the person where it could not be read as it should.

    Args:
        kind: a struct whose field `schema` is SCHEMA.
        instead: what happens without the file, as the line says it.
    """
    try:
        data = _read(path)
        if data is None:
            return None, None
        if _schema(data) > SCHEMA:
            line = translate("Store", "{0} is of a newer version and is left as it is: {1}")
            return None, line.format(plain(path), instead)
        return msgspec.json.decode(data, type=kind), None
    except OSError as error:
        line = translate("Store", "{0} cannot be read ({1}): {2}")
        return None, line.format(plain(path), error.strerror or error, instead)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        return None, put_aside(path, _fault(path, error), instead)


def _fault(path: Path, error: Exception) -> str:
    """What is wrong with a file, as people say it: where in the text does not help anybody who did not write it."""
    field = _FIELD.search(str(error)) if isinstance(error, msgspec.ValidationError) else None
    if field is not None and field[1]:
        name = plain(field[1].replace("[...]", ""))
        return translate("Store", "{0} has a value that is not allowed ({1})").format(path.name, name)
    return translate("Store", "{0} is damaged").format(path.name)


def put_aside(path: Path, fault: str, instead: str, name: str | None = None) -> str:
    """Rename a file that cannot be used, so that nothing overwrites it; the line that says all of it.

    Args:
        fault: what is wrong, naming the file; instead: what happens without it.
        name: that it gets; None: its own with `.broken`.
    """
    aside = path.with_name(name or path.name + ".broken")
    try:
        path.replace(aside)
    except OSError as error:
        line = translate("Store", "{0}: {1}; it cannot be put aside ({2})")
        return line.format(fault, instead, error.strerror or error)
    return translate("Store", "{0}: {1}; the old file is kept as {2}").format(fault, instead, plain(aside))


def write_kept(path: Path, value: msgspec.Struct) -> None:
    """Write it (temporary file, then rename); what a newer version kept is never overwritten.

    Raises:
        SystoleError: the folder cannot be written to, or a newer version's file is there.
    """
    try:
        data = _read(path)
        if data is not None and _schema(data) > SCHEMA:
            raise SystoleError(f"{plain(path)}: of a newer version: not overwritten")
        path.parent.mkdir(parents=True, exist_ok=True)
        with atomic_path(path) as temporary:
            temporary.write_bytes(msgspec.json.format(msgspec.json.encode(value)))
    except OSError as error:
        raise SystoleError(f"{plain(path)}: cannot be written: {error.strerror or error}") from None

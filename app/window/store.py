"""Small JSON files in the user's folder that the window keeps: read with mercy, written whole or not at all.

Nothing about them may keep anybody from playing: a broken file is put aside, one of a newer version is left alone,
a folder that cannot be written to is one line.
"""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from accel.atomic import atomic_path
from accel.errors import SystoleError
from engine.text import plain

__all__ = ["SCHEMA", "read_kept", "write_kept"]

SCHEMA = 1
MAX_BYTES = 8 << 20
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


def read_kept(path: Path, kind: type[T]) -> tuple[T | None, str | None]:
    """What was kept, None if nothing was, and a line for the person where it could not be read as it should.

    Args:
        kind: a struct whose field `schema` is SCHEMA.
    """
    try:
        data = _read(path)
        if data is None:
            return None, None
        if _schema(data) > SCHEMA:
            return None, f"{plain(path)}: of a newer version: left as it is and not used"
        return msgspec.json.decode(data, type=kind), None
    except OSError as error:
        return None, f"{plain(path)}: cannot be read: {error.strerror or error}"
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        aside = path.with_name(path.name + ".broken")
        with contextlib.suppress(OSError):
            path.replace(aside)
        return None, f"{plain(path)}: {plain(error)}: put aside as {plain(aside.name)}"


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

"""Putting a file under a name that nobody has: at once and whole, never over another file. No Qt in here."""

from __future__ import annotations

import contextlib
import itertools
import os
import tempfile
from collections.abc import Collection, Iterator
from pathlib import Path

from accel.errors import SystoleError
from engine.text import plain

__all__ = ["made", "place", "put", "refused", "temporary_in"]


def refused(path: Path, error: OSError, what: str) -> SystoleError:
    """The line for a person: the file, what cannot be done, and why."""
    return SystoleError(f"{plain(path)}: {what}: {error.strerror or error}")


def made(folder: Path) -> Path:
    """The folder, which is there now.

    Raises:
        SystoleError: it cannot be made.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise refused(folder, error, "cannot be made") from None
    return folder


@contextlib.contextmanager
def temporary_in(folder: Path, suffix: str) -> Iterator[Path]:
    """A hidden file to write to, gone afterwards if it was not put elsewhere.

    Raises:
        OSError: the folder is missing or not writable.
    """
    descriptor, name = tempfile.mkstemp(prefix=".new.", suffix=suffix, dir=folder)
    os.close(descriptor)
    temporary = Path(name)
    try:
        umask = os.umask(0)
        os.umask(umask)
        temporary.chmod(0o666 & ~umask)  # mkstemp is private; the result is an ordinary file
        yield temporary
    finally:
        temporary.unlink(missing_ok=True)


def put(source: Path, target: Path) -> None:
    """Move a file to a name that is free.

    Raises:
        FileExistsError: it is not.
        OSError: the folder is not writable.
    """
    if source.is_file() and not source.is_symlink():
        try:
            os.link(source, target)  # unlike a rename, never over another file
        except FileExistsError:
            raise
        except OSError:
            pass  # no links on this file system, or another reason, which the rename will tell
        else:
            source.unlink()
            return
    if os.path.lexists(target):
        raise FileExistsError(str(target))
    source.rename(target)


def place(source: Path, folder: Path, stem: str, suffix: str, taken: Collection[str] = ()) -> Path:
    """Move a file into a folder; where the name is taken there, it gets a number.

    Args:
        taken: further names that it must not have, without suffix and case.

    Raises:
        OSError: it cannot be moved.
    """
    names = {each.stem.casefold() for each in folder.iterdir() if each.suffix == suffix} | set(taken)
    for number in itertools.count(1):
        name = stem if number == 1 else f"{stem} {number}"
        if name.casefold() in names:
            continue
        with contextlib.suppress(FileExistsError):
            put(source, folder / f"{name}{suffix}")
            return folder / f"{name}{suffix}"
    raise AssertionError("there is always another number")

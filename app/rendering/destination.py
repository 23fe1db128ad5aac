"""Where a render goes: files that appear whole or not at all, or a stream.

A target that exists and is no regular file (a pipe, /dev/null, standard output) is written to as a stream:
renaming a temporary over it would replace the device itself.
"""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from accel.atomic import atomic_path
from accel.errors import SystoleError

__all__ = ["Destination", "Sink", "opened", "stem_path"]

STDOUT = "-"


@dataclass(frozen=True)
class Destination:
    """One output, resolved from what was typed.

    Attributes:
        label: how messages call it.
        path: the file or device; None is standard output.
        is_stream: written front to back, without a temporary.
    """

    label: str
    path: Path | None
    is_stream: bool

    @classmethod
    def of(cls, name: str) -> Destination:
        """The destination that `name` stands for; `-` is standard output. A link is followed.

        Raises:
            SystoleError: the folder does not exist, or `name` is a folder.
        """
        if name == STDOUT:
            return cls("standard output", None, True)
        path = Path(os.path.realpath(name))
        if not path.parent.is_dir():
            raise SystoleError(f"{name}: the folder {Path(name).parent} does not exist")
        if path.is_dir():
            raise SystoleError(f"{name}: is a folder, needed: the name of a file")
        return cls(name, path, path.exists() and not path.is_file())


def stem_path(output: str, stem: str) -> str:
    """The file of one stem beside the mix: `rag.wav` and `ch1` give `rag.ch1.wav`."""
    path = Path(output)
    safe = "".join(letter if letter.isalnum() or letter in "-_" else "_" for letter in stem)
    return str(path.with_name(f"{path.stem}.{safe or 'stem'}{path.suffix or '.wav'}"))


class Sink:
    """A byte stream whose failures name the destination."""

    def __init__(self, stream: BinaryIO, label: str) -> None:
        self._stream = stream
        self._label = label

    def write(self, data: bytes) -> None:
        """Write all of `data`.

        Raises:
            SystoleError: it cannot be written (a full disk).
            BrokenPipeError: the reader of a pipe has gone.
        """
        with _named(self._label):
            rest = memoryview(data)
            while rest:  # an unbuffered file may take a part
                rest = rest[self._stream.write(rest) :]

    def rewind(self) -> None:
        """Go to the start of a file."""
        with _named(self._label):
            self._stream.seek(0)

    def flush(self) -> None:
        """Hand everything to the system."""
        with _named(self._label):
            self._stream.flush()


@contextlib.contextmanager
def opened(destination: Destination) -> Iterator[Sink]:
    """Bytes into `destination`; on success the file appears, on failure nothing does.

    Raises:
        SystoleError: it cannot be created (no permission); the line names it.
    """
    label, path = destination.label, destination.path
    with contextlib.ExitStack() as stack:
        with _named(label):
            if path is None:
                stream: BinaryIO = sys.stdout.buffer
            else:
                target = path if destination.is_stream else stack.enter_context(atomic_path(path))
                # Unbuffered: chunks are large, and nothing is left to fail when the file is closed.
                stream = stack.enter_context(target.open("wb", buffering=0))
        yield Sink(stream, label)


@contextlib.contextmanager
def _named(label: str) -> Iterator[None]:
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as error:
        raise SystoleError(f"{label}: {error.strerror or error}") from error

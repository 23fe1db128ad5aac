"""What was played so far, kept for the journal: every event that was let through, and the patches that were opened.

The thread of the sound writes events to a ring; here they are taken out of it, a hundred times a second, and kept in
pieces. What exceeds 64 MB goes to a temporary file that has no name, so that hours may be played and nothing is left
behind. A lost event is remembered: such a journal is marked as not complete.
"""

from __future__ import annotations

import os
import tempfile
import threading
from importlib.metadata import PackageNotFoundError, version
from typing import Any

import numpy as np
from numpy.typing import NDArray

from accel.errors import SystoleError
from engine.events import EVENT, Kind
from engine.journal import Journal, JournalPatch, Mark, write_journal

__all__ = ["JournalLog"]

PIECE = 65_536
IN_MEMORY = 2_000_000
"""Events that are kept in memory."""
MOST = 134_217_728
"""Events that are kept at all: 4 GiB."""
OPEN = int(Kind.OPEN)


def _version() -> str:
    try:
        return version("systole-synth")
    except PackageNotFoundError:
        return "unknown"


class JournalLog:
    """Collects; any thread may add patches and marks or save, one thread adds events.

    Args:
        seed: that the parts' seeds come from.
        room: polyphony and unison that parts are made for.
        form: of the kernels.
        in_memory, most: events kept in memory, and at all.
    """

    def __init__(
        self, seed: int, room: tuple[int, int], form: str, *, in_memory: int = IN_MEMORY, most: int = MOST
    ) -> None:
        self._head: dict[str, Any] = {"seed": seed, "room": room, "form": form, "version": _version()}
        self._in_memory, self._most = in_memory, most
        self._lock = threading.Lock()
        self._pieces: list[NDArray[Any]] = []  # all full but the last
        self._filled = 0  # of the last
        self._count = self._spilled = 0
        self._file: Any = None
        self._lost = False
        self._patches: dict[int, JournalPatch] = {}
        self._marks: list[Mark] = []
        self._end = 0

    @property
    def count(self) -> int:
        """Events so far."""
        return self._count

    @property
    def is_complete(self) -> bool:
        """No event was lost."""
        return not self._lost

    def add_patch(self, patch: JournalPatch) -> None:
        """Remember a patch before the event that opens it is sent."""
        with self._lock:
            self._patches[patch.serial] = patch

    def mark(self, sample: int, what: str, number: float) -> None:
        """Remember something for people: a stream that opened, frames that were skipped."""
        with self._lock:
            self._marks.append((sample, what, number))

    def add(self, events: NDArray[Any], end: int, lost: int) -> None:
        """Append events, EVENT [n], in their order.

        Args:
            end: samples played when the events were taken out: all before that sample are here by now.
            lost: events lost so far.
        """
        with self._lock:
            self._lost = self._lost or lost > 0
            self._end = end
            room = self._most - self._count
            if len(events) > room:
                self._lost = True
                events = events[:room]
            self._append(events)

    def _append(self, events: NDArray[Any]) -> None:
        while len(events):
            if not self._pieces or self._filled == PIECE:
                if not self._spill():
                    self._lost, self._most = True, self._count  # nowhere to put more
                    return
                self._pieces.append(np.empty(PIECE, EVENT))
                self._filled = 0
            taken = min(len(events), PIECE - self._filled)
            self._pieces[-1][self._filled : self._filled + taken] = events[:taken]
            self._filled += taken
            self._count += taken
            events = events[taken:]

    def _spill(self) -> bool:
        """Move the pieces, which are all full, to the file once there are too many; False if it has no room."""
        if len(self._pieces) * PIECE < self._in_memory:
            return True
        try:
            self._write_pieces()
        except OSError:
            return False
        self._spilled += len(self._pieces) * PIECE
        self._pieces = []
        return True

    def _write_pieces(self) -> None:
        """Write what is in memory behind what was spilled; written again later, it is the same bytes."""
        if self._file is None:
            self._file = tempfile.TemporaryFile(prefix="systole-", buffering=0)  # noqa: SIM115 (kept open)
        self._file.seek(self._spilled * EVENT.itemsize)
        for piece in self._pieces:
            data = memoryview(piece.tobytes())
            while data:
                data = data[self._file.write(data) :]

    def _events(self) -> NDArray[Any]:
        """Every event that was kept, EVENT [n]; where some are in the file, all are, and are mapped from it."""
        if self._spilled:
            self._write_pieces()
            return np.memmap(self._file, EVENT, "r", shape=(self._count,))
        parts = [
            piece[: PIECE if at < len(self._pieces) - 1 else self._filled] for at, piece in enumerate(self._pieces)
        ]
        return np.concatenate(parts) if parts else np.zeros(0, EVENT)

    def journal(self) -> Journal:
        """All that was played up to now.

        Raises:
            OSError: the temporary file has no room.
        """
        with self._lock:
            events = self._events()
            until = int(np.searchsorted(events["time"], self._end))
            events = events[:until]
            opened = set(events["channel"][events["kind"] == OPEN].tolist())
            return Journal(
                **self._head,
                start=0,
                end=self._end,
                complete=not self._lost,
                patches=tuple(each for serial, each in self._patches.items() if serial in opened),
                events=events,
                marks=tuple(self._marks),
            )

    def save(self, path: str | os.PathLike[str]) -> int:
        """Write the journal; how many events it holds.

        Raises:
            SystoleError: the folder is missing or not writable, or the disk is full.
        """
        try:
            journal = self.journal()
        except OSError as error:
            raise SystoleError(f"journal: no room for temporary files: {error.strerror or error}") from None
        write_journal(journal, path)
        return len(journal.events)

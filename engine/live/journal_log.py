"""What was played so far, kept for the journal: every event that was let through, and the patches that were opened.

The thread of the sound writes events to a ring; here they are taken out of it, a hundred times a second, and kept in
pieces. What exceeds 64 MB goes to a temporary file that has no name, so that hours may be played and nothing is left
behind. A lost event is remembered: such a journal is marked as not complete. No more is kept than can be read again:
where that is reached the journal ends, and is complete up to there.
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
from accel.formats import RATE
from engine.events import EVENT, Kind
from engine.journal import MAX_EVENTS, MAX_SECONDS, Journal, JournalPatch, Mark, write_journal

__all__ = ["JournalLog"]

PIECE = 65_536
IN_MEMORY = 2_000_000
"""Events that are kept in memory."""
MOST_MARKS = 100_000
LATEST = MAX_SECONDS * RATE
OPEN = int(Kind.OPEN)


def _joined(spilled: NDArray[Any], pieces: list[NDArray[Any]]) -> NDArray[Any]:
    """All events as one array, EVENT [n]; where some are in a file already, mapped from another that holds all.

    Raises:
        OSError: the temporary folder has no room.
    """
    if not len(spilled):
        return np.concatenate(pieces) if pieces else np.zeros(0, EVENT)
    with tempfile.TemporaryFile(prefix="systole-", buffering=0) as file:
        parts = [spilled[first : first + PIECE] for first in range(0, len(spilled), PIECE)]
        _write([*parts, *pieces], file)
        return np.memmap(file, EVENT, "r", shape=(len(spilled) + sum(map(len, pieces)),))


def _write(pieces: list[NDArray[Any]], file: Any) -> None:
    """Write pieces to an unbuffered file where it stands."""
    for piece in pieces:
        data = memoryview(piece.tobytes())
        while data:
            data = data[file.write(data) :]


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

    Attributes:
        loss: what is missing and why, for a person; empty while nothing is.
    """

    def __init__(
        self, seed: int, room: tuple[int, int], form: str, *, in_memory: int = IN_MEMORY, most: int = MAX_EVENTS
    ) -> None:
        self._head: dict[str, Any] = {"seed": seed, "room": room, "form": form, "version": _version()}
        self._in_memory, self._most = in_memory, most
        self._lock = threading.Lock()
        self._pieces: list[NDArray[Any]] = []  # all full but the last
        self._filled = 0  # of the last
        self._count = self._spilled = 0
        self._file: Any = None
        self._is_full = False
        self.loss, self._has_gap, self._has_ended = "", False, False
        self._patches: dict[int, JournalPatch] = {}
        self._marks: list[Mark] = []
        self._end = 0

    @property
    def count(self) -> int:
        """Events so far."""
        return self._count

    @property
    def is_complete(self) -> bool:
        """No event was lost before the journal's end."""
        return not self._has_gap

    def add_patch(self, patch: JournalPatch) -> None:
        """Remember a patch before the event that opens it is sent."""
        with self._lock:
            self._patches[patch.serial] = patch

    def mark(self, sample: int, what: str, number: float) -> None:
        """Remember something for people, such as a stream that opened."""
        with self._lock:
            if len(self._marks) < MOST_MARKS:
                self._marks.append((sample, what, number))

    def miss(self, why: str) -> None:
        """Say what is not in it, for a person."""
        with self._lock:
            self._has_gap = True
            self._say(why)

    def add(self, events: NDArray[Any], end: int, lost: int) -> None:
        """Append events, EVENT [n], in their order.

        Args:
            end: samples played when the events were taken out: all before that sample are here by now.
            lost: events lost so far.
        """
        with self._lock:
            if self._has_ended:
                return
            self._end = end
            if lost > 0:
                self._has_gap = True
                self._say("events were lost: it will not give again what was heard")
            if end > LATEST:
                self._finish(LATEST, f"only {MAX_SECONDS // 86_400} days")
            kept = self._append(events[: self._most - self._count])
            if kept < len(events):
                full = "the temporary folder is full: " if self._is_full else ""
                self._finish(int(events["time"][kept]), f"{full}only {self._count} events")

    def _finish(self, end: int, what: str) -> None:
        """Keep nothing from a sample on."""
        self._end, self._has_ended = min(end, self._end), True
        self._say(f"{what} are kept: what is played from now on is not in it")

    def _say(self, why: str) -> None:
        self.loss = self.loss or why

    def _append(self, events: NDArray[Any]) -> int:
        """Append as many events as find room; how many."""
        done = 0
        while done < len(events):
            if not self._pieces or self._filled == PIECE:
                if not self._spill():
                    self._is_full = True
                    break
                self._pieces.append(np.empty(PIECE, EVENT))
                self._filled = 0
            taken = min(len(events) - done, PIECE - self._filled)
            self._pieces[-1][self._filled : self._filled + taken] = events[done : done + taken]
            self._filled += taken
            self._count += taken
            done += taken
        return done

    def _spill(self) -> bool:
        """Move the pieces, which are all full, to the file once there are too many; False if it has no room."""
        if len(self._pieces) * PIECE < self._in_memory:
            return True
        try:
            if self._file is None:
                self._file = tempfile.TemporaryFile(prefix="systole-", buffering=0)  # noqa: SIM115 (kept open)
            self._file.seek(self._spilled * EVENT.itemsize)
            _write(self._pieces, self._file)
        except OSError:
            return False
        self._spilled += len(self._pieces) * PIECE
        self._pieces = []
        return True

    def journal(self) -> Journal:
        """All that was played up to now. What is played meanwhile is added without waiting.

        Raises:
            OSError: the temporary folder has no room.
        """
        with self._lock:
            spilled = np.zeros(0, EVENT)
            if self._spilled:
                spilled = np.memmap(self._file, EVENT, "r", shape=(self._spilled,))
            # What lies in these is written no more.
            pieces = [*self._pieces[:-1], *(piece[: self._filled] for piece in self._pieces[-1:])]
            end, is_complete, marks, patches = self._end, self.is_complete, tuple(self._marks), dict(self._patches)
        events = _joined(spilled, pieces)
        events = events[: int(np.searchsorted(events["time"], end))]
        opened = set(events["channel"][events["kind"] == OPEN].tolist())
        return Journal(
            **self._head,
            start=0,
            end=end,
            complete=is_complete,
            patches=tuple(each for serial, each in patches.items() if serial in opened),
            events=events,
            marks=marks,
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

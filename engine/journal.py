"""Journals: what was played live, event by event with its sample, so that it can be rendered again to the same bytes.

JSON, for people and other programs: a head, the patches as TOML, marks, and the events as rows
[time, kind, channel, index, value] (`events.Kind`). Numbers are written so that they come back exactly. The events are
those that were played: when, after all waiting and smoothing, and with what. Same bytes are promised on the same
machine: sines and powers are the C library's, which differ in last bits between systems.

A journal may hold hours, so events are written and read in pieces and kept as an array, 32 bytes each. Everything is
checked before anything is played: a journal is a file like any other.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any

import msgspec
import numpy as np
from msgspec import Meta
from numpy.typing import NDArray

from accel.atomic import atomic_path
from accel.errors import SystoleError
from accel.formats import FULL_SCALE_VOLTS, RATE
from engine.deck import INBOX
from engine.event_check import explain_event, first_refused
from engine.events import Kind, event_array
from engine.midi.rows import Row
from engine.parameters import parameter
from engine.patch import read_patch
from engine.state import LANES
from engine.text import plain

__all__ = [
    "KIND",
    "MAX_EVENTS",
    "MAX_SECONDS",
    "SCHEMA",
    "Journal",
    "JournalPatch",
    "Mark",
    "part_seed",
    "read_journal",
    "write_journal",
]

SCHEMA = 1
KIND = "systole journal"
MAX_EVENTS = 24 << 20
"""Events of a journal: an hour with six control voltages, or days of keys and wheels."""
ROW_BYTES, HEAD_BYTES = 80, 128 << 20
"""Most that one event takes in the file, and most that all the rest may."""
MAX_BYTES = MAX_EVENTS * ROW_BYTES + HEAD_BYTES
"""Of a file: so whatever is written can be read."""
MAX_SECONDS = 7 * 24 * 3600
POLYPHONY = int(parameter("voice.polyphony").high)
PIECE_EVENTS, PIECE_BYTES = 65_536, 4 << 20

Mark = tuple[int, str, float]
"""(sample, what, number): streams and devices that came and went; for people, and to align recordings."""

_Volts = Annotated[float, Meta(ge=-FULL_SCALE_VOLTS, le=FULL_SCALE_VOLTS)]
_Seed = Annotated[int, Meta(ge=0, le=0xFFFFFFFF)]
_Sample = Annotated[int, Meta(ge=0, le=1 << 62)]


class JournalPatch(msgspec.Struct, forbid_unknown_fields=True):
    """A patch that an OPEN event names by its serial number.

    Attributes:
        text: the patch as TOML.
        model_hash: `Program.hash` of the model that played it.
        seed: of its part.
        tuning: volts of the 128 keys when it was made, None for equal temperament.
    """

    serial: Annotated[int, Meta(ge=0, le=0x7FFFFFFF)]
    text: str
    model_hash: str
    seed: _Seed
    tuning: Annotated[list[_Volts], Meta(min_length=128, max_length=128)] | None = None


class _Head(msgspec.Struct):
    """What tells whether the rest can be read at all."""

    schema: Any = None
    kind: Any = None


class _File(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """The file as it is written; `events` apart, since they may be many."""

    schema: int = SCHEMA
    kind: str = KIND
    version: str
    rate: int = RATE
    room: tuple[Annotated[int, Meta(ge=1, le=POLYPHONY)], Annotated[int, Meta(ge=1, le=LANES)]]
    start: _Sample
    end: _Sample
    complete: bool
    seed: _Seed
    form: str
    patches: list[JournalPatch]
    marks: list[Mark]
    events: msgspec.Raw


@dataclass(frozen=True)
class Journal:
    """What was played.

    Attributes:
        version: of the program that played it; form: of its kernels; both for people.
        room: polyphony and unison that every part was made for.
        start, end: sample positions [start, end) at 48 kHz.
        complete: no event was lost.
        seed: that the parts' seeds come from (`part_seed`).
        patches: every patch that an OPEN event names.
        events: EVENT [n] in the order of time.
        where: how messages call it.
    """

    version: str
    form: str
    room: tuple[int, int]
    start: int
    end: int
    complete: bool
    seed: int
    patches: tuple[JournalPatch, ...]
    events: NDArray[Any]
    marks: tuple[Mark, ...] = field(default=())
    where: str = "journal"


def part_seed(seed: int, number: int) -> int:
    """Seed of the part that is made as the `number`-th of a performance with this seed."""
    return (seed + number * 0x9E3779B1) & 0xFFFFFFFF


def _pieces(events: NDArray[Any]) -> Iterator[bytes]:
    """The events as JSON rows, a line each, without the brackets around all of them."""
    for first in range(0, len(events), PIECE_EVENTS):
        rows = msgspec.json.encode(events[first : first + PIECE_EVENTS].tolist())[1:-1]
        yield (b",\n" if first else b"\n") + rows.replace(b"],[", b"],\n[")


def write_journal(journal: Journal, path: str | os.PathLike[str]) -> None:
    """Write a journal (temporary file, then rename).

    Raises:
        SystoleError: the folder is missing or not writable, the disk is full, or it is more than `read_journal` reads.
    """
    head = {name: getattr(journal, name) for name in ("version", "form", "room", "start", "end", "complete", "seed")}
    head |= {"patches": list(journal.patches), "marks": list(journal.marks)}
    text = msgspec.json.encode(_File(**head, events=msgspec.Raw(b"[]")))
    assert text.endswith(b"[]}")  # a struct's fields are written in their order
    for number, most, what in (
        (len(journal.events), MAX_EVENTS, "events"),
        (len(text), HEAD_BYTES, "bytes of patches and marks"),
        (journal.end - journal.start, MAX_SECONDS * RATE, "samples"),
    ):
        if number > most:
            raise SystoleError(f"{plain(os.fspath(path))}: {number} {what}; allowed: {most}")
    try:
        with atomic_path(path) as temporary, temporary.open("wb") as file:
            file.write(text.removesuffix(b"]}"))
            file.writelines(_pieces(journal.events))
            file.write(b"\n]}\n")
    except OSError as error:
        raise SystoleError(f"{plain(os.fspath(path))}: cannot be written: {error.strerror or error}") from None


def read_journal(path: str | os.PathLike[str]) -> Journal:
    """Read and check a journal; whether its models are here is seen when it is played.

    Raises:
        SystoleError: missing, unreadable, not a journal, or not consistent; the line names what and where.
    """
    where = plain(os.fspath(path))
    try:
        with Path(path).open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise SystoleError(f"{where}: cannot be read: {error.strerror or error}") from None
    if len(data) > MAX_BYTES:
        raise SystoleError(f"{where}: larger than {MAX_BYTES >> 20} MiB")
    file_ = _parse(data, where)
    raw, file_.events = bytes(file_.events), msgspec.Raw(b"[]")
    del data  # which the events were a part of: they may be large
    journal = Journal(
        version=file_.version,
        form=file_.form,
        room=file_.room,
        start=file_.start,
        end=file_.end,
        complete=file_.complete,
        seed=file_.seed,
        patches=tuple(file_.patches),
        events=_events(raw, where),
        marks=tuple(file_.marks),
        where=where,
    )
    _check_patches(journal)
    _check_events(journal)
    return journal


def _parse(data: bytes, where: str) -> _File:
    """The file's structure, its events not yet looked into."""
    try:
        head = msgspec.json.decode(data, type=_Head)
        if head.kind != KIND:
            raise SystoleError(f"{where}: kind is {plain(repr(head.kind))}; allowed: '{KIND}'")
        if head.schema != SCHEMA:
            raise SystoleError(f"{where}: schema is {plain(repr(head.schema))}; allowed: {SCHEMA}")
        file = msgspec.json.decode(data, type=_File)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise SystoleError(f"{where}: not a journal: {plain(error)}") from None
    if file.rate != RATE:
        raise SystoleError(f"{where}: rate is {file.rate} Hz; allowed: {RATE}")
    if not file.start <= file.end <= file.start + MAX_SECONDS * RATE:
        raise SystoleError(
            f"{where}: end is {file.end}; allowed: from start, {file.start}, to {MAX_SECONDS} s after it"
        )
    return file


_ROWS = msgspec.json.Decoder(list[Row])
_SEPARATOR = re.compile(rb"\s*,?")


def _place(message: str, before: int) -> str:
    """A decoder's message whose place, `$[3]...`, counts from a piece's start, with that of the whole list."""
    found = re.search(r"\$\[(\d+)\]", message)
    return f"events: {message}" if found is None else message.replace(found[0], f"events[{before + int(found[1])}]")


def _events(raw: bytes, where: str) -> NDArray[Any]:
    """Records from a JSON list of rows, piece by piece: as Python's numbers they would take ten times the memory."""
    body = raw.strip()
    if not body.startswith(b"["):
        raise SystoleError(f"{where}: events must be a list")
    at, last, done = 1, len(body) - 1, 0
    pieces = [event_array([])]
    while at < last:
        end = body.find(b"]", at + PIECE_BYTES, last) + 1 or last
        try:
            pieces.append(event_array(_ROWS.decode(b"[" + body[at:end] + b"]")))
        except (msgspec.MsgspecError, RecursionError) as error:
            raise SystoleError(f"{where}: {plain(_place(str(error), done))}") from None
        except OverflowError:
            raise SystoleError(f"{where}: events: a number is too large") from None
        done += len(pieces[-1])
        separator = _SEPARATOR.match(body, end, last)
        at = separator.end() if separator else end
    return np.concatenate(pieces)


def _check_patches(journal: Journal) -> None:
    """Every patch can be read, and no serial number stands for two."""
    seen = set()
    for index, patch in enumerate(journal.patches):
        if patch.serial in seen:
            raise SystoleError(f"{journal.where}: patches[{index}]: serial {patch.serial} was given to one before")
        seen.add(patch.serial)
        read_patch(patch.text, f"{journal.where}: patches[{index}]")


def _check_events(journal: Journal) -> None:
    """Every event is allowed, in order, in time, and means a patch that is there."""
    events = journal.events
    time, is_deck = events["time"], events["kind"] >= Kind.OPEN
    refused = int(first_refused(events))
    if refused >= 0:
        raise _wrong(journal, refused, explain_event(events[refused]))
    unknown = (events["kind"] == Kind.OPEN) & ~np.isin(events["channel"], [each.serial for each in journal.patches])
    behind = is_deck[1:] & ~is_deck[:-1] & (time[1:] == time[:-1])
    for bad, offset, text in (
        (time[1:] < time[:-1], 1, "its time is before that of the event before"),
        ((time < journal.start) | (time >= journal.end), 0, "its time is not from start to end"),
        (behind, 1, "OPEN, CLOSE and GATE must stand before other events of their sample"),
        (time[INBOX:] == time[:-INBOX], INBOX, f"more than {INBOX} events at one sample"),
        (unknown, 0, "OPEN: there is no patch with the serial number in its channel field"),
    ):
        if bad.any():
            raise _wrong(journal, int(np.argmax(bad)) + offset, text)


def _wrong(journal: Journal, index: int, text: str) -> SystoleError:
    return SystoleError(f"{journal.where}: events[{index}]: {text}")

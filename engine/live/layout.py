"""The block of memory that the engine process shares with its owner: the one declaration of what lies where.

Everything that a window shows and everything that it sends goes through here without a lock: an owner that hangs
cannot stall the sound. Each part begins on its own cache line, so that two writers never share one.

Who writes what is fixed (`PARTS`). Parts with a `seq` field are sequence locks: the writer makes it odd, writes, and
makes it even; a reader takes it, copies, and takes it again until both were the same even number. Parts with a head
are rings: the writer fills a record and then raises the head, which counts all records ever written.

Compiled code wants scalars in records and arrays apart, so that is how they are declared.
"""

from __future__ import annotations

import zlib
from enum import IntEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.events import EVENT

__all__ = ["BYTES", "CANARY", "CHECK", "COUNTERS", "MAGIC", "PARTS", "State", "carve", "prepare"]

MAGIC = 0x454C4F5453595301
"""First word of the block, in memory the bytes 01 "SYSTOLE"."""
CANARY = 0x5A17C0DE5A17C0DE
"""The last field of the header; it never changes unless somebody writes where nobody should."""
LINE = 64
PAGE = 4096


class State(IntEnum):
    """What the engine process is doing."""

    STARTING = 0
    """Loading, perhaps compiling: no heartbeat is to be expected."""
    PLAYING = 1
    """To a device."""
    SILENT = 2
    """By the clock, without a device."""
    FAILED = 3
    STOPPED = 4


HEADER = np.dtype(
    [
        ("magic", "<u8"),
        ("layout", "<u4"),  # CHECK of the process that made the block
        ("bytes", "<u4"),
        ("owner", "<i8"),  # process ids
        ("engine", "<i8"),
        ("state", "<i4"),  # State
        ("restarts", "<i4"),
        ("heartbeat", "<i8"),  # ns, of the engine's main thread
        ("canary", "<i8"),
    ]
)
CLOCK = np.dtype(
    [
        ("seq", "<i8"),
        ("sample", "<i8"),  # at 48 kHz, the first of the block that began at `time`
        ("time", "<i8"),  # ns, filtered
        ("period", "<f8"),  # ns per sample
        ("block", "<i8"),  # samples
        ("rate", "<i8"),  # Hz, of the device
        ("delay", "<i8"),  # samples from an event's time stamp to where it is placed
        ("jack_frame", "<i8"),  # of the same sample, modulo 2**32; counted at `rate`, as JACK counts
        ("latency", "<i8"),  # samples, of the device's output
    ]
)
METERS = np.dtype(
    [(name, "<f4") for name in ("peak_left", "peak_right", "rms_left", "rms_right", "reduction", "load", "load_worst")]
    + [("tempo", "<f4"), ("beat", "<f4")]
    + [(name, "<i4") for name in ("voices", "lanes", "lanes_limit", "notes_held", "midi_count")]
    + [(f"cv{channel}", "<f4") for channel in range(8)]
)
COUNTERS = np.dtype(
    [
        (name, "<i8")
        for name in (
            "callbacks", "samples", "events", "notes", "late_events", "deferred", "dropped_notes", "refused_events",
            "overruns_own", "overruns_preempted", "late_starts", "skipped_frames", "underflows", "ahead_underruns",
            "ahead_lost", "ahead_missing", "nonfinite", "journal_lost", "tape_lost", "midi_messages", "midi_bad",
            "midi_overflow", "canary_late", "canary_worst_ns", "stream_opens",
        )
    ]
)  # fmt: skip
SOUND = np.dtype([("seq", "<i8"), ("patch", "<i8"), ("knobs_used", "<i8")])
"""patch: serial number of the one that plays; the arrays after it belong to the same sequence lock."""
ROW = np.dtype([("source", "<i8"), ("target", "<i8"), ("amount", "<f8")])
VOICE = np.dtype([("stage", "<i4"), ("note", "<i4"), ("env", "<f4"), ("env2", "<f4")])
LOG = np.dtype(
    [
        ("start", "<i8"),  # ns
        ("wall", "<i4"),  # ns that it took, and that the processor worked on it
        ("cpu", "<i4"),
        ("lateness", "<i4"),  # ns that it began too late
        ("frames", "<i4"),
        ("missing", "<i4"),  # of them, those that had not been rendered ahead in time
        ("core", "<i2"),  # on which it ended, -1 where the system does not tell
        ("starting", "<i2"),  # networks that notes started in it
    ]
)
"""One callback, or one block rendered ahead."""
SLEEP = np.dtype([("time", "<i8"), ("late", "<i8")])
"""A thread that only sleeps: when it woke in ns, and how late. Shows whether the machine was busy or we were."""

PARTS: dict[str, tuple[np.dtype[Any] | str, tuple[int, ...]]] = {
    "header": (HEADER, (1,)),  # both sides, a field each
    "clock": (CLOCK, (1,)),  # sound thread
    "meters": (METERS, (1,)),  # sound thread
    "counters": (COUNTERS, (1,)),  # a thread for each
    "sound": (SOUND, (1,)),  # sound thread, as all up to `voices`
    "parameters": ("<f8", (64,)),
    "knobs": ("<f8", (128,)),
    "knobs_live": ("<f4", (128,)),
    "sources": ("<f4", (16,)),
    "rows": (ROW, (8,)),
    "held": ("|u1", (128,)),
    "voices": (VOICE, (40,)),
    "heads": ("<i8", (8,)),  # of `events`, owner; only the first word is used
    "tails": ("<i8", (8,)),  # engine
    "events": (EVENT, (4096,)),  # owner
    "scope_head": ("<i8", (8,)),  # sound thread
    "scope": ("<f4", (65_536, 2)),
    "log_head": ("<i8", (8,)),  # sound thread
    "log": (LOG, (8192,)),
    "ahead_log_head": ("<i8", (8,)),  # thread that renders ahead
    "ahead_log": (LOG, (8192,)),
    "canary_head": ("<i8", (8,)),  # canary thread
    "canary": (SLEEP, (1024,)),
}
"""Name -> (type, shape), in the order in which they lie. Lengths of rings are powers of two."""


def _offsets() -> tuple[dict[str, int], int]:
    """Where each part begins, and where the last one ends, rounded up to a page."""
    found, at = {}, 0
    for name, (dtype, shape) in PARTS.items():
        found[name] = at
        size = np.dtype(dtype).itemsize * int(np.prod(shape))
        at = -(-(at + size) // LINE) * LINE
    return found, -(-at // PAGE) * PAGE


OFFSETS, BYTES = _offsets()
CHECK = zlib.crc32(repr([(name, np.dtype(dtype).descr, shape) for name, (dtype, shape) in PARTS.items()]).encode())
"""CRC-32 of the declaration: two versions of it never read each other's memory."""


def carve(memory: NDArray[np.uint8]) -> dict[str, NDArray[Any]]:
    """The parts of a block of `BYTES` bytes, uint8, as arrays by name; they are views.

    Raises:
        ValueError: the memory is too small.
    """
    if memory.dtype != np.uint8 or memory.ndim != 1 or len(memory) < BYTES:
        raise ValueError(f"memory: needed are {BYTES} bytes, got {memory.nbytes}")
    arrays = {}
    for name, (dtype, shape) in PARTS.items():
        size = np.dtype(dtype).itemsize * int(np.prod(shape))
        arrays[name] = memory[OFFSETS[name] : OFFSETS[name] + size].view(dtype).reshape(shape)
    return arrays


def prepare(arrays: dict[str, NDArray[Any]], owner: int) -> None:
    """Fill the header of a zeroed block; `owner` is the process id of who made it."""
    header = arrays["header"][0]
    header["magic"], header["layout"], header["bytes"] = MAGIC, CHECK, BYTES
    header["owner"], header["state"], header["canary"] = owner, State.STARTING, CANARY

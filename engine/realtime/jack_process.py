"""What runs in JACK's own thread once a cycle: MIDI of one port, with exact frames, into a ring for a Python thread.

RtMidi on JACK stamps events by the clock at the cycle and drops their place in it, and it calls Python from the sound
server's thread. So we are a JACK client ourselves: compiled, without the GIL, without a lock. A cycle with events ends
with one write to a descriptor that never blocks, which wakes the reader.

Messages of up to 8 bytes are passed on; longer ones (system exclusive) are only counted, since nothing here plays them.
"""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
from llvmlite import ir
from numba import cfunc, types
from numba.core import cgutils
from numba.extending import intrinsic

from accel.emulator.entry import address_of
from accel.jit import JIT
from accel.once import once
from engine.arrays import Table, array_at, table_at
from engine.jit import inlined
from engine.realtime.native import call_u32, load_acquire, store_release

__all__ = ["RAW", "WORD_AT", "JackTable", "allocate_jack_table", "gone_address", "process_address", "silent_address"]

RAW = np.dtype([("frame", "<i8"), ("size", "<i8"), ("data", "<u8")])
"""One message: JACK's frame modulo 2**32, its bytes 1..8, and they themselves, the first one lowest.

Size 0: cycles before that frame were left out, and the messages in them with them."""
LENGTH = 8192
WORDS = (
    "client", "port", "get_buffer", "event_count", "event_get", "frame_time", "write", "wake", "one",
    "gone", "cycles", "lost", "long", "skipped", "next_frame", "doubt", "doubt_frame", "gap_frame",
)  # fmt: skip
WORD_AT = {name: at for at, name in enumerate(WORDS)}
"""client, port: of JACK; get_buffer .. write: addresses of functions; wake: descriptor; one: what is written there.
gone: not 0 = the server has left; cycles: that were processed; lost: messages that found the ring full; long:
messages of more than 8 bytes; skipped: frames of cycles that the server left out; next_frame: that of the next
cycle, -1 before the first; doubt: frames that seem to have been left out before the last cycle, and doubt_frame: where
that cycle began; gap_frame: the same of cycles that were left out indeed."""
CLIENT, PORT, GET_BUFFER, EVENT_COUNT, EVENT_GET, FRAME_TIME, WRITE, WAKE, ONE = range(9)
GONE, CYCLES, LOST, LONG, SKIPPED, NEXT_FRAME, DOUBT, DOUBT_FRAME, GAP_FRAME = range(9, 18)
FRAMES = 1 << 32
MOST_BYTES = 8
I32, I64 = ir.IntType(32), ir.IntType(64)


class JackTable(Table):
    """A client's words, its ring, and the ring's head and tail, on lines of their own."""

    FIELDS: ClassVar = {
        "words": (np.dtype(np.int64), 1),
        "ring": (RAW, 1),
        "head": (np.dtype(np.int64), 1),
        "tail": (np.dtype(np.int64), 1),
    }
    words: np.ndarray
    ring: np.ndarray
    head: np.ndarray
    tail: np.ndarray


def allocate_jack_table() -> JackTable:
    """An empty ring and words of zeros, their pages touched."""
    lines = np.full(24, 0, np.int64)  # head and tail 64 bytes apart and from what else there is
    ring = np.empty(LENGTH, RAW)
    ring.view(np.uint8).fill(0)
    words = np.full(64, 0, np.int64)
    words[ONE], words[NEXT_FRAME] = 1, -1
    return JackTable(words=words, ring=ring, head=lines[:8], tail=lines[16:])


@intrinsic
def _buffer(typing: Any, function: Any, port: Any, frames: Any) -> Any:
    """jack_port_get_buffer."""

    def code(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        function, port, frames = arguments
        kind = ir.FunctionType(I64, [I64, I32])
        return builder.call(builder.inttoptr(function, kind.as_pointer()), [port, builder.trunc(frames, I32)])

    return types.int64(types.int64, types.int64, types.int64), code


@intrinsic
def _event(typing: Any, function: Any, buffer: Any, index: Any) -> Any:
    """jack_midi_event_get: (0 or an error, frame in the cycle, size, address of the bytes)."""

    def code(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        function, buffer, index = arguments
        event = cgutils.alloca_once(builder, I64, size=3)  # uint32_t time, size_t size, unsigned char *buffer
        kind = ir.FunctionType(I32, [event.type, I64, I32])
        call = [event, buffer, builder.trunc(index, I32)]
        status = builder.sext(builder.call(builder.inttoptr(function, kind.as_pointer()), call), I64)
        time = builder.zext(builder.load(builder.bitcast(event, I32.as_pointer())), I64)
        size, data = (builder.load(builder.gep(event, [I64(at)])) for at in (1, 2))
        return cgutils.pack_array(builder, [status, time, size, data])

    return types.UniTuple(types.int64, 4)(types.int64, types.int64, types.int64), code


@intrinsic
def _write(typing: Any, function: Any, descriptor: Any, address: Any) -> Any:
    """write(descriptor, address, 8)."""

    def code(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        function, descriptor, address = arguments
        kind = ir.FunctionType(I64, [I32, I64, I64])
        call = [builder.trunc(descriptor, I32), address, I64(8)]
        return builder.call(builder.inttoptr(function, kind.as_pointer()), call)

    return types.int64(types.int64, types.int64, types.int64), code


_table_at, _bytes_at = table_at(JackTable), array_at(np.dtype(np.uint8))


@inlined
def _has_gap(words: Any, start: int, frames: Any) -> bool:
    """Follow JACK's frames: whether cycles were left out before the last one.

    That can be said only now: to a client that runs late, JACK tells the frame of the cycle after its own, and then
    tells it again.
    """
    left_out: Any = np.int64(0)
    if words[NEXT_FRAME] >= 0:
        left_out = ((start - words[NEXT_FRAME] + FRAMES // 2) & (FRAMES - 1)) - FRAMES // 2
    words[SKIPPED] += left_out
    has_gap = words[DOUBT] > 0 and left_out + words[DOUBT] > 0
    if has_gap:
        words[GAP_FRAME] = words[DOUBT_FRAME]
    words[DOUBT], words[DOUBT_FRAME] = max(left_out, 0), start
    words[NEXT_FRAME] = (start + frames) & (FRAMES - 1)
    return has_gap


def _process(frames: Any, address: Any) -> Any:
    """One cycle: `int process(jack_nframes_t frames, void *table)`."""
    table = _table_at(address)
    words, ring = table.words, table.ring
    start = call_u32(words[FRAME_TIME], words[CLIENT])
    head = table.head[0]
    first = head
    if _has_gap(words, start, np.int64(frames)):
        if head - load_acquire(address_of(table.tail)) >= ring.shape[0]:
            words[LOST] += 1
        else:
            record = ring[head & (ring.shape[0] - 1)]
            record.frame, record.size, record.data = words[GAP_FRAME], 0, np.uint64(0)
            head += 1
    words[CYCLES] += 1
    buffer = _buffer(words[GET_BUFFER], words[PORT], np.int64(frames))
    count = call_u32(words[EVENT_COUNT], buffer) if buffer != 0 else np.int64(0)
    for index in range(count):
        status, time, size, data = _event(words[EVENT_GET], buffer, index)
        if status != 0 or size < 1:
            continue
        if size > MOST_BYTES:
            words[LONG] += 1
            continue
        if head - load_acquire(address_of(table.tail)) >= ring.shape[0]:
            words[LOST] += 1
            continue
        record = ring[head & (ring.shape[0] - 1)]
        source, packed = _bytes_at(data, size), np.uint64(0)
        for at in range(size):
            packed |= np.uint64(source[at]) << np.uint64(8 * at)
        record.frame, record.size, record.data = (start + time) & (FRAMES - 1), size, packed
        head += 1
    if head != first:
        store_release(address_of(table.head), head)
        _write(words[WRITE], words[WAKE], address_of(words) + 8 * ONE)
    return np.int32(0)


def _gone(address: Any) -> None:
    """The server has left, or has thrown us out: `void shutdown(void *table)`."""
    words = _table_at(address).words
    store_release(address_of(words) + 8 * GONE, 1)
    if words[WRITE] != 0:
        _write(words[WRITE], words[WAKE], address_of(words) + 8 * ONE)


def _silent(line: Any) -> None:
    """What JACK would print, unprinted: `void error(const char *line)`."""


@once
def _compiled() -> tuple[Any, Any, Any]:
    process = cfunc(types.int32(types.uint32, types.int64), **JIT)(_process)
    return process, cfunc(types.void(types.int64), **JIT)(_gone), cfunc(types.void(types.int64), **JIT)(_silent)


def process_address() -> int:
    """Address of the process callback, `int f(uint32_t frames, void *table)`; the argument is `JackTable.address`."""
    return int(_compiled()[0].address)


def gone_address() -> int:
    """Address of the shutdown callback, `void f(void *table)`."""
    return int(_compiled()[1].address)


def silent_address() -> int:
    """Address of a function for JACK's messages that drops them, `void f(const char *)`."""
    return int(_compiled()[2].address)

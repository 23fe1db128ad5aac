"""A client of a JACK server that plays MIDI at exact frames and records what comes back, or when it begins."""

from __future__ import annotations

import ctypes
import errno
import time
from collections.abc import Sequence
from typing import Any, ClassVar

import numpy as np
from llvmlite import ir
from numba import cfunc, types
from numba.extending import intrinsic

from accel.emulator.entry import address_of
from accel.jit import JIT
from benchmarks.live_jack import wait_for
from engine.arrays import Table, array_at, table_at
from engine.jit import compiled
from engine.midi.jack_library import AUDIO, INPUT, MIDI, NO_START, OUTPUT, address, jack_library, names
from engine.realtime.native import call_u32, load_acquire, store_release

__all__ = ["Probe"]

I32, I64 = ir.IntType(32), ir.IntType(64)


def _function(result: Any, *arguments: Any) -> Any:
    """For compiled code: (address, int64 ...) -> int64, a call of a C function of these types there."""

    @intrinsic
    def call(typing: Any, function: Any, values: Any) -> Any:
        def code(context: Any, builder: Any, signature: Any, given: Any) -> Any:
            words = [builder.extract_value(given[1], at) for at in range(len(arguments))]
            cast = [
                builder.trunc(word, I32) if kind is I32 else word for word, kind in zip(words, arguments, strict=True)
            ]
            kind = ir.FunctionType(result, arguments)
            found = builder.call(builder.inttoptr(given[0], kind.as_pointer()), cast)
            if result is I64:
                return found
            return builder.sext(found, I64) if result is I32 else I64(0)

        return types.int64(types.int64, types.UniTuple(types.int64, len(arguments))), code

    return call


_get_buffer = _function(I64, I64, I32)
_clear = _function(ir.VoidType(), I64)
_write = _function(I32, I64, I32, I64, I64)

WORDS = (
    "client", "left", "right", "midi", "get_buffer", "clear", "write", "frame_time",
    "ready", "next", "position", "cycles", "recorded", "still", "onsets",
)  # fmt: skip
(
    CLIENT, LEFT, RIGHT, OUT, GET_BUFFER, CLEAR, WRITE, FRAME_TIME,
    READY, NEXT, POSITION, CYCLES, RECORDED, STILL, ONSETS,
) = range(len(WORDS))  # fmt: skip
STILL_FRAMES = 256
"""So many samples in a row that cannot be heard, and the first one that can be begins a sound."""
HEARD = np.float32(1e-4)
"""-80 dB: what is left of a note ends below it, and the first samples of the next one are above it."""
MESSAGE = np.dtype([("frame", "<i8"), ("start", "<i8"), ("size", "<i8"), ("sent", "<i8")])
"""sent: the frame at which it really went out, later than `frame` if the server left a cycle out; 0 = not yet."""

CONNECT_SECONDS = 10.0


class ProbeTable(Table):
    FIELDS: ClassVar = {
        "words": (np.dtype(np.int64), 1),
        "messages": (MESSAGE, 1),
        "data": (np.dtype(np.uint8), 1),
        "sound": (np.dtype(np.float32), 2),
        "marks": (np.dtype(np.int64), 2),  # of each cycle: its frame, and where in `sound` it begins
        "onsets": (np.dtype(np.int64), 1),  # frames at which it began to sound after silence
    }

    # The arrays, to type checkers.
    def __getattr__(self, name: str) -> np.ndarray:
        raise AttributeError(name)


_table_at, _floats_at = table_at(ProbeTable), array_at(np.dtype(np.float32))


@compiled
def _find_onsets(table: Any, left: Any, right: Any, start: Any) -> None:
    """Note where sound begins; a cycle that was left out counts as nothing."""
    words = table.words
    for i in range(left.shape[0]):
        if abs(left[i]) < HEARD and abs(right[i]) < HEARD:
            words[STILL] += 1
            continue
        if words[STILL] >= STILL_FRAMES and words[ONSETS] < table.onsets.shape[0]:
            table.onsets[words[ONSETS]] = start + i
            words[ONSETS] += 1
        words[STILL] = 0


def _probe(frames: Any, table_address: Any) -> Any:
    table = _table_at(table_address)
    words, messages = table.words, table.messages
    size: Any = np.int64(frames)
    start = call_u32(words[FRAME_TIME], words[CLIENT])
    out = _get_buffer(words[GET_BUFFER], (words[OUT], size))
    _clear(words[CLEAR], (out,))
    at, ready = words[NEXT], load_acquire(address_of(words) + 8 * READY)
    while at < ready and messages[at].frame < start + size:
        offset = max(messages[at].frame - start, 0)
        _write(words[WRITE], (out, offset, address_of(table.data) + messages[at].start, messages[at].size))
        messages[at].sent = start + offset
        at += 1
    words[NEXT] = at
    left = _floats_at(_get_buffer(words[GET_BUFFER], (words[LEFT], size)), size)
    right = _floats_at(_get_buffer(words[GET_BUFFER], (words[RIGHT], size)), size)
    _find_onsets(table, left, right, start)
    cycle, position = words[CYCLES], words[POSITION]
    if cycle >= table.marks.shape[0]:
        return np.int32(0)
    table.marks[cycle, 0], table.marks[cycle, 1] = start, position
    if position + size <= table.sound.shape[0]:
        for i in range(size):
            table.sound[position + i, 0], table.sound[position + i, 1] = left[i], right[i]
        words[POSITION], words[RECORDED] = position + size, cycle + 1
    store_release(address_of(words) + 8 * CYCLES, cycle + 1)
    return np.int32(0)


class Probe:
    """A JACK client with a MIDI output and two recorded inputs; context manager.

    Frames are the server's, as plain integers (a server that starts now does not wrap within a test).

    Args:
        seconds: how much is recorded, from the start on, at most.
        watched: seconds for which cycles and the beginnings of sounds are noted, if that is longer.
        most: messages that can be played; of their bytes, four times as many.
    """

    def __init__(self, name: str = "probe", seconds: float = 30.0, watched: float = 0.0, most: int = 100_000) -> None:
        library = self._library = jack_library()
        client = library.jack_client_open(name.encode(), NO_START, ctypes.byref(ctypes.c_int()))
        assert client, "no server"
        self._client = client
        self.name = library.jack_get_client_name(client).decode()
        self.rate, self.period = library.jack_get_sample_rate(client), library.jack_get_buffer_size(client)
        ports = {
            "midi": library.jack_port_register(client, b"midi", MIDI, OUTPUT, 0),
            "left": library.jack_port_register(client, b"left", AUDIO, INPUT, 0),
            "right": library.jack_port_register(client, b"right", AUDIO, INPUT, 0),
        }
        count = int(seconds * self.rate)
        self._table = ProbeTable(
            words=np.full(len(WORDS), 0, np.int64),
            messages=np.full(4 * most, 0, np.int64).view(MESSAGE),
            data=np.full(4 * most, 0, np.uint8),
            sound=np.full((count, 2), 0, np.float32),
            marks=np.full((int(max(seconds, watched) * self.rate) // self.period + 1, 2), 0, np.int64),
            onsets=np.full(int(max(seconds, watched)) * 200, 0, np.int64),
        )
        self._used = 0
        functions = {
            "get_buffer": library.jack_port_get_buffer,
            "clear": library.jack_midi_clear_buffer,
            "write": library.jack_midi_event_write,
            "frame_time": library.jack_last_frame_time,
        }
        words = {name: address(function) for name, function in functions.items()}
        for name, value in {**words, **ports, "client": client}.items():
            self._table.words[WORDS.index(name)] = value
        self._callback = cfunc(types.int32(types.uint32, types.int64), **JIT)(_probe)
        library.jack_set_process_callback(client, self._callback.address, self._table.address)
        assert library.jack_activate(client) == 0

    @property
    def now(self) -> int:
        """The server's frame now."""
        return int(self._library.jack_frame_time(self._client))

    def ports(self, pattern: str = "") -> list[str]:
        """Full names of all ports that match a regular expression."""
        return names(self._library, self._library.jack_get_ports(self._client, pattern.encode() or None, None, 0))

    def connect(self, source: str, destination: str) -> None:
        """Connect two ports by their full names; that they are already is no error.

        A client's ports are seen a moment before it is active and they can be connected.
        """
        until = time.monotonic() + CONNECT_SECONDS
        while (status := self._library.jack_connect(self._client, source.encode(), destination.encode())) != 0:
            if status == errno.EEXIST:
                return
            assert time.monotonic() < until, (source, destination, status)
            time.sleep(0.02)

    def listen(self, left: str, right: str) -> None:
        """Record these two ports."""
        self.connect(left, f"{self.name}:left")
        self.connect(right, f"{self.name}:right")

    def play_to(self, port: str) -> None:
        """Send MIDI to this port."""
        self.connect(f"{self.name}:midi", port)

    def play(self, messages: Sequence[tuple[int, bytes]]) -> None:
        """Send messages at frames, which must not go back; those in the past go out at once."""
        table, words = self._table, self._table.words
        at = int(words[READY])
        for frame, data in messages:
            assert at < len(table.messages) and self._used + len(data) <= len(table.data), "no room for more messages"
            assert at == 0 or frame >= table.messages["frame"][at - 1], "frames go back"
            table.data[self._used : self._used + len(data)] = list(data)
            table.messages[at] = (frame, self._used, len(data), 0)
            self._used, at = self._used + len(data), at + 1
        words[READY] = at

    @property
    def sent(self) -> list[int]:
        """Frames at which the messages so far really went out."""
        return self._table.messages["sent"][: int(self._table.words[NEXT])].tolist()

    def wait_until(self, frame: int) -> None:
        """Sleep until the server has passed a frame, and all messages before it are out."""
        wait_for(
            lambda: self.now > frame + 2 * self.period, 10 + max(0, frame - self.now) / self.rate, f"frame {frame}"
        )

    @property
    def cycles(self) -> np.ndarray:
        """First frames of the cycles so far in which it took part, int64."""
        return self._table.marks[: int(self._table.words[CYCLES]), 0].copy()

    @property
    def onsets(self) -> np.ndarray:
        """Frames at which it began to sound after silence (`STILL_FRAMES`, `HEARD`), int64."""
        return self._table.onsets[: int(self._table.words[ONSETS])].copy()

    def segments(self) -> list[tuple[int, np.ndarray]]:
        """What was recorded, cut where frames are missing: (first frame, float32 [n, 2])."""
        cycles = int(self._table.words[RECORDED])
        marks, sound = self._table.marks[:cycles], self._table.sound
        if not cycles:
            return []
        ends = np.append(marks[1:, 1], self._table.words[POSITION])
        sizes = ends - marks[:, 1]
        cuts = np.flatnonzero(marks[1:, 0] != marks[:-1, 0] + sizes[:-1]) + 1
        runs = np.split(np.arange(cycles), cuts)
        return [(int(marks[run[0], 0]), sound[marks[run[0], 1] : ends[run[-1]]].copy()) for run in runs]

    def close(self) -> None:
        """Leave the server."""
        client, self._client = self._client, None
        if client:
            self._library.jack_client_close(client)

    def __enter__(self) -> Probe:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

"""MIDI from JACK with the frame of every message: a client of our own with one input port.

Its thread is `engine.realtime.jack_process`; here are its life, its connections, and the reading end. It also lends
the sound's callback JACK's frame counter (`frame_clock`), by which lost cycles are known exactly.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import select
import threading
from types import TracebackType

from accel.errors import SystoleError
from engine.midi.jack_library import INPUT, MIDI, NO_START, OUTPUT, address, jack_library, names
from engine.midi.jack_watch import server_gone
from engine.realtime.jack_process import (
    WORD_AT,
    allocate_jack_table,
    gone_address,
    process_address,
    silent_address,
)

__all__ = ["JackMidi"]

JackMessage = tuple[int, bytes]
"""JACK's frame modulo 2**32, and one MIDI message of 1..8 bytes; none: before that frame messages may be missing."""


class JackMidi:
    """A JACK client that receives MIDI; context manager. One thread reads, any may do the rest.

    Args:
        name: of the client; the server makes it unique.

    Attributes:
        name: as the server knows it.
        port: full name of the input port.
        rate: of the server, Hz.
        frame_clock: addresses of jack_last_frame_time and of its argument, for a callback; valid until `close`.

    Raises:
        SystoleError: no library, no server, or one that has gone (`jack_watch`).
    """

    def __init__(self, name: str = "systole-midi") -> None:
        library = self._library = jack_library()
        if server_gone():
            raise SystoleError("JACK: its server has gone, and this process with it as far as JACK is concerned")
        library.jack_set_error_function(silent_address())
        library.jack_set_info_function(silent_address())
        client = library.jack_client_open(name.encode(), NO_START, ctypes.byref(ctypes.c_int()))
        if not client:
            raise SystoleError("JACK: no server is running")
        self._client: int | None = client
        self._turn, self._use = threading.Lock(), threading.Lock()
        self._wake, self._waker = _wakers()
        self._table = allocate_jack_table()
        try:
            self._port = self._listen(client)
        except SystoleError:
            self.close()
            raise
        self.name = library.jack_get_client_name(client).decode()
        self.port = library.jack_port_name(self._port).decode()
        self.rate = int(library.jack_get_sample_rate(client))
        self.frame_clock = address(library.jack_last_frame_time), client

    def _listen(self, client: int) -> int:
        """Register the port and start the cycle; returns the port."""
        library = self._library
        port = library.jack_port_register(client, b"in", MIDI, INPUT, 0)
        if not port:
            raise SystoleError("JACK: the server gives no MIDI port")
        functions = {
            "get_buffer": library.jack_port_get_buffer,
            "event_count": library.jack_midi_get_event_count,
            "event_get": library.jack_midi_event_get,
            "frame_time": library.jack_last_frame_time,
            "write": ctypes.CDLL(None).write,
        }
        words = {name: address(function) for name, function in functions.items()}
        for name, value in {**words, "client": client, "port": port, "wake": self._waker}.items():
            self._table.words[WORD_AT[name]] = value
        library.jack_set_process_callback(client, process_address(), self._table.address)
        library.jack_on_shutdown(client, gone_address(), self._table.address)
        if library.jack_activate(client):
            raise SystoleError("JACK: the server does not start our client")
        return int(port)

    def _count(self, word: str) -> int:
        return int(self._table.words[WORD_AT[word]])

    @property
    def is_alive(self) -> bool:
        """Whether the server still serves us."""
        return self._client is not None and not self._count("gone")

    @property
    def lost(self) -> int:
        """Messages that found the ring full, since the start."""
        return self._count("lost")

    @property
    def long(self) -> int:
        """Messages of more than 8 bytes, which are not passed on, since the start."""
        return self._count("long")

    def read(self, timeout: float) -> list[JackMessage]:
        """Messages that have come, in their order; waits up to `timeout` seconds for the first one.

        Also returns at once, with nothing, when the server leaves and after `close`.
        """
        with self._turn:
            if self._client is None:
                return []
            waiting = self._take()
            if waiting or not self.is_alive:
                return waiting
            poll = select.poll()
            poll.register(self._wake, select.POLLIN)
            if poll.poll(max(0, round(1000 * timeout))):
                with contextlib.suppress(BlockingIOError):
                    os.read(self._wake, 4096)
            return self._take()

    def _take(self) -> list[JackMessage]:
        table = self._table
        head, tail = int(table.head[0]), int(table.tail[0])
        if head == tail:
            return []
        with _FENCE:  # the records are read after the head
            pass
        taken = []
        for at in range(tail, head):
            frame, size, data = table.ring[at & (len(table.ring) - 1)].item()
            taken.append((frame, data.to_bytes(8, "little")[:size]))
        with _FENCE:  # and before the tail gives their places back
            table.tail[0] = head
        return taken

    def sources(self) -> list[str]:
        """Full names of the ports from which MIDI may come, physical ones and those of other programs."""
        with self._use:
            if not self.is_alive:
                return []
            found = self._library.jack_get_ports(self._client, None, MIDI, OUTPUT)
            return names(self._library, found)

    def connected(self) -> list[str]:
        """Full names of the ports that play to ours."""
        with self._use:
            if not self.is_alive:
                return []
            return names(self._library, self._library.jack_port_get_connections(self._port))

    def connect(self, source: str) -> bool:
        """Let a port of `sources` play to ours; False if it is gone by now."""
        with self._use:
            if not self.is_alive:
                return False
            if self._library.jack_port_connected_to(self._port, source.encode()):
                return True
            return not self._library.jack_connect(self._client, source.encode(), self.port.encode())

    def disconnect(self, source: str) -> None:
        """Let a port play to ours no more, if it does."""
        with self._use:
            if self.is_alive and self._library.jack_port_connected_to(self._port, source.encode()):
                self._library.jack_disconnect(self._client, source.encode(), self.port.encode())

    def close(self) -> None:
        """Leave the server; no callback runs from then on. May be called twice."""
        with self._use:
            client, self._client = self._client, None
        if client is None:
            return
        self._library.jack_client_close(client)
        with contextlib.suppress(BlockingIOError):
            os.write(self._waker, (1).to_bytes(8, "little"))  # a thread in `read` returns
        with self._turn:
            for descriptor in {self._wake, self._waker}:
                os.close(descriptor)

    def __enter__(self) -> JackMidi:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


_FENCE = threading.Lock()
"""Taking a lock orders memory, which plain Python otherwise does not (see `engine.realtime.event_ring`)."""


def _wakers() -> tuple[int, int]:
    """A descriptor that becomes readable when 8 bytes are written to the other; neither blocks."""
    if hasattr(os, "eventfd"):
        both = os.eventfd(0, os.EFD_NONBLOCK | os.EFD_CLOEXEC)
        return both, both
    reader, writer = os.pipe()
    os.set_blocking(reader, False)
    os.set_blocking(writer, False)
    return reader, writer

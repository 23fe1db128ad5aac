"""MIDI from a JACK server: a thread that hands on what our client gets, and connects it to what is there.

JACK's ports have no wishes of their own, so the client connects itself to those that are asked for. Cycles that JACK
leaves out take their messages with them, perhaps a key up: what was held before is let go, since a note that ends early
is better than one that nobody can end. A server that has gone takes the client with it, and with it all that was held.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from typing import Any

from accel.errors import SystoleError
from engine.live.priority import MIDI, raise_thread
from engine.midi.jack_client import JackMidi
from engine.midi.port_names import PortInfo, Wanted, is_wanted
from engine.text import plain

__all__ = ["JackPlayer"]

PORT = "JACK"
READ_SECONDS, LOOK_SECONDS, CLOSE_SECONDS = 0.2, 1.0, 2.0
OURS = "systole"


class JackPlayer:
    """Listens to JACK for as long as there is a server.

    Args:
        receive: called with the name of the port, the bytes of a message and JACK's frame of it.
        lost: called with the name of the port when messages may be missing, and with the frame before which they
            were; None: that is not known.
        gone: called with the name of the port at the end, when all has been received.
        open: makes the client.

    Attributes:
        faults: exceptions so far, of `receive` and of others; the first is logged.

    Raises:
        SystoleError: there is no server.
    """

    def __init__(
        self,
        receive: Callable[[str, bytes, int], None],
        lost: Callable[[str, int | None], None],
        gone: Callable[[str], None],
        *,
        open: Callable[[], Any] = JackMidi,
    ) -> None:
        self._receive, self._lost, self._gone = receive, lost, gone
        self._client = open()
        self._wanted: Wanted = ()
        self._connected: set[str] = set()
        self._is_new = False  # the wish
        self._count = self.faults = 0
        self._thread = threading.Thread(target=self._run, name="systole-jack-midi", daemon=True)
        self._thread.start()

    @property
    def is_alive(self) -> bool:
        """The server still serves us, and what it brings is read."""
        return bool(self._client.is_alive) and self._thread.is_alive()

    def want(self, names: Wanted) -> None:
        """Connect to the sources whose name holds one of these, in any case, or to all, and to no others of ours."""
        self._wanted, self._is_new = names, True

    def listed(self) -> list[PortInfo]:
        """The ports from which MIDI may come, our own excepted, and whether they play to ours, by whose wish ever."""
        open_now = set(self._client.connected())
        return [PortInfo(plain(name), name in open_now) for name in self._sources()]

    def _sources(self) -> list[str]:
        return [name for name in self._client.sources() if not name.startswith(OURS)]

    def close(self) -> None:
        """Leave the server; nothing is received after it."""
        self._client.close()
        self._thread.join(CLOSE_SECONDS)

    def _run(self) -> None:
        raise_thread(threading.get_native_id(), MIDI)
        try:
            self._serve()
        except Exception:  # we are no more `is_alive`, and somebody opens the next one
            self._fault()
        finally:
            self._gone(PORT)

    def _fault(self) -> None:
        if not self.faults:
            logging.getLogger(__name__).exception("while MIDI came from JACK")
        self.faults += 1

    def _hand_on(self, frame: int, data: bytes) -> None:
        """Whatever goes wrong with a message, the others are heard."""
        try:
            if data:
                self._receive(PORT, data, frame)
            else:
                self._lost(PORT, frame)
        except Exception:
            self._fault()

    def _serve(self) -> None:
        looked = 0.0
        while self._client.is_alive:
            for frame, data in self._client.read(READ_SECONDS):
                self._hand_on(frame, data)
            if self._client.lost != self._count:
                self._count = self._client.lost
                self._lost(PORT, None)
            if self._is_new or time.monotonic() > looked + LOOK_SECONDS:
                looked = time.monotonic()
                self._connect()

    def _connect(self) -> None:
        """Connect to what has come; what a person has taken apart since stays apart."""
        if self._is_new:
            self._is_new = False
            for name in self._connected:
                if not is_wanted(name, self._wanted):
                    self._client.disconnect(name)
            self._connected = set()
        sources = self._sources()
        self._connected &= set(sources)
        for name in sources:
            if is_wanted(name, self._wanted) and name not in self._connected and self._client.connect(name):
                self._connected.add(name)


def open_player(
    receive: Callable[[str, bytes, int], None], lost: Callable[[str, int | None], None], gone: Callable[[str], None]
) -> JackPlayer | None:
    """Listen to JACK; None if there is no server."""
    try:
        return JackPlayer(receive, lost, gone)
    except SystoleError:
        return None

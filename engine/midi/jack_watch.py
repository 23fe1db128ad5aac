"""Whether the JACK server that this process has come to know is still the one that runs.

Once a server has gone, its clients in this process cannot all be ended: PortAudio keeps one for as long as it is
initialised, waits for ever for a stream of it to close, asserts that JACK lets it go (pa_jack.c, Terminate: the process
aborts), and while that dead client is there, opening another one crashes in libjack. So one client of ours does nothing
but notice the end; whoever then needs JACK or PortAudio again needs a new process. It lives as long as PortAudio is
initialised, so it also lends JACK's frame counter to a stream's callback.
"""

from __future__ import annotations

import atexit
import ctypes
import threading

from accel.errors import SystoleError
from engine.midi.jack_library import NO_START, address, jack_library
from engine.realtime.jack_process import WORD_AT, JackTable, allocate_jack_table, gone_address, silent_address

__all__ = ["frame_clock", "server_gone", "server_period", "start_watch", "stop_watch"]

_turn = threading.Lock()
_watch: tuple[int, JackTable] | None = None


def start_watch() -> None:
    """Watch the server that runs now; without one, or without libjack, nothing happens."""
    global _watch
    with _turn:
        if _watch is not None:
            return
        try:
            library = jack_library()
        except SystoleError:
            return
        library.jack_set_error_function(silent_address())
        library.jack_set_info_function(silent_address())
        client = library.jack_client_open(b"systole-watch", NO_START, ctypes.byref(ctypes.c_int()))
        if client:
            table = allocate_jack_table()
            library.jack_on_shutdown(client, gone_address(), table.address)
            _watch = client, table
            atexit.register(stop_watch)  # libjack waits for seconds for a client that is still there at the end


def server_gone() -> bool:
    """Whether the server that is watched has left."""
    watch = _watch
    return watch is not None and bool(watch[1].words[WORD_AT["gone"]])


def server_period() -> int | None:
    """Frames of the watched server's cycle; None without one."""
    with _turn:
        if _watch is None or server_gone():
            return None
        return int(jack_library().jack_get_buffer_size(_watch[0]))


def frame_clock() -> tuple[int, int]:
    """Addresses of jack_last_frame_time and of its argument, for compiled code; zeros without a server.

    They stay valid until `stop_watch`, and for ever once the server has gone.
    """
    with _turn:
        if _watch is None:
            return 0, 0
        return address(jack_library().jack_last_frame_time), _watch[0]


def stop_watch() -> None:
    """Leave the server; a server that has gone stays gone for this process."""
    global _watch
    with _turn:
        if _watch is not None and not server_gone():
            jack_library().jack_client_close(_watch[0])
            _watch = None

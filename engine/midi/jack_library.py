"""The system's libjack through ctypes: its functions with their types, and which server there is.

The system's and not a bundled one: PortAudio plays through it too, and two of them in one process would be two
clients' worth of shared memory for nothing. No compiler and no header is needed; where the library is missing, there
is no JACK. Its reference: https://jackaudio.org/api/.
"""

from __future__ import annotations

import ctypes
import functools
import sys
from typing import Any

from accel.errors import SystoleError

__all__ = ["AUDIO", "INPUT", "MIDI", "NO_START", "OUTPUT", "address", "jack_library", "names"]

NO_START = 0x01
"""Option of jack_client_open: never start a server."""
INPUT, OUTPUT = 0x1, 0x2
"""Flags of ports, as seen by their client."""
AUDIO, MIDI = b"32 bit float mono audio", b"8 bit raw midi"
FILES = {"linux": "libjack.so.0", "darwin": "libjack.0.dylib"}

_POINTER, _NAME, _FRAMES, _INT = ctypes.c_void_p, ctypes.c_char_p, ctypes.c_uint32, ctypes.c_int
_NAMES = ctypes.POINTER(ctypes.c_char_p)
_TYPES: dict[str, tuple[Any, list[Any]]] = {
    "jack_activate": (_INT, [_POINTER]),
    "jack_client_close": (_INT, [_POINTER]),
    "jack_client_open": (_POINTER, [_NAME, _INT, ctypes.POINTER(_INT)]),
    "jack_connect": (_INT, [_POINTER, _NAME, _NAME]),
    "jack_disconnect": (_INT, [_POINTER, _NAME, _NAME]),
    "jack_frame_time": (_FRAMES, [_POINTER]),
    "jack_free": (None, [_POINTER]),
    "jack_get_client_name": (_NAME, [_POINTER]),
    "jack_get_ports": (_NAMES, [_POINTER, _NAME, _NAME, ctypes.c_ulong]),
    "jack_get_buffer_size": (_FRAMES, [_POINTER]),
    "jack_get_sample_rate": (_FRAMES, [_POINTER]),
    "jack_last_frame_time": (_FRAMES, [_POINTER]),
    "jack_midi_clear_buffer": (None, [_POINTER]),
    "jack_midi_event_get": (_INT, [_POINTER, _POINTER, ctypes.c_uint32]),
    "jack_midi_event_write": (_INT, [_POINTER, _FRAMES, _POINTER, ctypes.c_size_t]),
    "jack_midi_get_event_count": (ctypes.c_uint32, [_POINTER]),
    "jack_on_shutdown": (None, [_POINTER, _POINTER, _POINTER]),
    "jack_port_connected_to": (_INT, [_POINTER, _NAME]),
    "jack_port_get_buffer": (_POINTER, [_POINTER, _FRAMES]),
    "jack_port_get_connections": (_NAMES, [_POINTER]),
    "jack_port_name": (_NAME, [_POINTER]),
    "jack_port_register": (_POINTER, [_POINTER, _NAME, _NAME, ctypes.c_ulong, ctypes.c_ulong]),
    "jack_set_error_function": (None, [_POINTER]),
    "jack_set_info_function": (None, [_POINTER]),
    "jack_set_process_callback": (_INT, [_POINTER, _POINTER, _POINTER]),
}


@functools.cache
def jack_library() -> Any:
    """The library, loaded once.

    Raises:
        SystoleError: there is none on this system.
    """
    file = FILES.get(sys.platform)
    if file is None:
        raise SystoleError("JACK: its MIDI is read on Linux and macOS only")
    try:
        library = ctypes.CDLL(file)
    except OSError:
        raise SystoleError(f"JACK: {file} is not installed") from None
    for name, (result, arguments) in _TYPES.items():
        function = getattr(library, name)
        function.restype, function.argtypes = result, arguments
    return library


def address(function: Any) -> int:
    """Of a function of the library, for compiled code."""
    return ctypes.cast(function, ctypes.c_void_p).value or 0


def names(library: Any, found: Any) -> list[str]:
    """The strings of a list that JACK has allocated, which is freed; NULL is an empty one."""
    if not found:
        return []
    read, at = [], 0
    while found[at]:
        read.append(found[at].decode(errors="replace"))
        at += 1
    library.jack_free(found)
    return read

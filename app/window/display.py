"""Whether a window can be shown at all. Asked before Qt is, which ends the process where it finds no display.

Only Linux and the like can be without one. No Qt here.
"""

from __future__ import annotations

import ctypes
import os
import re
import socket
import sys
from collections.abc import Mapping
from pathlib import Path

__all__ = ["no_display"]

_X = re.compile(r"^(?:unix|localhost|127\.0\.0\.1)?:(\d+)(?:\.\d+)?$")
_TCP = re.compile(r"^([^:]+):(\d+)(?:\.\d+)?$")
SECONDS = 2.0


def no_display(environment: Mapping[str, str] = os.environ) -> str | None:
    """Why no window can be shown, for a person; None: one can."""
    if sys.platform in ("win32", "darwin"):
        return None
    platform = environment.get("QT_QPA_PLATFORM", "").partition(":")[0]
    if platform and platform not in ("xcb", "wayland"):
        return None  # offscreen, vnc, eglfs: whoever asks for these knows
    if platform != "xcb" and _answers_wayland(environment):
        return None
    name = environment.get("DISPLAY", "")
    if not name:
        return "there is no display (neither DISPLAY nor WAYLAND_DISPLAY is set)"
    if not _answers_x(name):
        return f"the display {name} does not answer"
    return _missing_library()


def _answers_wayland(environment: Mapping[str, str]) -> bool:
    name = environment.get("WAYLAND_DISPLAY", "")
    return bool(name) and _connects(socket.AF_UNIX, str(Path(environment.get("XDG_RUNTIME_DIR", "/")) / name))


def _answers_x(name: str) -> bool:
    local, remote = _X.match(name), _TCP.match(name)
    if local and not name.startswith("localhost"):
        path = f"/tmp/.X11-unix/X{local[1]}"
        return _connects(socket.AF_UNIX, path) or _connects(socket.AF_UNIX, "\0" + path)
    if remote:
        return _connects(socket.AF_INET, (remote[1], 6000 + int(remote[2])))
    return True  # of a form that Qt may know better


def _connects(family: int, address: object) -> bool:
    try:
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            probe.settimeout(SECONDS)
            probe.connect(address)  # type: ignore[arg-type]
            return True
    except (OSError, OverflowError, ValueError):
        return False


def _missing_library() -> str | None:
    """Qt's X11 plugin ends the process without this one, which few systems install by themselves."""
    try:
        ctypes.CDLL("libxcb-cursor.so.0")
    except OSError:
        return "Qt needs the library libxcb-cursor.so.0 (Debian, Ubuntu: apt install libxcb-cursor0)"
    return None

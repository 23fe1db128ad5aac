"""Whether a window can be shown at all. Asked before Qt is, which ends the process where it finds no display.

Only Linux and the like can be without one. No Qt here.
"""

from __future__ import annotations

import ctypes
import os
import re
import socket
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

__all__ = ["LIBRARIES", "missing_libraries", "no_display"]

_X = re.compile(r"^(?:unix|localhost|127\.0\.0\.1)?:(\d+)(?:\.\d+)?$")
_TCP = re.compile(r"^([^:]+):(\d+)(?:\.\d+)?$")
SECONDS = 2.0
LIBRARIES: dict[str, dict[str, str]] = {
    "": {
        "libEGL.so.1": "libegl1",
        "libGL.so.1": "libgl1",
        "libdbus-1.so.3": "libdbus-1-3",
        "libfontconfig.so.1": "libfontconfig1",
        "libglib-2.0.so.0": "libglib2.0-0",
        "libxkbcommon.so.0": "libxkbcommon0",
    },
    "xcb": {
        "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
        "libxcb-cursor.so.0": "libxcb-cursor0",
        "libxcb-icccm.so.4": "libxcb-icccm4",
        "libxcb-keysyms.so.1": "libxcb-keysyms1",
        "libxcb-shape.so.0": "libxcb-shape0",
    },
    "wayland": {"libwayland-cursor.so.0": "libwayland-cursor0"},
}
"""What Qt needs of the system, for itself and for a platform: library -> Debian's package, which brings what it needs.
`scripts/setup.sh` installs the same ones."""


def no_display(environment: Mapping[str, str] = os.environ) -> str | None:
    """Why no window can be shown, for a person; None: one can."""
    if sys.platform in ("win32", "darwin"):
        return None
    platform = environment.get("QT_QPA_PLATFORM", "").partition(":")[0]
    if platform and platform not in ("xcb", "wayland"):
        return missing_libraries("")  # offscreen, vnc, eglfs: whoever asks for these knows
    if platform != "xcb" and _answers_wayland(environment):
        return missing_libraries("wayland")
    name = environment.get("DISPLAY", "")
    if not name:
        return "there is no display (neither DISPLAY nor WAYLAND_DISPLAY is set)"
    if not _answers_x(name):
        return f"the display {name} does not answer"
    return missing_libraries("xcb")


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


def missing_libraries(platform: str, load: Callable[[str], object] = ctypes.CDLL) -> str | None:
    """Which libraries Qt lacks, and what to install; without one of them Qt ends the process. None: it has all."""
    missing = {}
    for name, package in {**LIBRARIES[""], **LIBRARIES.get(platform, {})}.items():
        try:
            load(name)
        except OSError:
            missing[name] = package
    if not missing:
        return None
    return f"Qt needs {', '.join(missing)} (Debian, Ubuntu: apt install {' '.join(missing.values())})"

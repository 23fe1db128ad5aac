"""How everything is compiled, and where the machine code is kept.

Numba's cache on disk sees a change of a function's own file only, not of what it calls or inlines, and stumbles
over types that no longer exist. So the code is kept in a folder named for a digest over all sources that may end
up in it: an edit anywhere compiles anew, which takes seconds and never lies. Folders of older versions are removed.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from pathlib import Path
from typing import Any

import numba
from platformdirs import user_cache_path

__all__ = ["INLINE", "JIT", "cache_folder", "is_cold"]

JIT: dict[str, Any] = {"nogil": True, "cache": True, "error_model": "numpy"}
"""Options of every kernel: no GIL, kept on disk, division by IEEE rules (nothing raises in an audio callback)."""
INLINE: dict[str, Any] = {**JIT, "inline": "always"}
"""For what has one caller: merged into it before it is compiled, since Numba compiles all that a function calls again
together with that function."""
KEPT = 3
"""Versions whose machine code stays on disk."""


def _digest() -> str:
    """Of every source that Numba may compile: accel's (not the hardware's) and, where it lies beside, engine's.

    Of engine's folders only `realtime` is compiled: an edit of what talks to MIDI ports must not cost a cold start.
    """
    here = Path(__file__).resolve().parent
    engine = here.parent / "engine"
    files = [*here.glob("*.py"), *(here / "emulator").rglob("*.py"), *engine.glob("*.py")]
    files += (engine / "realtime").rglob("*.py")
    content = (str(file.relative_to(here.parent)).encode() + file.read_bytes() for file in sorted(files))
    return hashlib.sha256(numba.__version__.encode() + b"".join(content)).hexdigest()[:16]


def cache_folder() -> Path:
    """Where this version's machine code is kept: below the user's cache, or where NUMBA_CACHE_DIR points."""
    chosen = os.environ.get("NUMBA_CACHE_DIR")
    return Path(chosen) if chosen else user_cache_path("systole", appauthor=False) / "kernels" / _digest()


def is_cold() -> bool:
    """Whether no machine code is on disk yet, so that the first call of a kernel will compile."""
    return next(cache_folder().rglob("*.nbc"), None) is None


def _use_cache_folder() -> None:
    """Point Numba at this version's folder, unless the user has chosen one, and drop the oldest versions."""
    if os.environ.get("NUMBA_CACHE_DIR"):
        return
    folder = cache_folder()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        folder.touch()
        versions = sorted(folder.parent.iterdir(), key=lambda each: each.stat().st_mtime)
    except OSError:
        return  # no writable cache: Numba falls back to its own choice, or compiles every time
    numba.config.CACHE_DIR = str(folder)
    for old in versions[:-KEPT]:
        shutil.rmtree(old, ignore_errors=True)


_use_cache_folder()

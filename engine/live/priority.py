"""Real-time priority for the threads that make sound, and memory that is never paged out.

JACK, Core Audio and WASAPI raise their threads themselves; ALSA's callback runs as we are. SCHED_FIFO needs a right
that desktops grant to a group, so where it is refused the answer is a line that says what to do. Where the system has
no such call there is nothing to do.
"""

from __future__ import annotations

import contextlib
import ctypes
import getpass
import os
import sys

__all__ = ["AHEAD", "AUDIO", "CANARY", "MIDI", "lock_memory", "lower_thread", "raise_thread"]

AUDIO, AHEAD, MIDI, CANARY = 70, 65, 60, 70
"""SCHED_FIFO priorities 1..99: below JACK's server (usually 80) and the kernel's interrupts (50 only as threads)."""
BACKGROUND = 10
"""Nice value."""
CURRENT, FUTURE, ON_FAULT = 1, 2, 4


def raise_thread(thread: int, priority: int) -> str | None:
    """Give a thread, by the system's number, real-time priority; None, or the line that says how to be allowed to."""
    if not hasattr(os, "sched_setscheduler") or thread <= 0:
        return None
    try:
        os.sched_setscheduler(thread, os.SCHED_FIFO, os.sched_param(priority))
    except PermissionError:
        return _remedy()
    except (ProcessLookupError, OSError):
        return None  # the thread has ended, or the kernel knows no such policy: nothing a person could do
    return None


def lower_thread(thread: int) -> None:
    """Let a thread, by the system's number, compute only where others leave time; nothing where that cannot be said."""
    if sys.platform.startswith("linux") and thread > 0:  # elsewhere it would be the whole process
        with contextlib.suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, thread, BACKGROUND)


def _remedy() -> str:
    try:
        user = getpass.getuser()
    except (KeyError, OSError):  # a user without a name, as in a container
        user = "YOU"
    return (
        "no real-time priority: as root, write '@audio - rtprio 95' and '@audio - memlock unlimited' to"
        f" /etc/security/limits.d/audio.conf and run 'usermod -aG audio {user}', then log in again; or play with --safe"
    )


def lock_memory() -> bool:
    """Keep this process's memory, as it comes to be used, from being paged out; False where that is not allowed.

    Pages are locked when first touched: locking all that is mapped would take hundreds of megabytes of compiler.
    """
    if not sys.platform.startswith("linux"):
        return False
    with contextlib.suppress(OSError, AttributeError):
        return bool(ctypes.CDLL(None).mlockall(CURRENT | FUTURE | ON_FAULT) == 0)
    return False

"""How the engine process is started: a fresh interpreter that inherits a connection and the shared memory.

Not `multiprocessing.Process`: it would import the owner's main module again, window and all, and keep a process to
track names that we do not have. The child gets the owner's module path, as there, so both run the same version; a
session of its own, so that Ctrl-C in a terminal reaches the owner, who then ends it in order; and nothing else.
"""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
from dataclasses import dataclass
from multiprocessing import Pipe
from typing import Any

from engine.live.shared import SharedBlock

__all__ = ["Child", "spawn"]

_CODE = "import json, sys; sys.path[:] = json.loads(sys.argv.pop(1)); from engine.live.__main__ import main; main()"
KILL_SECONDS = 5.0


@dataclass
class Child:
    """An engine process. `connection` carries bytes both ways (multiprocessing's Connection)."""

    process: Any
    connection: Any

    def kill(self) -> None:
        """End it at once, and wait until the system has taken its memory."""
        with contextlib.suppress(OSError):
            self.process.kill()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(KILL_SECONDS)

    @property
    def death(self) -> str:
        """How it ended, for a person."""
        status = self.process.poll()
        if status is None:
            return "it does not end"
        return f"signal {-status}" if status < 0 else f"exit status {status}"


def spawn(block: SharedBlock) -> Child:
    """Start an engine on a block.

    Raises:
        OSError: the system has no room for another process.
    """
    ours, theirs = Pipe()
    handle = theirs.fileno()
    path = [os.path.abspath(entry) for entry in sys.path]  # noqa: PTH100 (entries may be zip files, and empty)
    command = [sys.executable, "-P", "-c", _CODE, json.dumps(path), "--fd", str(handle), "--memory", block.handle]
    options: dict[str, Any] = {"start_new_session": True, "pass_fds": (handle, *block.descriptors)}
    if sys.platform == "win32":
        os.set_handle_inheritable(handle, True)
        startup = subprocess.STARTUPINFO(lpAttributeList={"handle_list": [handle]})
        options = {"startupinfo": startup, "creationflags": subprocess.CREATE_NEW_PROCESS_GROUP}
    try:
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, **options)
    except OSError:
        ours.close()
        raise
    finally:
        theirs.close()
    return Child(process, ours)

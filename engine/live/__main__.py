"""The engine process as a program: `python -m engine.live --fd N --memory M`, as `spawn` starts it; not for people."""

from __future__ import annotations

import time

_BEGAN = time.monotonic()

import faulthandler  # noqa: E402
import os  # noqa: E402
import signal  # noqa: E402
import sys  # noqa: E402
from typing import Any  # noqa: E402

from accel.errors import SystoleError  # noqa: E402
from engine.live.process import run  # noqa: E402
from engine.live.shared import SharedBlock  # noqa: E402

__all__ = ["main"]


def _connection(handle: int) -> Any:
    """Our end of the connection that the owner made."""
    if sys.platform == "win32":
        from multiprocessing.connection import PipeConnection

        return PipeConnection(handle)
    from multiprocessing.connection import Connection

    return Connection(handle)


def main() -> None:
    """Run an engine for the process that started this one; does not return."""
    arguments = dict(zip(sys.argv[1::2], sys.argv[2::2], strict=False))
    if set(arguments) != {"--fd", "--memory"} or not arguments["--fd"].isdecimal():
        sys.exit("engine.live: started by the systole command, not by hand: see systole play --help")
    faulthandler.enable()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the owner, who then ends us in order
    try:
        status = run(_connection(int(arguments["--fd"])), SharedBlock.attach(arguments["--memory"]), _BEGAN)
    except SystoleError as error:
        print(f"engine.live: {error}", file=sys.stderr)
        status = 1
    os._exit(status)  # and not by returning: a library that hangs would keep us


if __name__ == "__main__":
    main()

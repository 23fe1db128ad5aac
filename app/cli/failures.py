"""The one place where a failure becomes one line on stderr and an exit status, and never a traceback.

Status 0 is success, 1 a failure at run time, 2 wrong usage, 130 an interrupt (SIGINT, SIGTERM or SIGHUP, so
that a render stopped by any of them cleans up). With SYSTOLE_DEBUG=1 in the environment the traceback is
shown as well.
"""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import traceback
from collections.abc import Sequence
from types import FrameType

import click

from accel.errors import SystoleError

__all__ = ["DONE", "FAILED", "INTERRUPTED", "USAGE", "guarded"]

DONE, FAILED, USAGE, INTERRUPTED = 0, 1, 2, 130


def guarded(group: click.Command, arguments: Sequence[str]) -> int:
    """Run `group`; say in one line what went wrong, if anything did; return the exit status."""
    _catch_signals()
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")  # a letter that the terminal lacks is no failure
    try:
        result = group.main(args=list(arguments), prog_name="systole", standalone_mode=False)
        sys.stdout.flush()  # here, where a full disk or a closed pipe can still be reported
        return result if isinstance(result, int) else DONE
    except BaseException as error:
        status = _report(error)
        if _debugging() and status != DONE:
            traceback.print_exc()
        _discard_stdout()
        return status


def _report(error: BaseException) -> int:
    """Print the line for `error` and return its exit status."""
    if isinstance(error, click.exceptions.NoArgsIsHelpError):
        error.show()
        return USAGE
    if isinstance(error, click.ClickException):
        _say(error.format_message() + _hint(error))
        return error.exit_code
    if isinstance(error, (KeyboardInterrupt, click.Abort)):
        _say("interrupted")
        return INTERRUPTED
    if isinstance(error, BrokenPipeError):
        return FAILED  # the reader left: nobody to tell, and no fault worth a line
    if isinstance(error, SystoleError):
        _say(str(error))
    elif isinstance(error, OSError):
        name = f"{error.filename}: " if error.filename else ""
        _say(name + (error.strerror or str(error)))
    elif isinstance(error, MemoryError):
        _say("out of memory")
    elif isinstance(error, SystemExit):
        return error.code if isinstance(error.code, int) else FAILED
    else:
        _say(f"internal error: {type(error).__name__}: {error} (SYSTOLE_DEBUG=1 shows where)")
    return FAILED


def _say(message: str) -> None:
    """One line, whatever the message holds."""
    with contextlib.suppress(OSError):
        click.echo("systole: " + " ".join(message.split()), err=True)


def _hint(error: click.ClickException) -> str:
    context = error.ctx if isinstance(error, click.UsageError) else None
    return f" (see `{context.command_path} --help`)" if context else ""


def _debugging() -> bool:
    return os.environ.get("SYSTOLE_DEBUG", "") not in ("", "0")


def _discard_stdout() -> None:
    """Point stdout nowhere, so that the interpreter's own flush at exit cannot fail once more."""
    with contextlib.suppress(OSError, ValueError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)


def _catch_signals() -> None:
    """Let SIGTERM and SIGHUP unwind as SIGINT does; once unwinding, a second one must not cut the clean-up
    short.
    """
    names = [name for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)]
    caught = [getattr(signal, name) for name in names]

    def interrupt(number: int, frame: FrameType | None) -> None:
        for each in caught:
            signal.signal(each, signal.SIG_IGN)
        raise KeyboardInterrupt

    with contextlib.suppress(ValueError):  # not in the main thread: the caller's handlers stay
        for each in caught:
            if signal.getsignal(each) != signal.SIG_IGN:  # nohup, or a background job of a script
                signal.signal(each, interrupt)

"""The sound server without hardware and its client, as tests use them; the benchmark of live playing has the same."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable

import pytest

from benchmarks.live_jack import JackServer, jack_server, wait_for
from benchmarks.live_probe import Probe

__all__ = ["JackServer", "Probe", "jack_server", "may_be_realtime", "needs_jack", "output_ports", "wait_for"]

needs_jack = pytest.mark.skipif(shutil.which("jackd") is None, reason="needs a JACK server: apt install jackd2")


def output_ports(probe: Probe, seconds: float = 10.0, alive: Callable[[], object] = lambda: None) -> list[str]:
    """The engine's two outputs, once it plays; a stream that was opened anew has new ones.

    Args:
        alive: called at each look; raises where there is nothing to wait for any more.
    """

    def look() -> list[str] | None:
        alive()
        found = probe.ports("^systole:out_.*")
        return found if len(found) == 2 else None

    found: list[str] = wait_for(look, seconds, "the engine's outputs")
    return found


def may_be_realtime() -> bool:
    """Whether we may have real-time priority, and so may JACK's threads."""
    if not hasattr(os, "sched_setscheduler"):
        return False
    policy, parameters = os.sched_getscheduler(0), os.sched_getparam(0)
    try:
        os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(1))
    except OSError:
        return False
    os.sched_setscheduler(0, policy, parameters)
    return True

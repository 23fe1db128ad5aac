"""The sound server without hardware and its client, as tests use them; the benchmark of live playing has the same."""

from __future__ import annotations

import os
import shutil

import pytest

from benchmarks.live_jack import JackServer, jack_server, wait_for
from benchmarks.live_probe import Probe

__all__ = ["JackServer", "Probe", "jack_server", "may_be_realtime", "needs_jack", "wait_for"]

needs_jack = pytest.mark.skipif(shutil.which("jackd") is None, reason="needs a JACK server: apt install jackd2")


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

"""The sound server without hardware and its client, as tests use them; the benchmark of live playing has the same."""

from __future__ import annotations

import shutil

import pytest

from benchmarks.live_jack import JackServer, jack_server, wait_for
from benchmarks.live_probe import Probe

__all__ = ["JackServer", "Probe", "jack_server", "needs_jack", "wait_for"]

needs_jack = pytest.mark.skipif(shutil.which("jackd") is None, reason="needs a JACK server: apt install jackd2")

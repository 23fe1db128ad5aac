"""The sound server without hardware and its client, as tests use them; the benchmark of live playing has the same."""

from __future__ import annotations

import shutil
from collections.abc import Callable

import pytest

from benchmarks.live_jack import JackServer, jack_server, may_be_realtime, wait_for
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

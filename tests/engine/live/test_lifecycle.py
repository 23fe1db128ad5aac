"""Engines that are started and stopped, killed, and whose owner is killed: everything is as it was before.

In the ordinary suite a few times; `pytest -m slow tests/engine/live/test_lifecycle.py` 200 times and 50 of each kill
(SYSTOLE_CYCLES=N: N of all). `-rP` shows what a cycle took.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from engine.live.client import Engine
from engine.live.layout import State
from engine.live.options import Options
from engine.midi.rows import note_on
from tests.app.support import ROOT
from tests.engine.live.traces import is_gone, leave_orphans_to_us, traces
from tests.support.jack import JackServer, jack_server, needs_jack, wait_for

pytestmark = needs_jack

READY_SECONDS = 300.0
END_SECONDS = 20.0


def forms(short: int, long: int) -> pytest.MarkDecorator:
    """The test as it is for every day, and as it is for a proof."""
    long = int(os.environ.get("SYSTOLE_CYCLES", long))
    return pytest.mark.parametrize("cycles", [short, pytest.param(long, marks=pytest.mark.slow)])


@pytest.fixture
def server(tmp_path: Path, home: Path) -> Iterator[JackServer]:
    with jack_server(tmp_path) as found:
        yield found


def playing(**options: object) -> Engine:
    """An engine that plays to JACK."""
    engine = Engine()
    try:
        engine.start(Options(patch='schema = 1\nname = "Tiny"\nmodel = "tiny"\n', **options))
        engine.wait_ready(READY_SECONDS)
        wait_for(lambda: engine.snapshot().state == State.PLAYING, 10, "playing")
    except BaseException:
        engine.stop()
        raise
    return engine


def sounds(engine: Engine) -> None:
    engine.send([note_on(0, 0, 60, 100.0)])
    wait_for(lambda: np.abs(engine.scope(4800)).max() > 1e-3, 10, "sound")


def pid_of(engine: Engine) -> int:
    return int(engine._arrays["header"]["engine"][0])


def start_and_stop() -> None:
    engine = playing()
    sounds(engine)
    pid = pid_of(engine)
    engine.stop()
    assert engine.snapshot().state == State.STOPPED
    assert is_gone(pid)


def kill_the_engine() -> None:
    engine = playing()
    try:
        pid = pid_of(engine)
        os.kill(pid, signal.SIGKILL)
        wait_for(lambda: pid_of(engine) not in (0, pid), READY_SECONDS, "another engine")
        wait_for(lambda: engine.snapshot().state == State.PLAYING, READY_SECONDS, "playing again")
        assert engine.snapshot().restarts == 1
        sounds(engine)
        new = pid_of(engine)
    finally:
        engine.stop()
    assert is_gone(pid) and is_gone(new)


OWNER = """
import time
from tests.engine.live.test_lifecycle import pid_of, playing, sounds
engine = playing()
sounds(engine)
print(pid_of(engine), flush=True)
time.sleep(600)
"""


def kill_the_owner() -> None:
    owner = subprocess.Popen([sys.executable, "-c", OWNER], cwd=ROOT, stdout=subprocess.PIPE)
    assert owner.stdout is not None
    with owner.stdout:
        pid = int(owner.stdout.readline())
        assert not is_gone(pid)
        owner.kill()
        owner.wait()
    wait_for(lambda: is_gone(pid), END_SECONDS, "the engine's end")


def repeat(server: JackServer, cycle: Callable[[], None], cycles: int) -> None:
    """All traces must be as before after every single cycle."""
    cycle()  # the first one may compile, load libraries, and leave caches
    before, times = traces(server.name), []
    for number in range(cycles):
        began = time.perf_counter()
        cycle()
        times.append(time.perf_counter() - began)
        wait_for(lambda: traces(server.name) == before, 5, f"after {number + 1}: {traces(server.name)}, not {before}")
    print(f"{cycle.__name__}: {cycles} times, median {np.median(times):.2f} s, worst {max(times):.2f} s")


@forms(3, 200)
def test_starts_and_stops_leave_nothing(server: JackServer, cycles: int) -> None:
    repeat(server, start_and_stop, cycles)


@forms(2, 50)
def test_a_killed_engine_is_replaced_and_leaves_nothing(server: JackServer, cycles: int) -> None:
    repeat(server, kill_the_engine, cycles)


@pytest.fixture
def orphans() -> Iterator[None]:
    yield from leave_orphans_to_us()


@forms(2, 50)
@pytest.mark.usefixtures("orphans")
def test_a_killed_owner_takes_the_engine_along_and_leaves_nothing(server: JackServer, cycles: int) -> None:
    repeat(server, kill_the_owner, cycles)

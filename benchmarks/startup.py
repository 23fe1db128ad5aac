"""How long one waits: for `systole --help`, and for the first block of sound with and without Numba's cache."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass

from benchmarks.memory import COMMAND, ROOT
from benchmarks.timing import Say, quiet

__all__ = ["Startup", "measure_startup"]

_FIRST_BLOCK = """
import numpy as np
from engine.banks import load_banks
from engine.events import Kind, event_array
from engine.library import find_model, open_model
from engine.part import Part
from engine.patch import load_patch
patch = load_patch(load_banks().patch_name(0, 0))
part = Part(patch, open_model(find_model(patch.model)), seed=1)
part.render(event_array([(0, Kind.NOTE_ON, 0, 60, 100.0)]), 0, 0, np.zeros((128, 2), np.float32))
"""


@dataclass(frozen=True)
class Startup:
    """Seconds from the start of the process: `systole --help` (processor time), the first block, and that block
    on an empty cache; -1 where it was not measured.
    """

    help: float
    warm: float
    cold: float


def _run(arguments: list[str], environment: dict[str, str]) -> tuple[float, float]:
    """(seconds by the clock, processor seconds) of a process."""
    before, began = os.times(), time.perf_counter()
    subprocess.run(arguments, cwd=ROOT, env=environment, check=True, capture_output=True)
    elapsed, after = time.perf_counter() - began, os.times()
    spent = after.children_user + after.children_system - before.children_user - before.children_system
    return elapsed, spent


def measure_startup(*, cold: bool = True, say: Say = quiet) -> Startup:
    """Start processes and wait; `cold` compiles everything once, in a cache of its own."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    say("start-up: --help")
    helps = [_run([*COMMAND, "--help"], environment)[1] for _ in range(5)]
    first_block = [sys.executable, "-c", _FIRST_BLOCK]
    if not cold:
        _run(first_block, environment)
        return Startup(statistics.median(helps), _run(first_block, environment)[0], -1.0)
    with tempfile.TemporaryDirectory() as cache:
        environment["NUMBA_CACHE_DIR"] = cache
        say("start-up: compiling everything")
        seconds = _run(first_block, environment)[0]
        say("start-up: from the cache")
        warm = statistics.median(_run(first_block, environment)[0] for _ in range(3))
    return Startup(statistics.median(helps), warm, seconds)

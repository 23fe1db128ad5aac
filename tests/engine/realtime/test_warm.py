"""After a warm-up, nothing that live playing calls is compiled any more."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from engine.deck import allocate_deck
from engine.realtime.warm import warm_realtime

CHECK = """
from engine.deck import allocate_deck
from engine.realtime import callback, produce
from engine.realtime.ahead import run_ahead, run_canary, run_silent
from engine.realtime.warm import warm_realtime
warm_realtime(allocate_deck())
for entry in (callback._compiled_audio(), callback._compiled_finished(), produce._compiled()):
    print(entry._cache_hits)
for loop in (run_ahead, run_silent, run_canary, produce.produce):
    print(sum(loop.stats.cache_misses.values()), sum(loop.stats.cache_hits.values()))
"""


def test_all_is_loaded_by_another_process() -> None:
    warm_realtime(allocate_deck())
    root = Path(__file__).parents[3]
    done = subprocess.run([sys.executable, "-c", CHECK], cwd=root, capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["1", "1", "1", *["0", "1"] * 4]

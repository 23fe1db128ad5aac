"""The whole engine process under ten thousand messages of nonsense a second, through a JACK port.

Two seconds in the ordinary suite; a minute with `pytest -m slow tests/engine/live/test_fuzz.py`, or as long as
SYSTOLE_FUZZ_SECONDS says. What comes is bytes, not messages: running status, system exclusives that never end, data
without a status, program changes, clocks, MPE zones. Afterwards no key may hang, and the memory may not have grown.
"""

from __future__ import annotations

import os
import random
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import psutil
import pytest

from engine.deck import SLOTS
from engine.live.client import Engine
from engine.live.layout import State
from engine.live.options import Options
from engine.live.protocol import Panic, SetPatch
from engine.parameters import parameter
from tests.engine.live.test_end_to_end import connect
from tests.engine.midi.test_translate import all_keys_up, fuzz
from tests.support.jack import Probe, jack_server, needs_jack, wait_for

pytestmark = needs_jack

PER_SECOND = 10_000
SECONDS = float(os.environ.get("SYSTOLE_FUZZ_SECONDS", 60))
FILLING_SECONDS = 15.0
"""A shorter flood before the long one fills what is bounded: models that program changes load, slots, pools, caches."""
MOST_GROWTH = 20.0
"""MB; 13 of a minute are the journal, which keeps 64 MB and puts the rest into a file."""
RING_SECONDS = 0.5
"""In which a part that nobody hears has ended, so that the next patch takes its memory (17 MB) back."""
MARGIN_SECONDS = 3.0
RESET = [bytes([0xB0 | channel, control, value]) for channel in range(16) for control, value in ((121, 0), (7, 100))]


@pytest.fixture
def engine(tmp_path: Path, home: Path) -> Iterator[Engine]:
    with jack_server(tmp_path), Engine() as found:
        found.start(Options())
        found.wait_ready(300)
        wait_for(lambda: found.snapshot().state == State.PLAYING, 10, "playing")
        yield found


def messages(draw: random.Random, probe: Probe) -> list[tuple[int, bytes]]:
    """A second of nonsense, evenly spread from a moment ahead."""
    start = probe.now + probe.rate // 10
    made = [data for data in fuzz(draw, PER_SECOND) if data]
    return [(start + at * probe.rate // PER_SECOND, data) for at, data in enumerate(made)]


def is_quiet(engine: Engine) -> bool:
    """Nothing was heard for half a second, and no key or pedal holds a note."""
    meters = engine.snapshot().meters
    return meters["notes_held"] == meters["voices"] == 0 and np.abs(engine.scope(24_000)).max() == 0.0


def flood(engine: Engine, probe: Probe, seed: int, seconds: float) -> int:
    """Nonsense for a while, then all keys up; how many messages that were."""
    draw, count, end = random.Random(seed), 0, time.monotonic() + seconds
    while time.monotonic() < end:
        played = messages(draw, probe)
        probe.play(played)
        probe.wait_until(played[-1][0])
        count += len(played)
    start = probe.now + probe.rate // 4
    probe.play([(start, data) for data in [*all_keys_up(), *RESET]])
    probe.wait_until(start)
    longest = parameter("amp.release").high + MARGIN_SECONDS
    wait_for(lambda: is_quiet(engine), longest, f"silence: {engine.snapshot().meters}")
    assert not engine.snapshot().sound["held"].any()
    return count


def resident(engine: Engine) -> int:
    """Bytes of memory that the engine's process has when its deck holds the same sound again, and nothing else."""
    for number in range(SLOTS + 2):
        engine.request(SetPatch(text=f'schema = 1\nname = "{number}"\nmodel = "va"\n'), 60)
        time.sleep(RING_SECONDS)
    return int(psutil.Process(int(engine._arrays["header"]["engine"][0])).memory_info().rss)


def play_nonsense(engine: Engine, seconds: float, filling: float) -> float:
    """Two floods; MB by which the memory has grown during the second one."""
    with Probe(seconds=0, most=int((seconds + filling + 10) * PER_SECOND)) as probe:
        connect(probe)
        sent = flood(engine, probe, 20, filling)
        before = resident(engine)
        sent += flood(engine, probe, 21, seconds)
        growth = (resident(engine) - before) / 2**20
        snapshot = engine.snapshot()
        counters = snapshot.counters
        print(f"{sent} messages, grown by {growth:.1f} MB: {counters}")
        assert snapshot.restarts == 0
        assert counters["midi_messages"] > 0.3 * sent
        assert counters["midi_bad"] > 0.05 * sent
        assert counters["notes"] > 100
        for name in ("nonfinite", "refused_events", "journal_lost"):
            assert counters[name] == 0, name
        engine.request(Panic())
        probe.play([(probe.now, bytes([0x90, 60, 100]))])
        wait_for(lambda: np.abs(engine.scope(4800)).max() > 1e-4, 5, "it still plays")
        return growth


def test_nonsense_hangs_no_key(engine: Engine) -> None:
    play_nonsense(engine, 1.0, 1.0)


@pytest.mark.slow
def test_a_minute_of_nonsense_does_not_fill_the_memory(engine: Engine) -> None:
    assert play_nonsense(engine, SECONDS, FILLING_SECONDS) < MOST_GROWTH

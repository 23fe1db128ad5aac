"""The loops: rendering ahead for a device that asks on time, playing to the clock, and the one that sleeps."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import pytest

from accel.program import Program
from engine.realtime import ahead as module
from engine.realtime.ahead import run_ahead, run_canary, run_silent
from engine.realtime.ahead_ring import held_ahead, set_direct, set_safe
from engine.realtime.convert import allocate_converter
from engine.realtime.rig import RING_AT, SILENT, WORD_AT
from tests.engine.machine_code import allocators
from tests.engine.realtime.bench import Bench, on
from tests.engine.realtime.device import Device


@contextmanager
def running(bench: Bench, loop: Callable[[Any], None]) -> Iterator[threading.Thread]:
    """A loop in a thread of its own, that has ended when this is left."""
    bench.rig.words[WORD_AT["stop"]] = 1
    loop(bench.rig)  # compiled by now
    bench.rig.words[WORD_AT["stop"]] = 0
    thread = threading.Thread(target=loop, args=(bench.rig,), daemon=True)
    thread.start()
    yield thread
    bench.rig.words[WORD_AT["stop"]] = 1
    thread.join(timeout=10)
    assert not thread.is_alive()


def wait_for(condition: Callable[[], bool], seconds: float = 10.0) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.002)


def test_what_is_rendered_ahead_is_what_the_journal_gives(tiny: Program) -> None:
    bench, block, heard = Bench(tiny), 128, []
    silence = bench.play(1000)
    device = Device(bench.rig)
    device.call(block)  # compiled; nobody plays, so it is silent
    set_safe(bench.rig, block, 3)
    device.link.take_over()
    with running(bench, run_ahead):
        for number in range(60):
            wait_for(lambda: held_ahead(bench.rig) == 3 * block)
            if number % 10 == 0:
                bench.midi.push([on(0, 50 + number)])
            heard.append(device.call(block))
            clock = bench.shared["clock"][0]
            assert clock["sample"] == 1000 + number * block and clock["delay"] == 4 * block
    sound = np.concatenate(heard)
    log = bench.rig.ahead_log[: int(bench.rig.ahead_log_head[0])]
    assert len(log) >= 60 and set(log["frames"].tolist()) == {block} and log["starting"].sum() == 6
    assert log["wall"].min() > 0 and not bench.rig.log["missing"].any()
    bench.drain()
    assert bench.count("ahead_underruns") == 0 and np.abs(sound).max() > 0.01
    assert bench.shared["meters"]["load_worst"][0] > 0.01  # of rendering, not of copying
    assert np.array_equal(
        bench.replay(0, 1000 + len(sound) + 3 * block)[: 1000 + len(sound)], np.concatenate([silence, sound])
    )
    assert bench.word("ahead_thread") not in (0, threading.get_native_id())
    set_direct(bench.rig)
    assert bench.count("ahead_lost") >= 2 * block


@pytest.mark.parametrize("blocks", [1, 2])
def test_a_device_of_another_rate_which_takes_a_sample_more_or_less_never_runs_dry(tiny: Program, blocks: int) -> None:
    bench, block = Bench(tiny), 140  # for 128 at 44.1 kHz
    device = Device(bench.rig, rate=44_100, converter=allocate_converter(44_100))
    set_safe(bench.rig, block, blocks)
    device.link.take_over()
    with running(bench, run_ahead):
        for number in range(40):
            wait_for(lambda: held_ahead(bench.rig) == blocks * block)
            device.call(128)
            if number == 0:  # fills the converter, and so may find too little; then the output's gate is shut
                bench.rig.counters["ahead_underruns"] = 0
    assert bench.count("ahead_underruns") == 0


def test_it_ends_with_the_mode_and_waits_while_nobody_plays(tiny: Program) -> None:
    bench = Bench(tiny)
    set_safe(bench.rig, 64, 1)
    with running(bench, run_ahead) as thread:
        time.sleep(0.05)
        assert bench.rig.play["now"][0] == 0
        bench.rig.words[WORD_AT["owner"]] = 99
        wait_for(lambda: held_ahead(bench.rig) == 64)
        bench.rig.words[WORD_AT["mode"]] = 0
        thread.join(timeout=10)
        assert not thread.is_alive() and bench.rig.play["now"][0] == 64


def test_without_a_device_the_clock_goes_on(tiny: Program) -> None:
    bench = Bench(tiny)
    bench.play(1024)
    bench.rig.words[WORD_AT["owner"]] = SILENT
    bench.midi.push([on(0, 60)])
    with running(bench, run_silent) as thread:
        before, first = time.perf_counter(), int(bench.rig.play["now"][0])
        time.sleep(2.0)
        passed, played = time.perf_counter() - before, int(bench.rig.play["now"][0]) - first
        assert played == pytest.approx(passed * 48_000, abs=4800)
        clock = bench.shared["clock"][0].copy()
        assert (clock["block"], clock["rate"], clock["delay"]) == (512, 48_000, 512)
        assert clock["period"] == pytest.approx(1e9 / 48_000, rel=1e-3)
        bench.rig.words[WORD_AT["owner"]] = 0
        thread.join(timeout=10)
        assert not thread.is_alive()
    assert bench.rig.ring_heads[RING_AT["tape"]] == bench.rig.play["now"][0] and bench.rig.tape.any()
    assert bench.shared["meters"]["peak_left"][0] > 0.001 and bench.count("callbacks") > 100


def test_the_canary_notes_when_the_machine_was_late(tiny: Program) -> None:
    bench = Bench(tiny)
    with running(bench, run_canary):
        time.sleep(0.3)
    head, worst = int(bench.rig.canary_head[0]), bench.count("canary_worst_ns")
    assert 0 < worst < 10_000_000_000 and bench.word("canary_thread") > 0
    assert head >= bench.count("canary_late")
    if head:
        assert bench.rig.canary["late"][: min(head, 1024)].max() <= worst


def test_a_handed_over_stream_leaves_no_sample_out(tiny: Program) -> None:
    """From the clock to a device and back: the sample counter runs on, and the journal gives the tape."""
    bench = Bench(tiny)
    device = Device(bench.rig)
    device.call(64)
    bench.midi.push([on(0, 60), on(0, 64)])
    for _ in range(3):
        bench.rig.words[WORD_AT["owner"]] = SILENT
        with running(bench, run_silent):
            wait_for(lambda: bench.count("callbacks") > 3)
            device.link.take_over()
            for _ in range(10):
                device.call(256)
    bench.drain()
    now = int(bench.rig.play["now"][0])
    assert bench.count("samples") == now
    assert np.array_equal(bench.replay(0, now), bench.rig.tape[:now])


def test_nothing_is_allocated() -> None:
    for loop in (module.run_ahead, module.run_silent, module.run_canary):
        assert allocators(loop) == []

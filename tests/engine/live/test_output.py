"""From the clock to a device, from one to another, at any rate, block and mode; what is remembered of it."""

from __future__ import annotations

import numpy as np
import pytest

from accel.errors import SystoleError
from accel.program import Program
from engine.events import Kind
from engine.live import stream as stream_module
from engine.live import switch
from engine.live.devices import JACK
from engine.live.layout import State
from engine.live.protocol import DeviceName, OpenStream
from engine.live.settings import load_settings
from engine.realtime.rig import WORD_AT
from tests.engine.live.output_bench import PERIOD, Bench, Machine, ahead, device, wait


def test_the_clock_plays_until_a_device_does_and_the_count_runs_on(bench: Bench, machine: Machine) -> None:
    bench.until(lambda: bench.core.samples > 4800)
    assert bench.state == State.SILENT
    before = bench.core.samples
    found = bench.open(device=DeviceName("ALSA", "card"), block=256)
    assert found["device"] == {"host": "ALSA", "name": "card"}
    assert (found["rate"], found["block"], found["latency"], found["line"]) == (48_000, 256, 240, "ALSA: card")
    assert bench.state == State.PLAYING
    opened = bench.core.samples
    assert opened > before
    bench.until(lambda: bench.core.samples > opened + 9600)
    (stream,) = machine.open
    assert np.abs(np.concatenate(stream.heard)).max() == 0.0  # every frame was written, and there is no part yet
    gates = [event for event in bench.core.take_journal().tolist() if event[1] == Kind.GATE]
    assert [(gate[3], gate[4]) for gate in gates] == [(480, 0.0), (480, 1.0)]
    assert gates[1][0] - gates[0][0] >= 480
    assert bench.arrays["counters"]["journal_lost"][0] == 0
    assert [mark[1:] for mark in bench.marks] == [("stream", 48_000.0)]


def test_from_one_device_to_another_at_another_rate_and_ahead(bench: Bench, machine: Machine) -> None:
    bench.open(device=DeviceName("ALSA", "card"))
    found = bench.open(device=DeviceName("", "oth"), mode="safe", ahead=3)
    assert (found["rate"], found["line"]) == (96_000, "ALSA: other")
    words, lost = bench.core.rig.words, bench.arrays["counters"]["ahead_lost"]
    assert (words[WORD_AT["block"]], words[WORD_AT["ahead"]], lost[0]) == (64, 3 * 64, 0)
    before = bench.core.samples
    bench.until(lambda: bench.core.samples > before + 9600)
    bench.open(device=DeviceName("ALSA", "other"))
    assert 0 < lost[0] <= 3 * 64  # behind the gate
    bench.output.close_stream().result(20)
    assert (bench.state, machine.open) == (State.SILENT, [])
    before = bench.core.samples
    bench.until(lambda: bench.core.samples > before + 4800)


def test_what_is_rendered_ahead_is_what_the_device_hears(bench: Bench, machine: Machine, tiny: Program) -> None:
    bench.hum(tiny)
    bench.open(device=DeviceName("ALSA", "card"), mode="safe", ahead=3, block=1024)
    before = bench.core.samples
    bench.until(lambda: bench.core.samples > before + 48_000)
    (stream,) = machine.open
    heard, tape = list(stream.heard[:-1]), bench.core.rig.tape.copy()
    blocks = [block for block in heard if np.abs(block).max() > 1e-3]
    assert len(blocks) > 10, "it is not silent"

    def places(block: np.ndarray) -> np.ndarray:
        starts = np.flatnonzero((tape[: -len(block)] == block[0]).all(axis=1))
        return starts[[np.array_equal(tape[at : at + len(block)], block) for at in starts]]

    found = [places(block) for block in blocks]
    assert sum(len(each) > 0 for each in found) >= 0.7 * len(blocks), "but for those that ran dry"
    at = [int(each[0]) for each in found if len(each)]
    assert at == sorted(set(at)), "each once, in its order"


def test_what_was_opened_is_remembered(bench: Bench) -> None:
    bench.open(device=DeviceName("ALSA", "other"), block=512)
    settings, _ = load_settings()
    assert (settings.device, settings.rate, settings.block) == (DeviceName("ALSA", "other"), 96_000, 512)
    bench.output.close_stream().result(20)
    found = bench.open()
    assert (found["device"]["name"], found["block"]) == ("other", 512)


def test_safe_mode_is_remembered_for_its_device_until_direct_is_asked_for(bench: Bench, machine: Machine) -> None:
    bench.open(mode="safe", ahead=3)
    settings, _ = load_settings()
    assert (settings.device, settings.mode, settings.ahead) == (DeviceName("ALSA", "card"), "safe", 3)
    bench.output.close_stream().result(20)
    assert bench.open()["device"]["name"] == "card" and ahead(bench) == 3
    bench.open(mode="safe")  # as many as it was
    assert ahead(bench) == 3
    bench.output.open(OpenStream(mode="direct"), may_remember=False).result(20)  # another engine that took over
    assert ahead(bench) == 0 and load_settings()[0].mode == "safe"
    bench.open(device=DeviceName("ALSA", "other"))  # the mode was the other card's
    assert ahead(bench) == 0
    bench.open(device=DeviceName("ALSA", "card"), mode="safe", ahead=1)
    bench.open(mode="direct")
    assert ahead(bench) == 0
    bench.output.close_stream().result(20)
    bench.open()
    assert ahead(bench) == 0


def test_where_the_sound_goes_can_be_asked(bench: Bench) -> None:
    assert bench.output.told().result(20) is None
    found = bench.open(block=256)
    assert bench.output.told().result(20) == found and found["block"] == 256
    bench.output.close_stream().result(20)
    assert bench.output.told().result(20)["device"] is None


def test_a_wish_for_a_rate_or_block_is_remembered_for_what_it_was_made_for(bench: Bench, machine: Machine) -> None:
    bench.open(block=64)
    assert (load_settings()[0].device, load_settings()[0].block) == (DeviceName("ALSA", "card"), 64)
    machine.devices.pop(0)
    bench.output.close_stream().result(20)
    assert bench.open(block=256)["device"]["name"] == "other"  # for want of the one that is remembered
    assert (load_settings()[0].device, load_settings()[0].block) == (DeviceName("ALSA", "card"), 64)
    machine.devices.insert(0, device("card"))
    bench.output.open(OpenStream(device=DeviceName("ALSA", "card"), block=512), may_remember=False).result(20)
    assert load_settings()[0].block == 64


def test_the_block_of_a_server_is_told_before_it_has_called(
    bench: Bench, machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    for each in (stream_module, switch):
        monkeypatch.setattr(each, "server_period", lambda: PERIOD)
    machine.devices.append(device("system", (96_000,), host=JACK))
    assert bench.open(device=DeviceName(JACK, "system"))["block"] == PERIOD


def test_a_block_that_has_no_room_ahead_is_refused(bench: Bench, machine: Machine) -> None:
    machine.devices.append(device("slow", (8000,)))
    line = r"block 8192: 2 ahead; allowed at 8000 Hz: up to 2730$"
    with pytest.raises(SystoleError, match=line):
        bench.open(device=DeviceName("ALSA", "slow"), block=8192, mode="safe", ahead=2)
    assert bench.state == State.SILENT and bench.output._switch.block != 8192


def test_shutting_takes_as_long_as_large_blocks_need(bench: Bench, machine: Machine) -> None:
    bench.open(device=DeviceName("ALSA", "card"), block=8192, mode="safe", ahead=3)
    until = bench.output._switch.soon + 480
    assert until - bench.core.samples > 40_000
    bench.output.close_stream().result(20)
    wait(bench)
    gates = [event for event in bench.core.take_journal().tolist() if event[1] == Kind.GATE]
    assert [gate[4] for gate in gates] == [0.0, 1.0, 0.0, 1.0]
    assert gates[3][0] >= until  # what had been rendered before was heard


def test_names_of_devices_are_shown_as_one_line(bench: Bench, machine: Machine) -> None:
    machine.devices.append(device("bad\x1b[2J\ncard"))
    assert bench.open(device=DeviceName("", "bad"))["line"] == r"ALSA: bad\x1b[2J\ncard"
    machine.open[0].unplug()
    bench.until(lambda: "is gone" in bench.lines()[-1])
    assert bench.lines()[-1].isprintable()


def test_without_a_device_one_is_looked_for(bench: Bench, machine: Machine) -> None:
    all_devices, machine.devices = machine.devices, []
    found = bench.open()
    assert (found["device"], found["line"]) == (
        None,
        "no sound device: playing on without one, and looking for one",
    )
    machine.devices = all_devices
    bench.until(lambda: bench.state == State.PLAYING)

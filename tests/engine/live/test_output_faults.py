"""Devices that are unplugged, refuse, hang or are late: what plays goes on, and a line says so."""

from __future__ import annotations

import threading
import time

import pytest

from accel.errors import SystoleError
from engine.events import Kind
from engine.live.deadline import StuckError
from engine.live.lateness import HEAVY_LINE, LATE_LINE
from engine.live.layout import State
from engine.live.protocol import CvChannel, DeviceName, Line, OpenStream
from engine.live.settings import load_settings
from tests.engine.live.output_bench import Bench, Machine, ahead, played, wait


def test_an_unplugged_device_is_survived_and_comes_back(bench: Bench, machine: Machine) -> None:
    bench.open(device=DeviceName("ALSA", "card"))
    all_devices, machine.devices = machine.devices, []
    machine.open[0].unplug()
    bench.until(lambda: bench.state == State.SILENT)
    assert bench.lines()[-1] == "card is gone: playing on without a device until it is back"
    before = bench.core.samples
    bench.until(lambda: machine.rescans >= 3 and bench.core.samples > before + 4800)
    assert len(bench.lines()) == 2  # said once
    machine.devices = all_devices
    bench.until(lambda: bench.state == State.PLAYING and bench.lines()[-1] == "ALSA: card")


def test_it_is_the_device_that_played_that_is_waited_for(bench: Bench, machine: Machine) -> None:
    assert bench.open()["device"]["name"] == "card"
    assert load_settings()[0].device is None  # nobody asked for it
    card = machine.devices.pop(0)
    machine.open[0].unplug()
    bench.until(lambda: machine.rescans >= 5)
    assert (bench.state, machine.open) == (State.SILENT, [])  # and not to the other one, which is there
    machine.devices.append(card)
    bench.until(lambda: bench.lines()[-1] == "ALSA: card")
    assert load_settings()[0].device is None


def test_a_device_that_comes_back_is_played_as_it_was(bench: Bench, machine: Machine) -> None:
    bench.output.open(OpenStream(mode="safe", ahead=1), may_remember=False).result(20)
    machine.open[0].unplug()
    bench.until(lambda: bench.state == State.SILENT)
    bench.until(lambda: bench.state == State.PLAYING)
    assert ahead(bench) == 1 and load_settings()[0].mode is None


def test_a_wish_that_cannot_be_had_leaves_what_plays_and_what_is_waited_for(bench: Bench, machine: Machine) -> None:
    bench.open(device=DeviceName("ALSA", "card"))
    for wish in ({"device": DeviceName("ALSA", "gone")}, {"device": DeviceName("ALSA", "other"), "rate": 8000}):
        with pytest.raises(SystoleError, match=r"is not there|rate 8000"):
            bench.open(**wish)
        assert bench.state == State.PLAYING and len(bench.lines()) == 1
    card = machine.devices.pop(0)
    machine.open[0].unplug()
    bench.until(lambda: machine.rescans >= 3)
    machine.devices.append(card)
    bench.until(lambda: bench.lines()[-1] == "ALSA: card")


def test_after_another_device_has_refused_the_one_before_plays_again(bench: Bench, machine: Machine) -> None:
    bench.open(device=DeviceName("ALSA", "card"))
    machine.refusal = SystoleError("device ALSA: other: busy")
    with pytest.raises(SystoleError, match="busy"):
        bench.open(device=DeviceName("ALSA", "other"))
    assert bench.state == State.SILENT
    machine.refusal = None
    bench.until(lambda: bench.state == State.PLAYING)
    bench.until(lambda: bench.lines()[-1] == "ALSA: card")


def test_waiting_for_a_busy_device_is_neither_heard_nor_told_again(bench: Bench, machine: Machine) -> None:
    machine.refusal = SystoleError("device ALSA: card: busy")
    with pytest.raises(SystoleError, match="busy"):
        bench.open(device=DeviceName("ALSA", "card"))
    bench.until(lambda: machine.rescans >= 5)
    assert bench.lines() == ["playing on without a device: device ALSA: card: busy"]
    assert [mark[1] for mark in bench.marks] == ["no stream"]
    assert played(bench, Kind.GATE) == []
    machine.refusal = None
    bench.until(lambda: bench.lines()[-1] == "ALSA: card")
    wait(bench, 480)
    assert played(bench, Kind.GATE) == [(Kind.GATE, 0.0), (Kind.GATE, 1.0)]


def test_what_goes_wrong_while_nobody_waits_is_told(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    bench.output.want([CvChannel(0, "gate")]).result(20)
    for error, line in (
        (SystoleError("cv: no"), "cv: no"),
        (ValueError("odd"), "sound device: internal error: ValueError: odd"),
    ):
        monkeypatch.setattr(bench.output._cv, "listen", lambda error=error: (_ for _ in ()).throw(error))
        bench.output.refresh()
        bench.until(lambda line=line: Line("info", line) in bench.notices)


def test_a_device_that_only_falls_silent_is_noticed(bench: Bench, machine: Machine) -> None:
    bench.open(device=DeviceName("ALSA", "card"))
    stream = machine.open[0]
    stream.unplug()
    stream._pulled = threading.Event()  # and says that it is alive
    bench.until(lambda: len(bench.lines()) > 1)
    assert "is gone" in bench.lines()[1]


def test_after_a_refusal_the_clock_plays_on(bench: Bench, machine: Machine) -> None:
    machine.refusal = SystoleError("device ALSA: card: Device unavailable")
    with pytest.raises(SystoleError, match="Device unavailable"):
        bench.open(device=DeviceName("ALSA", "card"))
    assert bench.state == State.SILENT
    with pytest.raises(SystoleError, match="is not there"):
        bench.open(device=DeviceName("ALSA", "gone"))
    before = bench.core.samples
    bench.until(lambda: bench.core.samples > before + 4800)
    assert bench.core.keeper.deck.deck[0]["gate_to"] == 1.0


def test_a_library_that_hangs_is_known_by_its_name(bench: Bench, machine: Machine) -> None:
    bench.open(device=DeviceName("ALSA", "card"))
    machine.hangs = True
    with pytest.raises(StuckError):
        bench.output.close_stream().result(20)
    assert bench.output.is_stuck
    assert bench.state == State.SILENT


def test_late_blocks_are_answered_with_a_proposal_once_and_not_where_it_is_followed(bench: Bench) -> None:
    bench.open(device=DeviceName("ALSA", "card"), mode="safe")
    bench.until(lambda: bench.output._lateness.is_counting)
    bench.arrays["counters"]["late_starts"] += 50
    for _ in range(20):
        bench.output.tick()
        time.sleep(0.01)
    assert Line("info", LATE_LINE) not in bench.notices
    bench.open(device=DeviceName("ALSA", "card"), mode="direct")
    bench.until(lambda: bench.output._lateness.is_counting)
    bench.arrays["counters"]["late_starts"] += 50
    bench.until(lambda: Line("info", LATE_LINE) in bench.notices)
    bench.arrays["counters"]["late_starts"] += 50
    for _ in range(20):
        bench.output.tick()
        time.sleep(0.01)
    assert bench.notices.count(Line("info", LATE_LINE)) == 1


def test_a_sound_that_is_too_much_for_its_blocks_is_answered_with_a_proposal(bench: Bench) -> None:
    bench.open(device=DeviceName("ALSA", "card"), mode="safe")
    bench.until(lambda: bench.output._lateness.is_counting)
    bench.arrays["counters"]["overruns_own"] += 50
    bench.until(lambda: Line("info", HEAVY_LINE) in bench.notices)

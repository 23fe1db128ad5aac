"""Devices that come, refuse, go and hang, played through a stream that calls the real callback at its pace."""

from __future__ import annotations

import ctypes
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from accel.errors import SystoleError
from engine.events import Kind
from engine.live import output as module
from engine.live import switch
from engine.live.core import Core, make_core
from engine.live.deadline import StuckError
from engine.live.devices import Device
from engine.live.layout import BYTES, State, carve, prepare
from engine.live.output import Output
from engine.live.protocol import Answer, CvChannel, DeviceName, Line, OpenStream, StreamChanged
from engine.live.settings import load_settings
from engine.live.stream import Callbacks, Plan

AUDIO = ctypes.CFUNCTYPE(
    ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_ulong, ctypes.c_void_p, ctypes.c_ulong, ctypes.c_void_p
)


def device(name: str, rates: tuple[int, ...] = (48_000,), inputs: int = 0) -> Device:
    return Device("ALSA", name, 2, inputs, rates, rates[0], 0.005, False)


class Machine:
    """Which devices there are, and what they do."""

    def __init__(self) -> None:
        self.devices = [device("card"), device("other", (96_000,), 4)]
        self.refusal: Exception | None = None
        self.hangs = False
        self.open: list[FakeStream] = []
        self.rescans = 0

    def rescan(self) -> None:
        self.rescans += 1


class FakeStream:
    """Calls like a sound card: a block each time its block has passed."""

    machine: Machine

    def __init__(self, plan: Plan, callbacks: Callbacks) -> None:
        if self.machine.refusal is not None:
            raise self.machine.refusal
        assert not self.machine.open, "one at a time"
        self.plan, self.rate, self.latency, self.frame_clock = plan, plan.rate, 240, (0, 0)
        self._audio, self._data = AUDIO(callbacks.audio), callbacks.data
        self.heard: list[np.ndarray] = []
        self._pulled = threading.Event()
        self._thread = threading.Thread(target=self._run)
        self.machine.open.append(self)

    def start(self) -> None:
        self._thread.start()

    def _run(self) -> None:
        given = np.zeros((self.plan.block, max(self.plan.inputs, 1)), np.float32)
        due = time.monotonic()
        while not self._pulled.is_set():
            out = np.full((self.plan.block, 2), 9.0, np.float32)
            self._audio(given.ctypes.data, out.ctypes.data, self.plan.block, None, 0, self._data)
            self.heard.append(out)
            due += self.plan.block / self.plan.rate
            time.sleep(max(0.0, due - time.monotonic()))

    @property
    def is_alive(self) -> bool:
        return not self._pulled.is_set()

    def unplug(self) -> None:
        self._pulled.set()
        self._thread.join()

    def close(self, seconds: float = 3.0) -> None:
        self.machine.open.remove(self)
        self._pulled.set()
        self._thread.join()
        if self.machine.hangs:
            raise StuckError("PortAudio: no answer within 3 s")


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Machine:
    found = Machine()
    FakeStream.machine = found
    monkeypatch.setenv("SYSTOLE_HOME", str(tmp_path))
    monkeypatch.setattr(module, "list_devices", lambda: list(found.devices))
    monkeypatch.setattr(module, "rescan", found.rescan)
    monkeypatch.setattr(module, "RETRY_SECONDS", 0.05)
    monkeypatch.setattr(module, "LOOK_SECONDS", 0.02)
    monkeypatch.setattr(switch, "Stream", FakeStream)
    return found


class Bench:
    """An output on a core whose deck is empty."""

    def __init__(self) -> None:
        self.arrays = carve(np.zeros(BYTES, np.uint8))
        prepare(self.arrays, 1)
        self.core: Core = make_core(self.arrays)
        self.notices: list[Answer] = []
        self.marks: list[tuple[int, str, float]] = []
        self.output = Output(
            self.core, knobs=lambda: ["shape"], post=self.notices.append, mark=lambda *mark: self.marks.append(mark)
        )
        self.output.prepare()
        self.output.start()

    def open(self, **options: Any) -> Any:
        return self.output.open(OpenStream(**options)).result(20)

    @property
    def state(self) -> State:
        return State(int(self.arrays["header"]["state"][0]))

    def until(self, is_so: Callable[[], Any]) -> None:
        end = time.monotonic() + 20
        while not is_so():
            self.output.tick()
            assert time.monotonic() < end, self.notices
            time.sleep(0.005)

    def lines(self) -> list[str]:
        return [notice.line for notice in self.notices if isinstance(notice, StreamChanged)]


@pytest.fixture
def bench(machine: Machine) -> Iterator[Bench]:
    found = Bench()
    yield found
    machine.hangs = False
    found.output.close(10)


def test_the_clock_plays_until_a_device_does_and_the_count_runs_on(bench: Bench, machine: Machine) -> None:
    bench.until(lambda: bench.core.samples > 4800)
    assert bench.state == State.SILENT
    before = bench.core.samples
    found = bench.open(device=DeviceName("ALSA", "card"), block=256)
    assert found["device"] == {"host": "ALSA", "name": "card"}
    assert (found["rate"], found["block"], found["latency"], found["line"]) == (48_000, 256, 240, "ALSA: card")
    assert bench.state == State.PLAYING
    bench.until(lambda: bench.core.samples > before + 9600)
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
    before = bench.core.samples
    bench.until(lambda: bench.core.samples > before + 9600)
    bench.output.close_stream().result(20)
    assert (bench.state, machine.open) == (State.SILENT, [])
    before = bench.core.samples
    bench.until(lambda: bench.core.samples > before + 4800)


def test_what_was_opened_is_remembered(bench: Bench) -> None:
    bench.open(device=DeviceName("ALSA", "other"), block=512)
    settings, _ = load_settings()
    assert (settings.device, settings.rate, settings.block) == (DeviceName("ALSA", "other"), 96_000, 512)
    bench.output.close_stream().result(20)
    found = bench.open()
    assert (found["device"]["name"], found["block"]) == ("other", 512)


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


def test_a_device_that_only_falls_silent_is_noticed(bench: Bench, machine: Machine) -> None:
    bench.open(device=DeviceName("ALSA", "card"))
    stream = machine.open[0]
    stream.unplug()
    stream._pulled = threading.Event()  # and says that it is alive
    bench.until(lambda: len(bench.lines()) > 1)
    assert "is gone" in bench.lines()[1]


def test_without_a_device_one_is_looked_for(bench: Bench, machine: Machine) -> None:
    all_devices, machine.devices = machine.devices, []
    found = bench.open()
    assert (found["device"], found["line"]) == (
        None,
        "no sound device: playing on without one, and looking for one",
    )
    machine.devices = all_devices
    bench.until(lambda: bench.state == State.PLAYING)


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


def test_late_blocks_are_answered_with_a_proposal_once_and_not_where_it_is_followed(bench: Bench) -> None:
    bench.open(device=DeviceName("ALSA", "card"), mode="safe")
    bench.until(lambda: bench.output._late_until > 0)
    bench.arrays["counters"]["late_starts"] += 50
    for _ in range(20):
        bench.output.tick()
        time.sleep(0.01)
    assert Line("info", module.LATE_LINE) not in bench.notices
    bench.open(device=DeviceName("ALSA", "card"))
    bench.until(lambda: bench.output._late_until > 0)
    bench.arrays["counters"]["late_starts"] += 50
    bench.until(lambda: Line("info", module.LATE_LINE) in bench.notices)
    bench.arrays["counters"]["late_starts"] += 50
    for _ in range(20):
        bench.output.tick()
        time.sleep(0.01)
    assert bench.notices.count(Line("info", module.LATE_LINE)) == 1


def test_a_library_that_hangs_is_known_by_its_name(bench: Bench, machine: Machine) -> None:
    bench.open(device=DeviceName("ALSA", "card"))
    machine.hangs = True
    with pytest.raises(StuckError):
        bench.output.close_stream().result(20)
    assert bench.output.is_stuck
    assert bench.state == State.SILENT


def test_control_voltages_need_inputs_and_get_them(bench: Bench, machine: Machine) -> None:
    bench.open(device=DeviceName("ALSA", "other"))
    assert machine.open[0].plan.inputs == 0
    bench.output.listen([CvChannel(1, "knob:shape"), CvChannel(0, "gate")]).result(20)
    assert machine.open[0].plan.inputs == 2
    with pytest.raises(SystoleError, match="no such knob"):
        bench.output.listen([CvChannel(1, "knob:nothing")]).result(20)
    with pytest.raises(SystoleError, match="inputs: 6 asked for"):
        bench.output.listen([CvChannel(5, "gate")]).result(20)
    bench.output.refresh()
    bench.output.listen([]).result(20)

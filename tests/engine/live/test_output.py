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
from accel.program import Program
from engine.events import Kind
from engine.live import output as module
from engine.live import stream as stream_module
from engine.live import switch
from engine.live.core import Core, make_core
from engine.live.deadline import StuckError
from engine.live.devices import JACK, Device
from engine.live.lateness import HEAVY_LINE, LATE_LINE
from engine.live.layout import BYTES, State, carve, prepare
from engine.live.output import Output
from engine.live.protocol import Answer, CvChannel, DeviceName, Line, OpenStream, StreamChanged
from engine.live.settings import load_settings
from engine.live.stream import Callbacks, Plan
from engine.part import Part
from engine.patch import Patch
from engine.realtime.rig import SAFE, WORD_AT

AUDIO = ctypes.CFUNCTYPE(
    ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_ulong, ctypes.c_void_p, ctypes.c_ulong, ctypes.c_void_p
)


PERIOD = 384
"""Of a JACK server."""


def device(name: str, rates: tuple[int, ...] = (48_000,), inputs: int = 0, host: str = "ALSA") -> Device:
    return Device(host, name, 2, inputs, rates, rates[0], 0.005, False)


class Machine:
    """Which devices there are, and what they do."""

    def __init__(self) -> None:
        self.devices = [device("card"), device("other", (96_000,), 4)]
        self.refusal: Exception | None = None
        self.hangs = False
        self.given = 0.0  # by all inputs
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
        self.block = plan.block or PERIOD
        self._audio, self._data = AUDIO(callbacks.audio), callbacks.data
        self.heard: list[np.ndarray] = []
        self._pulled = threading.Event()
        self._thread = threading.Thread(target=self._run)
        self.machine.open.append(self)

    def start(self) -> None:
        self._thread.start()

    def _run(self) -> None:
        given = np.zeros((self.block, max(self.plan.inputs, 1)), np.float32)
        due = time.monotonic()
        while not self._pulled.is_set():
            given[:] = self.machine.given
            out = np.full((self.block, 2), 9.0, np.float32)
            self._audio(given.ctypes.data, out.ctypes.data, self.block, None, 0, self._data)
            self.heard.append(out)
            due += self.block / self.plan.rate
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
        self.knobs = ["shape"]
        self.output = Output(
            self.core, knobs=lambda: self.knobs, post=self.notices.append, mark=lambda *mark: self.marks.append(mark)
        )
        self.output.prepare()
        self.output.start()

    def open(self, **options: Any) -> Any:
        return self.output.open(OpenStream(**options)).result(20)

    def hum(self, program: Program) -> None:
        """A note that goes on."""
        self.core.keeper.fill(0, Part(Patch("hum", "tiny"), program, seed=1), 1)
        assert self.core.control.push([(0, Kind.OPEN, 1, 0, -1.0), (0, Kind.NOTE_ON, 0, 60, 100.0)]) == 2

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


def ahead(bench: Bench) -> int:
    """Blocks that are rendered ahead now; 0: direct."""
    words = bench.core.rig.words
    return int(words[WORD_AT["ahead"]] // words[WORD_AT["block"]]) if words[WORD_AT["mode"]] == SAFE else 0


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


def test_a_device_that_comes_back_is_played_as_it_was(bench: Bench, machine: Machine) -> None:
    bench.output.open(OpenStream(mode="safe", ahead=1), may_remember=False).result(20)
    machine.open[0].unplug()
    bench.until(lambda: bench.state == State.SILENT)
    bench.until(lambda: bench.state == State.PLAYING)
    assert ahead(bench) == 1 and load_settings()[0].mode is None


def test_where_the_sound_goes_can_be_asked(bench: Bench) -> None:
    assert bench.output.told().result(20) is None
    found = bench.open(block=256)
    assert bench.output.told().result(20) == found and found["block"] == 256
    bench.output.close_stream().result(20)
    assert bench.output.told().result(20)["device"] is None


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


def test_what_goes_wrong_while_nobody_waits_is_told(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    bench.output.want([CvChannel(0, "gate")]).result(20)
    for error, line in (
        (SystoleError("cv: no"), "cv: no"),
        (ValueError("odd"), "sound device: internal error: ValueError: odd"),
    ):
        monkeypatch.setattr(bench.output._cv, "listen", lambda error=error: (_ for _ in ()).throw(error))
        bench.output.refresh()
        bench.until(lambda line=line: Line("info", line) in bench.notices)


def test_names_of_devices_are_shown_as_one_line(bench: Bench, machine: Machine) -> None:
    machine.devices.append(device("bad\x1b[2J\ncard"))
    assert bench.open(device=DeviceName("", "bad"))["line"] == r"ALSA: bad\x1b[2J\ncard"
    machine.open[0].unplug()
    bench.until(lambda: "is gone" in bench.lines()[-1])
    assert bench.lines()[-1].isprintable()


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
    with pytest.raises(SystoleError, match="cv: input 6: ALSA: other has 4"):
        bench.output.listen([CvChannel(5, "gate")]).result(20)
    bench.output.refresh()
    bench.output.listen([]).result(20)


def played(bench: Bench, *kinds: Kind) -> list[tuple[int, float]]:
    """(kind, value) of the events so far that are of some kinds."""
    return [(each[1], each[4]) for each in bench.core.take_journal().tolist() if each[1] in kinds]


def listen(bench: Bench, *channels: CvChannel) -> None:
    bench.output.listen(list(channels)).result(20)


def wait(bench: Bench, samples: int = 4800) -> None:
    end = bench.core.samples + samples
    bench.until(lambda: bench.core.samples > end)


def test_no_key_stays_down_when_an_input_is_no_gate_any_more(bench: Bench, machine: Machine) -> None:
    notes = (Kind.NOTE_ON, Kind.NOTE_OFF)
    bench.open(device=DeviceName("ALSA", "other"))
    listen(bench, CvChannel(0, "gate"), CvChannel(1, "level"))
    machine.given = 0.5
    wait(bench)
    assert [kind for kind, _ in played(bench, *notes)] == [Kind.NOTE_ON]
    bench.output.refresh()  # another patch: the gate is still up
    wait(bench)
    assert played(bench, *notes) == []
    listen(bench, CvChannel(1, "level"))
    wait(bench)
    assert [kind for kind, _ in played(bench, *notes)] == [Kind.NOTE_OFF]


@pytest.mark.parametrize("how", ["closed", "opened anew", "unplugged"])
def test_no_key_stays_down_when_the_stream_ends(bench: Bench, machine: Machine, how: str) -> None:
    bench.open(device=DeviceName("ALSA", "other"))
    listen(bench, CvChannel(0, "gate"))
    machine.given = 0.5
    wait(bench)
    played(bench)
    if how == "closed":
        bench.output.close_stream().result(20)
    elif how == "unplugged":
        machine.devices.pop()
        machine.open[0].unplug()
        bench.until(lambda: bench.state == State.SILENT)
    else:
        machine.given = 0.0
        bench.open(device=DeviceName("ALSA", "other"), mode="safe")
    wait(bench, 9600)
    assert [kind for kind, _ in played(bench, Kind.NOTE_ON, Kind.NOTE_OFF)][-1] == Kind.NOTE_OFF


def test_what_no_input_sets_any_more_goes_back_to_its_rest(bench: Bench, machine: Machine) -> None:
    bench.open(device=DeviceName("ALSA", "other"), mode="safe")
    machine.given = 0.1
    listen(bench, CvChannel(0, "pitch"), CvChannel(1, "level"))
    wait(bench)
    found = played(bench, Kind.CV_PITCH, Kind.CV_LEVEL)
    assert (Kind.CV_PITCH, pytest.approx(1.0, abs=1e-3)) in found
    assert (Kind.CV_LEVEL, pytest.approx(0.2, abs=1e-3)) in found
    listen(bench)
    wait(bench)
    assert played(bench, Kind.CV_PITCH, Kind.CV_LEVEL)[-2:] == [(Kind.CV_PITCH, 0.0), (Kind.CV_LEVEL, 1.0)]


def test_inputs_and_knobs_that_are_not_there_are_waited_for(bench: Bench, machine: Machine) -> None:
    bench.output.want([CvChannel(1, "knob:shape"), CvChannel(0, "knob:shape")]).result(20)
    bench.open(device=DeviceName("ALSA", "card"))
    assert Line("info", "cv: ALSA: card has 0 inputs: playing without control voltages") in bench.notices
    machine.given = 0.25
    machine.devices.append(device("mono", inputs=1))
    bench.open(device=DeviceName("ALSA", "mono"))
    assert machine.open[0].plan.inputs == 1
    line = "cv: ALSA: mono has 1 inputs: the others wait for a device that has them"
    assert Line("info", line) in bench.notices
    wait(bench)
    assert played(bench, Kind.KNOB) == [(Kind.KNOB, pytest.approx(0.5, abs=1e-3))]
    bench.open(device=DeviceName("ALSA", "other"))
    wait(bench)
    assert played(bench, Kind.KNOB) == [(Kind.KNOB, pytest.approx(0.5, abs=1e-3))] * 2
    bench.knobs = ["tone"]
    bench.output.refresh()
    bench.until(lambda: Line("info", "cv: the model has no knob shape: input 1 waits for one") in bench.notices)
    wait(bench)
    machine.given = 0.3
    wait(bench)
    assert played(bench, Kind.KNOB) == []


def test_an_input_is_calibrated_with_two_voltages_and_that_is_remembered(bench: Bench, machine: Machine) -> None:
    with pytest.raises(SystoleError, match="calibration: no device plays"):
        bench.output.calibrate(1, 0.0).result(20)
    bench.open(device=DeviceName("ALSA", "other"))
    with pytest.raises(SystoleError, match="input 2: is not listened to"):
        bench.output.calibrate(1, 0.0).result(20)
    listen(bench, CvChannel(1, "pitch"))
    (described,) = bench.output.voltages().result(20)["channels"]
    assert (described["volts_per_unit"], described["offset"], described["is_calibrated"]) == (10.0, 0.0, False)
    scale, offset = -6.2, 0.05  # of an interface that inverts

    def apply(volts: float) -> Any:
        machine.given = (volts - offset) / scale
        wait(bench, 1000)
        return bench.output.calibrate(1, volts).result(20)

    assert apply(0.0)["volts_per_unit"] is None
    found = apply(5.0)
    described = bench.output.voltages().result(20)
    assert described["inputs"] == 2
    assert described["channels"] == [
        {"channel": 1, "role": "pitch", "volts_per_unit": found["volts_per_unit"], "offset": found["offset"],
         "is_calibrated": True},
    ]  # fmt: skip
    assert (found["volts_per_unit"], found["offset"]) == (
        pytest.approx(scale, rel=1e-4),
        pytest.approx(offset, abs=1e-4),
    )
    machine.given = (2.0 - offset) / scale
    wait(bench)
    assert played(bench, Kind.CV_PITCH)[-1][1] == pytest.approx(2.0, abs=1e-3)
    bench.output.close_stream().result(20)
    wait(bench)
    played(bench)
    machine.given = (3.0 - offset) / scale
    bench.open(device=DeviceName("ALSA", "other"))  # as after a restart: from the settings
    wait(bench)
    assert played(bench, Kind.CV_PITCH)[-1][1] == pytest.approx(3.0, abs=1e-3)
    (kept,) = load_settings()[0].calibrations
    assert (kept.device.name, kept.channel) == ("other", 1)


def test_a_sound_that_is_too_much_for_its_blocks_is_answered_with_a_proposal(bench: Bench) -> None:
    bench.open(device=DeviceName("ALSA", "card"), mode="safe")
    bench.until(lambda: bench.output._lateness.is_counting)
    bench.arrays["counters"]["overruns_own"] += 50
    bench.until(lambda: Line("info", HEAVY_LINE) in bench.notices)

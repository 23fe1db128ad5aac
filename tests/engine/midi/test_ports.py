"""Ports: opened as they come, closed as they go, by a stand-in for RtMidi."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from itertools import pairwise
from pathlib import Path

import pytest

from engine.midi import ports as module
from engine.midi.ports import PortInfo, Ports
from tests.engine.midi.fake_rtmidi import FakeRtMidi

KEYS, BOX = "Keystation 49:Keystation 49 MIDI 1 20:0", "nanoKONTROL2:nanoKONTROL2 MIDI 1 24:0"
KEYS_NAME, BOX_NAME = (name.rpartition(" ")[0] for name in (KEYS, BOX))


class Bench:
    def __init__(self, *names: str) -> None:
        self.rtmidi = FakeRtMidi(*names)
        self.ports = Ports(self.rtmidi)
        self.heard: list[tuple[str, bytes, int]] = []
        self.gone: list[str] = []

    def start(self, wanted="all", **options) -> list[str]:
        push = lambda *message: self.heard.append(message)  # noqa: E731
        return self.ports.start(push, wanted, gone=self.gone.append, **options)


def test_all_ports_are_opened_under_names_that_stay() -> None:
    bench = Bench(KEYS, BOX)
    lines = bench.start(virtual=False)
    assert lines == [f"MIDI: listening to {KEYS_NAME}", f"MIDI: listening to {BOX_NAME}"]
    assert bench.rtmidi.open_ports == [KEYS, BOX]
    assert bench.ports.listed() == [PortInfo(KEYS_NAME, True), PortInfo(BOX_NAME, True)]
    before = time.perf_counter_ns()
    bench.rtmidi.play(KEYS, 0x90, 60, 100)
    [(name, data, stamp)] = bench.heard
    assert (name, data) == (KEYS_NAME, b"\x90\x3c\x64") and before <= stamp <= time.perf_counter_ns()
    bench.rtmidi.play(KEYS, 0x80, 60, 0, delta=-1.0)
    assert bench.heard[1][2] >= stamp


def test_clock_and_active_sensing_are_heard_and_sysex_is_left_out_unless_asked_for() -> None:
    bench = Bench(KEYS)
    bench.start()
    kept = {"sysex": True, "timing": False, "active_sense": False}
    assert [each.ignored for each in bench.rtmidi.inputs if each.port] == [kept, kept]
    other = FakeRtMidi(KEYS)
    Ports(other, sysex=True).start(print, virtual=False)
    assert other.inputs[-1].ignored == {**kept, "sysex": False}


@pytest.mark.parametrize(("wanted", "opened"), [(["keyst"], [KEYS]), ([BOX_NAME], [BOX]), ([], []), (["x"], [])])
def test_only_wanted_ports_are_opened(wanted: list[str], opened: list[str]) -> None:
    bench = Bench(KEYS, BOX)
    bench.start(wanted, virtual=False)
    assert bench.rtmidi.open_ports == opened
    assert [each.is_open for each in bench.ports.listed()] == [KEYS in opened, BOX in opened]


def test_a_wish_may_change() -> None:
    bench = Bench(KEYS, BOX)
    bench.start()
    lines = bench.start([BOX_NAME], virtual=False)
    assert lines == [f"MIDI: {KEYS_NAME} is closed"] and bench.rtmidi.open_ports == [BOX]
    assert bench.gone == [KEYS_NAME, "systole"]


def test_plugging_in_and_out() -> None:
    bench = Bench()
    assert bench.start(virtual=False) == []
    bench.rtmidi.ports = [KEYS]
    assert bench.ports.rescan() == [f"MIDI: listening to {KEYS_NAME}"]
    assert bench.ports.rescan() == []
    bench.rtmidi.ports = []
    assert bench.ports.rescan() == [f"MIDI: {KEYS_NAME} is gone"] and bench.gone == [KEYS_NAME]
    bench.rtmidi.ports = [KEYS.replace("20:0", "28:0")]  # another number, the same name
    assert bench.ports.rescan() == [f"MIDI: listening to {KEYS_NAME}"]


def test_two_of_a_kind_have_two_names() -> None:
    bench = Bench(KEYS, KEYS.replace("20:0", "28:0"))
    bench.start(virtual=False)
    assert [each.name for each in bench.ports.listed()] == [KEYS_NAME, KEYS_NAME + " #2"]
    bench.rtmidi.ports.pop(0)
    bench.ports.rescan()
    assert bench.ports.listed() == [PortInfo(KEYS_NAME + " #2", True)]


def test_our_own_ports_are_left_out() -> None:
    bench = Bench("systole:systole 128:0", KEYS)
    bench.start()
    assert [each.name for each in bench.ports.listed()] == [KEYS_NAME]


def test_a_virtual_port_where_the_system_has_them() -> None:
    bench = Bench()
    bench.start()
    assert bench.rtmidi.play("virtual systole", 0xF8) == 1 and bench.heard[0][:2] == ("systole", b"\xf8")
    bench = Bench(KEYS)
    bench.rtmidi.has_virtual = False
    bench.start()
    assert bench.rtmidi.open_ports == [KEYS] and bench.rtmidi.alive == 2


def test_no_sequencer_is_said_once_and_looked_for_again() -> None:
    bench = Bench(KEYS)
    bench.rtmidi.problem = OSError("MidiInAlsa::initialize: error creating ALSA sequencer client object.")
    lines = bench.start()
    assert lines == ["no MIDI: MidiInAlsa::initialize: error creating ALSA sequencer client object"]
    assert bench.ports.rescan() == [] == bench.ports.listed() and bench.ports.problem
    bench.rtmidi.problem = None
    assert bench.ports.rescan() == [f"MIDI: listening to {KEYS_NAME}"] and not bench.ports.problem


def test_no_library_is_a_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "rtmidi", None)
    assert Ports().start(print) == ["no MIDI: python-rtmidi: import of rtmidi halted; None in sys.modules"]


def test_a_busy_port_is_said_once_and_the_others_play() -> None:
    bench = Bench(KEYS, BOX)
    bench.rtmidi.busy = {KEYS}
    lines = bench.start(virtual=False)
    assert lines == [f"MIDI: {KEYS_NAME} cannot be opened: port is busy", f"MIDI: listening to {BOX_NAME}"]
    assert bench.ports.rescan() == [] and bench.rtmidi.alive == 2
    bench.rtmidi.busy = set()
    assert bench.ports.rescan() == [f"MIDI: listening to {KEYS_NAME}"]


def test_a_push_that_raises_does_not_reach_the_driver() -> None:
    bench = Bench(KEYS)
    bench.ports.start(lambda *_: 1 / 0, virtual=False)
    bench.rtmidi.play(KEYS, 0x90, 60, 100)
    assert bench.ports.errors == 1
    heard: list[str] = []
    bench.ports.start(lambda *message: heard.append(message[0]), virtual=False)
    bench.rtmidi.play(KEYS, 0x90, 60, 100)
    assert heard == [KEYS_NAME]


def test_messages_come_in_a_thread_of_ours_in_their_order_by_the_drivers_time() -> None:
    bench, threads = Bench(KEYS), set()
    bench.ports.start(lambda *message: (threads.add(threading.current_thread().name), bench.heard.append(message)))
    [inner] = [each for each in bench.rtmidi.inputs if each.port == KEYS]
    inner.queue.extend(([0xB0, 1, number % 128], 1e-6) for number in range(3000))
    inner.send([0xF8], 1e-6)
    assert threads == {"systole-ports"}
    assert [message[1] for message in bench.heard] == [bytes([0xB0, 1, n % 128]) for n in range(3000)] + [b"\xf8"]
    assert {later[2] - earlier[2] for earlier, later in pairwise(bench.heard[-100:])} == {1000}


def test_ports_that_come_and_go_while_they_play_are_never_read_after_their_end() -> None:
    bench, is_over = Bench(KEYS), threading.Event()

    def flood() -> None:
        while not is_over.is_set():
            for each in bench.rtmidi.inputs[-3:]:
                if len(each.queue) < 100:
                    each.queue.append(([0x90, 60, 100], 0.001))
            time.sleep(0)

    thread = threading.Thread(target=flood)
    thread.start()
    keys = lambda: sum(each[0] == KEYS_NAME for each in bench.heard)  # noqa: E731
    for _ in range(30):
        before = keys()
        bench.start(virtual=True)
        while keys() == before:
            time.sleep(0.001)
        bench.rtmidi.ports = []
        bench.ports.rescan()
        count = keys()
        bench.rtmidi.ports = [KEYS]
        time.sleep(0.002)
        assert keys() == count, "heard after it was gone"
    bench.ports.close()
    is_over.set()
    thread.join()
    assert bench.ports.errors == 0 and bench.rtmidi.alive == 0


def test_without_a_port_no_thread_runs_and_after_the_end_none_is_left() -> None:
    bench, before = Bench(), set(threading.enumerate())
    bench.start(virtual=False)
    assert set(threading.enumerate()) <= before
    bench.rtmidi.ports = [KEYS]
    bench.ports.rescan()
    assert len(set(threading.enumerate()) - before) == 1
    bench.ports.close()
    assert set(threading.enumerate()) <= before
    bench.start(virtual=False)
    assert bench.rtmidi.play(KEYS, 0xF8) == 1 and bench.heard[-1][:2] == (KEYS_NAME, b"\xf8")
    bench.ports.close()


def test_close_closes_everything_and_may_be_called_twice() -> None:
    bench = Bench(KEYS, BOX)
    bench.start()
    bench.ports.close()
    bench.ports.close()
    assert bench.rtmidi.alive == 0 and sorted(bench.gone) == sorted([KEYS_NAME, BOX_NAME, "systole"])
    assert bench.ports.rescan() == []


def test_the_system_itself_gives_ports_or_a_reason_and_no_noise() -> None:
    code = "from engine.midi.ports import Ports; p = Ports(); p.start(print); print(p.listed(), p.problem); p.close()"
    root = Path(module.__file__).parents[2]
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=root, capture_output=True, text=True, timeout=60, check=True
    )
    assert done.stderr == "" and done.stdout.startswith("[")


def test_names_and_reasons_are_shown_as_one_line() -> None:
    bench = Bench("Bad\x1b[2J\nbox 20:0")
    assert bench.start(virtual=False) == [r"MIDI: listening to Bad\x1b[2J\nbox"]
    bench.rtmidi.problem = OSError("no\nsequencer")
    assert bench.ports.rescan()[0] == r"no MIDI: no\nsequencer"

"""What MIDI does besides playing: it is remembered, looked for and closed, and the notes wait for none of it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from engine.live import players as module
from engine.live.core import Core, make_core
from engine.live.layout import BYTES, carve, prepare
from engine.live.players import Players
from engine.live.protocol import Answer, Learned, Line, MidiPorts
from engine.live.settings import Settings, load_settings
from engine.midi.bindings import CC, Bindings, Control, load_bindings
from engine.midi.ports import Ports
from engine.midi.rows import note_on
from tests.engine.midi.fake_rtmidi import FakeRtMidi

KEYS = "Keystation 49:MIDI 1 20:0"


class Bench:
    """The players of an engine whose sound stands still, with one keyboard."""

    def __init__(self, home: Path, rtmidi: FakeRtMidi) -> None:
        arrays = carve(np.zeros(BYTES, np.uint8))
        prepare(arrays, 1)
        self.file = home / "midi.toml"
        self.core: Core = make_core(arrays)
        self.posted: list[Answer] = []
        self.rtmidi = rtmidi
        self.players = Players(self.core, knobs=lambda: ["timbre"], post=self.posted.append)

    def listen(self) -> None:
        assert self.players.ports(MidiPorts(virtual=False)).result(20) == [("Keystation 49:MIDI 1", True)]

    def heard(self) -> list[tuple[int, ...]]:
        return [tuple(row)[1:] for row in self.core.midi.pop().tolist()]


@pytest.fixture
def bench(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Bench]:
    monkeypatch.setenv("SYSTOLE_HOME", str(tmp_path))
    monkeypatch.setattr(module, "open_player", lambda *_: None)
    rtmidi = FakeRtMidi(KEYS)
    monkeypatch.setattr(module, "Ports", lambda: Ports(rtmidi))
    found = Bench(tmp_path, rtmidi)
    yield found
    found.players.close()


def eventually(is_so: Callable[[], object], seconds: float = 20) -> None:
    until = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < until
        time.sleep(0.005)


def test_keys_go_into_the_ring(bench: Bench) -> None:
    bench.listen()
    bench.rtmidi.play(KEYS, 0x90, 60, 100)
    assert bench.heard() == [note_on(0, 0, 60, 100.0)[1:]]


def test_what_is_learnt_is_saved_while_the_notes_go_on(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    may_save, real = threading.Event(), Bindings.save
    monkeypatch.setattr(Bindings, "save", lambda bindings: (may_save.wait(20), real(bindings)))
    bench.listen()
    bench.players.learn("knobs.timbre")
    began = time.monotonic()
    bench.rtmidi.play(KEYS, 0xB0, 21, 0)
    bench.rtmidi.play(KEYS, 0x90, 60, 100)
    bench.players.tick()
    assert bench.heard()[-1] == note_on(0, 0, 60, 100.0)[1:]
    assert Learned("knobs.timbre", "CC 21, channel 1") in bench.posted
    assert bench.players.forget("amp.decay") is False
    assert time.monotonic() - began < 5 and not bench.file.exists()
    may_save.set()
    eventually(bench.file.exists)
    assert load_bindings(bench.file)[0].ties == {Control(CC, 21, 0): "knobs.timbre"}
    assert bench.players.forget("knobs.timbre") is True
    eventually(lambda: load_bindings(bench.file)[0].ties == {})


def test_a_disk_that_refuses_is_a_line(bench: Bench) -> None:
    bench.listen()
    bench.file.mkdir()
    (bench.file / "in the way").write_text("")
    bench.players.learn("knobs.timbre")
    bench.rtmidi.play(KEYS, 0xB0, 21, 0)
    eventually(lambda: any(isinstance(each, Line) and "cannot be written" in each.text for each in bench.posted))


def test_the_end_saves_what_was_learnt(bench: Bench) -> None:
    bench.listen()
    bench.players.learn("knobs.timbre")
    bench.rtmidi.play(KEYS, 0xB0, 21, 0)
    bench.players.close()
    assert load_bindings(bench.file)[0].ties == {Control(CC, 21, 0): "knobs.timbre"}
    assert bench.rtmidi.alive == 0


def test_a_driver_that_hangs_does_not_keep_the_end_waiting(bench: Bench) -> None:
    hangs, is_over = threading.Event(), threading.Event()
    bench.listen()

    def hang() -> None:
        hangs.set()
        is_over.wait(60)

    bench.players._worker.submit(hang)
    assert hangs.wait(20)
    began = time.monotonic()
    bench.players.close()
    assert time.monotonic() - began < 3
    is_over.set()


def test_the_first_wish_is_remembered_too(bench: Bench) -> None:
    bench.players.ports(MidiPorts(names=["keys"], virtual=False)).result(20)
    assert load_settings()[0] == Settings(ports=["keys"], virtual=False)
    bench.players.ports(MidiPorts()).result(20)
    assert load_settings()[0] == Settings()


def test_ports_are_listed_without_touching_them(bench: Bench) -> None:
    before = {"ports": [{"system": "ALSA", "name": "Keystation 49:MIDI 1", "is_open": False}]}
    nothing = {"names": [], "virtual": False, "problem": ""}
    assert bench.players.listed().result(20) == before | nothing
    assert bench.rtmidi.open_ports == [] and load_settings()[0] == Settings()
    bench.rtmidi.ports.append("Launchpad:Pads 24:0")
    bench.players.ports(MidiPorts(names=["keys"], virtual=False)).result(20)
    found = bench.players.listed().result(20)
    assert [(port["name"], port["is_open"]) for port in found["ports"]] == [
        ("Keystation 49:MIDI 1", True),
        ("Launchpad:Pads", False),
    ]
    assert (found["names"], found["virtual"], found["problem"]) == (["keys"], False, "")


def test_a_machine_without_midi_says_why(bench: Bench) -> None:
    bench.rtmidi.problem = OSError("no sequencer.")
    assert bench.players.listed().result(20) == {"ports": [], "names": [], "virtual": False, "problem": "no sequencer"}


def test_a_look_that_fails_is_told_once_and_the_next_one_is_made(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "SCAN_SECONDS", 0.01)
    bench.listen()
    looks = []

    def fail() -> list[str]:
        looks.append(1)
        raise ZeroDivisionError("odd\nport")

    monkeypatch.setattr(bench.players._ports, "rescan", fail)
    eventually(lambda: (bench.players.tick(), len(looks) >= 3)[1])
    told = [each for each in bench.posted if isinstance(each, Line) and each.level == "warning"]
    assert told == [Line("warning", r"MIDI: internal error: ZeroDivisionError: odd\nport")]


def test_messages_that_fail_are_told_once_and_the_others_are_played(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench.listen()
    hub, real = bench.players._hub, bench.players._hub.receive

    def receive(port: str, data: bytes, at: int) -> None:
        if data[1] == 61:
            raise ZeroDivisionError
        real(port, data, at)

    monkeypatch.setattr(hub, "receive", receive)
    for key in (60, 61, 61, 62):
        bench.rtmidi.play(KEYS, 0x90, key, 100)
        bench.players._count()
    assert [row[2] for row in bench.heard()] == [60, 62]
    assert bench.posted.count(Line("warning", module.FAULT_LINE)) == 1


def test_the_meter_of_messages_is_written_by_the_sound_alone(bench: Bench) -> None:
    bench.listen()
    bench.rtmidi.play(KEYS, 0x90, 60, 100)
    bench.core.arrays["meters"]["midi_count"] = 7
    bench.players._count()
    assert bench.core.arrays["counters"]["midi_messages"][0] == 1
    assert bench.core.arrays["meters"]["midi_count"][0] == 7


class FakeJack:
    """JACK's port, with nothing plugged in."""

    is_alive, faults = True, 0

    def want(self, names: object) -> None:
        pass

    def listed(self) -> list[object]:
        return []

    def close(self) -> None:
        pass


@pytest.mark.parametrize(("jack", "begin"), [(None, "no MIDI: no"), (FakeJack(), "no MIDI but JACK's: no")])
def test_no_sequencer_is_not_no_midi_where_jack_is_there(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, jack: FakeJack | None, begin: str
) -> None:
    monkeypatch.setattr(module, "open_player", lambda *_: jack)
    bench.rtmidi.problem = OSError("no sequencer.")
    bench.players.ports(MidiPorts(virtual=False)).result(20)
    assert f"{begin} sequencer" in [each.text for each in bench.posted if isinstance(each, Line)]

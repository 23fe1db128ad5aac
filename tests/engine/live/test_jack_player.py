"""What JACK's messages become, where some are missing, and at the end; and OSC beside them."""

from __future__ import annotations

import queue
import socket
import struct
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from engine.events import Kind
from engine.live import players as module
from engine.live.core import Core, make_core
from engine.live.jack_player import PORT, JackPlayer
from engine.live.layout import BYTES, carve, prepare
from engine.live.players import Players
from engine.live.protocol import Answer, Line, MidiPorts
from engine.realtime.rig import WORD_AT

ON, OFF = b"\x90\x3c\x64", b"\x80\x3c\x00"
BLOCK, DELAY = 128, 152


class FakeClient:
    """JACK as far as a player sees it."""

    def __init__(self) -> None:
        self.is_alive, self.lost = True, 0
        self.batches: queue.Queue[list[tuple[int, bytes]]] = queue.Queue()
        self.there: list[str] = []
        self.playing: list[str] = []

    def read(self, timeout: float) -> list[tuple[int, bytes]]:
        try:
            return self.batches.get(timeout=0.02)
        except queue.Empty:
            return []

    def sources(self) -> list[str]:
        return list(self.there)

    def connected(self) -> list[str]:
        return list(self.playing)

    def connect(self, source: str) -> bool:
        self.playing.append(source)
        return True

    def disconnect(self, source: str) -> None:
        self.playing.remove(source)

    def close(self) -> None:
        self.is_alive = False


class Bench:
    """Players whose JACK is ours; the sound stands still at sample and frame 0."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        arrays = carve(np.zeros(BYTES, np.uint8))
        prepare(arrays, 1)
        self.core: Core = make_core(arrays)
        self.core.rig.words[WORD_AT["jack_frames"]] = 1
        clock = arrays["clock"]
        clock["period"], clock["rate"], clock["block"], clock["delay"] = 1e9 / 48_000, 48_000, BLOCK, DELAY
        clock["time"] = time.perf_counter_ns()
        self.clients: list[FakeClient] = []
        self.notices: list[Answer] = []

        def open_player(*callbacks: Any) -> JackPlayer:
            return JackPlayer(*callbacks, open=self._client)

        monkeypatch.setattr(module, "open_player", open_player)
        monkeypatch.setattr(module, "SCAN_SECONDS", 0.05)
        self.players = Players(self.core, knobs=lambda: ["shape"], post=self.notices.append)

    def _client(self) -> FakeClient:
        self.clients.append(FakeClient())
        return self.clients[-1]

    def listen(self) -> FakeClient:
        self.players.ports(MidiPorts(names=[], virtual=False)).result(10)
        return self.clients[-1]

    def rows(self, count: int) -> list[tuple[int, int, int]]:
        """(time, kind, index) of the next rows in MIDI's ring."""
        end = time.monotonic() + 10
        while self.core.midi.waiting < count:
            assert time.monotonic() < end, self.core.midi.pop()
            time.sleep(0.005)
        time.sleep(0.05)
        return [(row[0], row[1], row[3]) for row in self.core.midi.pop().tolist()]


@pytest.fixture
def bench(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Bench]:
    monkeypatch.setenv("SYSTOLE_HOME", str(tmp_path))
    found = Bench(monkeypatch)
    yield found
    found.players.close()


def test_keys_from_before_a_gap_are_let_go_and_later_ones_are_not(bench: Bench) -> None:
    client = bench.listen()
    client.batches.put([(10, ON), (20, b"\xb0\x40\x7f"), (512, b"\x90\x40\x64"), (512, b"")])
    place = DELAY + 512
    assert bench.rows(5) == [
        (DELAY + 10, Kind.NOTE_ON, 60), (DELAY + 20, Kind.CONTROL, 64), (place, Kind.NOTE_ON, 64),
        (place, Kind.NOTE_OFF, 60), (place, Kind.CONTROL, 64),
    ]  # fmt: skip
    client.batches.put([(600, OFF), (700, b"\x80\x40\x00")])  # a key up that comes after all does no harm
    assert [row[1:] for row in bench.rows(2)] == [(Kind.NOTE_OFF, 60), (Kind.NOTE_OFF, 64)]


def test_a_ring_that_ran_over_lets_all_go(bench: Bench) -> None:
    client = bench.listen()
    client.batches.put([(10, ON)])
    bench.rows(1)
    client.lost = 3
    assert [row[1:] for row in bench.rows(1)] == [(Kind.NOTE_OFF, 60)]


def test_a_server_that_dies_lets_all_go_ends_the_port_and_the_next_one_is_heard(bench: Bench) -> None:
    client = bench.listen()
    client.batches.put([(10, ON)])
    bench.rows(1)
    assert bench.players._hub.ports == [PORT]
    client.is_alive = False
    assert [row[1:] for row in bench.rows(1)] == [(Kind.NOTE_OFF, 60)]
    wait_until(lambda: bench.players._hub.ports == [])
    wait_until(lambda: (bench.players.tick(), len(bench.clients) == 2)[1])
    bench.clients[1].batches.put([(900, ON)])
    assert [row[1:] for row in bench.rows(1)] == [(Kind.NOTE_ON, 60)]


def test_a_message_that_fails_costs_itself_and_is_told(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    client, real = bench.listen(), bench.players._hub.receive

    def receive(port: str, data: bytes, at: int) -> None:
        if data == b"\x90\x01\x64":
            raise ZeroDivisionError
        real(port, data, at)

    monkeypatch.setattr(bench.players._hub, "receive", receive)
    client.batches.put([(10, b"\x90\x01\x64"), (11, ON)])
    assert [row[1:] for row in bench.rows(1)] == [(Kind.NOTE_ON, 60)]
    bench.players.tick()
    assert Line("warning", module.FAULT_LINE) in bench.notices and len(bench.clients) == 1


def test_a_client_that_fails_is_opened_anew(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    client = bench.listen()
    client.batches.put([(10, ON)])
    bench.rows(1)

    def fail(_: float) -> list[tuple[int, bytes]]:
        raise OSError("odd")

    monkeypatch.setattr(client, "read", fail)
    assert [row[1:] for row in bench.rows(1)] == [(Kind.NOTE_OFF, 60)]
    wait_until(lambda: (bench.players.tick(), len(bench.clients) == 2)[1])
    bench.clients[1].batches.put([(900, ON)])
    assert [row[1:] for row in bench.rows(1)] == [(Kind.NOTE_ON, 60)]


def test_sources_are_listed_and_one_that_is_wanted_no_more_is_let_go(bench: Bench) -> None:
    client = bench.listen()
    client.there = ["a2j:Keystation", "a2j:Launchpad", "seq:out", "systole-2:out"]
    client.playing = ["seq:out"]  # by hand: that is no business of ours
    bench.players.ports(MidiPorts(names=["keys", "launch"], virtual=False)).result(10)
    wait_until(lambda: len(client.playing) == 3)

    def listed() -> dict[str, bool]:
        ports = [each for each in bench.players.listed().result(10)["ports"] if each["system"] == "JACK"]
        return {each["name"]: each["is_open"] for each in ports}

    assert listed() == {"a2j:Keystation": True, "a2j:Launchpad": True, "seq:out": True}
    bench.players.ports(MidiPorts(names=["keys"], virtual=False)).result(10)
    wait_until(lambda: "a2j:Launchpad" not in client.playing)
    assert listed() == {"a2j:Keystation": True, "a2j:Launchpad": False, "seq:out": True}


def wait_until(is_so: Callable[[], bool]) -> None:
    end = time.monotonic() + 10
    while not is_so():
        assert time.monotonic() < end
        time.sleep(0.005)


def message(address: str, tags: str, *values: int) -> bytes:
    parts = [text.encode() + b"\0" * (4 - len(text) % 4) for text in (address, "," + tags)]
    return b"".join(parts) + struct.pack(f">{len(values)}i", *values)


def test_osc_plays_and_its_keys_go_up_at_the_end(bench: Bench) -> None:
    patches: list[str] = []
    bench.players.patches = patches.append
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
        other.bind(("127.0.0.1", 0))
        taken = other.getsockname()[1]
        bench.players.listen(taken)
        line = bench.notices[-1]
        assert isinstance(line, Line) and line.level == "error" and str(taken) in line.text
    bench.players.listen(taken)
    assert bench.notices[-1] == Line("info", f"OSC: listening at UDP port {taken} of this machine")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        sender.sendto(message("/note", "ii", 72, 100), ("127.0.0.1", taken))
        assert [row[1:] for row in bench.rows(1)] == [(Kind.NOTE_ON, 72)]
        sender.sendto(b"/patch\0\0,s\0\0strings\0", ("127.0.0.1", taken))
        wait_until(lambda: patches == ["strings"])
    bench.players.close()
    assert [row[1:] for row in bench.rows(1)] == [(Kind.NOTE_OFF, 72)]
    bench.players = Players(bench.core, knobs=list, post=bench.notices.append)

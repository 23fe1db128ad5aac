"""OSC: packets, what they play, and what is refused."""

from __future__ import annotations

import random
import socket
import struct
import time
from collections.abc import Iterator

import pytest

from accel.errors import SystoleError
from engine.event_check import first_refused
from engine.events import Kind, event_array
from engine.midi.hub import MidiHub
from engine.midi.osc import OscServer
from engine.midi.osc_packet import OscMessage, read_packet
from engine.midi.rows import note_off, note_on
from tests.engine.midi.sound import INDEX, Sound


def text(value: str) -> bytes:
    data = value.encode() + b"\0"
    return data + bytes(-len(data) % 4)


def packet(address: str, *arguments) -> bytes:
    tags, body = ",", b""
    for each in arguments:
        if isinstance(each, bool):
            tags += "T" if each else "F"
        elif isinstance(each, int):
            tags, body = tags + "i", body + struct.pack(">i", each)
        elif isinstance(each, float):
            tags, body = tags + "f", body + struct.pack(">f", each)
        elif isinstance(each, bytes):
            tags, body = tags + "b", body + struct.pack(">i", len(each)) + each + bytes(-len(each) % 4)
        else:
            tags, body = tags + "s", body + text(each)
    return text(address) + text(tags) + body


def bundle(*packets: bytes) -> bytes:
    return b"#bundle\0" + bytes(8) + b"".join(struct.pack(">i", len(each)) + each for each in packets)


def test_packets() -> None:
    assert read_packet(packet("/a", 1, 0.5, "hey", True, b"12345", 2)) == [
        OscMessage("/a", (1, 0.5, "hey", True, None, 2))
    ]
    assert read_packet(text("/old")) == [OscMessage("/old", ())]
    nested = bundle(packet("/a", "four"), bundle(packet("/b")), packet("/c", -1))
    assert [each.address for each in read_packet(nested)] == ["/a", "/b", "/c"]
    assert read_packet(bundle()) == []


@pytest.mark.parametrize(
    "data",
    [
        b"", b"/a", b"abc\0", text("/a") + text("i") + bytes(4), text("/a") + text(",i"), text("/a") + text(",x"),
        text("/a") + text(",b") + struct.pack(">i", -1), text("/a") + text(",b") + struct.pack(">i", 1 << 30),
        b"#bundle\0", b"#bundle\0" + bytes(8) + struct.pack(">i", 100), text("/a\n"),
        bundle(*[packet("/a")] * 1025),
    ],
)  # fmt: skip
def test_what_is_not_osc_is_one_line(data: bytes) -> None:
    with pytest.raises(SystoleError) as refused:
        read_packet(data)
    assert str(refused.value).startswith("OSC: ") and str(refused.value).isprintable()


def test_bundles_are_not_endlessly_deep() -> None:
    data = packet("/a")
    for _ in range(9):
        data = bundle(data)
    with pytest.raises(SystoleError, match="deep"):
        read_packet(data)


class Bench:
    def __init__(self) -> None:
        self.rows: list = []
        self.patches: list[str] = []
        self.lines: list[str] = []
        self.sound = Sound()
        self.hub = MidiHub(self._push)
        self.server = OscServer(
            self.hub, self.sound.targets, lambda: 7, patch=self.patches.append, report=self.lines.append
        )

    def _push(self, rows) -> int:
        self.rows += rows
        return len(rows)


@pytest.fixture
def bench() -> Iterator[Bench]:
    made = Bench()
    yield made
    made.server.close()


def test_what_is_played(bench: Bench) -> None:
    for each in (
        packet("/note", 60, 100), packet("/note", 61, 0.2), packet("/off", 60), packet("/note", 61, 0),
        packet("/knob", "shape", 0.25), packet("/set", "amp.sustain", 1), packet("/set", "voice.polyphony", 4.0),
        packet("/set", "voice.mode", "mono"), packet("/patch", "Warm pad"),
    ):  # fmt: skip
        bench.server.receive(each)
    assert bench.rows == [
        note_on(7, 0, 60, 100), note_on(7, 0, 61, 1), note_off(7, 0, 60), note_off(7, 0, 61),
        (7, Kind.KNOB, 0, 1, 0.25), (7, Kind.PARAMETER, 0, INDEX["amp.sustain"], 1.0),
        (7, Kind.PARAMETER, 0, INDEX["voice.polyphony"], 4.0), (7, Kind.PARAMETER, 0, INDEX["voice.mode"], 1.0),
    ]  # fmt: skip
    assert bench.patches == ["Warm pad"] and bench.lines == [] and bench.server.bad == 0
    bench.server.receive(packet("/panic"))
    assert (7, Kind.RELEASE_ALL, 0, 0, 0.0) in bench.rows
    assert first_refused(event_array(bench.rows)) == -1


@pytest.mark.parametrize(
    ("data", "line"),
    [
        (packet("/play", 1), "OSC: /play; allowed: /note, /off, /knob, /set, /patch, /panic"),
        (packet("/note", 60), "OSC: /note: 1 arguments; needed: 2"),
        (packet("/note", 128, 1), "OSC: note 128; allowed: 0 to 127"),
        (packet("/note", 60, float("nan")), "OSC: velocity nan; allowed: 0 to 127"),
        (packet("/note", True, 1), "OSC: note True; allowed: 0 to 127"),
        (packet("/knob", "drive", 0.5), "knobs.drive: the model has no such knob; it has: timbre, shape"),
        (packet("/knob", "shape", 1.5), "knobs.shape: 1.5 is not allowed; 0 to 1"),
        (packet("/set", "amp.sustain", float("inf")), "amp.sustain: inf is not allowed; 0 to 1"),
        (packet("/set", "voice.mode", 1), "voice.mode: 1 is not allowed; one of poly, mono, legato"),
        (packet("/set", 1, 1), "OSC: /set and /knob: needed: an id and a value"),
        (packet("/patch", 5), "OSC: /patch: needed: a name"),
    ],
)
def test_what_is_refused_is_said_once(bench: Bench, data: bytes, line: str) -> None:
    bench.server.receive(data)
    bench.server.receive(data)
    assert bench.lines == [line] and bench.server.bad == 2 and bench.rows == []


def test_random_packets_never_raise(bench: Bench) -> None:
    draw, good = random.Random(1), bundle(packet("/note", 60, 100), packet("/set", "amp.sustain", 0.5))
    for _ in range(20_000):
        data = bytearray(good if draw.random() < 0.7 else draw.randbytes(draw.randrange(60)))
        for _ in range(draw.randrange(4)):
            if data:
                data[draw.randrange(len(data))] = draw.randrange(256)
        bench.server.receive(bytes(data))
    assert bench.server.bad > 1000 and first_refused(event_array(bench.rows)) == -1


def test_through_the_network(bench: Bench) -> None:
    port = bench.server.start(0)
    with pytest.raises(SystoleError, match=f"UDP port {port}: Address already in use"):
        Bench().server.start(port)
    with pytest.raises(SystoleError, match="UDP port 70000"):
        Bench().server.start(70_000)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        sender.sendto(packet("/note", 60, 100), ("127.0.0.1", port))
        end = time.monotonic() + 10
        while not bench.rows and time.monotonic() < end:
            time.sleep(0.01)
    assert bench.rows == [note_on(7, 0, 60, 100)]
    bench.server.close()
    assert bench.rows[1:] == [note_off(7, 0, 60)]
    bench.server.close()

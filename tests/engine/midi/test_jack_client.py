"""JACK MIDI through a real server: every byte, at its frame."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from accel.errors import SystoleError
from engine.midi.jack_client import JackMidi
from engine.realtime.jack_process import FRAMES
from tests.support.jack import JackServer, Probe, jack_server, needs_jack, wait_for

pytestmark = needs_jack


@pytest.fixture
def server(tmp_path: Path) -> Iterator[JackServer]:
    with jack_server(tmp_path) as found:
        yield found


def nearest_frame(frame: int, near: int) -> int:
    """The number that equals `frame` modulo 2**32 and is closest to `near`: JACK's counter wraps within a day."""
    return near + (frame - near + FRAMES // 2) % FRAMES - FRAMES // 2


def test_no_server_is_one_line(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("JACK_DEFAULT_SERVER", "systole-none")
    with pytest.raises(SystoleError, match=r"^JACK: no server is running$"):
        JackMidi()
    assert capfd.readouterr() == ("", "")


def collect(client: JackMidi, count: int) -> list[tuple[int, bytes]]:
    found: list[tuple[int, bytes]] = []
    end = time.monotonic() + 4
    while sum(bool(data) for _, data in found) < count and time.monotonic() < end:
        found += client.read(0.2)
    return found


def test_messages_arrive_with_the_frames_at_which_they_were_sent(server: JackServer) -> None:
    rng = np.random.default_rng(4)
    with JackMidi() as client, Probe(seconds=1) as probe:
        assert client.rate == server.rate
        assert f"{probe.name}:midi" in client.sources()
        assert client.connect(f"{probe.name}:midi")
        assert client.connect(f"{probe.name}:midi")  # is no error
        assert client.connected() == [f"{probe.name}:midi"]
        start = probe.now + 9600
        frames = start + np.sort(rng.integers(0, 24_000, 300))
        messages = [(int(frame), bytes([0x90 | at % 16, at % 128, 1 + at % 100])) for at, frame in enumerate(frames)]
        messages += [(start + 24_000, b"\xf0" + bytes(30) + b"\xf7"), (start + 24_001, b"\xf8")]
        probe.play(messages)
        found = collect(client, 301)
        probe.wait_until(start + 24_128)
        heard = [(frame, data) for frame, data in found if data]  # an empty one marks cycles that our client missed
        wanted = {data: frame for frame, (_, data) in zip(probe.sent, messages, strict=True) if len(data) <= 8}
        order = list(wanted)
        places = [order.index(data) for _, data in heard]
        assert places == sorted(set(places))
        assert len(heard) == 301 or len(heard) < len(found)  # what is missing came in such cycles
        away = np.array([nearest_frame(frame, start) - wanted[data] for frame, data in heard])
        assert not np.any(away % server.period)
        assert np.mean(away == 0) > 0.5  # to a client that runs late, JACK tells the frame of the cycle after its own
        exact = sum(at == frame for at, (frame, _) in zip(probe.sent, messages, strict=True))
        assert exact > 0.5 * len(messages)  # the others were in cycles that the machine left out
        assert (client.lost, client.long) == (0, 1)


def test_two_clients_of_one_name(server: JackServer) -> None:
    with JackMidi("twin") as one, JackMidi("twin") as two:
        assert one.name == "twin" != two.name
        assert one.port == "twin:in"
        assert not one.connect("nobody:midi")


def test_a_reader_wakes_when_the_client_is_closed(server: JackServer) -> None:
    client = JackMidi()
    found = []

    def read() -> None:
        while (come := client.read(60)) and not any(data for _, data in come):
            pass  # marks of cycles that were left out
        found.append(come)

    reader = threading.Thread(target=read)
    reader.start()
    time.sleep(0.1)
    client.close()
    client.close()
    reader.join(5)
    assert found == [[]]
    assert client.read(60) == []
    assert (client.sources(), client.connected(), client.connect("x:y"), client.is_alive) == ([], [], False, False)


def test_a_server_that_dies_is_noticed_and_left(server: JackServer) -> None:
    client = JackMidi()
    assert client.is_alive
    server.kill()
    start = time.monotonic()
    wait_for(lambda: not client.read(0.5) and not client.is_alive, 10, "the server's end")
    client.close()
    assert time.monotonic() - start < 5
    server.start()
    with JackMidi() as again:
        assert again.is_alive


def test_descriptors_and_ports_are_given_back(server: JackServer) -> None:
    with JackMidi(), Probe(seconds=0.1):
        pass  # what the library itself opens once
    before = len(list(Path("/proc/self/fd").iterdir()))
    for _ in range(5):
        JackMidi().close()
    assert len(list(Path("/proc/self/fd").iterdir())) == before
    with Probe(seconds=0.1) as probe:
        assert probe.ports("systole-midi") == []

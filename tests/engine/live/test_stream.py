"""Opening and closing a device: what PortAudio is asked for, and what becomes of its refusals."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from accel.errors import SystoleError
from engine.live import devices, stream
from engine.live.deadline import StuckError, Worker
from engine.live.devices import Device
from engine.live.protocol import DeviceName
from engine.live.stream import Callbacks, Plan, Stream, plan_stream
from tests.engine.live.fake_sound import FakeSound
from tests.support.jack import Probe, jack_server, needs_jack, wait_for

ROWS = [
    ("ALSA", "other", 2, 0, 48_000, (48_000,)),
    ("ALSA", "card", 6, 4, 48_000, (48_000, 44_100)),
    ("ALSA", "mono", 1, 0, 48_000, (48_000,)),
    ("JACK Audio Connection Kit", "system", 2, 2, 96_000, (96_000,)),
    ("Windows WASAPI", "Speakers", 2, 0, 44_100, (44_100,)),
]
CALLS = Callbacks(1001, 1002, 1003)


@pytest.fixture
def sound(monkeypatch: pytest.MonkeyPatch) -> FakeSound:
    fake, worker = FakeSound(list(ROWS)), Worker("PortAudio")
    for module in (devices, stream):
        monkeypatch.setattr(module, "sound_library", lambda: fake)
        monkeypatch.setattr(module, "sound_thread", worker)
    return fake


def device(name: str) -> Device:
    return next(each for each in devices.list_devices() if each.name == name)


def test_a_plan_takes_the_best_rate(sound: FakeSound) -> None:
    assert plan_stream(device("card")) == Plan(DeviceName("ALSA", "card"), 48_000, 128, 2, 0, 0.0087, None)
    assert plan_stream(device("card"), 44_100, 1024).latency == pytest.approx(2048 / 44_100)
    assert plan_stream(device("mono")).outputs == 1
    assert plan_stream(device("Speakers")).rate == 48_000  # the system converts
    assert plan_stream(device("card"), inputs=4).inputs == 4


@pytest.mark.parametrize(
    "name,options,line",
    [
        ("card", {"rate": 96_000}, "rate 96000: ALSA: card has 48000, 44100"),
        ("card", {"inputs": 5}, "inputs: 5 asked for; ALSA: card has 4 that can be used"),
    ],
)
def test_what_a_device_cannot_do(sound: FakeSound, name: str, options: dict[str, int], line: str) -> None:
    with pytest.raises(SystoleError) as refused:
        plan_stream(device(name), **options)
    assert str(refused.value) == line


def test_jack_decides_and_says_so(sound: FakeSound, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream, "server_period", lambda: 256)
    plan = plan_stream(device("system"))
    assert (plan.rate, plan.block, plan.line) == (96_000, 0, None)
    assert plan_stream(device("system"), 48_000).line == "JACK: its server runs at 96000 Hz, not 48000"
    assert plan_stream(device("system"), None, 64).line == "JACK: its server's block is 256, not 64"
    assert plan_stream(device("system"), 96_000, 256).line is None


def test_portaudio_gets_the_addresses(sound: FakeSound) -> None:
    opened = Stream(plan_stream(device("card"), block=64), CALLS)
    assert not opened.is_alive
    opened.start()
    assert opened.is_alive
    assert (opened.rate, opened.latency) == (48_000, 480)
    assert opened.frame_clock == (0, 0)
    inner = sound.streams[0]
    assert inner.kind == "output"
    wanted = {
        "samplerate": 48_000, "blocksize": 64, "device": 1, "channels": 2, "dtype": "float32", "latency": 0.0087,
        "callback": ("PaStreamCallback*", 1001), "finished_callback": ("PaStreamFinishedCallback*", 1002),
        "userdata": ("void*", 1003), "wrap_callback": None,
    }  # fmt: skip
    assert wanted.items() <= inner.options.items()
    opened.close()
    opened.close()
    assert inner.calls == ["abort", "close"]
    assert not opened.is_alive


def test_inputs_make_it_duplex(sound: FakeSound) -> None:
    opened = Stream(plan_stream(device("card"), inputs=3), CALLS)
    inner = sound.streams[0]
    assert (inner.kind, inner.options["device"], inner.options["channels"]) == ("duplex", (1, 1), (3, 2))
    assert opened.latency == 480  # of the output


def test_wasapi_converts(sound: FakeSound) -> None:
    Stream(plan_stream(device("Speakers")), CALLS)
    assert sound.streams[0].options["extra_settings"] == ("wasapi", True)


def test_a_device_that_has_gone_or_refuses(sound: FakeSound) -> None:
    plan = plan_stream(device("mono"))

    def refuse() -> None:
        raise sound.PortAudioError("Error opening _StreamBase: Device unavailable [PaErrorCode -9985]", -9985)

    sound.faults["open"] = refuse
    with pytest.raises(SystoleError, match=r"^device ALSA: mono: Error opening .*Device unavailable"):
        Stream(plan, CALLS)
    sound.rows.pop(2)
    with pytest.raises(SystoleError, match=r"^device ALSA: mono: is not there$"):
        Stream(plan, CALLS)


def test_a_device_whose_number_has_changed_is_still_found(sound: FakeSound) -> None:
    plan = plan_stream(device("card"))
    sound.rows.pop(0)
    Stream(plan, CALLS)
    assert sound.streams[0].options["device"] == 0


def test_a_driver_that_hangs_is_given_up(sound: FakeSound) -> None:
    opened = Stream(plan_stream(device("card")), CALLS)
    opened.start()
    released = threading.Event()
    sound.faults["abort"] = released.wait
    start = time.monotonic()
    with pytest.raises(StuckError):
        opened.close(0.2)
    assert time.monotonic() - start < 2
    with pytest.raises(StuckError, match="does not answer any more"):
        Stream(opened.plan, CALLS)
    released.set()


def test_asking_whether_it_plays_waits_for_no_other_call_and_is_done_where_all_calls_are(sound: FakeSound) -> None:
    opened = Stream(plan_stream(device("card")), CALLS)
    opened.start()
    threads: list[str] = []
    inner = sound.streams[0]
    kind = type(
        "Asked", (type(inner),), {"active": property(lambda _: threads.append(threading.current_thread().name))}
    )
    inner.__class__ = kind
    assert not opened.is_alive and threads == ["PortAudio"]
    busy, done = threading.Event(), threading.Event()
    other = threading.Thread(target=stream.sound_thread.call, args=(20, lambda: (busy.set(), done.wait(20))))
    other.start()
    assert busy.wait(20)
    began = time.monotonic()
    assert opened.is_alive and time.monotonic() - began < 0.2
    done.set()
    other.join()
    assert threads == ["PortAudio"]


def test_it_may_be_closed_while_it_is_asked(sound: FakeSound) -> None:
    for _ in range(50):
        opened = Stream(plan_stream(device("card")), CALLS)
        opened.start()
        thread = threading.Thread(target=opened.close)
        thread.start()
        while thread.is_alive():
            assert opened.is_alive in (True, False)
        assert not opened.is_alive


def test_a_library_that_hangs_when_asked_is_not_alive(sound: FakeSound, monkeypatch: pytest.MonkeyPatch) -> None:
    opened = Stream(plan_stream(device("card")), CALLS)
    opened.start()
    monkeypatch.setattr(stream, "ASK_SECONDS", 0.1)
    released = threading.Event()
    inner = sound.streams[0]
    inner.__class__ = type("Hangs", (type(inner),), {"active": property(lambda _: released.wait(20))})
    assert not opened.is_alive
    with pytest.raises(StuckError):
        opened.close()
    released.set()


def test_nobody_waits_for_a_server_that_has_gone(sound: FakeSound, monkeypatch: pytest.MonkeyPatch) -> None:
    opened = Stream(plan_stream(device("system")), CALLS)
    opened.start()
    assert opened.is_alive
    monkeypatch.setattr(stream, "server_gone", lambda: True)
    assert not opened.is_alive
    with pytest.raises(StuckError, match=r"^JACK: its server has gone$"):
        opened.close()
    with pytest.raises(StuckError):
        Stream(opened.plan, CALLS)
    assert sound.streams[0].calls == []


REAL = """
import ctypes, os, sys, time
import numpy as np
from numba import carray, cfunc, types
from engine.live.deadline import RESTART, StuckError
from engine.live.devices import choose, list_devices
from engine.live.stream import CLOSE_SECONDS, Callbacks, Stream, plan_stream

SIGNATURE = types.int32(types.voidptr, types.CPointer(types.float32), types.uint64, types.voidptr, types.uint64,
                        types.CPointer(types.int64))

@cfunc(SIGNATURE)
def audio(inputs, out, frames, clock, flags, words):
    count = carray(words, (2,))
    sound = carray(out, (frames & 0xFFFFFFFF, 2))
    for i in range(len(sound)):
        sound[i, 0] = np.float32(0.5)
        sound[i, 1] = np.float32(-0.25)
    count[0] += 1
    return 0

@cfunc(types.void(types.CPointer(types.int64)))
def finished(words):
    carray(words, (2,))[1] += 1

words = np.zeros(2, np.int64)
plan = plan_stream(choose(None, None, list_devices()))
for _ in range(3):
    stream = Stream(plan, Callbacks(audio.address, finished.address, words.ctypes.data))
    stream.start()
    end = time.monotonic() + 10
    while words[0] < 20 and time.monotonic() < end:
        time.sleep(0.01)
    assert words[0] >= 20 and stream.is_alive and stream.rate == 48000, words
    stream.close()
    assert words[1] > 0
    words[:] = 0
stream = Stream(plan, Callbacks(audio.address, finished.address, words.ctypes.data))
stream.start()
function, client = stream.frame_clock
frame = ctypes.CFUNCTYPE(ctypes.c_uint32, ctypes.c_void_p)(function)
first = frame(client)
time.sleep(0.2)
assert 4800 < frame(client) - first < 480000 and (frame(client) - first) % 128 == 0
print("playing", flush=True)
while stream.is_alive:
    time.sleep(0.01)
start = time.monotonic()
try:
    stream.close()
except StuckError:
    # At once, where JACK has said that its server is gone; else after the time that closing has.
    os._exit(RESTART if time.monotonic() - start < CLOSE_SECONDS + 1 else 1)
os._exit(0)
"""


@needs_jack
def test_a_real_stream_from_start_to_its_servers_death(tmp_path: Path) -> None:
    with jack_server(tmp_path) as server:
        child = subprocess.Popen([sys.executable, "-c", REAL], stdout=subprocess.PIPE, text=True)
        assert child.stdout is not None
        assert child.stdout.readline() == "playing\n"
        with Probe(seconds=5) as probe:
            left, right = wait_for(lambda: probe.ports("systole:out_.*"), what="the stream's ports")
            probe.listen(left, right)
            wait_for(lambda: any((part == (0.5, -0.25)).all(axis=1).any() for _, part in probe.segments()), 5, "sound")
        server.kill()
        try:
            assert child.wait(20) == 75
        finally:
            child.kill()

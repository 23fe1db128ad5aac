"""What there is to play to, and which of it is chosen."""

from __future__ import annotations

import subprocess
import sys
import threading
from pathlib import Path

import pytest

from accel.errors import SystoleError
from engine.live import devices
from engine.live.deadline import StuckError, Worker
from engine.live.devices import JACK, Device, choose, find_device, list_devices, rescan
from engine.live.protocol import DeviceName
from tests.engine.live.fake_sound import FakeSound
from tests.support.jack import jack_server, needs_jack

ROWS = [
    ("ALSA", "HDA Intel: ALC (hw:0,0)", 2, 2, 44_100, (44_100, 48_000, 96_000)),
    ("ALSA", "HDA Intel: ALC (hw:0,0)", 8, 0, 44_100, (44_100,)),
    ("ALSA", "microphone", 0, 1, 48_000, (48_000,)),
    ("ALSA", "pulse", 32, 32, 44_100, (48_000, 44_100)),
    ("ALSA", "busy", 1, 0, 48_000, ()),
    ("JACK Audio Connection Kit", "system", 2, 2, 96_000, (96_000, 48_000)),
    ("Windows WASAPI", "Speakers", 2, 0, 48_000, (48_000,)),
]


@pytest.fixture
def sound(monkeypatch: pytest.MonkeyPatch) -> FakeSound:
    fake = FakeSound(list(ROWS), default="busy")
    monkeypatch.setattr(devices, "sound_library", lambda: fake)
    monkeypatch.setattr(devices, "sound_thread", Worker("PortAudio"))
    return fake


def device(host: str, name: str, is_default: bool = False) -> Device:
    return Device(host, name, 2, 0, (48_000,), 48_000, 0.01, is_default)


def test_what_can_play_is_listed_once(sound: FakeSound) -> None:
    found = list_devices()
    assert [(each.host, each.name) for each in found] == [(row[0], row[1]) for row in (ROWS[0], *ROWS[3:])]
    card, pulse, busy, jack, _ = found
    assert card.rates == (48_000, 96_000, 44_100)  # best first
    assert (card.outputs, card.inputs, card.rate, card.latency) == (2, 2, 44_100, 0.0087)
    assert pulse.rates == (48_000, 44_100)
    assert busy.rates == ()
    assert jack.rates == (96_000,)  # its server's and no other, whatever PortAudio would say
    assert [each.name for each in found if each.is_default] == ["busy"]
    assert [each.rates for each in list_devices(with_rates=False)] == [()] * 5


def test_no_device_is_an_empty_list(sound: FakeSound) -> None:
    sound.rows.clear()
    assert list_devices() == []
    assert choose(None, DeviceName("ALSA", "pulse"), []) is None


CARD, PULSE, PIPEWIRE = device("ALSA", "card", True), device("ALSA", "pulse"), device("ALSA", "pipewire")
SERVER, SPEAKERS, PHONES = (
    device(JACK, "system"),
    device("Core Audio", "Speakers"),
    device("Core Audio", "Phones", True),
)
ASIO, DSP = device("ASIO", "box"), device("OSS", "/dev/dsp")


@pytest.mark.parametrize(
    "there,wanted",
    [
        ([CARD, PULSE, SERVER], SERVER),
        ([CARD, PULSE, PIPEWIRE], PIPEWIRE),
        ([CARD, PULSE], PULSE),
        ([device("ALSA", "hdmi"), CARD, DSP], CARD),
        ([SPEAKERS, PHONES], PHONES),
        ([ASIO, device("MME", "Mapper")], device("MME", "Mapper")),
        ([ASIO], None),
        ([device("Novel API", "x"), DSP], DSP),
    ],
)
def test_which_is_taken_where_nothing_is_said(there: list[Device], wanted: Device | None) -> None:
    assert choose(None, None, there) == wanted


def test_the_remembered_one_if_it_is_there() -> None:
    assert choose(None, CARD.key, [CARD, PULSE]) == CARD
    assert choose(None, CARD.key, [PULSE]) == PULSE
    assert choose(PULSE.key, CARD.key, [CARD, PULSE]) == PULSE
    with pytest.raises(SystoleError, match=r"^device ASIO: box: is not there$"):
        choose(ASIO.key, CARD.key, [CARD, PULSE])


@pytest.mark.parametrize(
    "text,wanted",
    [("ALSA: pulse", PULSE), ("Pulse", PULSE), ("alsa: card", CARD), ("jack", SERVER), ("phone", PHONES)],
)
def test_a_device_by_text(text: str, wanted: Device) -> None:
    there = [CARD, PULSE, device("ALSA", "pulse 2"), SERVER, SPEAKERS, PHONES]
    assert find_device(text, there) == wanted


def test_a_text_that_names_no_device_or_several() -> None:
    with pytest.raises(SystoleError, match=r"^device alsa: several of that name: ALSA: card; ALSA: pulse$"):
        find_device("alsa", [CARD, PULSE, PHONES])
    with pytest.raises(SystoleError, match=r"^device usb: not found; there are: ALSA: card; ALSA: pulse$"):
        find_device("usb", [CARD, PULSE])
    with pytest.raises(SystoleError, match=r"^device usb: there is no sound device$"):
        find_device("usb", [])


def test_rescan_starts_portaudio_anew(sound: FakeSound) -> None:
    rescan()
    assert sound.log == ["terminate", "initialize"]


def test_rescan_fails_in_one_line(sound: FakeSound) -> None:
    def fail() -> None:
        raise sound.PortAudioError("Error initializing PortAudio: Host error [PaErrorCode -9999]")

    sound.faults["initialize"] = fail
    with pytest.raises(SystoleError, match=r"^PortAudio: Error initializing"):
        rescan()


def test_a_library_that_hangs_is_given_up(sound: FakeSound, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(devices, "RESCAN_SECONDS", 0.2)
    released = threading.Event()
    sound.faults["terminate"] = released.wait
    with pytest.raises(StuckError, match=r"^PortAudio: no answer within 0\.2 s$"):
        rescan()
    with pytest.raises(StuckError, match="does not answer any more"):
        list_devices()
    released.set()


def test_no_rescan_once_jacks_server_has_gone(sound: FakeSound, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(devices, "server_gone", lambda: True)
    with pytest.raises(StuckError, match=r"^JACK: its server has gone$"):
        rescan()
    assert sound.log == []


REAL = """
import sys
from engine.live.devices import JACK, choose, list_devices, rescan
from engine.live.deadline import StuckError
from engine.midi.jack_watch import server_period
found = choose(None, None, list_devices())
assert (found.host, found.name, found.rates, server_period()) == (JACK, "system", (96_000,), 256), found
rescan()
assert choose(None, None, list_devices()) == found
print("ready", flush=True)
sys.stdin.readline()
try:
    rescan()
except StuckError as error:
    print(error, flush=True)
import os
os._exit(0)
"""


@needs_jack
def test_a_real_server_and_its_end(tmp_path: Path) -> None:
    """In a process of its own, since PortAudio cannot live on after its JACK server."""
    with jack_server(tmp_path, rate=96_000, period=256) as server:
        child = subprocess.Popen([sys.executable, "-c", REAL], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        assert child.stdin is not None
        assert child.stdout is not None
        assert child.stdout.readline() == "ready\n"
        server.kill()
        threading.Event().wait(0.3)  # it learns of the end by the closed socket
        out, _ = child.communicate("\n", timeout=20)
    assert (child.returncode, out) == (0, "JACK: its server has gone\n")

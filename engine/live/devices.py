"""Which devices there are to play to, and which one it should be.

A device is known by its host API and its name: numbers change with every plug. What PortAudio knows dates from when it
was initialised, so `rescan` does that anew; no stream may be open then.
"""

from __future__ import annotations

import contextlib
import ctypes
import functools
import math
import sys
from collections.abc import Sequence
from typing import Any

import msgspec

from accel.errors import SystoleError
from engine.live.deadline import StuckError, Worker
from engine.live.protocol import DeviceName
from engine.live.quiet import quiet_stderr
from engine.midi.jack_watch import server_gone, start_watch, stop_watch
from engine.text import plain

__all__ = [
    "JACK",
    "NATIVE_RATE",
    "Device",
    "choose",
    "find_device",
    "index_of",
    "list_devices",
    "rescan",
    "sound_library",
    "sound_thread",
]

JACK = "JACK Audio Connection Kit"
NATIVE_RATE = 48_000
RATES = (48_000, 96_000, 44_100, 88_200, 192_000)
"""What is asked for, best first: 48 kHz needs no conversion, 96 kHz a cheap one."""
HOSTS = (JACK, "ALSA", "PulseAudio", "Core Audio", "Windows WASAPI", "Windows DirectSound", "MME", "OSS")
"""Host APIs in the order of preference; any other comes after them. ASIO is only taken when asked for by name."""
SERVERS = ("pipewire", "pulse")
"""ALSA's doors to the desktop's sound server, which mixes: other programs stay audible."""
CLIENT = ctypes.c_char_p(b"systole")
LIST_SECONDS, RESCAN_SECONDS = 20.0, 5.0
sound_thread = Worker("PortAudio")
"""Makes every call into PortAudio."""


class Device(msgspec.Struct, frozen=True):
    """Something that can play.

    Attributes:
        host, name: what it is known by.
        outputs, inputs: channels.
        rates: Hz that can be had, best first; empty if they were not asked for, or it is busy.
        rate: its own, Hz.
        latency: lowest of its output, seconds.
        is_default: whether its host API prefers it.
    """

    host: str
    name: str
    outputs: int
    inputs: int
    rates: tuple[int, ...]
    rate: int
    latency: float
    is_default: bool

    @property
    def title(self) -> str:
        """For people, and for `find_device`."""
        return plain(f"{self.host}: {self.name}")

    @property
    def key(self) -> DeviceName:
        """For settings and messages."""
        return DeviceName(self.host, self.name)


def sound_library() -> Any:
    """sounddevice, with PortAudio initialised.

    Raises:
        SystoleError: PortAudio is missing or cannot be initialised.
    """
    return _loaded() if _loaded.cache_info().currsize else sound_thread.call(LIST_SECONDS, _loaded)


@functools.cache
def _loaded() -> Any:
    if sys.platform.startswith("linux"):
        with contextlib.suppress(OSError, AttributeError):  # the name by which JACK's other clients see us
            ctypes.CDLL("libportaudio.so.2").PaJack_SetClientName(CLIENT)
    try:
        import sounddevice  # initialises PortAudio, so not before a device is asked for
    except OSError:
        raise SystoleError("PortAudio: not found (Debian, Ubuntu: apt install libportaudio2)") from None
    except Exception as error:  # PortAudioError, whose name comes with the module
        raise SystoleError(f"PortAudio: {error}") from None
    _watch_jack(sounddevice)
    return sounddevice


def _watch_jack(library: Any) -> None:
    if any(host["name"] == JACK for host in library.query_hostapis()):
        start_watch()


def _asked_rates(library: Any, index: int, info: dict[str, Any], host: str) -> tuple[int, ...]:
    own = round(info["default_samplerate"])
    if host == JACK:
        return (own,)  # the server's, and no other
    found = []
    for rate in dict.fromkeys((*RATES, own)):
        with contextlib.suppress(library.PortAudioError, ValueError):
            channels = min(2, info["max_output_channels"])
            library.check_output_settings(device=index, samplerate=rate, channels=channels, dtype="float32")
            found.append(rate)
    return tuple(found)


def _found(library: Any) -> list[tuple[int, str, dict[str, Any], bool]]:
    """(PortAudio's index, host API's name, facts, whether that host API prefers it) of all that can play."""
    try:
        hosts = library.query_hostapis()
        infos = list(library.query_devices())
    except library.PortAudioError as error:
        raise SystoleError(f"PortAudio: {error}") from None
    named = [(index, hosts[info["hostapi"]], info) for index, info in enumerate(infos)]
    return [
        (index, host["name"], info, host["default_output_device"] == index)
        for index, host, info in named
        if info["max_output_channels"] > 0
    ]


def list_devices(*, with_rates: bool = True) -> list[Device]:
    """What can play, in PortAudio's order; of several of one name, the first.

    Args:
        with_rates: also try which rates each can have. It takes some milliseconds each, and opens some for a moment.

    Raises:
        SystoleError: no PortAudio.
    """
    library = sound_library()

    def look() -> list[Device]:
        devices: dict[tuple[str, str], Device] = {}
        with quiet_stderr():
            for index, host, info, is_default in _found(library):
                if (host, info["name"]) not in devices:
                    rates = _asked_rates(library, index, info, host) if with_rates else ()
                    devices[host, info["name"]] = _device(host, info, rates, is_default)
        return list(devices.values())

    return sound_thread.call(LIST_SECONDS, look)


def _device(host: str, info: dict[str, Any], rates: tuple[int, ...], is_default: bool) -> Device:
    latency = float(info["default_low_output_latency"])
    return Device(
        host=host,
        name=info["name"],
        outputs=info["max_output_channels"],
        inputs=info["max_input_channels"],
        rates=rates,
        rate=round(info["default_samplerate"]),
        latency=latency if math.isfinite(latency) and latency > 0 else 0.0,
        is_default=is_default,
    )


def index_of(device: DeviceName) -> int:
    """PortAudio's number of a device, as of the last `rescan`; called in `sound_thread`.

    Raises:
        SystoleError: it is not there.
    """
    for index, host, info, _ in _found(sound_library()):
        if (host, info["name"]) == (device.host, device.name):
            return index
    raise SystoleError(plain(f"device {device.host}: {device.name}: is not there"))


def rescan() -> None:
    """Let PortAudio look again for what is plugged in. No stream may be open.

    Raises:
        StuckError: PortAudio does not come back, or would abort: its JACK server has gone. Only a new process helps.
        SystoleError: PortAudio cannot be initialised any more.
    """
    library = sound_library()
    if server_gone():
        raise StuckError("JACK: its server has gone")

    def again() -> None:
        with quiet_stderr():
            stop_watch()
            library._terminate()
            library._initialize()
            _watch_jack(library)

    try:
        sound_thread.call(RESCAN_SECONDS, again)
    except library.PortAudioError as error:
        raise SystoleError(f"PortAudio: {error}") from None


def find_device(text: str, devices: Sequence[Device]) -> Device:
    """The one device whose title (`ALSA: pulse`) or name is the text or, failing that, contains it, in any case.

    Raises:
        SystoleError: none or several do; the line names them.
    """
    wanted = text.casefold()
    exact = [device for device in devices if wanted in (device.title.casefold(), device.name.casefold())]
    found = exact or [device for device in devices if wanted in device.title.casefold()]
    if len(found) == 1:
        return found[0]
    if not devices:
        raise SystoleError(f"device {plain(text)}: there is no sound device")
    shown = "; ".join(device.title for device in found or devices)
    raise SystoleError(f"device {plain(text)}: {'several of that name' if found else 'not found; there are'}: {shown}")


def _rank(device: Device) -> tuple[int, int, int]:
    host = HOSTS.index(device.host) if device.host in HOSTS else len(HOSTS)
    door = len(SERVERS)
    if device.host == "ALSA" and device.name in SERVERS:
        door = SERVERS.index(device.name)
    return host, door, 0 if device.is_default else 1


def choose(wanted: DeviceName | None, remembered: DeviceName | None, devices: Sequence[Device]) -> Device | None:
    """The device to play to; None if there is none.

    Args:
        wanted: asked for now: that one or an error.
        remembered: from last time: that one if it is there.
        devices: what there is; else JACK, then the desktop's sound server, then what the best host API prefers.

    Raises:
        SystoleError: the wanted one is not there.
    """
    known = {(device.host, device.name): device for device in devices}
    if wanted is not None:
        if (wanted.host, wanted.name) not in known:
            raise SystoleError(plain(f"device {wanted.host}: {wanted.name}: is not there"))
        return known[wanted.host, wanted.name]
    if remembered is not None and (remembered.host, remembered.name) in known:
        return known[remembered.host, remembered.name]
    ranked = sorted((device for device in devices if device.host != "ASIO"), key=_rank)
    return ranked[0] if ranked else None

"""What the audio page offers, worked out of the engine's list of devices and of what is open. No Qt here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from app.window.words import marked
from engine.live.protocol import DeviceName, OpenStream

__all__ = ["BLOCKS", "MODES", "DeviceFacts", "Wish", "devices_of", "request_of"]

BLOCKS = (0, 32, 64, 96, 128, 192, 256, 512, 1024, 2048)
"""Samples; 0: as the device likes best."""
MODES: tuple[tuple[str, Literal["direct", "safe"], int], ...] = (
    (marked("Settings", "Direct: lowest latency"), "direct", 2),
    (marked("Settings", "Safe: 1 block ahead"), "safe", 1),
    (marked("Settings", "Safe: 2 blocks ahead"), "safe", 2),
    (marked("Settings", "Safe: 3 blocks ahead"), "safe", 3),
)
"""Text, marked for translation; mode; blocks ahead."""


@dataclass(frozen=True)
class DeviceFacts:
    """A device as the engine lists it: host and name, Hz that it can have, whether its host API prefers it."""

    host: str
    name: str
    rates: tuple[int, ...]
    is_default: bool

    @property
    def title(self) -> str:
        """For reading."""
        return f"{self.host}: {self.name}"

    @property
    def key(self) -> DeviceName:
        """For the engine."""
        return DeviceName(self.host, self.name)


def devices_of(result: Sequence[Mapping[str, Any]]) -> list[DeviceFacts]:
    """The answer to `protocol.ListDevices`."""
    return [
        DeviceFacts(str(each["host"]), str(each["name"]), tuple(each["rates"]), bool(each["is_default"]))
        for each in result
    ]


@dataclass(frozen=True)
class Wish:
    """What was chosen; rate and block 0: the device's own choice; mode: a place in MODES."""

    device: DeviceFacts
    rate: int = 0
    block: int = 0
    mode: int = 0


def request_of(wish: Wish) -> OpenStream:
    """The request that a wish means."""
    _, mode, ahead = MODES[wish.mode]
    rate = wish.rate if wish.rate in wish.device.rates else 0
    return OpenStream(device=wish.device.key, rate=rate or None, block=wish.block or None, mode=mode, ahead=ahead)

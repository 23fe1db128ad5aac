"""What `control` needs of the two ends of an engine: where the sound goes, and where notes come from.

Stated apart from who has it, so that requests can be tested without a sound library or a MIDI port.
"""

from __future__ import annotations

from concurrent.futures import Future
from typing import Any, Protocol

from engine.live import protocol

__all__ = ["Input", "Output"]


class Output(Protocol):
    """Where the sound goes (`output.Output`)."""

    is_stuck: bool

    def open(self, request: protocol.OpenStream) -> Future[Any]:
        """Play to a device."""

    def close_stream(self) -> Future[Any]:
        """Play to none."""

    def devices(self) -> Future[Any]:
        """What there is to play to."""

    def told(self) -> Future[Any]:
        """Where the sound goes."""

    def listen(self, channels: list[protocol.CvChannel]) -> Future[Any]:
        """Take control voltages from the inputs."""

    def calibrate(self, channel: int, volts: float) -> Future[Any]:
        """Measure an input."""

    def voltages(self) -> Future[Any]:
        """Which inputs are listened to."""

    def tick(self) -> None:
        """Look after the stream."""

    def close(self, timeout: float) -> None:
        """Fade out and end."""


class Input(Protocol):
    """Where notes come from (`players.Players`)."""

    def ports(self, request: protocol.MidiPorts) -> Any:
        """Listen to ports."""

    def listed(self) -> Any:
        """Which ports there are."""

    def learn(self, target: str | None) -> Any:
        """Tie the next controller to a target."""

    def forget(self, target: str) -> Any:
        """Untie it."""

    def panic(self) -> None:
        """All keys up, for whatever holds some."""

    def tick(self) -> None:
        """Look for ports that came or went; count."""

    def close(self) -> None:
        """Close all ports."""

"""A port's bytes as MIDI messages, whatever the bytes: the one place that knows MIDI's framing.

Live input is a stream that can begin anywhere and break off anywhere, so nothing in it is an error that stops it: what
makes no sense is counted in `bad` and skipped, and the next status byte puts things right (MIDI 1.0, table of status
bytes and appendix on running status). Memory is bounded: of a system exclusive message that never ends, `MAX_SYSEX`
bytes are kept, and none of it comes out. Ports that frame messages themselves go through here too, as drivers disagree
on what they pass on.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

__all__ = [
    "CLOCK",
    "CONTINUE",
    "MAX_SYSEX",
    "POSITION",
    "RESET",
    "SENSING",
    "START",
    "STOP",
    "SYSEX",
    "Decoder",
    "Message",
]

SYSEX, POSITION, SYSEX_END = 0xF0, 0xF2, 0xF7
CLOCK, START, CONTINUE, STOP, SENSING, RESET = 0xF8, 0xFA, 0xFB, 0xFC, 0xFE, 0xFF
MAX_SYSEX = 4096
"""Payload bytes of the longest system exclusive message that is passed on."""
_COMMON_BYTES = {0xF1: 1, 0xF2: 2, 0xF3: 1, 0xF6: 0}
_REAL_TIME = {CLOCK, START, CONTINUE, STOP, SENSING, RESET}


class Message(NamedTuple):
    """One message: status 0x80..0xFF, data bytes 0..127 (0 where it has none), payload of a system exclusive one."""

    status: int
    first: int = 0
    second: int = 0
    payload: bytes = b""


def data_bytes(status: int) -> int:
    """How many data bytes follow a status byte 0x80..0xF7 that is defined and not system exclusive."""
    if status >= 0xF0:
        return _COMMON_BYTES[status]
    return 1 if status & 0xE0 == 0xC0 else 2


class Decoder:
    """The state of one stream.

    Attributes:
        bad: bytes and messages that made no sense so far: data without a status, messages cut off, undefined status
            bytes, system exclusive messages that are too long or do not end.
    """

    def __init__(self) -> None:
        self.bad = 0
        self._status = 0  # of the message being read or running; 0 = data would be stray
        self._first = -1  # its first data byte, where it came already
        self._payload: bytearray | None = None  # not None: inside a system exclusive message
        self._is_too_long = False

    def feed(self, data: Iterable[int]) -> list[Message]:
        """The messages that are complete with these bytes, each 0..255, in their order."""
        found: list[Message] = []
        for byte in data:
            if byte < 0x80:
                self._data(byte, found)
            elif byte < CLOCK:
                self._new_status(byte, found)
            elif byte in _REAL_TIME:  # even between the bytes of another message, which it does not disturb
                found.append(Message(byte))
            else:
                self.bad += 1
        return found

    def _data(self, byte: int, found: list[Message]) -> None:
        if self._payload is not None:
            if len(self._payload) < MAX_SYSEX:
                self._payload.append(byte)
            else:
                self._is_too_long = True
        elif not self._status:
            self.bad += 1
        elif data_bytes(self._status) == 2 and self._first < 0:
            self._first = byte
        elif self._first >= 0:
            self._finish(Message(self._status, self._first, byte), found)
        else:
            self._finish(Message(self._status, byte), found)

    def _finish(self, message: Message, found: list[Message]) -> None:
        found.append(message)
        self._first = -1
        if message.status >= SYSEX:
            self._status = 0  # only channel messages run on

    def _new_status(self, byte: int, found: list[Message]) -> None:
        was_cut_off = self._first >= 0 or (self._status >= SYSEX and self._payload is None)
        if self._payload is not None:
            was_cut_off = byte != SYSEX_END or self._is_too_long
            if not was_cut_off:
                found.append(Message(SYSEX, payload=bytes(self._payload)))
            self._payload = None
            if byte == SYSEX_END:
                self._begin(0, was_cut_off)
                return
        self._begin(byte, was_cut_off)
        if byte == SYSEX:
            self._status, self._payload, self._is_too_long = 0, bytearray(), False
        elif byte >= SYSEX and byte not in _COMMON_BYTES:  # undefined, or an end without a beginning
            self._status = 0
            self.bad += 1
        elif byte >= SYSEX and not _COMMON_BYTES[byte]:
            self._finish(Message(byte), found)

    def _begin(self, status: int, was_cut_off: bool) -> None:
        self._status, self._first = status, -1
        self.bad += was_cut_off

"""OSC's packets (Open Sound Control 1.0): addresses with arguments, alone or in bundles. The little that we need of it.

Time tags of bundles are not used: what comes is played when it comes. Every number is checked against the bytes that
are there, so a packet can be refused, but nothing worse.
"""

from __future__ import annotations

import struct
from typing import NamedTuple

from accel.errors import SystoleError
from engine.text import plain

__all__ = ["OscMessage", "read_packet"]

DEEPEST, MOST = 8, 1024
"""Bundles in each other, messages in a packet."""
_BUNDLE = b"#bundle\0"
_NUMBERS = {"i": ">i", "f": ">f", "h": ">q", "d": ">d"}
_CONSTANTS = {"T": True, "F": False, "N": None, "I": None}
Argument = int | float | str | bool | None


class OscMessage(NamedTuple):
    """An address such as `/note`, and its arguments; blobs are left out."""

    address: str
    arguments: tuple[Argument, ...]


class _Cursor:
    def __init__(self, data: bytes) -> None:
        self.data, self.at = data, 0

    def take(self, count: int) -> bytes:
        if not 0 <= count <= len(self.data) - self.at:
            raise SystoleError("OSC: a packet that is cut off")
        self.at += count
        return self.data[self.at - count : self.at]

    def text(self) -> str:
        end = self.data.find(b"\0", self.at)
        if end < 0:
            raise SystoleError("OSC: a string without an end")
        found = self.take(end - self.at)
        self.take(4 - len(found) % 4)
        return found.decode("utf-8", errors="replace")

    def size(self) -> int:
        return int(struct.unpack(">i", self.take(4))[0])


def _argument(cursor: _Cursor, tag: str) -> Argument:
    if tag in _NUMBERS:
        layout = _NUMBERS[tag]
        number: int | float = struct.unpack(layout, cursor.take(struct.calcsize(layout)))[0]
        return number
    if tag in ("s", "S"):
        return cursor.text()
    if tag == "b":
        cursor.take(cursor.size())
        cursor.take(-cursor.at % 4)
        return None
    if tag in _CONSTANTS:
        return _CONSTANTS[tag]
    raise SystoleError(f"OSC: arguments of type {plain(tag)}; allowed: i f h d s b T F N I")


def _read(data: bytes, depth: int, found: list[OscMessage]) -> None:
    cursor = _Cursor(data)
    if data.startswith(_BUNDLE):
        if depth >= DEEPEST:
            raise SystoleError(f"OSC: bundles more than {DEEPEST} deep")
        cursor.take(len(_BUNDLE) + 8)
        while cursor.at < len(data):
            _read(cursor.take(cursor.size()), depth + 1, found)
        return
    address = cursor.text()
    if not address.startswith("/") or not address.isprintable():
        raise SystoleError(f"OSC: {plain(address[:40])}: not an address; needed: / and a name")
    tags = cursor.text() if cursor.at < len(data) else ","
    if not tags.startswith(","):
        raise SystoleError(f"OSC: {address}: its types are missing")
    if len(found) >= MOST:
        raise SystoleError(f"OSC: more than {MOST} messages in a packet")
    found.append(OscMessage(address, tuple(_argument(cursor, tag) for tag in tags[1:])))


def read_packet(data: bytes) -> list[OscMessage]:
    """The messages of a packet, in their order.

    Raises:
        SystoleError: not OSC; nothing of the packet counts then.
    """
    found: list[OscMessage] = []
    _read(data, 0, found)
    return found

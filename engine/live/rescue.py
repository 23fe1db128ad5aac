"""Recordings that an engine left behind when it died: finished as it would have done, so that another can go on.

A recording is called NAME.part until it is finished (`recorder`). Its header is renewed every second, so what came
after that is there but not counted: here the header is set to what the file holds.
"""

from __future__ import annotations

import os
import struct
from pathlib import Path
from typing import BinaryIO, NamedTuple

__all__ = ["Rescued", "file_number", "part_of", "rescue"]

HEAD = 256
BLOCK_ALIGN = 32


class Rescued(NamedTuple):
    """What there is of a recording that was interrupted: its files, their length in s, and the number of the next."""

    paths: list[str]
    seconds: float
    number: int


def part_of(path: Path) -> Path:
    """Where a recording is while it is written."""
    return path.with_name(path.name + ".part")


def file_number(path: Path, number: int) -> Path:
    """The name of a recording's file, from 1 on."""
    return path if number == 1 else path.with_name(f"{path.stem}-{number}{path.suffix}")


def _seconds(file: BinaryIO) -> tuple[float, int, int]:
    """Length in s of what a WAV of ours holds, and the bytes of its head and of its whole frames; 0 if it has none."""
    file.seek(0)
    head = file.read(HEAD)
    at = head.find(b"data")
    if at < 0 or head[:4] != b"RIFF" or at + 8 > len(head):
        return 0.0, 0, 0
    rate, width = struct.unpack_from("<I", head, 24)[0], struct.unpack_from("<H", head, BLOCK_ALIGN)[0]
    data = max(file.seek(0, os.SEEK_END) - at - 8, 0)
    if not rate or not width:
        return 0.0, 0, 0
    return data // width / rate, at + 8, data // width * width


def _finish(path: Path) -> float:
    """Set the sizes in the header of a .part to what it holds, and give it its name; its length in s."""
    with part_of(path).open("r+b") as file:
        seconds, length, data = _seconds(file)
        if length:
            file.truncate(length + data)
            file.seek(0)
            head = bytearray(file.read(length))
            struct.pack_into("<I", head, 4, length - 8 + data)
            struct.pack_into("<I", head, length - 4, data)
            fact = head.find(b"fact")
            if fact >= 0:
                width = struct.unpack_from("<H", head, BLOCK_ALIGN)[0]
                struct.pack_into("<I", head, fact + 8, data // width)
            file.seek(0)
            file.write(head)
    part_of(path).replace(path)
    return seconds


def rescue(path: Path) -> Rescued:
    """Finish what was being recorded to `path` when its engine died.

    Raises:
        OSError: the disk does not let us.
    """
    found, seconds, last, number = list[str](), list[float](), 1, 1
    while (each := file_number(path, number)).exists() or part_of(each).exists():
        if part_of(each).exists() and (number == 1 or not each.exists()):
            seconds.append(_finish(each))
            last = number
        else:
            with each.open("rb") as file:
                seconds.append(_seconds(file)[0])
        found.append(str(each))
        number += 1
    return Rescued(found[:last], sum(seconds[:last]), number)

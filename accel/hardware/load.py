"""A program image as the register writes of a load, for whoever drives the bus: a simulation, a board, another flow.

The CRC covers the words of LOAD_SELECT, LOAD_ADDRESS and LOAD_DATA in the order in which they are written, so that a
wrong address is found as a wrong word is.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable

from accel.hardware.image import Image
from accel.hardware.layout import LOAD_SELECT
from accel.hardware.registers import BY_NAME

__all__ = ["COVERED", "load_crc", "load_writes"]

COVERED = ("load_select", "load_address", "load_data")
"""Registers whose writes go into the CRC while a load is open."""


def load_crc(writes: Iterable[tuple[str, int]]) -> int:
    """What COMPUTED_CRC must be after these writes (register name, word)."""
    crc = 0
    for name, word in writes:
        if name in COVERED:
            crc = zlib.crc32(word.to_bytes(4, "little"), crc)
    return crc


def load_writes(image: Image) -> list[tuple[str, int]]:
    """All writes of a load as (register name, word), LOAD_OPEN to LOAD_CLOSE.

    After the first write the host waits for STATUS.quiet; after the last it reads STATUS.crc_ok.
    """
    command = {field.name: 1 << field.lsb for field in BY_NAME["command"].fields}
    words: list[tuple[str, int]] = []
    for target, (addresses, data) in image.parts.items():
        words.append(("load_select", LOAD_SELECT[target]))
        following = -1
        for address, word in zip(addresses.tolist(), data.tolist(), strict=True):
            if address != following:
                words.append(("load_address", address))
            words.append(("load_data", word))
            following = address + 1
    return [
        ("command", command["load_open"]),
        *words,
        ("expected_crc", load_crc(words)),
        ("command", command["load_close"]),
    ]

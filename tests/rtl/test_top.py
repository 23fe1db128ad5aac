"""The whole accelerator behind its bus, as it is built: loads, plays, reads back; damaged loads stay silent."""

from __future__ import annotations

import zlib

from accel.hardware import tools
from accel.hardware.load import load_crc, load_writes
from tests.rtl.bench import PORTS_ONLY, simulate
from tests.rtl.benches.top_bench import GEOMETRY, piece

SOURCES = [file.name for file in tools.rtl_files()]


def test_systole_top_plays_the_references_samples() -> None:
    counted = simulate("top_bench", "systole_top", SOURCES, parameters=GEOMETRY.parameters(), flags=PORTS_ONLY)
    # This driver reads one register at a time, so a read never waits for the one before it.
    missed = [name for name, count in counted.items() if not count and name != "AR taken after waiting"]
    assert not missed, missed
    assert counted["distinct samples"] > 20


def test_the_writes_of_a_load_are_the_image() -> None:
    _, image, _ = piece(1)
    writes = load_writes(image)
    memory: dict[tuple[int, int], int] = {}
    message, select, address = b"", 0, 0
    for name, word in writes[1:-2]:
        message += word.to_bytes(4, "little")
        if name == "load_select":
            select = word
        elif name == "load_address":
            address = word
        else:
            assert (select, address) not in memory
            memory[select, address] = word
            address += 1
    assert len(memory) == image.words
    assert writes[0] == ("command", 2)
    assert writes[-2:] == [("expected_crc", zlib.crc32(message)), ("command", 4)]
    assert load_crc(writes) == zlib.crc32(message)

"""Packed structs as a bench drives and reads them: field by field, widths taken from the sources themselves."""

from __future__ import annotations

import re
from collections.abc import Mapping

from accel.hardware import tools
from accel.hardware.layout import CFG_FIELDS, DESC_FIELDS, DESC_WORDS, pack_descriptor

__all__ = ["TILE", "desc_value", "pack_cfg", "pack_struct", "unpack_struct"]

Layout = list[tuple[str, int]]
"""Names and widths, highest bits first."""


def layout(file: str, struct: str) -> Layout:
    """Fields of `typedef struct packed {...} <struct>;` in a package."""
    text = re.sub(r"//.*", "", (tools.RTL / file).read_text(encoding="utf-8"))
    body = re.search(r"struct packed \{([^}]*)\}\s*" + struct, text)
    assert body, struct
    found = re.findall(r"logic\s*(?:\[(\d+):0\])?\s*(\w+);", body[1])
    return [(name, int(top or 0) + 1) for top, name in found]


TILE = layout("core_pkg.sv", "tile_t")
_CFG: Layout = [(name, bits) for name, (_, bits, _) in CFG_FIELDS.items()]


def pack_struct(fields: Layout, values: Mapping[str, int]) -> int:
    """Fields that are not named are 0."""
    total = 0
    for name, width in fields:
        value = values.get(name, 0)
        assert 0 <= value < 1 << width, f"{name} is {value}, {width} bits"
        total = total << width | value
    return total


def unpack_struct(fields: Layout, total: int) -> dict[str, int]:
    """The reverse of `pack_struct`."""
    values = {}
    for name, width in reversed(fields):
        values[name] = total & ((1 << width) - 1)
        total >>= width
    return values


def pack_cfg(**values: int) -> int:
    """cfg_t."""
    return pack_struct(_CFG, values)


def desc_value(values: Mapping[str, int]) -> int:
    """desc_t from named fields."""
    words = pack_descriptor(values)[:DESC_WORDS]
    return sum(word << 32 * index for index, word in enumerate(words))


FIELD_NAMES = [field.name for field in DESC_FIELDS]

"""The instances in lanes_top.sv: what the benches of start values and of results share."""

from __future__ import annotations

from tests.rtl.benches.structs import layout

INITS = ((2, 16, 4), (3, 4, 1), (5, 8, 4), (16, 2, 1))
"""Rows, columns, lanes of each chain of start values."""
FRONTS = ((2, 2, 1), (3, 16, 2), (5, 8, 4), (16, 4, 1))
GAPS = (2, 4, 8)
"""Columns of each post lane."""
TILE, ROW = layout("core_pkg.sv", "tile_t"), layout("core_pkg.sv", "row_t")
IDLE = dict.fromkeys(
    [
        *(f"given_init_{r}x{c}x{n}_i" for r, c, n in INITS),
        *(f"given_front_{r}x{c}x{n}_i" for r, c, n in FRONTS),
        *(f"given_lane_{gap}_i" for gap in GAPS),
    ],
    0,
)

"""Activation memory and operand feed at several sizes: every window, weight and single value, and their latency."""

from __future__ import annotations

from tests.rtl.bench import PORTS_ONLY, ROOT, simulate

BENCHES = ROOT / "tests" / "rtl" / "benches"
SOURCES = ["skew.sv", "ram.sv", "ram_paged.sv", "rotator.sv", "act_mem.sv", "feed.sv"]
TOPS = [str(BENCHES / name) for name in ("act_rig.sv", "feed_rig.sv", "feed_top.sv")]
UNITS = ("act_mem 02", "act_mem 04", "act_mem 08", "act_mem 16", "feed 2x16", "feed 3x2", "feed 5x8", "feed 9x4")
WINDOWS = ("aligned", "across words", "across the ring's end", "across time 0")


def test_windows_weights_and_values() -> None:
    counted = simulate("feed_bench", "feed_top", [*SOURCES, *TOPS], flags=PORTS_ONLY, random_start=True)
    for unit in (*UNITS, "feed 16x4"):
        for window in WINDOWS:
            assert counted[f"{unit} window {window}"], (unit, window)
        assert counted[f"{unit} write held back for a read"], unit
        assert counted[f"{unit} ring up to the last word"], unit
        if unit.startswith("feed"):
            situations = ("step", "gap", "step with token", "gap with token", "single value", "weights read back")
            assert all(counted[f"{unit} {each}"] for each in situations), unit
            assert counted[f"{unit} control write held back for a read"], unit
    assert counted["feed 9x4 write of no slice"], "three slices are addressed as four"

"""Start values into the array and results out of it, at several sizes: every value, in its cycle."""

from __future__ import annotations

from tests.rtl.bench import PORTS_ONLY, ROOT, simulate

BENCHES = ROOT / "tests" / "rtl" / "benches"
SOURCES = [
    *("systole_pkg.sv", "core_pkg.sv", "skew.sv", "ram.sv", "init_rows.sv", "init_lane.sv", "init_chain.sv"),
    *("shift_round.sv", "tanh_unit.sv", "post_front.sv", "post_lane.sv"),
    *(str(BENCHES / name) for name in ("init_rig.sv", "front_rig.sv", "lane_rig.sv", "lanes_top.sv")),
]


def test_start_values() -> None:
    counted = simulate("init_bench", "lanes_top", SOURCES, flags=PORTS_ONLY, random_start=True)
    missed = [name for name, count in counted.items() if not count]
    assert not missed, missed
    for shape in ("2x16x4", "3x4x1", "5x8x4", "16x2x1"):
        for hop in (16, 32, 64, 128, 256):
            assert counted[f"init {shape} hop {hop:03}"] > 10


def test_rows_of_results() -> None:
    counted = simulate("post_front_bench", "lanes_top", SOURCES, flags=PORTS_ONLY, random_start=True)
    missed = [name for name, count in counted.items() if not count]
    assert not missed, missed
    for shape in ("2x2x1", "3x16x2", "5x8x4", "16x4x1"):
        for op in ("control", "input", "gated", "mix", "head", "output"):
            assert counted[f"front {shape} {op} row valid"], (shape, op)
        assert counted[f"front {shape} rows two cycles apart"] > 20


def test_results() -> None:
    counted = simulate("post_lane_bench", "lanes_top", SOURCES, flags=PORTS_ONLY, random_start=True)
    missed = [name for name, count in counted.items() if not count]
    assert not missed, missed
    for gap in (2, 4, 8):
        for op in ("control", "input", "gated", "mix", "head", "output"):
            assert counted[f"lane {gap} {op} row"] > 10, (gap, op)
        for sum_of in ("requantise", "residual", "skip sum"):
            assert counted[f"lane {gap} {sum_of} saturates up"], (gap, sum_of)
            assert counted[f"lane {gap} {sum_of} saturates down"], (gap, sum_of)
        assert counted[f"lane {gap} rows without a gap"] > 100

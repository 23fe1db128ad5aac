"""Small units of the datapath, bit for bit and cycle for cycle: pe, shift_round, tanh, skew, memories, rotator, cfg."""

from __future__ import annotations

from tests.rtl.bench import PORTS_ONLY, ROOT, simulate

SOURCES = [
    "systole_pkg.sv",
    "core_pkg.sv",
    "pe.sv",
    "shift_round.sv",
    "tanh_unit.sv",
    "skew.sv",
    "ram.sv",
    "ram_paged.sv",
    "rotator.sv",
    "cfg_regs.sv",
    str(ROOT / "tests" / "rtl" / "benches" / "units_top.sv"),
]


def test_units() -> None:
    counted = simulate("units_bench", "units_top", SOURCES, flags=PORTS_ONLY, random_start=True)
    missed = [name for name, count in counted.items() if not count]
    assert not missed, missed
    assert counted["tanh inputs"] == 65536
    assert {f"shift {shift:02}" for shift in range(1, 32)} <= set(counted)
    for name in ("pe saturates up", "pe saturates down", "pe comes back from saturation", "pe -128 x -32768"):
        assert counted[name] > 10, name
    assert counted["pe last without valid"] > 10
    for name, words in (("one", 3), ("three", 11), ("larger", 43)):
        assert all(counted[f"ram_paged {name} reads word {word:02}"] > 5 for word in range(words)), name

"""The systolic array at four shapes, with and without multiplier blocks: every result in every cycle."""

from __future__ import annotations

from pathlib import Path

import pytest

from accel.errors import SystoleError
from accel.hardware import tools
from tests.rtl.bench import PORTS_ONLY, ROOT, simulate

BENCHES = ROOT / "tests" / "rtl" / "benches"
SOURCES = ["pe.sv", "skew.sv", "systolic_array.sv", str(BENCHES / "array_rig.sv"), str(BENCHES / "array_top.sv")]
SHAPES = ("2x16", "3x8", "5x4", "16x2")
SITUATIONS = (
    "saturates up",
    "saturates down",
    "last with valid",
    "last without valid",
    "tile empty",
    "tile shorter than its drain",
    "tile longer than its drain",
    "pause before a tile",
    "tile right after the last",
)


def test_array() -> None:
    counted = simulate("array_bench", "array_top", SOURCES, flags=PORTS_ONLY, random_start=True)
    for shape in SHAPES:
        for situation in SITUATIONS:
            assert counted[f"array {shape} {situation}"] > 1, (shape, situation)
    assert counted["cycles compared"] > 8000


@pytest.mark.parametrize(
    ("top", "bad"),
    [
        ("systolic_array", {"Rows": 1}),
        ("systolic_array", {"Cols": 1}),
        ("rotator", {"Cols": 6}),
        ("feed", {"Rows": 17}),
    ],
    ids=lambda value: value if isinstance(value, str) else "-".join(f"{k}{v}" for k, v in value.items()),
)
def test_illegal_parameters_are_refused(top: str, bad: dict[str, int], tmp_path: Path) -> None:
    generics = [f"-G{name}={value}" for name, value in bad.items()]
    command: list[str | Path] = [tools.verilator(), "--lint-only", "--timing", "-y", tools.RTL, "+libext+.sv"]
    command += ["--top-module", top, *generics, tools.RTL / f"{top}.sv", "--Mdir", tmp_path]
    with pytest.raises(SystoleError, match=f"{top}: "):
        tools.run(command, env={"VERILATOR_ROOT": str(tools.verilator_root())}, what="verilator")

"""The host port's parts, each against its own model: values, exact cycles, and the situations that were met."""

from __future__ import annotations

import pytest

from tests.rtl.bench import simulate

PACKAGES = ["systole_pkg.sv", "host_pkg.sv"]
CASES: dict[str, tuple[str, list[str]]] = {
    "axi_lite_bench": ("axi_lite", ["axi_lite.sv"]),
    "crc32_bench": ("crc32", ["crc32.sv"]),
    "irq_flags_bench": ("irq_flags", ["irq_flags.sv"]),
    "run_control_bench": ("run_control", ["run_control.sv"]),
    "loader_bench": ("loader", [*PACKAGES, "crc32.sv", "loader.sv"]),
    "cv_port_bench": ("cv_port", [*PACKAGES, "cv_saturate.sv", "cv_frame.sv", "cv_stream.sv", "cv_port.sv"]),
    "dac_port_bench": ("dac_port", ["fifo.sv", "dac_port.sv"]),
}


@pytest.mark.parametrize("bench", CASES)
def test_unit(bench: str) -> None:
    top, sources = CASES[bench]
    counted = simulate(bench, top, sources)
    assert counted
    missed = [name for name, count in counted.items() if not count]
    assert not missed, missed

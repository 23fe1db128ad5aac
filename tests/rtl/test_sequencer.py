"""The sequencer's blocks, value for value and cycle for cycle, and the situations that their benches must have met."""

from __future__ import annotations

import pytest

from tests.rtl.bench import simulate

PACKAGES = ["systole_pkg.sv", "core_pkg.sv"]


def run(unit: str, parameters: dict[str, int], expected: set[str], options: dict[str, int] | None = None) -> None:
    upper = {name.upper(): value for name, value in (options or parameters).items()}
    counted = simulate(
        f"{unit}_bench", unit, [*PACKAGES, f"{unit}.sv"], parameters=parameters, options=upper, flags=["-Wno-UNUSED"]
    )
    missed = [name for name, count in counted.items() if not count]
    assert not missed, missed
    assert expected <= set(counted)


def test_configuration_registers() -> None:
    run("cfg_regs", {}, {"write log2_hop", "read cv_words", "write to nothing", "read while written", "reset clears"})


def test_descriptor_fetch() -> None:
    expected = {"priming frame", "several blocks", "memory full", "one descriptor in a block", "taken after a while"}
    run("desc_fetch", {"Descs": 16}, expected)


@pytest.mark.parametrize(("rows", "cols"), [(3, 4), (16, 16), (2, 2)])
def test_tile_walk(rows: int, cols: int) -> None:
    expected = {"last row tile partly used", "pass after pass without a gap", "oldest tap before time 0", "time reset"}
    run("tile_walker", {"Rows": rows, "Cols": cols}, expected)


@pytest.mark.parametrize(("rows", "cols", "lanes"), [(3, 4, 2), (2, 2, 1), (5, 8, 2)])
def test_tile_issue(rows: int, cols: int, lanes: int) -> None:
    expected = {"gated tile held back", "slot as long as its tile", "slot as long as its tokens", "comes to rest"}
    run("tile_issue", {"Rows": rows, "Cols": cols, "Lanes": lanes}, expected)


def test_frames() -> None:
    expected = {"word waits for room", "pitch rounds over the top", "shortest frame", "excitation ends last"}
    run("frame_ctl", {"ActDepth": 24, "CtlDepth": 16, "OutDepth": 64}, expected)

"""The committed place-and-route results belong to the geometries and pages that are committed with them."""

from __future__ import annotations

import json

import pytest

from accel.cycles import TARGETS
from accel.hardware.geometry import GEOMETRIES
from accel.syn import route
from benchmarks import synthesis

RESULTS = json.loads(route.RESULTS.read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", GEOMETRIES)
def test_what_was_routed_is_what_is_built(name: str) -> None:
    assert RESULTS[name]["geometry"] == GEOMETRIES[name].parameters(), f"run python -m accel.syn.route {name}"
    for used, available in RESULTS[name]["cells"].values():
        assert 0 < used <= available


@pytest.mark.parametrize("name", GEOMETRIES)
def test_the_budget_uses_a_clock_that_was_reached(name: str) -> None:
    assert TARGETS[name].clock <= RESULTS[name]["fmax_mhz"] < TARGETS[name].clock + 1


def test_the_page_is_up_to_date() -> None:
    assert synthesis.main(["--check"]) == 0, "run python -m benchmarks.synthesis"


def test_an_unknown_target_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert route.main(["ecp6"]) == 1
    assert capsys.readouterr().err == "route: ecp6 is no target, allowed: ecp5-25f, ecp5-85f\n"

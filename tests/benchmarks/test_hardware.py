"""The hardware benchmark: its naive generator is the same network, and its bytes can be counted by hand."""

from __future__ import annotations

import numpy as np
import pytest

from accel.random_program import Shape, random_program
from benchmarks.boundary import LINKS, boundaries
from benchmarks.hardware import Line, boundary_table, speed_table
from benchmarks.peers.naive_python import NaivePython
from benchmarks.peers.numpy_float import NumpyFloat
from benchmarks.workloads import WORKLOADS


@pytest.mark.parametrize("name", ["odd5", "odd24", "one"])
def test_naive_python_computes_what_numpy_computes(name: str) -> None:
    naive, fast = NaivePython(), NumpyFloat()
    for peer in (naive, fast):
        peer.prepare(WORKLOADS[name], 16)
    for _ in range(3):
        wanted = fast.run_block().copy()
        np.testing.assert_allclose(naive.run_block(), wanted, atol=2e-5 * max(1.0, float(np.abs(wanted).max())))


def test_bytes_at_each_cut_by_hand() -> None:
    """C = S = 1, one layer, no knobs: INPUT, MIX, HEAD and OUTPUT are 1x1, GATED is 2x1; CONTROL 2x1 once a frame."""
    shape = Shape(channels=1, skip=1, kernel=1, dilations=(1,), harmonics=(), knobs=0, hidden=(), hop=64, rate=48_000)
    mac, layer, generator = boundaries(random_program(np.random.default_rng(0), shape))
    assert mac.down == 48_000 * 6 * 3 + 750 * 2 * 3
    assert mac.up == 48_000 * 6 * 4 + 750 * 2 * 4
    assert layer.down == 48_000 * 5 * 2 + 750 * 1 * 2
    assert layer.up == 48_000 * 6 * 4 + 750 * 2 * 4
    assert (generator.down, generator.up) == (750 * 3, 96_000)


def test_each_cut_further_out_needs_less() -> None:
    cuts = boundaries(WORKLOADS["a15"].program)
    assert [cut.total for cut in cuts] == sorted((cut.total for cut in cuts), reverse=True)
    table = boundary_table({"A15": WORKLOADS["a15"].program})
    assert LINKS[0].name in table.splitlines()[-1]


def test_the_table_shows_cycles_only_of_hardware() -> None:
    text = speed_table([Line("A15", "FPGA", 170_000.0, 492.2, 3.5), Line("A15", "naive Python", 900.0, None, 0.02)])
    assert "| A15 | FPGA | 170 k | 492.2 | 3.5 |" in text
    assert "| A15 | naive Python | 900 |  | 0.02 |" in text

"""The queue in simulation, at three sizes; its proof is in test_formal.py."""

from __future__ import annotations

import pytest

from tests.rtl.bench import simulate


@pytest.mark.parametrize(("width", "depth"), [(16, 16), (8, 4), (40, 64)])
def test_fifo(width: int, depth: int) -> None:
    counted = simulate(
        "fifo_bench",
        "fifo",
        ["fifo.sv"],
        parameters={"Width": width, "Depth": depth},
        options={"WIDTH": width, "DEPTH": depth},
        seed=depth,
    )
    missed = [name for name, count in counted.items() if not count]
    assert not missed, missed
    assert counted["clear at level full"] == 1
    assert counted["read when full"] > 0

"""Buffers of a program: apart from one another, inside the memory, and as large as what the passes write and read."""

from __future__ import annotations

import itertools

import pytest

from accel.errors import SystoleError
from accel.formats import Op
from accel.hardware.geometry import Geometry, simulated
from accel.hardware.plan import make_plan
from tests.rtl.networks import draw


@pytest.mark.parametrize("index", range(24))
def test_no_pass_writes_outside_its_buffer(index: int) -> None:
    program, _ = draw(index)
    geometry = simulated(4, 8, 2)
    plan = make_plan(program, geometry)
    head, excite = program.of(Op.HEAD)[0], program.of(Op.EXCITE)[0]
    channels = {"excitation": excite.rows, "gate": max(program.channels, head.rows), "head": program.skip_channels}
    spans = [(at, at + (rows << log2)) for (at, log2), rows in ((getattr(plan, k), v) for k, v in channels.items())]
    spans += [(at, at + (program.channels << log2)) for at, log2 in plan.rings]
    spans.sort()
    for (_, end), (start, _) in itertools.pairwise(spans):
        assert end <= start
    assert spans[-1][1] == plan.needs["act_depth"] <= geometry.act_depth
    for each, (_, log2) in zip(program.of(Op.GATED), plan.rings, strict=True):
        assert geometry.cols << log2 >= (each.taps - 1) * each.dilation + plan.block
        assert 65536 % (geometry.cols << log2) == 0, "time wraps at 2**16"


@pytest.mark.parametrize(
    ("field", "value"),
    [("desc_depth", 60), ("out_depth", 100), ("act_depth", 131_072), ("act_depth", 0), ("row_depth", 16_385)],
)
def test_memories_that_the_rtl_refuses_are_refused(field: str, value: int) -> None:
    with pytest.raises(SystoleError, match=f"{field} is {value}, allowed"):
        Geometry(**{field: value})


def test_the_queue_must_hold_two_frames() -> None:
    program, _ = draw(5)
    assert program.hop == 256
    with pytest.raises(SystoleError, match=r"out_depth 512 \(there are 256\)"):
        make_plan(program, Geometry(out_depth=256, act_depth=65536))

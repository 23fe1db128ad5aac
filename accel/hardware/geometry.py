"""Sizes of an accelerator: the array and its memories, as the RTL's parameters name them."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

from accel.errors import SystoleError

__all__ = ["EXC_CHANNELS", "GEOMETRIES", "RATIO_POINTS", "Geometry"]

EXC_CHANNELS = 32
"""Excitation channels that the accelerator stores; every width in the RTL that depends on it is derived from it."""
RATIO_POINTS = 1024
"""Points that the tables of a program's oscillators may have in all: two block RAMs of an ECP5."""

_MOST = {
    "act_depth": 1 << 16,
    "wgt_depth": 1 << 20,
    "row_depth": 1 << 14,
    "cond_depth": 1 << 14,
    "ctl_depth": 1 << 16,
    "stream_depth": 1 << 16,
    "skip_depth": 1 << 16,
    "desc_depth": 1 << 10,
    "out_depth": 1 << 16,
}
"""Entries that a descriptor, or the RTL, can address."""


@dataclass(frozen=True)
class Geometry:
    """One choice of the core's parameters.

    Attributes:
        rows, cols: processing elements; a row is an output channel, a column a sample. cols is a power of two.
        lanes: post and start-value lanes, a power of two, at most cols / 2 and rows; as long as a pass has
            rows * cols / lanes steps a tile or more, the array never waits for its drain.
        dsp_pes: elements with a multiplier block; the rest multiply in logic.
        act_depth: 16-bit words in each of `cols` activation banks.
        wgt_depth: weight words of `rows` bytes.
        row_depth: rows of bias and shift; cond_depth: conditioning rows; ctl_depth: values of the control network.
        stream_depth, skip_depth: values per lane of a block's residual stream and skip sum.
        desc_depth: descriptors; out_depth: samples in the output queue.
    """

    rows: int = 4
    cols: int = 8
    lanes: int = 2
    dsp_pes: int = 20
    act_depth: int = 3072
    wgt_depth: int = 6144
    row_depth: int = 1024
    cond_depth: int = 288
    ctl_depth: int = 256
    stream_depth: int = 256
    skip_depth: int = 256
    desc_depth: int = 64
    out_depth: int = 1024

    def __post_init__(self) -> None:
        """Refuse what the RTL refuses.

        Raises:
            SystoleError: rows, cols or lanes are outside what the core can be built with.
        """
        if not 2 <= self.rows <= 16 or self.cols not in (2, 4, 8, 16):
            raise SystoleError(f"array is {self.rows}x{self.cols}, allowed: 2..16 x 2, 4, 8 or 16")
        for name, most in _MOST.items():
            depth = getattr(self, name)
            if not 2 <= depth <= most:
                raise SystoleError(f"{name} is {depth}, allowed: 2..{most}")
        for name in ("desc_depth", "out_depth"):
            if getattr(self, name) & (getattr(self, name) - 1):
                raise SystoleError(f"{name} is {getattr(self, name)}, allowed: powers of two")
        most = min(self.cols // 2, self.rows)
        if self.lanes & (self.lanes - 1) or not 1 <= self.lanes <= most:
            raise SystoleError(f"{self.lanes} lanes, allowed: a power of two from 1 to {most} (cols / 2 and rows)")

    @property
    def gap(self) -> int:
        """Columns of a lane, and cycles between two rows of the drain."""
        return self.cols // self.lanes

    @property
    def slices(self) -> int:
        """32-bit words of a weight word at the load port."""
        return -(-self.rows // 4)

    @property
    def slice_stride(self) -> int:
        """Load addresses from one weight word to the next: the slices, rounded up to a power of two."""
        return 1 << (self.slices - 1).bit_length()

    def parameters(self) -> dict[str, int]:
        """Parameter names and values of the RTL's top modules."""
        return {
            "".join(part.capitalize() for part in field.name.split("_")): getattr(self, field.name)
            for field in dataclasses.fields(self)
        }


def simulated(rows: int, cols: int, lanes: int | None = None) -> Geometry:
    """A geometry with room for every program that tests draw, for simulation only."""
    return Geometry(
        rows=rows,
        cols=cols,
        lanes=lanes or min(cols // 2, 1 << (rows.bit_length() - 1)),
        dsp_pes=rows * cols // 2,
        act_depth=65536,
        wgt_depth=1 << 18,
        row_depth=16384,
        cond_depth=8192,
        ctl_depth=1024,
        stream_depth=64 * 256,
        skip_depth=64 * 256,
        desc_depth=128,
        out_depth=1024,
    )


GEOMETRIES: dict[str, Geometry] = {
    "ecp5-25f": Geometry(),
    "ecp5-85f": Geometry(
        rows=16,
        cols=8,
        lanes=4,
        dsp_pes=128,
        act_depth=8192,
        wgt_depth=5120,
        row_depth=2048,
        cond_depth=1024,
        ctl_depth=512,
        stream_depth=512,
        skip_depth=512,
    ),
}
"""FPGA -> the accelerator that fits it."""

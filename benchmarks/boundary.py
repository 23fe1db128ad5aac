"""Bytes per second that cross between host and accelerator, by where the cut is made; from the program itself.

The student project put the cut at the multiply-accumulate and found SPI too slow and PCIe necessary. Counted here are
the bytes that have to move at three cuts: every operand of every product; every layer's inputs and outputs, weights
staying in the accelerator; and the generator as a whole, control voltages in and samples out.
"""

from __future__ import annotations

from dataclasses import dataclass

from accel.formats import Op
from accel.program import Program

__all__ = ["LINKS", "Boundary", "Link", "boundaries"]

WEIGHT_BYTES, ACTIVATION_BYTES, RESULT_BYTES = 1, 2, 4
PITCH_BYTES, KNOB_BYTES, SAMPLE_BYTES = 3, 2, 2


@dataclass(frozen=True)
class Boundary:
    """A cut between host and accelerator, and the bytes per second that cross it for one voice."""

    name: str
    title: str
    down: float
    up: float

    @property
    def total(self) -> float:
        """Bytes per second in both directions."""
        return self.down + self.up


@dataclass(frozen=True)
class Link:
    """A way to move bytes: payload bytes per second, before any protocol overhead; `shared`: both ways together."""

    name: str
    rate: float
    source: str
    shared: bool = False


LINKS = (
    Link("I2S, 16 bit, 48 kHz", 96e3, "16 bits x 48 kHz"),
    Link("SPI, 25 MHz", 25e6 / 8, "25 Mbit/s on one data line"),
    Link("USB 2.0 high speed", 480e6 / 8, "480 Mbit/s signalling", shared=True),
    Link("PCIe 2.0 x1", 500e6, "5 GT/s, 8b/10b"),
    Link("PCIe 3.0 x4", 4 * 8e9 * 128 / 130 / 8, "8 GT/s x 4, 128b/130b"),
)


def boundaries(program: Program) -> tuple[Boundary, ...]:
    """The three cuts of a program, the innermost first."""
    per_frame = program.rate / program.hop
    operands = results = inputs = outputs = 0.0
    for each in program.passes:
        if each.op == Op.EXCITE:
            continue
        times = per_frame if each.op == Op.CONTROL else program.rate
        operands += times * each.macs * (WEIGHT_BYTES + ACTIVATION_BYTES)
        results += times * each.rows * RESULT_BYTES
        inputs += times * each.cols * ACTIVATION_BYTES
        outputs += times * each.rows * RESULT_BYTES
    voltages = per_frame * (PITCH_BYTES + KNOB_BYTES * len(program.knobs))
    return (
        Boundary("mac", "every product: its operands down, accumulators up", operands, results),
        Boundary(
            "layer", "every layer: activations down, accumulators up; weights and histories resident", inputs, outputs
        ),
        Boundary(
            "generator", "the generator: control voltages down, samples up", voltages, program.rate * SAMPLE_BYTES
        ),
    )

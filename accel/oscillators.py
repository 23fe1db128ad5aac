"""A bank of oscillators: each at a ratio to the pitch that follows a control voltage, in integers.

Ratios are octaves, not factors: an oscillator's phase increment is 2^x of the pitch's octaves plus its own, so a ratio
costs an addition in front of the exponential that is there anyway, glides evenly between frames, and resolves a
thousandth of a cent at any size. The price: two oscillators at a ratio of small integers drift apart by the
exponential's error (0.01 cent); where that matters, take harmonics of one oscillator. The formulas: docs/numerics.md.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import ArrayLike, NDArray

from accel.formats import EXPONENT_FRACTION, GATE_COUNTS, KNOB_COUNTS, Int64Array, shift_round

__all__ = [
    "PLAIN",
    "RATIO_FRACTION",
    "RATIO_LIMIT",
    "RECORD",
    "SEGMENT_BITS",
    "TURN_BITS",
    "Oscillator",
    "gate_rises",
    "points_of",
    "ratio_ramp",
    "read_records",
    "start_phases",
]

RATIO_FRACTION = EXPONENT_FRACTION
"""Fraction bits of a ratio, in octaves."""
RATIO_LIMIT = (1 << 23) - 1
"""Largest ratio, above or below the pitch: just under 8 octaves."""
SEGMENT_BITS = (6, 12)
"""A segment of a table is 2**6 to 2**12 counts of its voltage wide: 313 to 5 segments for a knob's 5 V."""
TURN_BITS = 8
"""A free oscillator starts at the voice's phase turned left by so many bits per place in the bank."""
RECORD = ("knob", "gate", "segment_bits", "stepped", "free", "start", "points")
"""Words of an oscillator's record in a program's biases; its table's points follow."""


def points_of(segment_bits: int) -> int:
    """Points of a table: both ends of every segment up to a knob's 5 V, so that the last one can be interpolated."""
    return (KNOB_COUNTS >> segment_bits) + 2


@dataclass(frozen=True, eq=False)
class Oscillator:
    """One oscillator of a bank.

    Attributes:
        points: int32 [P] octaves above the pitch, Q.20; one where no knob moves the ratio, else `points_of`.
        knob: voltage that the ratio follows, 1 the first knob; 0: none.
        segment_bits: log2 of the counts between two points.
        stepped: the ratio is that of the point at or below the voltage, not on the line between two.
        free: starts at a phase drawn from the voice's, so that two notes differ; else at `start`.
        start: phase at a voice's start and at the gate's rise, 0..2**32-1, 2**32 is a cycle.
        gate: voltage whose rise through 2.5 V sets the phase to `start`, 1 the first knob; 0: none.
    """

    points: NDArray[np.int32] = field(default_factory=lambda: np.zeros(1, np.int32))
    knob: int = 0
    segment_bits: int = SEGMENT_BITS[0]
    stepped: bool = False
    free: bool = True
    start: int = 0
    gate: int = 0

    def words(self) -> NDArray[np.int32]:
        """The record and its points, as a program stores them."""
        values = {each: int(getattr(self, each)) for each in RECORD if each != "points"} | {"points": len(self.points)}
        record = np.array([values[name] for name in RECORD], np.int64).astype(np.uint32).view(np.int32)
        return np.concatenate([record, self.points.astype(np.int32)])

    def ratio(self, counts: ArrayLike) -> Int64Array:
        """Octaves Q.20 at these counts of the knob's voltage, which are clamped to 0..5 V."""
        position = np.clip(np.asarray(counts, np.int64), 0, KNOB_COUNTS) * int(self.knob > 0)
        segment, step = position >> self.segment_bits, position & ((1 << self.segment_bits) - 1)
        points = self.points.astype(np.int64)
        low = points[segment]
        if self.stepped or not self.knob:
            return low
        return low + shift_round((points[segment + 1] - low) * step, self.segment_bits)

    def fault(self, knobs: int) -> str:
        """What is wrong with it in a program of so many knobs, with what is allowed; "" if nothing is."""
        low, high = SEGMENT_BITS
        wanted = points_of(self.segment_bits) if self.knob else 1
        most = int(np.abs(self.points.astype(np.int64)).max(initial=0))
        for bad, what in (
            (not 0 <= self.knob <= knobs, f"knob {self.knob}, allowed: 0..{knobs}"),
            (not 0 <= self.gate <= knobs, f"gate {self.gate}, allowed: 0..{knobs}"),
            (not low <= self.segment_bits <= high, f"segment_bits {self.segment_bits}, allowed: {low}..{high}"),
            (len(self.points) != wanted, f"{len(self.points)} points, needs {wanted}"),
            (most > RATIO_LIMIT, f"a ratio of {most}, allowed: +-{RATIO_LIMIT}"),
            (self.free and (self.gate or self.start), "free, but with a gate or a start phase"),
            (not 0 <= self.start < 1 << 32, f"start {self.start}, allowed: 0..{(1 << 32) - 1}"),
        ):
            if bad:
                return what
        return ""


PLAIN = Oscillator()
"""The one oscillator of a program without records: at the pitch, starting at the voice's phase."""


def read_records(words: NDArray[np.int32], count: int) -> Iterator[Oscillator]:
    """The first `count` oscillators whose records begin `words`.

    Raises:
        ValueError: a record or its table is cut short, or a flag is neither 0 nor 1; the message says which.
    """
    at = 0
    for index in range(count):
        record = dict(zip(RECORD, words[at : at + len(RECORD)].tolist(), strict=False))
        at += len(RECORD)
        size = record.pop("points", -1)
        if size < 1 or at + size > len(words):
            raise ValueError(f"oscillator {index}: its record is cut short")
        if not {record["stepped"], record["free"]} <= {0, 1}:
            found = f"{record['stepped']} and {record['free']}"
            raise ValueError(f"oscillator {index}: stepped and free are {found}, not 0 or 1")
        flags = {"stepped": bool(record["stepped"]), "free": bool(record["free"])}
        yield Oscillator(words[at : at + size], **{**record, **flags, "start": record["start"] & 0xFFFFFFFF})
        at += size


def start_phases(bank: Sequence[Oscillator], phase: int) -> list[int]:
    """Phase of each oscillator at the start of a voice of phase `phase`; the first one's, if it is free, is that."""
    found, phase = [], phase & 0xFFFFFFFF
    for index, each in enumerate(bank):
        turned = (phase << TURN_BITS * index | phase >> 32 - TURN_BITS * index) & 0xFFFFFFFF
        found.append(turned if each.free else each.start)
    return found


def ratio_ramp(rows: Int64Array, hop: int) -> Int64Array:
    """Octaves Q.20 of every sample from those of the control rows: [N] -> [(N-1) * hop], rounded half up."""
    ramp = np.arange(hop)
    return shift_round(rows[:-1, None] * (hop - ramp) + rows[1:, None] * ramp, hop.bit_length() - 1).reshape(-1)


def gate_rises(each: Oscillator, knobs: NDArray[np.int16]) -> NDArray[np.bool_]:
    """Frames [N-1] at whose start a gate sets the phase: the frame's own row is high and the one before was low."""
    if not each.gate:
        return np.zeros(len(knobs) - 1, np.bool_)
    high = knobs[:, each.gate - 1] >= GATE_COUNTS
    return high[1:] & ~high[:-1]

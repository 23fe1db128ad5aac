"""A control voltage with memory: a follower between a knob and the control network, in integers.

A control network answers each row of voltages by itself; a vactrol, a slew limiter or an envelope follower does not.
A follower is one pole per knob and control frame, with a coefficient for rising voltages and one for falling
voltages at each level of what it holds. The trade-off: one pole and one product a frame, so a circuit that overshoots
or has two time constants at once is not described. The formulas: docs/numerics.md.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import ArrayLike, NDArray

from accel.formats import KNOB_COUNTS, Int64Array, shift_round

__all__ = ["COEFFICIENT_BITS", "LEVEL_BITS", "RELEASES", "STATE_FRACTION", "Follower", "followed", "read_followers"]

STATE_FRACTION = 12
"""Fraction bits of the state, in counts: even the slowest coefficient comes within 8 counts (2 mV) of its target."""
COEFFICIENT_BITS = 16
"""Fraction bits of a coefficient, the share of the way that a frame covers; 2**16 is all of it."""
LEVEL_BITS = 11
"""A release coefficient belongs to 2**11 counts of the state (0.5 V)."""
RELEASES = (KNOB_COUNTS >> LEVEL_BITS) + 1
"""Release coefficients of a follower: a knob's 5 V; the last one holds beyond, the first one below 0 V."""


@dataclass(frozen=True, eq=False)
class Follower:
    """The memory of one knob's voltage.

    Attributes:
        knob: the voltage that is followed, 1 the first knob; the control network reads the state in its place.
        attack: coefficient while the voltage is above the state, 1..2**16.
        releases: int32 [RELEASES], 1..2**16: the coefficient otherwise, by the state's level.
    """

    knob: int
    attack: int = 1 << COEFFICIENT_BITS
    releases: NDArray[np.int32] = field(default_factory=lambda: np.full(RELEASES, 1 << COEFFICIENT_BITS, np.int32))

    def words(self) -> NDArray[np.int32]:
        """The record, as a program stores it."""
        return np.array([self.knob, self.attack, *self.releases.tolist()], np.int32)

    def step(self, state: Int64Array, counts: ArrayLike) -> Int64Array:
        """The next frame's state, from the one before and the frame's voltage in counts."""
        distance = (np.asarray(counts, np.int64) << STATE_FRACTION) - state
        level = np.clip(state >> (STATE_FRACTION + LEVEL_BITS), 0, RELEASES - 1)
        coefficient = np.where(distance > 0, self.attack, self.releases.astype(np.int64)[level])
        return np.asarray(state + shift_round(distance * coefficient, COEFFICIENT_BITS))

    def run(self, counts: ArrayLike) -> Int64Array:
        """What the control network reads: counts [..., N] of N control rows, the state at the first one's, -> [..., N].

        Several takes side by side have an axis in front.
        """
        rows = np.asarray(counts, np.int64)
        found = np.empty_like(rows)
        state = rows[..., 0] << STATE_FRACTION
        for row in range(rows.shape[-1]):
            state = self.step(state, rows[..., row]) if row else state
            found[..., row] = shift_round(state, STATE_FRACTION)
        return found

    def fault(self, knobs: int) -> str:
        """What is wrong with it in a program of so many knobs, with what is allowed; "" if nothing is."""
        top = 1 << COEFFICIENT_BITS
        if not 1 <= self.knob <= knobs:
            return f"knob {self.knob}, allowed: 1..{knobs}"
        if len(self.releases) != RELEASES:
            return f"{len(self.releases)} releases, needs {RELEASES}"
        for name, values in (("attack", np.array([self.attack])), ("a release", self.releases)):
            if values.min() < 1 or values.max() > top:
                return f"{name} of {values.min() if values.min() < 1 else values.max()}, allowed: 1..{top}"
        return ""


def read_followers(words: NDArray[np.int32], count: int) -> Iterator[Follower]:
    """The first `count` followers whose records begin `words`.

    Raises:
        ValueError: a record is cut short.
    """
    size = 2 + RELEASES
    for index in range(count):
        record = words[index * size : (index + 1) * size]
        if len(record) < size:
            raise ValueError(f"follower {index}: its record is cut short")
        yield Follower(int(record[0]), int(record[1]), record[2:])


def followed(followers: Sequence[Follower], knobs: NDArray[np.int16]) -> Int64Array:
    """The knobs as the control network reads them: counts [..., N, knobs] of N control rows, from a reset on."""
    found = np.asarray(knobs, np.int64).copy()
    for each in followers:
        found[..., each.knob - 1] = each.run(knobs[..., each.knob - 1])
    return found

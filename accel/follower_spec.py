"""A follower of a float model: its time constants in seconds, before they become integers.

The float twins take what the control network reads from the integers all the same: a model is then trained on the very
memory that it will play with, and a follower costs a training nothing, since its clips are followed once.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from accel.followers import COEFFICIENT_BITS, LEVEL_BITS, RELEASES, Follower, followed
from accel.formats import FOLLOWERS, HOP, KNOB_COUNTS, RATE, knob_counts

__all__ = ["LEVELS", "FollowerSpec", "check_followers", "followed_knobs", "follower_fields", "followers_from"]

Floats = NDArray[np.float64]
LEVELS: Floats = (np.arange(RELEASES, dtype=np.float64) + 0.5) * (2.0**LEVEL_BITS / KNOB_COUNTS)
"""Knob positions in the middle of the levels that have a release of their own."""


@dataclass(frozen=True)
class FollowerSpec:
    """One follower of a float model.

    Attributes:
        knob: 1 the first knob.
        attack: time constant of rising voltages, seconds; 0: at once.
        release: of falling ones: one for all levels, or one for each of `LEVELS`.
    """

    knob: int
    attack: float = 0.0
    release: tuple[float, ...] = (0.0,)

    @classmethod
    def of(cls, each: Follower, hop: int = HOP, rate: int = RATE) -> FollowerSpec:
        """Back from integers: compiled again, it is the same follower."""
        release = tuple(_seconds(int(value), hop, rate) for value in each.releases)
        return cls(each.knob, _seconds(each.attack, hop, rate), release)

    def compiled(self, hop: int = HOP, rate: int = RATE) -> Follower:
        """In integers, not yet checked."""
        release = self.release * RELEASES if len(self.release) == 1 else self.release
        values = [_coefficient(each, hop, rate) for each in release]
        return Follower(self.knob, _coefficient(self.attack, hop, rate), np.array(values, np.int32))


def _coefficient(seconds: float, hop: int, rate: int) -> int:
    """Share of the way that a frame covers, Q.16, at least the smallest that there is."""
    share = 1.0 if seconds == 0 else -math.expm1(-hop / (rate * seconds))
    return max(round(share * (1 << COEFFICIENT_BITS)), 1)


def _seconds(coefficient: int, hop: int, rate: int) -> float:
    share = coefficient / (1 << COEFFICIENT_BITS)
    return 0.0 if share >= 1 else -hop / (rate * math.log1p(-share))


def followed_knobs(followers: Sequence[FollowerSpec], knobs: Floats, hop: int = HOP, rate: int = RATE) -> Floats:
    """Knob positions as the control network reads them, as the integers have them.

    Args:
        knobs: [..., N, knobs] in 0..1, row 0 at the voice's start.

    Returns:
        The same shape; knobs without a follower as they are.
    """
    if not followers:
        return knobs
    bank = [each.compiled(hop, rate) for each in followers]
    found, counts = np.array(knobs, np.float64), followed(bank, knob_counts(knobs))
    for each in bank:
        found[..., each.knob - 1] = counts[..., each.knob - 1] / KNOB_COUNTS
    return found


def check_followers(followers: Sequence[FollowerSpec], knobs: int) -> None:
    """Check the followers of a model of so many knobs.

    Raises:
        ValueError: the message names the follower and the field, and what is allowed.
    """
    if len(followers) > FOLLOWERS:
        raise ValueError(f"followers: {len(followers)}, allowed: at most {FOLLOWERS}")
    for index, each in enumerate(followers):
        if fault := _fault(each, knobs):
            raise ValueError(f"followers[{index}]: {fault}")
    if len({each.knob for each in followers}) < len(followers):
        raise ValueError("followers: two of one knob, allowed: one for each knob")


def _fault(each: FollowerSpec, knobs: int) -> str:
    times = (each.attack, *each.release) if isinstance(each.release, tuple) else ()
    if isinstance(each.knob, bool) or not isinstance(each.knob, int):
        return f"knob is {each.knob!r}, allowed: an integer"
    if not times or any(isinstance(t, bool) or not isinstance(t, int | float) for t in times):
        return "attack must be a number and release a list of numbers, in seconds"
    if not all(math.isfinite(t) and t >= 0 for t in times):
        return "attack and release must be seconds, 0 or more"
    if len(each.release) not in (1, RELEASES):
        return f"{len(each.release)} releases, allowed: 1 or {RELEASES}"
    return each.compiled().fault(knobs)


def followers_from(rows: Iterable[Mapping[str, Any]]) -> tuple[FollowerSpec, ...]:
    """Followers from their fields, lists as tuples, not yet checked.

    Raises:
        TypeError: an unknown field, or no knob.
    """
    found = []
    for row in rows:
        values: dict[str, Any] = {key: tuple(value) if isinstance(value, list) else value for key, value in row.items()}
        found.append(FollowerSpec(**values))
    return tuple(found)


def follower_fields(each: FollowerSpec) -> dict[str, object]:
    """As JSON and TOML have it: tuples as lists."""
    values = {item.name: getattr(each, item.name) for item in fields(each)}
    return {name: list(value) if isinstance(value, tuple) else value for name, value in values.items()}

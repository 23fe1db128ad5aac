"""An oscillator of a float model: its channels, and its ratio to the pitch in semitones, before they become integers.

The float twins take the ratio from the integers all the same: rounding a ratio to 2**-20 octaves costs a thousandth of
a cent, and a model is then trained on the very table that it will play from.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from accel.formats import KNOB_COUNTS, MOST_HARMONIC, OSCILLATORS, knob_counts
from accel.oscillators import RATIO_FRACTION, SEGMENT_BITS, Oscillator, points_of

__all__ = [
    "OscillatorSpec",
    "channel_count",
    "check_oscillators",
    "check_tones",
    "oscillators_from",
    "plain_fields",
    "positions_of",
]

Floats = NDArray[np.float64]


def positions_of(segment_bits: int) -> Floats:
    """Knob positions of a table's points; the last one or two lie at or beyond 1."""
    return np.arange(points_of(segment_bits), dtype=np.float64) * (2.0**segment_bits / KNOB_COUNTS)


@dataclass(frozen=True)
class OscillatorSpec:
    """One oscillator of a float model; fields as `accel.oscillators.Oscillator`, but for the units.

    Attributes:
        harmonics: harmonics of it that come as sine and cosine.
        sines: harmonics of it that come as a sine alone.
        semitones: above the pitch: one number, or one for each of `positions_of(segment_bits)`.
        start: phase in cycles, 0..1.
    """

    harmonics: tuple[int, ...] = ()
    sines: tuple[int, ...] = ()
    semitones: tuple[float, ...] = (0.0,)
    knob: int = 0
    segment_bits: int = SEGMENT_BITS[0]
    stepped: bool = False
    free: bool = True
    start: float = 0.0
    gate: int = 0

    @classmethod
    def of(cls, each: Oscillator, harmonics: tuple[int, ...], sines: tuple[int, ...]) -> OscillatorSpec:
        """Back from integers: compiled again, it is the same oscillator."""
        semitones = tuple((each.points * (12 / (1 << RATIO_FRACTION))).tolist())
        rest = (each.knob, each.segment_bits, each.stepped, each.free, each.start / 2.0**32, each.gate)
        return cls(harmonics, sines, semitones, *rest)

    @property
    def channels(self) -> int:
        """Channels of the excitation that it gives."""
        return 2 * len(self.harmonics) + len(self.sines)

    def compiled(self) -> Oscillator:
        """In integers, not yet checked."""
        wanted = np.rint(np.array(self.semitones, np.float64) / 12 * (1 << RATIO_FRACTION))
        points: NDArray[np.int32] = np.clip(wanted, -(2.0**31), 2.0**31 - 1).astype(np.int32)
        start = round(self.start * 2.0**32) & 0xFFFFFFFF
        return Oscillator(points, self.knob, self.segment_bits, self.stepped, self.free, start, self.gate)

    def octaves(self, knobs: ArrayLike) -> Floats:
        """Octaves above the pitch at knob positions [..., knobs] in 0..1, as the integers have them: [...]."""
        positions = np.asarray(knobs, np.float64)
        counts = knob_counts(positions[..., self.knob - 1]) if self.knob else np.zeros(positions.shape[:-1])
        return self.compiled().ratio(counts) / 2.0**RATIO_FRACTION


def channel_count(harmonics: Sequence[int], sines: Sequence[int], oscillators: Sequence[OscillatorSpec]) -> int:
    """Tones of an excitation: those of the one oscillator, or of several; noise not counted."""
    return 2 * len(harmonics) + len(sines) + sum(each.channels for each in oscillators)


def check_tones(harmonics: Sequence[int], sines: Sequence[int]) -> None:
    """Check what an oscillator is to give.

    Args:
        harmonics: harmonic numbers that come as sine and cosine.
        sines: harmonic numbers that come as a sine alone.

    Raises:
        ValueError: a number is no integer in 1..64 or comes twice; the message names the field.
    """
    seen: set[int] = set()
    for name, numbers in (("harmonics", harmonics), ("sines", sines)):
        for k in numbers:
            if isinstance(k, bool) or not isinstance(k, int) or not 1 <= k <= MOST_HARMONIC:
                raise ValueError(f"{name}: {k!r} is no harmonic number; allowed: integers 1..{MOST_HARMONIC}")
            if k in seen:
                raise ValueError(f"{name}: {k} comes twice; allowed: each harmonic once in harmonics and sines")
            seen.add(k)


def check_oscillators(
    oscillators: Sequence[OscillatorSpec], harmonics: Sequence[int], sines: Sequence[int], knobs: int
) -> None:
    """Check a bank, which stands in place of a model's own harmonics and sines.

    Raises:
        ValueError: the message names the oscillator and the field, and what is allowed.
    """
    if len(oscillators) > OSCILLATORS:
        raise ValueError(f"oscillators: {len(oscillators)}, allowed: at most {OSCILLATORS}")
    if oscillators and (harmonics or sines):
        raise ValueError("harmonics and sines stand beside oscillators; allowed: in each of the oscillators")
    for index, each in enumerate(oscillators):
        try:
            check_tones(each.harmonics, each.sines)
            for name in ("knob", "segment_bits", "gate"):
                if isinstance(getattr(each, name), bool) or not isinstance(getattr(each, name), int):
                    raise ValueError(f"{name} is {getattr(each, name)!r}, allowed: an integer")
            if not (np.isfinite(each.semitones).all() and 0 <= each.start < 1):
                raise ValueError("semitones and start must be finite, start in 0..1")
            if fault := each.compiled().fault(knobs):
                raise ValueError(fault)
        except (ValueError, TypeError) as error:
            raise ValueError(f"oscillators[{index}]: {error}") from None


def oscillators_from(rows: Iterable[Mapping[str, Any]]) -> tuple[OscillatorSpec, ...]:
    """Oscillators from their fields, lists as tuples, not yet checked.

    Raises:
        TypeError: an unknown field.
    """
    found = []
    for row in rows:
        values: dict[str, Any] = {key: tuple(value) if isinstance(value, list) else value for key, value in row.items()}
        found.append(OscillatorSpec(**values))
    return tuple(found)


def plain_fields(each: OscillatorSpec) -> dict[str, object]:
    """As JSON and TOML have it: tuples as lists, what is at its default left out."""
    default = OscillatorSpec()
    values = {item.name: getattr(each, item.name) for item in fields(each)}
    changed = {name: value for name, value in values.items() if value != getattr(default, name)}
    return {name: list(value) if isinstance(value, tuple) else value for name, value in changed.items()}

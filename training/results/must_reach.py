"""The bars that the shipped models are held to: declared here once, measured by training.bars.

A bar names a figure of a model's summary (docs/training.md, Metrics). Every model has those of ANY; the rest are each
model's own. A missed bar is shown, never hidden: it says where to go on.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from training.results.figures import label

__all__ = ["ANY", "BARS", "Bar", "Verdict", "bars_of", "verdicts"]


@dataclass(frozen=True)
class Bar:
    """One limit on one figure.

    Attributes:
        figure: key of the summary.
        limit: in the figure's own unit.
        at_least: the figure must not be below the limit; else not above it.
        either_sign: the figure's size counts, as of a bias.
    """

    figure: str
    limit: float
    at_least: bool = False
    either_sign: bool = False

    def met(self, value: float) -> bool:
        """Whether a measured value reaches the bar."""
        value = abs(value) if self.either_sign else value
        return value >= self.limit if self.at_least else value <= self.limit

    @property
    def text(self) -> str:
        """The bar and its unit, as in "<= 1.6 dB"; the bars around a figure whose sign does not count."""
        figure = "|x| <=" if self.either_sign else ">=" if self.at_least else "<="
        return f"{figure} {self.limit:g} {label(self.figure)[1]}".rstrip()


@dataclass(frozen=True)
class Verdict:
    """A bar and what was measured against it; None where the figure could not be measured."""

    bar: Bar
    measured: float | None

    @property
    def reached(self) -> bool | None:
        """None where nothing was measured."""
        return None if self.measured is None else self.bar.met(self.measured)


def _above_floor(limit: float) -> tuple[Bar, Bar]:
    return Bar("lsd_static_above_floor_db", limit), Bar("lsd_moving_above_floor_db", limit)


_COPY = (
    *_above_floor(1.6),
    Bar("mel_db", 3.0),
    Bar("level_error_db", 0.5),
    Bar("level_bias_db", 0.3, either_sign=True),
    Bar("centroid_correlation", 0.985, at_least=True),
    Bar("centroid_correlation_moving", 0.95, at_least=True),
)
_IN_TUNE = Bar("pitch_error_worst_cents", 0.3)

BARS: dict[str, tuple[Bar, ...]] = {
    "va": (
        Bar("lsd_db", 1.4),
        Bar("harmonic_lsd_db", 1.4),
        Bar("floor_db", -80.0),
        Bar("floor_worst_decile_db", -55.0),
    ),
    "va_phase": (Bar("snr_db", 25.0, at_least=True), Bar("snr_worst_decile_db", 13.0, at_least=True)),
    "waveshaping": (*_COPY, _IN_TUNE),
    "grain_formant": (*_COPY, _IN_TUNE),
    "noise": _COPY,
    "additive": _above_floor(2.5),
    "wavetable": _above_floor(2.5),
}
"""A model's name -> its bars."""

ANY = (Bar("quantisation_lsd_db", 0.1, either_sign=True), Bar("quantisation_snr_db", 35.0, at_least=True))
"""The bars of every model."""


def bars_of(model: str) -> tuple[Bar, ...]:
    """The bars of a model: its own, then those of all."""
    return BARS.get(model, ()) + ANY


def verdicts(model: str, summary: Mapping[str, float]) -> list[Verdict]:
    """A model's bars against the summary of its evaluation, `quantisation_loss` included where a twin was measured."""
    return [Verdict(bar, summary.get(bar.figure)) for bar in bars_of(model)]

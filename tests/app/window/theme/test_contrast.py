"""Both palettes can be read, and the formula is WCAG's."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.window.theme.colours import DARK, PALETTES, Palette
from app.window.theme.contrast import faults, ratio
from engine.vocabulary import SOURCES


@pytest.mark.parametrize(
    ("one", "other", "wanted"),
    [
        ("#000000", "#ffffff", 21.0),
        ("#777777", "#ffffff", 4.48),
        ("#ff0000", "#ffffff", 4.0),
        ("#123456", "#123456", 1),
    ],
)
def test_the_ratio_is_that_of_the_standard(one: str, other: str, wanted: float) -> None:
    assert ratio(one, other) == pytest.approx(wanted, abs=0.01)
    assert ratio(other, one) == ratio(one, other)


@pytest.mark.parametrize("palette", PALETTES.values(), ids=lambda each: each.name)
def test_everything_can_be_read(palette: Palette) -> None:
    assert faults(palette) == []


def test_a_pale_text_is_found() -> None:
    assert any("muted on surface" in line for line in faults(replace(DARK, muted="#4a5560")))


@pytest.mark.parametrize("palette", PALETTES.values(), ids=lambda each: each.name)
def test_every_source_has_a_colour_of_its_own(palette: Palette) -> None:
    assert set(palette.sources) == set(SOURCES) - {"none"}
    assert len(set(palette.sources.values())) == len(palette.sources)

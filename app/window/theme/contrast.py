"""Contrast as WCAG 2.2 defines it, and which pairs of a palette must have how much of it."""

from __future__ import annotations

from collections.abc import Iterator

from app.window.theme.colours import Palette

__all__ = ["GRAPHIC", "TEXT", "faults", "ratio"]

TEXT = 4.5
"""Needed between text and what is behind it (WCAG AA)."""
GRAPHIC = 3.0
"""Needed between a shape that carries meaning and what is behind it."""
_BEHIND = ("ground", "surface", "raised")


def _linear(channel: int) -> float:
    part = channel / 255
    return part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4


def _luminance(colour: str) -> float:
    red, green, blue = (_linear(int(colour[at : at + 2], 16)) for at in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def ratio(one: str, other: str) -> float:
    """Contrast of two colours `#rrggbb`, 1 (equal) to 21 (black on white)."""
    dark, light = sorted((_luminance(one), _luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def _needs(palette: Palette) -> Iterator[tuple[str, str, str, float]]:
    """(what, colour, behind, needed) of all pairs that occur."""
    for name in ("text", "muted"):
        for behind in _BEHIND:
            yield f"{name} on {behind}", getattr(palette, name), getattr(palette, behind), TEXT
    yield "on_accent on accent", palette.on_accent, palette.accent, TEXT
    for name in ("good", "warning", "danger"):
        yield f"{name} on surface", getattr(palette, name), palette.surface, TEXT
    for name in ("border", "accent", "live", "focus"):
        for behind in _BEHIND:
            yield f"{name} on {behind}", getattr(palette, name), getattr(palette, behind), GRAPHIC
    for name, colour in palette.sources.items():
        yield f"source {name} on surface", colour, palette.surface, GRAPHIC


def faults(palette: Palette) -> list[str]:
    """A line for each pair with too little contrast; empty if the palette can be read."""
    return [
        f"{palette.name}: {what}: {ratio(colour, behind):.2f}; needed: {needed:g}"
        for what, colour, behind, needed in _needs(palette)
        if ratio(colour, behind) < needed
    ]

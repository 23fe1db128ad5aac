"""The two palettes, dark and light, as plain data: one place to look up, one to change.

Every colour has a role, never a place. A source of modulation has a colour of its own everywhere it appears, always
beside its name or letter: colour alone tells nothing to one man in twelve.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from engine.vocabulary import SOURCES

__all__ = ["DARK", "LIGHT", "PALETTES", "Palette"]


@dataclass(frozen=True)
class Palette:
    """Colours as `#rrggbb`.

    Attributes:
        ground, surface, raised: behind everything, of a panel, of what can be pressed.
        line: decoration only; border: outline of a control, so it must be seen.
        text, muted: what is read, and what is read second.
        accent, on_accent: values and the one thing to press; text upon it.
        live: what the sound does just now (rings of knobs, scope).
        focus: outline of what the keyboard acts on.
        good, warning, danger: meters and messages.
        sources: modulation source -> its colour.
    """

    name: str
    ground: str
    surface: str
    raised: str
    line: str
    border: str
    text: str
    muted: str
    accent: str
    on_accent: str
    live: str
    focus: str
    good: str
    warning: str
    danger: str
    sources: Mapping[str, str]


def _sources(*colours: str) -> dict[str, str]:
    """Colours in the order of the table, `none` left out."""
    return dict(zip([name for name in SOURCES if name != "none"], colours, strict=True))


DARK = Palette(
    name="dark",
    ground="#12151a",
    surface="#1b2027",
    raised="#272e37",
    line="#343d48",
    border="#7a8694",
    text="#eaeef2",
    muted="#a8b3bf",
    accent="#ff7d6b",
    on_accent="#1a0d0b",
    live="#4fd6c0",
    focus="#ffd24a",
    good="#63d081",
    warning="#f5b942",
    danger="#ff7a7a",
    sources=_sources(
        "#f5b942", "#e98f4a", "#6cb4ff", "#b79bff", "#ff8fa8", "#9ddb5e",
        "#4fd6c0", "#f07ad6", "#ffe27a", "#86d5ee", "#d0a880", "#b9c2cc",
    ),
)  # fmt: skip
LIGHT = Palette(
    name="light",
    ground="#e9ecef",
    surface="#fbfcfd",
    raised="#dfe4e9",
    line="#c5ccd4",
    border="#6b7682",
    text="#14181d",
    muted="#4a5560",
    accent="#b8341f",
    on_accent="#ffffff",
    live="#00685e",
    focus="#1450c8",
    good="#17692f",
    warning="#855300",
    danger="#b3202c",
    sources=_sources(
        "#8a5a00", "#a8480f", "#155fb5", "#6a45c2", "#b8264d", "#437a0c",
        "#00756a", "#a3248a", "#7a6400", "#0f6c8a", "#7d5a35", "#55606b",
    ),
)  # fmt: skip
PALETTES = {palette.name: palette for palette in (DARK, LIGHT)}

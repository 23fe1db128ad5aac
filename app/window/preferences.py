"""What the window remembers of its use: looks, sizes, favourites. Devices and ports are the engine's to keep."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from app.window.store import SCHEMA, read_kept, write_kept
from app.window.words import translate
from engine.library import user_folder

__all__ = [
    "ZOOMS",
    "Preferences",
    "ScopeView",
    "load_preferences",
    "merged",
    "preferences_path",
    "save_preferences",
    "with_axes",
]

MOST_MODELS = 200
ZOOMS = (0.5, 0.6, 0.75, 0.9, 1.0, 1.1, 1.25, 1.5, 1.75, 2.0)
"""Sizes that are offered."""


class ScopeView(msgspec.Struct, frozen=True, kw_only=True):
    """How a scope is looked at: ms over the width of the trace, and which side; not whether it is held still."""

    span: Annotated[float, Meta(ge=1.0, le=80.0)] = 20.0
    side: Literal["mix", "left", "right"] = "mix"


class Preferences(msgspec.Struct, frozen=True, kw_only=True):
    """One file for all windows; each writes what it changed, see `merged`. Change it by `msgspec.structs.replace`.

    Attributes:
        theme: see `theme.Theme`.
        geometry: of the window as Qt encodes it, base64; page: the one that was shown; browser: it was open.
        octave: of the computer's keys, C of the lower row, as in C3; velocity: that they play with.
        favourites: names of patches.
        axes: model -> ids of the knobs that its timbre map shows, x and y; of the models that were chosen last.
        pad_note: MIDI key that the timbre map plays, None: it is silent.
        scopes: panel -> how it is looked at.
        target: FPGA of the array view; clock: MHz, None: what its routed design reaches.
        zoom: size of everything, beside what the screen asks for; from the next start on.
        is_calm: no animation but meters and scopes.
        has_played: the first run is over.
    """

    schema: int = SCHEMA
    theme: Literal["dark", "light", "system"] = "dark"
    geometry: str = ""
    page: str = "play"
    browser: bool = True
    octave: Annotated[int, Meta(ge=0, le=8)] = 3
    velocity: Annotated[int, Meta(ge=1, le=127)] = 96
    favourites: frozenset[str] = frozenset()
    axes: dict[str, tuple[str, str]] = {}
    pad_note: Annotated[int, Meta(ge=0, le=127)] | None = 48
    scopes: dict[str, ScopeView] = {}
    target: str = "ecp5-25f"
    clock: Annotated[float, Meta(gt=0, le=1000)] | None = None
    zoom: Annotated[float, Meta(ge=0.5, le=4.0)] = 1.0
    is_calm: bool = False
    has_played: bool = False


def with_axes(preferences: Preferences, model: str, pair: tuple[str, str]) -> dict[str, tuple[str, str]]:
    """The axes with those of a model, which is then the newest; the oldest beyond MOST_MODELS are forgotten."""
    kept = [(name, axes) for name, axes in preferences.axes.items() if name != model]
    return dict([*kept, (model, pair)][-MOST_MODELS:])


def preferences_path() -> Path:
    """Where they are kept."""
    return user_folder() / "window.json"


def load_preferences() -> tuple[Preferences, str | None]:
    """Those of last time or the defaults, and a line for the person where they could not be read as they should."""
    found, line = read_kept(preferences_path(), Preferences, translate("Store", "defaults are used"))
    return found or Preferences(), line


def merged(begun: Preferences, now: Preferences, there: Preferences) -> Preferences:
    """What is to be kept where another window may have kept something meanwhile: its changes and ours.

    Args:
        begun: what we began with; now: what we have; there: what the file holds.
    """
    names = [name for name in Preferences.__struct_fields__ if getattr(now, name) != getattr(begun, name)]
    ours = {name: getattr(now, name) for name in names}
    if "favourites" in ours:
        taken, given = begun.favourites - now.favourites, now.favourites - begun.favourites
        ours["favourites"] = (there.favourites - taken) | given
    for name in ("axes", "scopes"):
        if name in ours:
            before, after = getattr(begun, name), getattr(now, name)
            ours[name] = {**getattr(there, name), **{key: it for key, it in after.items() if before.get(key) != it}}
    return msgspec.structs.replace(there, **ours)


def save_preferences(preferences: Preferences) -> None:
    """Keep them for the next time.

    Raises:
        SystoleError: see `store.write_kept`.
    """
    write_kept(preferences_path(), preferences)

"""The table of panels: which there are, where they go, and which module makes them. A new panel is a row here.

Modules are imported when the panel is first needed, so pages that nobody opens cost nothing at the start.
"""

from __future__ import annotations

import importlib
from dataclasses import dataclass
from enum import Enum

from app.window.panel import Panel
from app.window.services import Services

__all__ = ["PAGES", "PANELS", "Area", "PanelSpec", "make_panel"]


class Area(Enum):
    """Places in the window, see `main_window`."""

    PATCH = "header, left"
    STATE = "header, right"
    SIDE = "beside the pages"
    KNOBS = "page play, top left"
    MAP = "page play, top middle"
    SCOPE = "page play, top right"
    SHAPES = "page play, below"
    MATRIX = "page modulate"
    ANALYSER = "page analyse"
    ARRAY = "page array"
    KEYS = "below the pages"


PAGES: dict[str, tuple[str, str, tuple[Area, ...]]] = {
    "play": ("&Play", "F1", (Area.KNOBS, Area.MAP, Area.SCOPE, Area.SHAPES)),
    "modulate": ("&Modulate", "F2", (Area.MATRIX,)),
    "analyse": ("A&nalyse", "F3", (Area.ANALYSER,)),
    "array": ("&Array", "F4", (Area.ARRAY,)),
}
"""Name -> label, key and areas."""


@dataclass(frozen=True)
class PanelSpec:
    """A row: `maker` is `module:class`, a `Panel` that is called with the window's services."""

    name: str
    title: str
    area: Area
    maker: str


PANELS: tuple[PanelSpec, ...] = (
    PanelSpec("patch", "Patch", Area.PATCH, "app.window.browser.patch_bar:PatchBar"),
    PanelSpec("state", "State", Area.STATE, "app.window.playing.state_bar:StateBar"),
    PanelSpec("browser", "Browser", Area.SIDE, "app.window.browser.browser_panel:BrowserPanel"),
    PanelSpec("knobs", "Model", Area.KNOBS, "app.window.sound.model_panel:ModelPanel"),
    PanelSpec("map", "Timbre map", Area.MAP, "app.window.timbre.map_panel:MapPanel"),
    PanelSpec("scope", "Scope", Area.SCOPE, "app.window.scopes.scope_panel:ScopePanel"),
    PanelSpec("shapes", "Shapes", Area.SHAPES, "app.window.sound.shapes_panel:ShapesPanel"),
    PanelSpec("matrix", "Modulation", Area.MATRIX, "app.window.sound.matrix_panel:MatrixPanel"),
    PanelSpec("analyser", "Analyser", Area.ANALYSER, "app.window.scopes.analyser_panel:AnalyserPanel"),
    PanelSpec("array", "Array", Area.ARRAY, "app.window.array.array_panel:ArrayPanel"),
    PanelSpec("keys", "Keyboard", Area.KEYS, "app.window.playing.keys_panel:KeysPanel"),
)


def make_panel(spec: PanelSpec, services: Services) -> Panel:
    """Import and make a panel. One that cannot be had is an empty place with a line, and the rest can be played."""
    module, _, name = spec.maker.partition(":")
    try:
        panel = getattr(importlib.import_module(module), name)(services)
        assert isinstance(panel, Panel)
    except Exception as error:  # whatever it is, the window must open
        services.notices.say("error", f"{spec.title} cannot be shown: {type(error).__name__}: {error}")
        panel = Panel(services)
    panel.setObjectName(spec.name)
    panel.setWindowTitle(spec.title)
    panel.setAccessibleName(spec.title)
    return panel

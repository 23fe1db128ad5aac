"""The table of panels: which there are, where they go, and which module makes them. A new panel is a row here.

Modules are imported when the panel is first needed, so pages that nobody opens cost nothing at the start.
"""

from __future__ import annotations

import importlib
from dataclasses import dataclass
from enum import Enum

from app.window.panel import Panel
from app.window.services import Services
from app.window.words import marked, translate

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
    "play": (marked("Pages", "Play"), "F1", (Area.KNOBS, Area.MAP, Area.SCOPE, Area.SHAPES)),
    "modulate": (marked("Pages", "Modulate"), "F2", (Area.MATRIX,)),
    "analyse": (marked("Pages", "Analyse"), "F3", (Area.ANALYSER,)),
    "array": (marked("Pages", "Array"), "F4", (Area.ARRAY,)),
}
"""Name -> label, marked for translation; key; areas."""


@dataclass(frozen=True)
class PanelSpec:
    """A row: `title`, marked for translation; `maker` is `module:class`, a `Panel` that takes the services."""

    name: str
    title: str
    area: Area
    maker: str


PANELS: tuple[PanelSpec, ...] = (
    PanelSpec("patch", marked("Panels", "Patch"), Area.PATCH, "app.window.browser.patch_bar:PatchBar"),
    PanelSpec("state", marked("Panels", "State"), Area.STATE, "app.window.playing.state_bar:StateBar"),
    PanelSpec("browser", marked("Panels", "Browser"), Area.SIDE, "app.window.browser.browser_panel:BrowserPanel"),
    PanelSpec("knobs", marked("Panels", "Model"), Area.KNOBS, "app.window.sound.model_panel:ModelPanel"),
    PanelSpec("map", marked("Panels", "Timbre map"), Area.MAP, "app.window.timbre.map_panel:MapPanel"),
    PanelSpec("scope", marked("Panels", "Scope"), Area.SCOPE, "app.window.scopes.scope_panel:ScopePanel"),
    PanelSpec("shapes", marked("Panels", "Shapes"), Area.SHAPES, "app.window.sound.shapes_panel:ShapesPanel"),
    PanelSpec("matrix", marked("Panels", "Modulation"), Area.MATRIX, "app.window.sound.matrix_panel:MatrixPanel"),
    PanelSpec(
        "analyser", marked("Panels", "Analyser"), Area.ANALYSER, "app.window.scopes.analyser_panel:AnalyserPanel"
    ),
    PanelSpec("array", marked("Panels", "Array"), Area.ARRAY, "app.window.array.array_panel:ArrayPanel"),
    PanelSpec("keys", marked("Panels", "Keyboard"), Area.KEYS, "app.window.playing.keys_panel:KeysPanel"),
)


def make_panel(spec: PanelSpec, services: Services) -> Panel:
    """Import and make a panel. One that cannot be had is an empty place with a line, and the rest can be played."""
    module, _, name = spec.maker.partition(":")
    title = translate("Panels", spec.title)
    try:
        panel = getattr(importlib.import_module(module), name)(services)
        assert isinstance(panel, Panel)
    except Exception as error:  # whatever it is, the window must open
        line = translate("Panels", "{0} cannot be shown: {1}: {2}")
        services.notices.say("error", line.format(title, type(error).__name__, error))
        panel = Panel(services)
    panel.setObjectName(spec.name)
    panel.setWindowTitle(title)
    panel.setAccessibleName(title)
    return panel

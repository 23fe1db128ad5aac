"""The bundled font (Inter, SIL Open Font License 1.1): the same letters and widths on every system, offline.

Sizes are in pixels of the layout, which Qt scales by the screen: a panel laid out here fits everywhere. Digits are
tabular, so that a value does not dance while it changes.
"""

from __future__ import annotations

import functools
from importlib.resources import files
from typing import Literal

from PySide6.QtGui import QFont, QFontDatabase

__all__ = ["ROLES", "Role", "font", "load_fonts"]

Role = Literal["small", "text", "number", "title", "display"]
ROLES: dict[Role, tuple[int, QFont.Weight]] = {
    "small": (11, QFont.Weight.Normal),
    "text": (13, QFont.Weight.Normal),
    "number": (12, QFont.Weight.Normal),
    "title": (13, QFont.Weight.DemiBold),
    "display": (20, QFont.Weight.DemiBold),
}
"""Role -> pixels and weight. 11 px is the smallest that is used."""
FILES = ("Inter-Regular.otf", "Inter-SemiBold.otf")


@functools.cache
def load_fonts() -> str:
    """Make the font known to Qt; its family, or the system's own if it is refused. Needs a QGuiApplication."""
    families: list[str] = []
    for name in FILES:
        number = QFontDatabase.addApplicationFontFromData((files("app.window") / "fonts" / name).read_bytes())
        families += QFontDatabase.applicationFontFamilies(number) if number >= 0 else []
    return families[0] if families else QFontDatabase.systemFont(QFontDatabase.SystemFont.GeneralFont).family()


def font(role: Role = "text") -> QFont:
    """The font of a role."""
    pixels, weight = ROLES[role]
    found = QFont(load_fonts())
    found.setPixelSize(pixels)
    found.setWeight(weight)
    if hasattr(found, "setFeature"):  # Qt 6.7
        found.setFeature(QFont.Tag("tnum"), 1)
    return found

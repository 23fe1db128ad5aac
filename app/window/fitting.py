"""A screen that is too small for the window at this size: said once, with a size that fits as the way on.

The smallest window is what one can play on; a screen of few pixels, or one that is scaled up, may have less room.
"""

from __future__ import annotations

from PySide6.QtCore import QSize

from app.window.main_window import SMALLEST
from app.window.preferences import ZOOMS
from app.window.services import Services
from app.window.words import translate

__all__ = ["fitting_zoom", "offer_fitting"]


def fitting_zoom(room: QSize, zoom: float) -> float | None:
    """The largest size in which the smallest window is whole.

    Args:
        room: of the screen, in pixels of the layout; zoom: as they are now, see `preferences`.

    Returns:
        One of ZOOMS, the smallest if none fits; None: the window fits as it is.
    """
    wide, high = SMALLEST
    part = min(room.width() / wide, room.height() / high)
    if part >= 1.0:
        return None
    return max((each for each in ZOOMS if each <= zoom * part), default=ZOOMS[0])


def offer_fitting(services: Services, room: QSize) -> None:
    """Offer it as a line with a button, if there is need."""
    remembered = services.remembered
    zoom = fitting_zoom(room, remembered.value.zoom)
    if zoom is None or zoom >= remembered.value.zoom:
        return

    def take() -> None:
        remembered.change(zoom=zoom)
        line = translate(
            "Fitting", "The window opens at {0} % the next time; settings, Looks and files, has other sizes"
        )
        services.notices.say("info", line.format(f"{100 * zoom:.0f}"))

    line = translate("Fitting", "This screen is too small to show the whole window at this size")
    services.notices.say("warning", line, translate("Fitting", "Make it smaller"), take)

"""One switch that holds all scopes still, on a key that works on every page."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QAction

from app.window.services import Services

__all__ = ["freeze_action"]

NAME = "scopes.freeze"


def freeze_action(services: Services) -> QAction:
    """The window's switch, made when it is first asked for; panels look at `isChecked` and connect to `toggled`."""
    known = {each.objectName(): each for each in services.actions.all()}
    if NAME in known:
        return known[NAME]
    action = services.actions.add(
        NAME,
        QCoreApplication.translate("Window", "Freeze"),
        "F6",
        lambda: None,
        tip=QCoreApplication.translate("Window", "Hold the scopes still"),
    )
    action.setCheckable(True)
    action.setStatusTip(
        QCoreApplication.translate("Window", "Hold oscilloscope, spectrum and spectrogram still to look at them. F6")
    )
    return action

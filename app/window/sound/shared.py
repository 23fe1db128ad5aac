"""Things of which a window has one, shared by its panels: made when the first of them asks, gone with the window."""

from __future__ import annotations

from typing import TypeVar

from PySide6.QtCore import QObject

from app.window.services import Services

__all__ = ["shared"]

T = TypeVar("T", bound="QObject")


def shared(kind: type[T], services: Services) -> T:
    """The window's own object of that kind; made by `kind(services, parent)`."""
    parent = services.actions
    found = parent.findChild(kind)
    return found if found is not None else kind(services, parent)  # type: ignore[call-arg, arg-type]

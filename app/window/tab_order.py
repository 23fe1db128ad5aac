"""Tab goes in reading order: as the layouts lie on the screen, whatever the order in which widgets were made.

Qt's own chain is the order of making, which is wrong as soon as a page is made late or a panel makes its knobs anew for
another model. The order is found at each press (some hundred widgets, a few ms), so nothing has to be kept up to date.
Every control is a stop, on macOS too, where Qt would by default stop at text fields and lists only.
"""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QLayout, QScrollArea, QWidget

__all__ = ["neighbour", "show_whole", "tab_stops"]


def tab_stops(window: QWidget) -> list[QWidget]:
    """All that Tab leads to, in reading order: what is shown, enabled, and takes the focus by Tab."""
    return [each for each in _reading_order(window) if _is_stop(each)]


def neighbour(window: QWidget, current: QWidget | None, forward: bool) -> QWidget | None:
    """Where Tab (or, backward, Shift+Tab) leads from `current`, which need not be a stop itself.

    After the last comes the first. From nowhere, or from what is hidden, it begins anew.

    Returns:
        The control; None: there is none.
    """
    order = [each for each in _reading_order(window) if each is current or _is_stop(each)]
    if current in order:
        at = order.index(current)
        order = order[at + 1 :] + order[:at]
    return (order[0] if forward else order[-1]) if order else None


def show_whole(widget: QWidget) -> None:
    """Scroll until a control can be seen that Tab led to."""
    parent = widget.parentWidget()
    while parent is not None and not widget.isWindow():
        if isinstance(parent, QScrollArea):
            parent.ensureWidgetVisible(widget)
        parent = parent.parentWidget()


def _is_stop(widget: QWidget) -> bool:
    takes_tab = bool(widget.focusPolicy() & Qt.FocusPolicy.TabFocus)
    return takes_tab and widget.isEnabled() and widget.focusProxy() is None and not widget.isWindow()


def _reading_order(widget: QWidget) -> Iterator[QWidget]:
    """A widget, then what is in it, without what is hidden."""
    yield widget
    for child in _children(widget):
        yield from _reading_order(child)


def _children(widget: QWidget) -> list[QWidget]:
    """In the order of the layout; what lies over others (a card, the floating browser) comes just before them."""
    children = [each for each in widget.children() if isinstance(each, QWidget)]
    shown = [each for each in children if not each.isHidden() and not each.isWindow()]
    layout = widget.layout()
    placed = [each for each in _laid_out(layout) if each in shown] if layout is not None else []
    found = list(placed)
    for each in sorted((each for each in shown if each not in placed), key=lambda each: (each.y(), each.x())):
        covered = (at for at, other in enumerate(found) if other in placed and _overlap(each, other))
        found.insert(next(covered, len(found)), each)
    return found


def _overlap(one: QWidget, other: QWidget) -> bool:
    return one.geometry().intersects(other.geometry())


def _laid_out(layout: QLayout) -> Iterator[QWidget]:
    for index in _indices(layout):
        item = layout.itemAt(index)
        assert item is not None
        widget, inner = item.widget(), item.layout()
        if widget is not None:
            yield widget
        elif inner is not None:
            yield from _laid_out(inner)


def _indices(layout: QLayout) -> list[int]:
    """Of its items: rows of a grid one after the other, everything else as it was added."""
    indices = list(range(layout.count()))
    if isinstance(layout, QGridLayout):
        indices.sort(key=layout.getItemPosition)  # type: ignore[arg-type]  # (row, column, spans)
    return indices

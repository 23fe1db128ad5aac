"""The window's frame: header, pages, browser, keyboard and status line, into which the panels of the table are put.

+------------------------------------------------------------+
| PATCH            | pages: Play Modulate ... |        STATE |  48
+--------+---------------------------------------------------+
|  SIDE  |  KNOBS          |  MAP            |  SCOPE        |
| (from  |---------------------------------------------------|
| 1360)  |  SHAPES                                           |
+--------+---------------------------------------------------+
| KEYS                                                       |  96
+------------------------------------------------------------+
| help and messages                                          |  24
+------------------------------------------------------------+
"""

from __future__ import annotations

import base64
import weakref
from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QByteArray, QEvent, Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QCursor, QResizeEvent, QStatusTipEvent
from PySide6.QtWidgets import (
    QApplication,
    QButtonGroup,
    QGridLayout,
    QHBoxLayout,
    QMainWindow,
    QStackedWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from app.window.panel import Panel
from app.window.panels import PAGES, PANELS, Area, PanelSpec, make_panel
from app.window.services import Services
from app.window.status_line import StatusLine
from app.window.tab_order import neighbour, show_whole
from app.window.words import translate

__all__ = ["SMALLEST", "MainWindow"]

SMALLEST = (1024, 640)
WIDE = 1360
"""From this width on the browser has its place beside the pages; below it opens over them."""
HEADER, SHAPES, KEYS, GAP = 48, 216, 96, 6
"""Heights of what does not grow, and the room between panels, in pixels."""
SHARES = {Area.KNOBS: 4, Area.MAP: 4, Area.SCOPE: 3}
"""Of the width of their page."""


class MainWindow(QMainWindow):
    """Made before its services, since some of them belong to it; `fill` makes the panels.

    Signals:
        closed: after the person closed it.
    """

    closed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setWindowTitle("Systole")
        self.setMinimumSize(*SMALLEST)
        self.panels: dict[str, Panel] = {}
        self._services: Services | None = None
        self._buttons = QButtonGroup(self)
        self._pages = QStackedWidget()
        self._page_names: list[str] = []
        self._unfilled: dict[str, Callable[[], None]] = {}
        self._helped: weakref.ref[QWidget] | None = None

    def fill(self, services: Services, specs: tuple[PanelSpec, ...] = PANELS) -> None:
        """Make what can be seen at once; other pages are made when they are opened."""
        self._services = services
        by_area = {spec.area: spec for spec in specs}
        column = QVBoxLayout()
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GAP)
        column.addWidget(self._header(by_area))
        self._middle = middle = QHBoxLayout()
        middle.setContentsMargins(GAP, 0, GAP, 0)
        middle.setSpacing(GAP)
        self._side = self._place(by_area, Area.SIDE)
        self._side.setFixedWidth(280)
        middle.addWidget(self._side)
        middle.addWidget(self._pages, 1)
        column.addLayout(middle, 1)
        keys = self._place(by_area, Area.KEYS)
        keys.setFixedHeight(KEYS)
        below = QHBoxLayout()
        below.setContentsMargins(GAP, 0, GAP, 0)
        below.addWidget(keys)
        column.addLayout(below)
        self.status = StatusLine(services.notices)
        column.addWidget(self.status)
        whole = QWidget()
        whole.setLayout(column)
        self.setCentralWidget(whole)
        whole.setFocus()  # nothing is lit before Tab was pressed
        self._make_pages(by_area)
        self._restore(services)
        application = QApplication.instance()
        assert isinstance(application, QApplication)
        application.focusChanged.connect(self._focused)
        services.clock.frame.connect(self._refresh_help)

    def _place(self, by_area: dict[Area, PanelSpec], area: Area) -> QWidget:
        """The panel of an area, or an empty place."""
        assert self._services is not None
        if area not in by_area:
            return QWidget()
        spec = by_area[area]
        self.panels[spec.name] = make_panel(spec, self._services)
        return self.panels[spec.name]

    def _header(self, by_area: dict[Area, PanelSpec]) -> QWidget:
        assert self._services is not None
        header = QWidget()
        header.setFixedHeight(HEADER)
        row = QHBoxLayout(header)
        row.setContentsMargins(GAP, GAP, GAP, 0)
        row.addWidget(self._place(by_area, Area.PATCH), 3)
        for number, (name, (label, keys, _)) in enumerate(PAGES.items()):
            title, button = translate("Pages", label), QToolButton()
            button.setText(title)
            button.setCheckable(True)
            button.setAccessibleName(self.tr("Page {0}").format(title))
            self._buttons.addButton(button, number)
            row.addWidget(button)
            text = self.tr("Show the page {0}").format(title)
            button.setStatusTip(f"{text} ({keys})")
            self._services.actions.add(f"page.{name}", text, keys, partial(self._go_to_page, name))
        self._buttons.idClicked.connect(lambda number: self.show_page(self._page_names[number]))
        row.addWidget(self._place(by_area, Area.STATE), 3)
        return header

    def _make_pages(self, by_area: dict[Area, PanelSpec]) -> None:
        for name, (_, _, areas) in PAGES.items():
            page = QWidget()
            grid = QGridLayout(page)
            grid.setContentsMargins(0, 0, 0, 0)
            grid.setSpacing(GAP)
            self._page_names.append(name)
            self._unfilled[name] = partial(self._fill_page, grid, areas, by_area)
            self._pages.addWidget(page)

    def _fill_page(self, grid: QGridLayout, areas: tuple[Area, ...], by_area: dict[Area, PanelSpec]) -> None:
        above = areas[:-1] if len(areas) > 1 else areas
        for column, area in enumerate(above):
            grid.addWidget(self._place(by_area, area), 0, column)
            grid.setColumnStretch(column, SHARES.get(area, 1))
        grid.setRowStretch(0, 1)
        if len(areas) > 1:
            bottom = self._place(by_area, areas[-1])
            bottom.setFixedHeight(SHAPES)
            grid.addWidget(bottom, 1, 0, 1, len(above))

    @property
    def page(self) -> str:
        """The one that is shown."""
        return self._page_names[self._pages.currentIndex()]

    def show_page(self, name: str) -> None:
        """Show a page; the first of them where there is none of that name."""
        name = name if name in PAGES else next(iter(PAGES))
        if name in self._unfilled:
            self._unfilled.pop(name)()
        number = self._page_names.index(name)
        had_focus = self._pages.isAncestorOf(self.focusWidget())
        self._buttons.button(number).setChecked(True)
        for each in self._buttons.buttons():  # Tab stops at the checked one, arrows lead from there to the others
            each.setFocusPolicy(Qt.FocusPolicy.TabFocus if each.isChecked() else Qt.FocusPolicy.NoFocus)
        self._pages.setCurrentIndex(number)
        if had_focus:
            self._focus_page()  # not some control of another panel, as Qt would have it

    def _go_to_page(self, name: str) -> None:
        """By its key: Tab begins at the top of the page, and until then nothing is lit."""
        self.show_page(name)
        self._focus_page()

    def _focus_page(self) -> None:
        shown = self._pages.currentWidget()
        assert shown is not None
        shown.setFocus()

    def focusNextPrevChild(self, forward: bool) -> bool:
        """Tab and Shift+Tab, wherever in the window the focus is."""
        found = neighbour(self, self.focusWidget(), forward)
        if found is None:
            return False
        reason = Qt.FocusReason.TabFocusReason if forward else Qt.FocusReason.BacktabFocusReason
        found.setFocus(reason)
        show_whole(found)
        return True

    @property
    def side_floats(self) -> bool:
        """The window is too narrow for the browser, which opens over the pages."""
        return self.width() < WIDE

    def show_side(self, is_shown: bool) -> None:
        """Open or close the browser: beside the pages, or over them in a narrow window."""
        floats = self.side_floats
        if floats != bool(self._side.property("floats")):
            self._side.setProperty("floats", floats)
            self._side.style().unpolish(self._side)
            self._side.style().polish(self._side)
            if floats:
                self._middle.removeWidget(self._side)
            else:
                self._middle.insertWidget(0, self._side)
        self._side.setVisible(is_shown)
        self._place_side()

    def _place_side(self) -> None:
        """Where it lies if it lies over the pages."""
        if self.side_floats and self._side.isVisible():
            self._side.setGeometry(GAP, self._pages.y(), self._side.width(), self._pages.height())
            self._side.raise_()

    def _restore(self, services: Services) -> None:
        kept = services.remembered.value
        self.resize(1280, 760)
        if kept.geometry:
            self.restoreGeometry(QByteArray(base64.b64decode(kept.geometry, validate=False)))
        self.show_page(kept.page)
        self.show_side(kept.browser and self.width() >= WIDE)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The browser comes and goes with its room."""
        super().resizeEvent(event)
        was_wide, is_wide = event.oldSize().width() >= WIDE, event.size().width() >= WIDE
        if self._services is not None and was_wide != is_wide:
            self.show_side(is_wide and self._services.remembered.value.browser)
        elif self._services is not None:
            QTimer.singleShot(0, self, self._place_side)  # after the layout has its turn

    def changeEvent(self, event: QEvent) -> None:
        """A window that nobody sees looks at the engine seldom."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.WindowStateChange and self._services is not None:
            self._services.clock.set_visible(not self.isMinimized())

    def event(self, event: QEvent) -> bool:
        """Help for what is under the mouse goes to the line below: a widget's status tip."""
        if isinstance(event, QStatusTipEvent):
            self._help_for(_with_tip(QApplication.widgetAt(QCursor.pos()), event.tip()))
            self.status.show_help(event.tip())
            return True
        return super().event(event)

    def _help_for(self, widget: QWidget | None) -> None:
        self._helped = None if widget is None else weakref.ref(widget)

    def _refresh_help(self) -> None:
        """What is told may change while it is read: a knob that is turned tells its value."""
        widget = None if self._helped is None else self._helped()
        if widget is not None:
            try:
                self.status.show_help(widget.statusTip())
            except RuntimeError:  # deleted, as the knobs of a model that was changed
                self._helped = None

    def _focused(self, _: QWidget | None, widget: QWidget | None) -> None:
        """So does help for what has the focus."""
        if widget is not None and widget.window() is self:
            self._help_for(widget)
            self.status.show_help(widget.statusTip())

    def closeEvent(self, event: QCloseEvent) -> None:
        """Remember how it looked."""
        if self._services is not None:
            geometry = base64.b64encode(self.saveGeometry().data()).decode("ascii")
            self._services.remembered.change(geometry=geometry, page=self.page)
        super().closeEvent(event)
        self.closed.emit()


def _with_tip(widget: QWidget | None, tip: str) -> QWidget | None:
    """The widget, or what it is in, that says this."""
    while widget is not None and widget.statusTip() != tip:
        widget = widget.parentWidget()
    return widget

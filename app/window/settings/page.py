"""What the pages of the settings share: a form, a line for the engine's answer, and frames while one can be seen."""

from __future__ import annotations

from typing import ClassVar

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFormLayout, QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from app.window.clock import Frame
from app.window.services import Services
from app.window.theme.fonts import font
from app.window.words import translate

__all__ = ["Page", "label", "side_by_side"]


def label(text: str, role: str = "", parent: QWidget | None = None) -> QLabel:
    """A label; role: muted, warning, error, or none."""
    found = QLabel(text, parent)
    found.setWordWrap(True)
    if role:
        found.setProperty("role", role)
    return found


def side_by_side(*widgets: QWidget) -> QWidget:
    """Widgets in a row, as wide as they need."""
    whole = QWidget()
    row = QHBoxLayout(whole)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(8)
    for widget in widgets:
        row.addWidget(widget)
    row.addStretch(1)
    return whole


class Page(QWidget):
    """One page.

    Attributes:
        NAME, TITLE: by which it is asked for, and what is read, marked for translation.
    """

    NAME: ClassVar[str] = ""
    TITLE: ClassVar[str] = ""

    def __init__(self, services: Services, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.services = services
        title = QLabel(translate("Settings", self.TITLE), self)
        title.setFont(font("display"))
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(20, 16, 20, 12)
        self._column.setSpacing(12)
        self._column.addWidget(title)
        self.form = QFormLayout()
        self.form.setLabelAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        self.form.setHorizontalSpacing(18)
        self.form.setVerticalSpacing(8)
        self._column.addLayout(self.form)
        self.answer = label("", "muted", self)
        self.answer.setMinimumHeight(34)
        self.answer.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
        self.answer.setAccessibleName(self.tr("Answer of the engine"))
        self.answer.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    def add(self, widget: QWidget, stretch: int = 0) -> None:
        """Below the form."""
        self._column.addWidget(widget, stretch)

    def finish(self) -> None:
        """The answer comes last, right below what was asked."""
        self._column.addWidget(self.answer)
        self._column.addStretch(1)

    def row(self, text: str, widget: QWidget, help: str) -> None:
        """A row of the form: named for screen readers, and with help."""
        name = label(text, "muted", self)
        name.setWordWrap(False)
        name.setBuddy(widget)
        if not widget.accessibleName():
            widget.setAccessibleName(text)
        for each in (widget, name):
            each.setStatusTip(help)
            each.setToolTip(help)
        self.form.addRow(name, widget)

    def say(self, text: str, role: str = "muted") -> None:
        """Show what came of it; role: muted, or error for a refusal."""
        self.answer.setText(text)
        if self.answer.property("role") != role:
            self.answer.setProperty("role", role)
            self.answer.style().unpolish(self.answer)
            self.answer.style().polish(self.answer)

    def refused(self, line: str) -> None:
        """The engine says no, and why; what is shown goes back to what is."""
        self.say(line, "error")
        self.show_truth()

    def show_truth(self) -> None:
        """Show how things are. To be overridden."""

    def show_frame(self, frame: Frame) -> None:
        """Ten times a second while the page can be seen. To be overridden."""

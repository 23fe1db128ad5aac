"""All sources of modulation, as chips in one or two rows."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QGridLayout, QSizePolicy, QWidget

from app.window.services import Services
from app.window.session.document import Change
from app.window.sound.arming import Arming
from app.window.sound.routing import SOURCE_NAMES
from app.window.sound.source_chip import SIZE, SourceChip

__all__ = ["SourceChips"]

GAP = 4


class SourceChips(QWidget):
    """Arms what is pressed; Escape or a second press disarms."""

    def __init__(self, services: Services, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._services, self._arming = services, Arming.of(services)
        self.chips = {source: SourceChip(source, services.theme, self) for source in SOURCE_NAMES}
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(GAP)
        self._columns = 0
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        for source, chip in self.chips.items():
            chip.clicked.connect(partial(self._pressed, source))
        self._arming.changed.connect(self._show_armed)
        self._place(len(self.chips) // 2)
        self._show_armed()

    def minimumSizeHint(self) -> QSize:
        """Two rows."""
        return QSize(6 * SIZE.width() + 5 * GAP, SIZE.height())

    def show_sound(self, change: Change | None) -> None:
        """Which are used."""
        if change is None or change.has_other_rows:
            used = {row.source for row in self._services.document.sound.rows if row.amount}
            for source, chip in self.chips.items():
                chip.show_used(source in used)

    def show_live(self, sources: Mapping[str, float] | None) -> None:
        """What they give now; None: nothing sounds."""
        for source, chip in self.chips.items():
            chip.show_value(None if sources is None else sources.get(source, 0.0))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape disarms."""
        if event.key() == Qt.Key.Key_Escape and self._arming.armed is not None:
            self._arming.arm(None)
        else:
            super().keyPressEvent(event)

    def _pressed(self, source: str) -> None:
        self._arming.toggle(source)
        self._show_armed()

    def _show_armed(self) -> None:
        for source, chip in self.chips.items():
            chip.setChecked(source == self._arming.armed)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """One row where it fits."""
        super().resizeEvent(event)
        count = len(self.chips)
        self._place(count if event.size().width() >= count * (SIZE.width() + GAP) else count // 2)

    def _place(self, columns: int) -> None:
        if columns != self._columns:
            self._columns = columns
            for number, chip in enumerate(self.chips.values()):
                self._grid.addWidget(chip, number // columns, number % columns)

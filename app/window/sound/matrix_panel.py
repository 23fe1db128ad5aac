"""All modulation on one page: eight rows as a table, and all that can be moved as knobs with their arcs."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from app.window.clock import Frame
from app.window.panel import Panel
from app.window.services import Services
from app.window.session.document import Change
from app.window.sound.arming import Arming
from app.window.sound.group_title import GroupTitle
from app.window.sound.knob_grid import KnobGrid, scrolling
from app.window.sound.matrix_row import MatrixHead, MatrixRow
from app.window.sound.published import live_knobs, live_sources
from app.window.sound.routing import carrier_of, source_label, target_label
from app.window.sound.source_chips import SourceChips
from engine.vocabulary import ROWS, TARGETS

__all__ = ["MatrixPanel"]


class MatrixPanel(Panel):
    """The same rows as the arcs on the play page, and the same chips."""

    def __init__(self, services: Services, parent: QWidget | None = None) -> None:
        super().__init__(services, parent)
        self._arming, self._is_still = Arming.of(services), False
        self.chips = SourceChips(services)
        self.rows = [MatrixRow(services, index) for index in range(ROWS)]
        self._grid = KnobGrid(services)
        self._hint = QLabel()
        self._hint.setProperty("role", "muted")
        table = QVBoxLayout()
        table.setSpacing(2)
        table.addWidget(GroupTitle(self.tr("Matrix"), services.theme))
        table.addWidget(MatrixHead())
        for row in self.rows:
            table.addWidget(row, 1)
        head = QHBoxLayout()
        head.setSpacing(12)
        head.addWidget(GroupTitle(self.tr("Targets"), services.theme))
        head.addWidget(self._hint)
        targets = QVBoxLayout()
        targets.setSpacing(6)
        targets.addLayout(head)
        targets.addWidget(scrolling(self._grid), 1)
        halves = QHBoxLayout()
        halves.setSpacing(24)
        halves.addLayout(table, 1)
        halves.addLayout(targets, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 8, 12, 10)
        column.setSpacing(8)
        column.addWidget(GroupTitle(self.tr("Sources"), services.theme))
        column.addWidget(self.chips)
        column.addSpacing(4)
        column.addLayout(halves, 1)
        self._arming.changed.connect(self._show_hint)
        self._show_hint()

    def show_sound(self, change: Change | None) -> None:
        """Other rows, other numbers, or other knobs."""
        if change is None or change.is_other_model:
            sound = self.services.document.sound
            labels = dict.fromkeys((knob.id for knob in sound.knobs), "")
            self._grid.show_ids(labels | {carrier_of(target): target_label(sound, target) for target in TARGETS})
        else:
            self._grid.show_sound(change)
        for row in self.rows:
            row.show_sound(change)
        self.chips.show_sound(change)

    def show_frame(self, frame: Frame) -> None:
        """Bars and rings where the sound is."""
        if self._is_still and not frame.is_sounding:
            return
        self._is_still = not frame.is_sounding
        sources = live_sources(frame)
        self.chips.show_live(sources)
        for row in self.rows:
            row.show_live(sources)
        self._show_rings(live_knobs(frame.snapshot, len(self.services.document.sound.knobs)), sources)

    def _show_rings(self, live: list[float] | None, sources: Mapping[str, float] | None) -> None:
        known = live or []
        for index, knob in enumerate(self._grid.knobs):
            has_ring = sources is not None and knob.is_moved
            knob.show_live(sources, known[index] if has_ring and index < len(known) else None)

    def _show_hint(self) -> None:
        armed = self._arming.armed
        text = self.tr("Press a source to set its amounts")
        if armed is not None:
            text = self.tr("Alt and drag: amount of {0}").format(source_label(armed))
        self._hint.setText(text)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape disarms."""
        if event.key() == Qt.Key.Key_Escape and self._arming.armed is not None:
            self._arming.arm(None)
        else:
            super().keyPressEvent(event)

"""The model's own knobs, with what moves them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from app.window.clock import Frame
from app.window.panel import Panel
from app.window.services import Services
from app.window.session.document import Change
from app.window.sound.arming import Arming
from app.window.sound.knob_grid import KnobGrid, scrolling
from app.window.sound.labelled_knob import LabelledKnob
from app.window.sound.published import live_knobs, live_sources
from app.window.sound.routing import source_label
from app.window.sound.source_chips import SourceChips
from app.window.theme.fonts import font

__all__ = ["ModelPanel"]

HEAD = 26
"""Height of the line of the title, px: as tall as the controls beside the titles of the other panels."""
SEEN = 0.002
"""A live value nearer than this to the knob's own is the same for the eye."""


class ModelPanel(Panel):
    """As many knobs as the model has, as big as there is room, and below them the sources that can move them."""

    def __init__(self, services: Services, parent: QWidget | None = None) -> None:
        super().__init__(services, parent)
        self._arming, self._is_still = Arming.of(services), False
        self._title, self._name = QLabel(self.tr("Model")), QLabel()
        self._title.setFont(font("title"))
        self._title.setFixedHeight(HEAD)
        self._name.setProperty("role", "muted")
        self._name.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._hint = QLabel()
        self._hint.setProperty("role", "muted")
        self._hint.setFont(font("small"))
        self._arming.changed.connect(self._show_hint)
        self._grid = KnobGrid(services)
        self.chips = SourceChips(services)
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(self._title)
        head.addWidget(self._name, 1)
        head.addWidget(self._hint)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 8, 12, 10)
        column.setSpacing(6)
        column.addLayout(head)
        column.addWidget(scrolling(self._grid), 1)
        column.addWidget(self.chips)

    @property
    def knobs(self) -> list[LabelledKnob]:
        """Of the model that is played, in its order."""
        return self._grid.knobs

    def show_sound(self, change: Change | None) -> None:
        """Other numbers, other rows, or other knobs."""
        if change is None or change.is_other_model:
            sound = self.services.document.sound
            self._name.setText(sound.patch.model.rpartition("/")[2])
            self._grid.show_ids(dict.fromkeys((knob.id for knob in sound.knobs), ""))
        else:
            self._grid.show_sound(change)
        self.chips.show_sound(change)

    def show_frame(self, frame: Frame) -> None:
        """Rings where the sound is, and the sources' bars."""
        if self._is_still and not frame.is_sounding and not self.services.sync.led:
            return
        self._is_still = not frame.is_sounding and not self.services.sync.led
        live = live_knobs(frame.snapshot, len(self.knobs))
        sources = live_sources(frame)
        self._show_rings(live, sources)
        self.chips.show_live(sources)

    def _show_rings(self, live: list[float] | None, sources: Mapping[str, float] | None) -> None:
        led = self.services.sync.led
        places: Sequence[float | None] = live or [None] * len(self.knobs)
        for knob, place in zip(self.knobs, places, strict=True):
            moves = (sources is not None and knob.is_moved) or knob.id in led
            is_apart = sources is not None and place is not None and abs(place - knob.knob.number) > SEEN
            knob.knob.show_live(place if moves or is_apart else None)

    def _show_hint(self) -> None:
        armed = self._arming.armed
        text = "" if armed is None else self.tr("Alt and drag: amount of {0}").format(source_label(armed))
        self._hint.setText(text)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape disarms."""
        if event.key() == Qt.Key.Key_Escape and self._arming.armed is not None:
            self._arming.arm(None)
        else:
            super().keyPressEvent(event)

"""The controls above and below the pad: note, recording, loop, speed, export; the knobs of the two axes."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QSizePolicy, QToolButton, QWidget

from app.window.scopes.scopes_panel import title_label
from app.window.theme.theme import Theme
from app.window.timbre.legend import Legend
from app.window.timbre.looper import SPEEDS
from engine.parameters import Parameter

__all__ = ["AxesBar", "GestureBar"]

OCTAVES = range(1, 7)
NARROW = "QComboBox { padding: 3px 0 3px 8px; } QComboBox::drop-down { width: 16px; }"
"""Names of knobs are long, and the smallest window has two of them beside the legend."""


def _combo(name: str, tip: str) -> QComboBox:
    found = QComboBox()
    found.setAccessibleName(name)
    found.setStatusTip(tip)
    return found


class GestureBar(QWidget):
    """Title and what one does with gestures.

    Attributes:
        note, speed: combo boxes whose data are a MIDI key (None: silent) and a factor.
        record, loop, export: buttons.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(2)
        row.addWidget(title_label(self.tr("Map")))
        row.addStretch(1)
        self.note = _combo(self.tr("Note"), self.tr("The note that sounds while the pad is touched."))
        self.note.addItem(self.tr("off"), None)
        for octave in OCTAVES:
            self.note.addItem(f"C{octave}", 12 * (octave + 1))
        self.note.setCurrentText("C3")
        row.addWidget(self.note)
        self.record = self._button(self.tr("Rec"), self.tr("Record a gesture: it begins with the first touch."), True)
        self.loop = self._button(self.tr("Loop"), self.tr("Play the recorded gesture again and again."), True)
        self.speed = _combo(self.tr("Speed"), self.tr("How fast the loop runs."))
        for speed in SPEEDS:
            self.speed.addItem(f"{speed:g}x", speed)
        self.speed.setCurrentIndex(SPEEDS.index(1.0))
        tip = self.tr("Save the gesture as control voltages, a CSV that `systole render` plays.")
        self.export = self._button(self.tr("Save"), tip, False)
        for each in (self.record, self.loop, self.speed, self.export):
            row.addWidget(each)

    def _button(self, text: str, tip: str, is_checkable: bool) -> QToolButton:
        button = QToolButton()
        button.setText(text)
        button.setCheckable(is_checkable)
        button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        button.setStatusTip(tip)
        return button

    def show_state(self, state: str, *, has_gesture: bool) -> None:
        """What the looper does."""
        self.record.setChecked(state == "recording")
        self.loop.setChecked(state == "looping")
        for each in (self.loop, self.speed, self.export):
            each.setEnabled(has_gesture)


class AxesBar(QWidget):
    """Two combo boxes of knobs, and the legend.

    Signals:
        chosen: ids of the knobs for x and y, never the same.
    """

    chosen = Signal(str, str)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._pair = ("", "")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        self.across = _combo(self.tr("Horizontal knob"), self.tr("The knob that goes from left to right."))
        self.upwards = _combo(self.tr("Vertical knob"), self.tr("The knob that goes upwards."))
        for text, box in (("→", self.across), ("↑", self.upwards)):
            label = QLabel(text)
            label.setProperty("role", "muted")
            box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
            box.setStyleSheet(NARROW)
            box.setMinimumContentsLength(6)
            box.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
            box.setMaximumWidth(150)
            row.addWidget(label)
            row.addWidget(box, 1)
        row.addStretch(1)
        self.legend = Legend(theme)
        row.addWidget(self.legend)
        self.across.activated.connect(self._choose(self.across, 0))
        self.upwards.activated.connect(self._choose(self.upwards, 1))

    @property
    def pair(self) -> tuple[str, str]:
        """Ids of the knobs for x and y."""
        return self._pair

    def show_knobs(self, knobs: tuple[Parameter, ...], pair: tuple[str, str]) -> None:
        """Offer a model's knobs, and stand at two of them."""
        for box in (self.across, self.upwards):
            box.clear()
            for knob in knobs:
                box.addItem(knob.label, knob.id)
        self._show(pair)

    def _show(self, pair: tuple[str, str]) -> None:
        self._pair = pair
        for box, knob in zip((self.across, self.upwards), pair, strict=True):
            box.setCurrentIndex(box.findData(knob))

    def _choose(self, box: QComboBox, axis: int) -> Callable[[int], None]:
        """One axis was chosen; if it is the other's knob, they change places."""

        def choose(_: int) -> None:
            wanted, other = str(box.currentData()), self._pair[1 - axis]
            kept = self._pair[axis] if wanted == other else other
            pair = (wanted, kept) if axis == 0 else (kept, wanted)
            if pair != self._pair:
                self._show(pair)
                self.chosen.emit(*pair)

        return choose

"""Above the array: which FPGA, at which clock, and whether it could play this sound."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QGridLayout, QLabel, QSizePolicy, QSpinBox, QToolButton, QWidget

from accel.cycles import TARGETS
from app.window.array.sentence import Verdict, board_name
from app.window.theme.fonts import font
from app.window.theme.theme import Theme

__all__ = ["CLOCKS", "TargetBar"]

CLOCKS = (25, 200)
"""MHz that can be chosen."""
_PLAIN = """QSpinBox::up-button, QSpinBox::down-button { width: 0px; }
QSpinBox::up-arrow, QSpinBox::down-arrow { border: none; }"""
"""A number without buttons: typing, arrow keys and the wheel change it. Not by NoButtons: beside a style sheet that
gives buttons a width, Qt then leaves the number one pixel."""


class TargetBar(QWidget):
    """Choices at the right, the sentence at the left.

    Signals:
        chosen: name of the target, and the clock in MHz, None: that of its routed design.
    """

    chosen = Signal(str, object)

    def __init__(self, theme: Theme, target: str, clock: float | None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._verdict: Verdict | None = None
        self._headline, self._text, self._voices = QLabel(self), QLabel(self), QLabel(self)
        self._headline.setFont(font("display"))
        for label in (self._headline, self._text):
            label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        for label in (self._text, self._voices):
            label.setProperty("role", "muted")
        self._targets, self._clock, self._routed = QComboBox(self), QSpinBox(self), QToolButton(self)
        self._fill(target, clock)
        self._place()
        self._targets.currentIndexChanged.connect(self._target_chosen)
        self._clock.valueChanged.connect(self._say)
        self._routed.clicked.connect(self._reset)
        theme.changed.connect(self._colour)

    def _fill(self, target: str, clock: float | None) -> None:
        for name, each in TARGETS.items():
            self._targets.addItem(board_name(each), name)
        self._targets.setCurrentIndex(max(0, self._targets.findData(target)))
        self._targets.setAccessibleName(self.tr("FPGA"))
        self._targets.setStatusTip(self.tr("The FPGA whose accelerator is shown. This computer plays without one."))
        self._clock.setRange(*CLOCKS)
        self._clock.setSuffix(" MHz")
        self._clock.setKeyboardTracking(False)
        self._clock.setStyleSheet(_PLAIN)
        self._clock.lineEdit().setTextMargins(6, 0, 0, 0)
        self._clock.setFixedWidth(84)
        self._clock.setAccessibleName(self.tr("Clock in MHz"))
        self._clock.setStatusTip(
            self.tr("Clock of the accelerator, 25 to 200 MHz: what there is for a sample. Type it, or ↑ ↓.")
        )
        self._routed.setText(self.tr("as routed"))
        self._routed.setStatusTip(self.tr("Take the clock that place and route reached for this FPGA."))
        self._put_clock(clock)

    def _place(self) -> None:
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(6)
        grid.setVerticalSpacing(2)
        grid.addWidget(self._headline, 0, 0)
        for column, widget in enumerate((self._targets, self._clock, self._routed), 1):
            widget.setFixedHeight(26)
            grid.addWidget(widget, 0, column)
        grid.addWidget(self._text, 1, 0)
        grid.addWidget(self._voices, 1, 1, 1, 3, Qt.AlignmentFlag.AlignRight)
        grid.setColumnStretch(0, 1)

    @property
    def target(self) -> str:
        """Its name in `accel.cycles.TARGETS`."""
        return str(self._targets.currentData())

    @property
    def clock(self) -> float | None:
        """MHz; None: that of the routed design."""
        value = float(self._clock.value())
        return None if value == TARGETS[self.target].clock else value

    @property
    def sentence(self) -> str:
        """What can be read."""
        return f"{self._headline.text()}. {self._text.text()}"

    @property
    def voices(self) -> str:
        """What is said of the voices."""
        return self._voices.text()

    def show_verdict(self, verdict: Verdict) -> None:
        """Say whether it fits."""
        self._verdict = verdict
        self._headline.setText(verdict.headline)
        self._headline.setToolTip(verdict.headline)
        self._text.setText(verdict.text)
        self._text.setToolTip(verdict.text)
        self._colour()

    def show_voices(self, text: str) -> None:
        """Say how many of its voices sound."""
        if text != self._voices.text():
            self._voices.setText(text)

    def _colour(self) -> None:
        level = self._verdict.level if self._verdict is not None else "good"
        self._headline.setStyleSheet(f"color: {self._theme.colour(level).name()}")

    def _put_clock(self, clock: float | None) -> None:
        self._clock.blockSignals(True)
        self._clock.setValue(round(clock or TARGETS[self.target].clock))
        self._clock.blockSignals(False)
        self._routed.setEnabled(self.clock is not None)

    def _target_chosen(self) -> None:
        self._put_clock(None)
        self._say()

    def _reset(self) -> None:
        self._put_clock(None)
        self._clock.setFocus()
        self._say()

    def _say(self) -> None:
        self._routed.setEnabled(self.clock is not None)
        self.chosen.emit(self.target, self.clock)

"""The knob: one parameter, turned by drag, wheel, keys, or typing, and read by a screen reader.

A QDial, so that keyboard and accessibility are Qt's own, with 14 bits of travel, its own paint and its own mouse. The
number itself is kept beside the dial's position: what was typed, or loaded from a patch, stays exactly that.
"""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QPoint, QSize, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QWheelEvent
from PySide6.QtWidgets import QDial, QSizePolicy, QWidget

from accel.errors import SystoleError
from app.window.theme.theme import Theme
from app.window.values import parse_value, value_text
from app.window.widgets.knob_paint import Arc, KnobLook
from app.window.widgets.value_entry import ValueEntry
from engine.parameters import Parameter

__all__ = ["STEPS", "Knob"]

STEPS = 16383
PIXELS, FINE = 200.0, 10.0
"""A drag over so many pixels is the whole travel; with Shift this many times finer."""
WHEEL_TURNS = 50.0
"""Notches of the wheel for the whole travel."""
NOTCH = 120.0
_MOUSE_FINE = Qt.KeyboardModifier.ShiftModifier


class Knob(QDial):
    """Shows and turns one parameter. What it shows is set by `show_*`, which never emit.

    Signals:
        edited: the stored number that the person wants.
        held, released: around a drag, whose edits are one step of undo.
        menu_wanted: a place on the screen; the owner shows the menu (default, learning, modulation).
        refused: a line; what was typed makes no sense.
    """

    edited = Signal(float)
    held = Signal()
    released = Signal()
    menu_wanted = Signal(QPoint)
    refused = Signal(str)

    def __init__(self, entry: Parameter, theme: Theme, parent: QWidget | None = None, *, side: int = 48) -> None:
        super().__init__(parent)
        self._theme, self._look, self._side = theme, KnobLook(theme), side
        self._number = entry.default
        self._live: float | None = None
        self._arcs: tuple[Arc, ...] = ()
        self._drag: tuple[float, float] | None = None
        self._wheel = 0.0
        self.setRange(0, STEPS)
        self.setWrapping(False)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.valueChanged.connect(self._dialled)
        theme.changed.connect(self.update)
        self.set_parameter(entry)

    def sizeHint(self) -> QSize:
        """A square."""
        return QSize(self._side, self._side)

    def minimumSizeHint(self) -> QSize:
        """The same."""
        return self.sizeHint()

    @property
    def parameter(self) -> Parameter:
        """What it turns."""
        return self._entry

    @property
    def number(self) -> float:
        """The stored number that it shows."""
        return self._number

    @property
    def text(self) -> str:
        """The value for reading, with its unit."""
        return value_text(self._entry, self._number)

    def set_parameter(self, entry: Parameter) -> None:
        """Turn another parameter from now on (another model's knob), from its default."""
        self._entry = entry
        is_gliding = entry.kind == "real"
        steps = entry.high - entry.low
        self.setSingleStep(round(STEPS / 100) if is_gliding else max(1, round(STEPS / max(1.0, steps))))
        self.setPageStep(round(STEPS / 10) if is_gliding else self.singleStep())
        self.setAccessibleName(entry.label)
        self._number = float("nan")
        self.show_number(entry.default)

    def show_number(self, number: float) -> None:
        """Stand at a stored number."""
        if number == self._number:
            return
        self._number = number
        self.blockSignals(True)
        self.setValue(round(STEPS * self._entry.travel(number)))
        self.blockSignals(False)
        self.setAccessibleDescription(f"{self.text}. {self._entry.help}")
        self.setStatusTip(f"{self._entry.label}: {self.text}. {self._entry.help}")
        self.update()

    def show_live(self, travel: float | None) -> None:
        """Where the sound is just now, as a dial position 0..1; None: no ring. Repaints only for what can be seen."""
        shown = None if travel is None else round(travel, 3)
        if shown != self._live:
            self._live = shown
            self.update()

    def show_arcs(self, arcs: Sequence[Arc]) -> None:
        """Which sources move it, and how far."""
        if tuple(arcs) != self._arcs:
            self._arcs = tuple(arcs)
            self.update()

    def reset(self) -> None:
        """Back to the default, as the person wants it."""
        self._want(self._entry.default)

    def type_value(self, begin: str = "") -> None:
        """Let the person type a value; `begin` is what was typed already."""
        entry = ValueEntry(self, begin or self.text, selects=not begin)
        entry.accepted.connect(self._typed)
        entry.show_over(self)

    def _typed(self, text: str) -> None:
        try:
            self._want(parse_value(self._entry, text))
        except SystoleError as error:
            self.refused.emit(str(error))

    def _want(self, number: float) -> None:
        if number != self._number:
            self.show_number(number)
            self.edited.emit(number)

    def _dialled(self, value: int) -> None:
        """QDial moved by itself: arrow keys, Page Up, Home, a screen reader."""
        self._want(self._entry.at(value / STEPS))
        self._settle()

    def _settle(self) -> None:
        """Put the dial where its number is: a choice's positions are few."""
        self.blockSignals(True)
        self.setValue(round(STEPS * self._entry.travel(self._number)))
        self.blockSignals(False)

    def _turn(self, travel: float) -> None:
        self._want(self._entry.at(travel))

    # Mouse.

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take hold."""
        if event.button() == Qt.MouseButton.LeftButton:
            self._drag = (event.globalPosition().y(), self._entry.travel(self._number))
            self.held.emit()
        event.accept()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Turn by what the mouse moved since the last time, so that Shift may come and go."""
        if self._drag is None:
            return
        height, travel = self._drag
        moved = (height - event.globalPosition().y()) / PIXELS
        if event.modifiers() & _MOUSE_FINE:
            moved /= FINE
        travel = min(1.0, max(0.0, travel + moved))
        self._drag = (event.globalPosition().y(), travel)
        self._turn(travel)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Let go."""
        if event.button() == Qt.MouseButton.LeftButton and self._drag is not None:
            self._drag = None
            self.released.emit()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Back to the default; with Ctrl: type a value."""
        if event.button() != Qt.MouseButton.LeftButton:
            return
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.type_value()
        else:
            self.reset()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """A notch is a fiftieth of the travel, with Shift a tenth of that; a choice goes one on."""
        notches = (event.angleDelta().y() or event.angleDelta().x()) / NOTCH  # some systems turn Shift+wheel sideways
        entry, at = self._entry, self._entry.travel(self._number)
        if entry.kind == "real":
            self._turn(at + notches / WHEEL_TURNS / (FINE if event.modifiers() & _MOUSE_FINE else 1.0))
        else:
            self._wheel += notches
            whole = int(self._wheel)
            self._wheel -= whole
            self._want(min(entry.high, max(entry.low, self._number + whole)))
        event.accept()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Ask the owner for a menu; the menu key too."""
        self.menu_wanted.emit(event.globalPos())

    # Keys.

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows and the like as every dial (Shift: fine); Delete: default; Return, F2 or a digit: type a value."""
        key, text = event.key(), event.text()
        if key in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.reset()
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_F2):
            self.type_value()
        elif text and text in "0123456789-.," and not event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.type_value(text)
        elif event.modifiers() & _MOUSE_FINE and key in (Qt.Key.Key_Up, Qt.Key.Key_Down) and self._is_gliding:
            step = self.singleStep() / STEPS / FINE
            self._turn(self._entry.travel(self._number) + (step if key == Qt.Key.Key_Up else -step))
        else:
            super().keyPressEvent(event)

    @property
    def _is_gliding(self) -> bool:
        return self._entry.kind == "real"

    # Paint.

    def changeEvent(self, event: QEvent) -> None:
        """Enabled or not is seen."""
        super().changeEvent(event)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """See `knob_paint`."""
        side, entry = min(self.width(), self.height()), self._entry
        painter = QPainter(self)
        painter.translate((self.width() - side) // 2, (self.height() - side) // 2)
        self._look.paint(
            painter,
            side,
            self.devicePixelRatioF(),
            travel=entry.travel(self._number),
            origin=entry.travel(0.0) if entry.low < 0 < entry.high else 0.0,
            live=self._live,
            arcs=self._arcs,
            notches=0 if self._is_gliding or entry.high - entry.low > 12 else int(entry.high - entry.low) + 1,
            is_focused=self.hasFocus(),
            is_enabled=self.isEnabled(),
        )
        painter.end()

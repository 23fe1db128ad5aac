"""The computer's keyboard as an instrument: wherever in the window one has clicked, except where text is typed.

It listens at the window itself, before any widget: a key that played a note is let go even if a text field, a menu or
a dialog has taken the focus since. Losing the window lets everything go.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QGuiApplication, QKeyEvent, QWindow
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QLineEdit,
    QPlainTextEdit,
    QTextEdit,
    QWidget,
)

from app.window.playing.key_map import COMMANDS, note_of, place_of
from app.window.playing.note_player import NotePlayer

__all__ = ["TypedKeys"]

HOLDER = "typed "
TWICE_SECONDS = 0.6
_OTHER = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier | Qt.KeyboardModifier.MetaModifier
_FOCUS_KEYS = (Qt.Key.Key_Tab, Qt.Key.Key_Backtab)
_TEXT = (QLineEdit, QTextEdit, QPlainTextEdit, QAbstractSpinBox)


class TypedKeys(QObject):
    """Turns keys of a window into notes.

    Signals:
        commanded: a `key_map.Command` other than the pedal, once for each press.
        touched: a key was pressed that plays.
        panicked: Escape was pressed twice within a moment.

    Args:
        octave: where the first key's C is; velocity: 1..127. Asked at each key.
    """

    commanded = Signal(str)
    touched = Signal()
    panicked = Signal()

    def __init__(
        self,
        window: QWidget,
        player: NotePlayer,
        octave: Callable[[], int],
        velocity: Callable[[], int],
    ) -> None:
        super().__init__(window)
        self._window, self._player, self._octave, self._velocity = window, player, octave, velocity
        self._down: set[str] = set()
        self._is_by_key = self._is_pedal = False
        self._escaped_at = -TWICE_SECONDS
        self._handle: QWindow | None = None
        window.installEventFilter(self)
        application = QApplication.instance()
        assert isinstance(application, QApplication)
        application.focusWindowChanged.connect(self._focus_window)
        application.applicationStateChanged.connect(self._state)
        self._attach()

    def release_all(self) -> None:
        """Every key and the pedal up."""
        self._down.clear()
        self._player.release_kind(HOLDER)
        self._pedal_up()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Keys of the window's own handle; of the widget only what tells when it has one, or is hidden."""
        kind = event.type()
        if watched is self._handle:
            if kind == QEvent.Type.KeyPress:
                assert isinstance(event, QKeyEvent)
                return self._pressed(event)
            if kind == QEvent.Type.KeyRelease:
                assert isinstance(event, QKeyEvent)
                return self._released(event)
            if kind == QEvent.Type.MouseButtonPress:
                self._is_by_key = False
            elif kind == QEvent.Type.FocusOut:
                self.release_all()
        elif kind in (QEvent.Type.WinIdChange, QEvent.Type.Show):
            self._attach()
        elif kind in (QEvent.Type.Hide, QEvent.Type.WindowDeactivate):
            self.release_all()
        return False

    def _attach(self) -> None:
        handle = self._window.windowHandle()
        if handle is not None and handle is not self._handle:
            self._handle = handle
            handle.installEventFilter(self)

    def _focus_window(self, window: QWindow | None) -> None:
        if window is not self._handle:
            self.release_all()

    def _state(self, state: Qt.ApplicationState) -> None:
        if state != Qt.ApplicationState.ApplicationActive:
            self.release_all()

    def _pressed(self, event: QKeyEvent) -> bool:
        if event.key() in _FOCUS_KEYS:
            self._is_by_key = True
        if event.key() == Qt.Key.Key_Escape and not event.isAutoRepeat():
            self._escaped()
        place = _place(event)
        if place in self._down:
            return True  # it repeats itself, or its release was lost: the note goes on, nothing is typed
        if not place or event.isAutoRepeat() or event.modifiers() & _OTHER or self._is_typing():
            return False
        if place == "Space":
            return self._space(event)
        self._down.add(place)
        if place in COMMANDS:
            self.commanded.emit(COMMANDS[place])
            return True
        self.touched.emit()
        note = note_of(place, self._octave())
        if note is not None:
            self._player.press(HOLDER + place, note, self._velocity())
        return True

    def _escaped(self) -> None:
        now = time.monotonic()
        is_second, self._escaped_at = now - self._escaped_at < TWICE_SECONDS, now
        if is_second:
            self.panicked.emit()

    def _space(self, event: QKeyEvent) -> bool:
        """The pedal, or with Shift hold; but who walks by Tab presses buttons with it, as everywhere."""
        if self._is_by_key and isinstance(QApplication.focusWidget(), (QAbstractButton, QComboBox)):
            return False
        self._down.add("Space")
        if event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            self._player.hold(not self._player.is_holding)
        else:
            self._is_pedal = True
            self._player.sustain(True)
        return True

    def _released(self, event: QKeyEvent) -> bool:
        place = _place(event)
        if place not in self._down:
            return False
        if event.isAutoRepeat():
            return True
        self._down.discard(place)
        if place == "Space":
            self._pedal_up()
        else:
            self._player.release(HOLDER + place)
        return True

    def _pedal_up(self) -> None:
        if self._is_pedal:
            self._is_pedal = False
            self._player.sustain(False)

    def _is_typing(self) -> bool:
        """Keys belong to somebody else now: a text field, a menu, a dialog that must be answered."""
        if QApplication.activePopupWidget() is not None or QApplication.activeModalWidget() is not None:
            return True
        widget = QApplication.focusWidget()
        if isinstance(widget, QComboBox):
            return widget.isEditable()
        return isinstance(widget, _TEXT) and not getattr(widget, "isReadOnly", lambda: False)()


def _place(event: QKeyEvent) -> str:
    key = int(event.key())
    letter = chr(key) if 0x20 <= key < 0x7F else ""
    platform = QGuiApplication.platformName()
    return place_of(platform, event.nativeScanCode(), event.nativeVirtualKey(), letter)

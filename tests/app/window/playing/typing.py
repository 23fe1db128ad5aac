"""Key events as a windowing system sends them: to the window itself, before any widget."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QWidget

__all__ = ["key_down", "key_up"]

NONE = Qt.KeyboardModifier.NoModifier


def _send(kind: QEvent.Type, window: QWidget, key: Qt.Key, modifiers: Qt.KeyboardModifier, repeats: bool) -> None:
    letter = int(key)
    text = chr(letter).lower() if 0x20 <= letter < 0x7F else ""
    QApplication.sendEvent(window.windowHandle(), QKeyEvent(kind, key, modifiers, text, repeats))


def key_down(window: QWidget, key: Qt.Key, modifiers: Qt.KeyboardModifier = NONE, *, repeats: bool = False) -> None:
    """A key goes down, or repeats itself."""
    _send(QEvent.Type.KeyPress, window, key, modifiers, repeats)


def key_up(window: QWidget, key: Qt.Key, modifiers: Qt.KeyboardModifier = NONE, *, repeats: bool = False) -> None:
    """A key comes up, or seems to while it repeats itself."""
    _send(QEvent.Type.KeyRelease, window, key, modifiers, repeats)

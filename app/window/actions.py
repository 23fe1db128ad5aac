"""Everything that can be done by a key, a menu or a button, under one name: the table that help and menus show.

Letters and digits without Ctrl belong to playing, so no action may use them alone.
"""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QKeyCombination, QObject, Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QWidget

__all__ = ["Actions"]


class Actions(QObject):
    """The actions of a window.

    Args:
        window: where their keys work.
    """

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._actions: dict[str, QAction] = {}

    def add(self, name: str, text: str, keys: str, call: Callable[[], object], *, tip: str = "") -> QAction:
        """An action; `keys` as Qt writes them (`Ctrl+Z`), may be empty.

        Raises:
            ValueError: the name or the keys are taken, or the keys would play a note.
        """
        sequence = QKeySequence(keys)
        if name in self._actions or (keys and self._owner(sequence)):
            raise ValueError(f"{name} or {keys} is taken")
        if keys and _plays(sequence):
            raise ValueError(f"{keys}: this key plays notes")
        action = QAction(text, self._window)
        action.setObjectName(name)
        action.setShortcut(sequence)
        action.setToolTip(f"{tip or text}{f' ({keys})' if keys else ''}")
        action.triggered.connect(lambda *_: call())
        self._window.addAction(action)
        self._actions[name] = action
        return action

    def __contains__(self, name: str) -> bool:
        return name in self._actions

    def __getitem__(self, name: str) -> QAction:
        return self._actions[name]

    def all(self) -> list[QAction]:
        """In the order in which they were added."""
        return [*self._actions.values()]

    def _owner(self, sequence: QKeySequence) -> QAction | None:
        return next((each for each in self._actions.values() if each.shortcut() == sequence), None)


def _plays(sequence: QKeySequence) -> bool:
    combination: QKeyCombination = sequence[0]  # type: ignore[index]
    key = combination.key()
    is_character = Qt.Key.Key_Space < key <= Qt.Key.Key_AsciiTilde
    free = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier | Qt.KeyboardModifier.MetaModifier
    return is_character and not combination.keyboardModifiers() & free

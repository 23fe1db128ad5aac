"""A parameter that is one of a few words: buttons side by side where they are few, else a list that opens."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QContextMenuEvent
from PySide6.QtWidgets import QButtonGroup, QComboBox, QHBoxLayout, QMenu, QSizePolicy, QToolButton, QWidget

from app.window.services import Services
from app.window.session.document import Change
from app.window.sound.drop_list import DropList
from app.window.sound.learning import Learning
from app.window.theme.fonts import font

__all__ = ["HEIGHT", "MOST_BUTTONS", "Choice"]

MOST_BUTTONS = 3
HEIGHT = 22


class Choice(QWidget):
    """Edits the document, and shows what it is told of.

    Args:
        words: how the choices are written here, where the table's own words need help.
        is_list: a list even if the choices are few.
    """

    def __init__(
        self,
        services: Services,
        id: str,
        parent: QWidget | None = None,
        *,
        words: Sequence[str] = (),
        is_list: bool = False,
    ) -> None:
        super().__init__(parent)
        self.id, self._services = id, services
        self._entry = services.document.sound.parameter(id)
        self._words = tuple(words) or self._entry.choices
        self._list: DropList | None = None
        self._group = QButtonGroup(self)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(2)
        row.addWidget(self._made_list() if is_list or len(self._words) > MOST_BUTTONS else self._made_buttons())
        self.setFixedHeight(HEIGHT)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.setStatusTip(f"{self._entry.label}. {self._entry.help}")

    @property
    def text(self) -> str:
        """The word that is chosen."""
        return self._words[int(self._services.document.sound.number(self.id))]

    def show_sound(self, change: Change | None) -> None:
        """Show what changed; None: all of it."""
        if change is None or self.id in change.ids:
            index = int(self._services.document.sound.number(self.id))
            if self._list is not None:
                self._list.setCurrentIndex(index)
            else:
                self._group.button(index).setChecked(True)
                self._lead_tab(index)

    def _made_list(self) -> QWidget:
        self._list = found = DropList(self._services.theme)
        found.setFont(font("small"))
        found.addItems(list(self._words))
        found.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        found.setMinimumContentsLength(3)
        found.setMaxVisibleItems(len(self._words))
        found.setFixedHeight(HEIGHT)
        found.setAccessibleName(self._entry.label)
        found.setStatusTip(f"{self._entry.label}. {self._entry.help}")
        found.activated.connect(self._chosen)
        return found

    def _made_buttons(self) -> QWidget:
        box = QWidget()
        row = QHBoxLayout(box)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(2)
        for index, word in enumerate(self._words):
            button = QToolButton()
            button.setText(word)
            button.setFont(font("small"))
            button.setCheckable(True)
            button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
            button.setFixedHeight(HEIGHT)
            button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
            button.setProperty("segment", True)
            button.setAccessibleName(f"{self._entry.label}: {word}")
            button.setStatusTip(f"{self._entry.label}. {self._entry.help}")
            self._group.addButton(button, index)
            row.addWidget(button)
        self._group.idClicked.connect(self._chosen)
        return box

    def _lead_tab(self, index: int) -> None:
        """Tab leads to the button that is checked, arrows from there; Qt sees to it only when a person checks one."""
        for button in self._group.buttons():
            is_checked = self._group.id(button) == index
            button.setFocusPolicy(Qt.FocusPolicy.StrongFocus if is_checked else Qt.FocusPolicy.ClickFocus)

    def _chosen(self, index: int) -> None:
        self._services.document.set_number(self.id, float(index))

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Default, and a controller of its own."""
        menu = self.menu()
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(QPoint(event.globalPos()))

    def menu(self) -> QMenu:
        """What can be done with it; to be shown once."""
        menu, learning, entry = QMenu(self), Learning.of(self._services), self._entry
        default = self.tr("Default: {0}").format(self._words[int(entry.default)])
        menu.addAction(default, lambda: self._services.document.set_number(self.id, entry.default))
        menu.addSeparator()
        menu.addAction(self.tr("Learn a MIDI controller"), lambda: learning.learn(self.id))
        menu.addAction(self.tr("Forget its controller"), lambda: learning.forget(self.id))
        return menu

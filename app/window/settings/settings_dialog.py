"""The settings: a list of pages, none of which keeps anybody from playing. What is chosen holds at once."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import (
    QDialog,
    QFrame,
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QStackedWidget,
    QWidget,
)

from app.window.clock import Frame
from app.window.playing.stream_watch import StreamWatch
from app.window.services import Services
from app.window.settings.audio_page import AudioPage
from app.window.settings.cv_page import CvPage
from app.window.settings.look_page import LookPage
from app.window.settings.midi_page import MidiPage
from app.window.settings.page import Page
from app.window.words import translate

__all__ = ["SettingsDialog"]

SIZE = QSize(660, 500)
EVERY = 6
"""Frames; while nothing sounds, they are ten a second themselves."""


class SettingsDialog(QDialog):
    """Beside the window, not in its way."""

    def __init__(self, services: Services, stream: StreamWatch, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Settings"))
        self.setModal(False)
        self.resize(SIZE)
        self.pages: list[Page] = [
            AudioPage(services, stream),
            MidiPage(services),
            CvPage(services),
            LookPage(services),
        ]
        whole = QFrame(self)
        whole.setProperty("panel", True)
        self.list, self._stack = QListWidget(self), QStackedWidget(whole)
        self.list.setProperty("role", "pages")
        self.list.setAccessibleName(self.tr("Pages of the settings"))
        self.list.setFixedWidth(150)
        self.list.setSpacing(2)
        self.list.setFrameShape(QListWidget.Shape.NoFrame)
        for page in self.pages:
            item = QListWidgetItem(translate("Settings", page.TITLE), self.list)
            item.setSizeHint(QSize(140, 30))
            item.setTextAlignment(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft)
            self._stack.addWidget(page)
        self.list.currentRowChanged.connect(self._stack.setCurrentIndex)
        row = QHBoxLayout(self)
        row.setContentsMargins(8, 8, 8, 8)
        row.setSpacing(8)
        row.addWidget(self.list)
        row.addWidget(whole, 1)
        inside = QHBoxLayout(whole)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.addWidget(self._stack)
        for button in self.findChildren(QPushButton):
            button.setAutoDefault(False)  # Return in a list or a number must not press any
        self.list.setCurrentRow(0)
        services.clock.frame.connect(self._frame)

    @property
    def page(self) -> Page:
        """The one that is shown."""
        return self.pages[self._stack.currentIndex()]

    def show_page(self, name: str) -> None:
        """Show a page by its name: audio, midi, cv or look."""
        names = [page.NAME for page in self.pages]
        self.list.setCurrentRow(names.index(name) if name in names else 0)

    def _frame(self, frame: Frame) -> None:
        if self.isVisible() and (frame.number % EVERY == 0 or not frame.is_sounding):
            self.page.show_frame(frame)

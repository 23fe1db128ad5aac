"""How the window looks, and where its files are."""

from __future__ import annotations

from typing import get_args

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QCheckBox, QComboBox, QPushButton, QWidget

from app.window.preferences import ZOOMS
from app.window.services import Services
from app.window.settings.page import Page, label, side_by_side
from app.window.theme.theme import Mode
from app.window.words import marked, translate
from engine.library import user_folder

__all__ = ["LookPage"]

THEMES: dict[Mode, str] = {
    "dark": marked("Settings", "Dark"),
    "light": marked("Settings", "Light"),
    "system": marked("Settings", "As the system"),
}


class LookPage(Page):
    """See the module."""

    NAME, TITLE = "look", marked("Settings", "Looks and files")

    def __init__(self, services: Services, parent: QWidget | None = None) -> None:
        super().__init__(services, parent)
        kept = services.remembered.value
        self.theme, self.zoom, self.calm = (
            QComboBox(),
            QComboBox(),
            QCheckBox(self.tr("No animation but meters and scopes")),
        )
        for mode in get_args(Mode):
            self.theme.addItem(translate("Settings", THEMES[mode]), mode)
        for zoom in ZOOMS:
            self.zoom.addItem(f"{100 * zoom:.0f} %", zoom)
        self.theme.setCurrentIndex(self.theme.findData(services.theme.mode))
        self.zoom.setCurrentIndex(self.zoom.findData(kept.zoom))
        self.calm.setChecked(kept.is_calm)
        self.row(self.tr("Theme"), self.theme, self.tr("Colours of the window"))
        self.row(
            self.tr("Size"),
            self.zoom,
            self.tr("Of everything in the window, beside what the screen asks for; from the next start"),
        )
        self.row(self.tr("Calm"), self.calm, self.tr("For those whom movement disturbs, and for slow machines"))
        self.show_folder = QPushButton(self.tr("Show"))
        self.folder = label(str(user_folder()), "", self)
        self.folder.setMaximumWidth(300)
        tip = self.tr("Patches, models, recordings and settings")
        self.row(self.tr("Your files"), self.folder, tip)
        self.row("", side_by_side(self.show_folder), tip)
        self.show_folder.setAccessibleName(self.tr("Show your files"))
        self.finish()
        services.theme.changed.connect(self.show_truth)
        self.theme.activated.connect(lambda _: self._set_theme())
        self.zoom.activated.connect(lambda _: self._set_zoom())
        self.calm.clicked.connect(lambda is_on: services.remembered.change(is_calm=is_on))
        self.show_folder.clicked.connect(self._show_folder)

    def show_truth(self) -> None:
        """The theme in use."""
        self.theme.setCurrentIndex(self.theme.findData(self.services.theme.mode))

    def _set_theme(self) -> None:
        mode = self.theme.currentData()
        self.services.theme.set_mode(mode)
        self.services.remembered.change(theme=mode)

    def _set_zoom(self) -> None:
        self.services.remembered.change(zoom=float(self.zoom.currentData()))
        self.say(self.tr("The size changes when the window is opened the next time"))

    @staticmethod
    def _show_folder() -> None:
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(user_folder())))

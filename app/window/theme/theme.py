"""The theme in use: what widgets ask for a colour, and what tells them that it changed."""

from __future__ import annotations

from typing import Literal

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QColor, QGuiApplication
from PySide6.QtWidgets import QApplication

from app.window.theme.colours import DARK, LIGHT, PALETTES, Palette
from app.window.theme.fonts import font
from app.window.theme.style import qt_palette, style_sheet

__all__ = ["Mode", "Theme"]

Mode = Literal["dark", "light", "system"]


class Theme(QObject):
    """One for a window. Widgets keep no colours but ask anew when `changed` comes.

    Signals:
        changed: the palette is another one; cached pictures are stale.
    """

    changed = Signal()

    def __init__(self, mode: Mode = "dark", parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.mode: Mode = mode
        self.palette: Palette = DARK
        self._colours: dict[str, QColor] = {}
        QGuiApplication.styleHints().colorSchemeChanged.connect(lambda _: self.set_mode(self.mode))
        self.set_mode(mode)

    def set_mode(self, mode: Mode) -> None:
        """Dark, light, or as the system is now and becomes later."""
        self.mode = mode
        wanted = self._of_system() if mode == "system" else PALETTES[mode]
        if wanted is self.palette and self._colours:
            return
        self.palette = wanted
        self._colours = {name: QColor(value) for name, value in vars(wanted).items() if isinstance(value, str)}
        self._colours |= {f"source.{name}": QColor(value) for name, value in wanted.sources.items()}
        self.changed.emit()

    def colour(self, role: str) -> QColor:
        """A colour by its role (`accent`), or of a source (`source.lfo1`). Not to be changed by the caller."""
        return self._colours[role]

    def apply(self, application: QApplication) -> None:
        """Give the whole application this look; call again when `changed` came."""
        application.setStyle("Fusion")
        application.setFont(font("text"))
        application.setPalette(qt_palette(self.palette))
        application.setStyleSheet(style_sheet(self.palette))

    @staticmethod
    def _of_system() -> Palette:
        scheme = QGuiApplication.styleHints().colorScheme()
        return LIGHT if scheme == Qt.ColorScheme.Light else DARK

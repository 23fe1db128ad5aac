"""What the header's buttons open: settings, rendering, help, the first run. Each is made when it is first wanted."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from PySide6.QtCore import QObject, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QDialog, QMenu, QWidget

from app.window.playing.stream_watch import StreamWatch
from app.window.services import Services
from engine.library import user_folder

if TYPE_CHECKING:
    from app.window.first.first_run import FirstRun

__all__ = ["Tools"]


@runtime_checkable
class Ending(Protocol):
    """A dialog that has something under way."""

    def shut_down(self) -> None:
        """End it, now."""


class Tools(QObject):
    """The dialogs of a window.

    Args:
        owner: whose window they belong to.
        record: start or stop recording.
    """

    def __init__(self, services: Services, owner: QWidget, stream: StreamWatch, record: Callable[[], None]) -> None:
        super().__init__(owner)
        self._services, self._owner, self._stream = services, owner, stream
        self._dialogs: dict[str, QDialog] = {}
        self.first_run: FirstRun | None = None
        add = services.actions.add
        add("record", self.tr("Record what is heard, or stop"), "F9", record)
        add("settings", self.tr("Settings …"), "Ctrl+,", self.settings)
        add("render", self.tr("Render to a file …"), "Ctrl+E", self.render)
        add("help", self.tr("Keys and shortcuts"), "Ctrl+/", self.help)
        add("recordings", self.tr("Show the recordings"), "", self.recordings)
        add("fullscreen", self.tr("Full screen"), "F11", self.full_screen)

    def menu(self) -> QMenu:
        """All that has no place in the header."""
        actions, menu = self._services.actions, QMenu(self._owner)
        for name in ("render", "recordings", "", "settings", "help", "fullscreen", "", "quit"):
            if name:
                menu.addAction(actions[name])
            else:
                menu.addSeparator()
        return menu

    def settings(self, page: str = "audio") -> None:
        """Open the settings at a page, or bring them to the front."""

        def make() -> QDialog:
            from app.window.settings.settings_dialog import SettingsDialog

            return SettingsDialog(self._services, self._stream, self._owner.window())

        dialog = self._show("settings", make)
        dialog.show_page(page)  # type: ignore[attr-defined]

    def render(self) -> None:
        """Open the dialog that renders."""

        def make() -> QDialog:
            from app.window.render.render_dialog import RenderDialog

            return RenderDialog(self._services, self._owner.window())

        self._show("render", make)

    def help(self) -> None:
        """Show the keys, or close them again."""

        def make() -> QDialog:
            from app.window.help.key_help import KeyHelp

            return KeyHelp(self._services, self._owner.window())

        found = self._dialogs.get("help")
        if found is not None and found.isVisible():
            found.close()
        else:
            self._show("help", make)

    def recordings(self) -> None:
        """Open their folder in the desktop's own way."""
        folder = user_folder() / "recordings"
        folder.mkdir(parents=True, exist_ok=True)
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder)))

    def full_screen(self) -> None:
        """All of the screen, or back."""
        window = self._owner.window()
        if window.isFullScreen():
            window.showNormal()
        else:
            window.showFullScreen()

    def welcome(self) -> None:
        """Show the first run over the pages, where nobody has played yet."""
        if self._services.remembered.value.has_played or self.first_run is not None:
            return
        from app.window.first.first_run import FirstRun

        self.first_run = FirstRun(self._services, self._stream, self._owner.window(), self.settings)

    def close_all(self) -> None:
        """The window closes, and so do its dialogs."""
        for dialog in self._dialogs.values():
            if isinstance(dialog, Ending):
                dialog.shut_down()
            dialog.close()

    def _show(self, name: str, make: Callable[[], QDialog]) -> QDialog:
        if name not in self._dialogs:
            self._dialogs[name] = make()
        dialog = self._dialogs[name]
        dialog.show()
        dialog.raise_()
        dialog.activateWindow()
        return dialog

"""How the engine is, and the way to start it again: after it gave up, or so that it looks for sound servers anew."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QWidget

from app.window.link.link import EngineLink
from app.window.words import marked, translate
from engine.live.layout import State

__all__ = ["RESTART_TIP", "EngineRow"]

RESTART_TIP = marked(
    "Settings", "Ends the sound for some seconds, finishes a recording, finds sound servers that were started since"
)
_TEXTS: dict[int, str] = {
    State.STARTING: marked("Settings", "starting …"),
    State.PLAYING: marked("Settings", "plays"),
    State.SILENT: marked("Settings", "plays, and no device gives it to be heard"),
    State.FAILED: marked("Settings", "could not go on"),
    State.STOPPED: marked("Settings", "has ended"),
}


class EngineRow(QWidget):
    """State and button.

    Args:
        say: shows a line where the page shows its answers; refused: one that says why not.
    """

    def __init__(
        self,
        link: EngineLink,
        say: Callable[[str], None],
        refused: Callable[[str], None],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._link, self._say, self._refused, self._is_asked = link, say, refused, False
        self.state, self.button = QLabel("–", self), QPushButton(self.tr("Restart the engine"), self)
        self.button.setStatusTip(translate("Settings", RESTART_TIP))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(12)
        row.addWidget(self.button)
        row.addWidget(self.state, 1)
        self.button.clicked.connect(self._restart)
        link.ready.connect(self._done)
        link.failed.connect(self._not_done)

    def show_state(self, state: State, restarts: int) -> None:
        """What the engine does; restarts: how often another one took over."""
        text = self.tr("is being restarted …") if self._is_asked else translate("Settings", _TEXTS.get(int(state), "–"))
        if restarts and not self._is_asked:
            once, often = self.tr("; restarted once"), self.tr("; restarted {0} times").format(restarts)
            text += once if restarts == 1 else often
        if text != self.state.text():
            self.state.setText(text)
        is_free = not self._is_asked and (state != State.STARTING or self._link.is_over)
        if is_free != self.button.isEnabled():
            self.button.setEnabled(is_free)

    def _restart(self) -> None:
        self._is_asked = True
        self.button.setEnabled(False)
        self._say(self.tr("The engine ends and starts again: it takes some seconds …"))
        self._link.restart(self._not_done)

    def _done(self) -> None:
        if self._is_asked:
            self._is_asked = False
            self._say(self.tr("The engine plays again"))

    def _not_done(self, line: str) -> None:
        if self._is_asked:
            self._is_asked = False
            self._refused(line)

"""Tying controllers to knobs: asks the engine to learn, says what came of it, and knows what was tied since.

A tie itself belongs to the engine, which keeps it beside its settings.
"""

from __future__ import annotations

from PySide6.QtCore import QObject

from accel.errors import SystoleError
from app.window.services import Services
from app.window.sound.shared import shared
from engine.live.protocol import Forget, Learn, Learned

__all__ = ["Learning"]


class Learning(QObject):
    """One for a window, see `of`."""

    def __init__(self, services: Services, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._services = services
        self._tied: dict[str, str] = {}
        services.link.learned.connect(self._learned)

    @staticmethod
    def of(services: Services) -> Learning:
        """The window's."""
        return shared(Learning, services)

    def controller(self, id: str) -> str | None:
        """What is known to be tied to a knob or parameter, as text; None: nothing, or nothing that was seen here."""
        return self._tied.get(id)

    def learn(self, id: str) -> None:
        """Tie the next controller that moves."""
        label = self._label(id)
        line = self.tr("Move a controller for {0}").format(label)
        self._services.link.ask(
            Learn(target=id),
            lambda _: self._services.notices.say("info", line, self.tr("Cancel"), self.cancel),
        )

    def cancel(self) -> None:
        """Learn nothing."""
        self._services.link.ask(Learn(target=None))

    def forget(self, id: str) -> None:
        """Untie what is tied to it."""
        line = self.tr("{0} follows no controller any more").format(self._label(id))

        def forgotten(_: object) -> None:
            self._tied.pop(id, None)
            self._services.notices.say("info", line)

        self._services.link.ask(Forget(target=id), forgotten)

    def _learned(self, notice: Learned) -> None:
        self._tied = {target: each for target, each in self._tied.items() if each != notice.controller}
        self._tied[notice.target] = notice.controller
        line = self.tr("{0} follows {1}").format(self._label(notice.target), notice.controller)
        self._services.notices.say("info", line, self.tr("Forget"), lambda: self.forget(notice.target))

    def _label(self, id: str) -> str:
        try:
            return self._services.document.sound.parameter(id).label
        except SystoleError:  # of a model that is not played just now
            return id.rpartition(".")[2]

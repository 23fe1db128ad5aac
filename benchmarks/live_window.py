"""The real window as the load of an owner: all its panels on a real screen, one page after the other.

It paints what the engine plays, and follows the patches that are changed under it, as it does for a musician.
"""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEventLoop, QTimer

from app.window.begin import begin
from app.window.clock import ACTIVE_MS
from app.window.link.port import EnginePort
from app.window.opened import Opened
from app.window.panels import PAGES
from engine.patch import read_patch

__all__ = ["LoadWindow"]

PAGE_MS = 3000


class LoadWindow:
    """The window of an engine that is yet to be started.

    Args:
        patch: text of the patch that the engine will be started with.
    """

    def __init__(self, engine: EnginePort, patch: str) -> None:
        self._opened = Opened(engine, begin(read_patch(patch, "patch")))
        self._frames = self._page = 0

    def run(self, tick: Callable[[], bool]) -> int:
        """Show it until `tick`, which is called sixty times a second, is false; frames that the window was given."""
        loop, timer, turner = QEventLoop(), QTimer(), QTimer()
        timer.timeout.connect(lambda: None if tick() else loop.quit())
        turner.timeout.connect(self._turn)
        self._opened.services.clock.frame.connect(self._count)
        timer.start(ACTIVE_MS)
        turner.start(PAGE_MS)
        loop.exec()
        timer.stop()
        turner.stop()
        broken = [panel.windowTitle() for panel in self._opened.window.panels.values() if panel.is_broken]
        assert not broken, f"panels have failed: {', '.join(broken)}"
        self._opened.end()
        return self._frames

    def _count(self) -> None:
        self._frames += 1

    def _turn(self) -> None:
        self._page = (self._page + 1) % len(PAGES)
        self._opened.window.show_page(list(PAGES)[self._page])

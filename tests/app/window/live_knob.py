"""A panel with one knob, and a note that sounds all the time: for the measurement of how soon a knob is heard.

The times of its edits, in ns of the monotonic clock, go to the file that SYSTOLE_TEST_EDITS names, after a line that
says where on the screen the knob is.
"""

from __future__ import annotations

import os
import time
from pathlib import Path

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QVBoxLayout

from app.window.panel import Panel
from app.window.services import Services
from app.window.session.document import Change
from app.window.widgets.knob import Knob
from engine.midi.rows import note_on
from engine.parameters import parameter

__all__ = ["LevelPanel"]

NOTE = 84


class LevelPanel(Panel):
    """The level of the sound."""

    def __init__(self, services: Services) -> None:
        super().__init__(services)
        self.knob = Knob(parameter("voice.level"), services.theme, self, side=120)
        QVBoxLayout(self).addWidget(self.knob)
        self.knob.edited.connect(self._edited)
        self.knob.held.connect(services.document.hold)
        self.knob.released.connect(services.document.release)
        QTimer.singleShot(1000, self, self._tell_place)
        services.link.ready.connect(lambda: services.link.play([note_on(0, 0, NOTE, 100.0)]))

    def _tell_place(self) -> None:
        place = self.knob.mapToGlobal(self.knob.rect().center())
        Path(os.environ["SYSTOLE_TEST_EDITS"]).write_text(f"{place.x()} {place.y()}\n")

    def show_sound(self, change: Change | None) -> None:
        self.knob.show_number(self.services.document.sound.number("voice.level"))

    def _edited(self, number: float) -> None:
        now = time.perf_counter_ns()
        self.services.document.set_number("voice.level", number)
        with Path(os.environ["SYSTOLE_TEST_EDITS"]).open("a") as file:
            file.write(f"{now} {number}\n")


def main() -> None:
    """A window with this panel and an engine, until it is closed."""
    import threading

    from app.window.begin import begin
    from app.window.opened import Opened
    from app.window.panels import Area, PanelSpec
    from engine.live.client import Engine
    from engine.live.options import Options
    from engine.live.protocol import OpenStream
    from engine.patch import load_patch

    panels = (PanelSpec("knobs", "Model", Area.KNOBS, "tests.app.window.live_knob:LevelPanel"),)
    with Engine() as engine:
        beginning = begin(load_patch("steady"))
        with Opened(engine, beginning, panels=panels) as opened:
            engine.start(Options(patch=beginning.text, stream=OpenStream(), midi=None))
            opened.run(threading.Event(), None)


if __name__ == "__main__":
    main()

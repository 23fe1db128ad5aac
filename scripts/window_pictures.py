"""Take the pictures of the window for README and docs: `python scripts/window_pictures.py [NAME...]`.

The real window with the real engine, on a screen in memory and without a sound card, while it plays the demo piece:
what is seen is what it does. A folder of its own stands for the user's: nothing of whoever runs it is in a picture.
Panels that are not there leave an empty place and a line on stderr.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QEventLoop, QTimer
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import QComboBox, QPushButton, QToolButton, QWidget

from accel.atomic import atomic_path
from accel.formats import RATE
from app.window.array.timeline_view import TimelineView
from app.window.begin import begin
from app.window.opened import Opened, application
from app.window.preferences import Preferences, save_preferences
from engine.events import Kind
from engine.live.client import Engine
from engine.live.options import Options
from engine.midi.rows import Row
from engine.patch import load_patch
from engine.score import load_midi

ROOT = Path(__file__).resolve().parents[1]
PICTURES = ROOT / "docs" / "pictures"
PIECE = ROOT / "presets" / "demo" / "bach_bwv66_6.mid"
FROM = 4.0
"""s of the piece that are left out: there, all voices sing."""
READY_SECONDS = 300.0
SECONDS = 3.0
"""Of music before a picture is taken: scopes are filled, schedules computed, spectra have settled."""


@dataclass(frozen=True)
class Shot:
    """A picture `window_NAME.png`.

    Attributes:
        size: of the window, in pixels; panel: only this one is shown, None: the whole window.
        act: what a person does before it is taken.
        is_first: nobody has played yet.
    """

    name: str
    page: str
    patch: str
    theme: str = "dark"
    size: tuple[int, int] = (1280, 760)
    panel: str | None = None
    act: Callable[[Opened], None] | None = None
    is_first: bool = False
    has_music: bool = True


def _one(inside: QWidget, kind: type[QWidget], name: str) -> QWidget | None:
    """The control with a name or a text; None: there is none, as where a panel is missing."""
    for each in inside.findChildren(kind):
        if name in (each.accessibleName(), getattr(each, "text", str)()):
            return each
    return None


def _press(inside: QWidget, name: str) -> None:
    button = _one(inside, QToolButton, name) or _one(inside, QPushButton, name)
    if isinstance(button, QToolButton | QPushButton):
        button.click()


def _choose(inside: QWidget, name: str, number: int) -> None:
    box = _one(inside, QComboBox, name)
    if isinstance(box, QComboBox):
        box.setCurrentIndex(number)
        wait(0.5)


def wave(opened: Opened) -> None:
    """The array stands where a wave of steps begins to run through it."""
    for timeline in opened.window.findChildren(TimelineView):
        timeline.sought.emit(round(0.31 * timeline.maximum()))
        timeline.stepped.emit("tile", 1)
        for _ in range(6):
            timeline.stepped.emit("cycle", 1)


def large_array(opened: Opened) -> None:
    """The same on the bigger FPGA."""
    _choose(opened.window, "FPGA", 1)
    wave(opened)


def whole_frame(opened: Opened) -> None:
    """How busy each element is."""
    _press(opened.window, "Whole frame")


SHOTS = (
    Shot("play", "play", "choir"),
    Shot("play_light", "play", "bass", "light"),
    Shot("smallest", "play", "keys", size=(1024, 640)),
    Shot("browser", "play", "bell", size=(1600, 900)),
    Shot("first", "play", "keys", is_first=True, has_music=False),
    Shot("modulate", "modulate", "wobble"),
    Shot("modulate_light", "modulate", "pad", "light"),
    Shot("analyse", "analyse", "strings"),
    Shot("array", "array", "bass", act=wave),
    Shot("array_large", "array", "bass", "light", (1440, 900), act=large_array),
    Shot("array_panel", "array", "bass", panel="array", act=wave),
    Shot("array_frame", "array", "bass", panel="array", act=whole_frame),
)


def wait(seconds: float) -> None:
    """Let the window live."""
    loop = QEventLoop()
    QTimer.singleShot(round(1000 * seconds), loop.quit)
    loop.exec()


def music(seconds: float) -> list[tuple[float, Row]]:
    """Key presses of the demo piece with the second in which each is due, all for the first channel."""
    found = []
    for event in load_midi(PIECE).events:
        due = float(event["time"]) / RATE - FROM
        if event["kind"] in (Kind.NOTE_ON, Kind.NOTE_OFF) and 0 <= due < seconds:
            found.append((due, (0, int(event["kind"]), 0, int(event["index"]), float(event["value"]))))
    return found


def play(opened: Opened, seconds: float) -> None:
    """Play for a while, by the clock; what is held at the end goes on sounding."""
    began, waiting = time.perf_counter(), music(seconds)
    while time.perf_counter() - began < seconds:
        now = time.perf_counter() - began
        due, waiting = [row for at, row in waiting if at <= now], [each for each in waiting if each[0] > now]
        if due:
            opened.services.link.play(due)
        wait(0.01)


@contextmanager
def window(shot: Shot) -> Iterator[Opened]:
    """A window that plays, in a folder of its own."""
    with tempfile.TemporaryDirectory() as folder, Engine() as engine:
        os.environ["SYSTOLE_HOME"] = folder
        save_preferences(Preferences(theme=shot.theme, page=shot.page, has_played=not shot.is_first))  # type: ignore[arg-type]
        beginning = begin(load_patch(shot.patch))
        opened = Opened(engine, beginning)
        opened.window.resize(*shot.size)
        try:
            engine.start(Options(patch=beginning.text, stream=None, midi=None))
            engine.wait_ready(READY_SECONDS)
            yield opened
        finally:
            opened.window.close()
            opened.close()
            opened.window.deleteLater()
            application().processEvents()


def take(shot: Shot) -> QPixmap:
    """One picture."""
    with window(shot) as opened:
        wait(0.5)
        if shot.has_music:
            play(opened, SECONDS)
        if shot.act is not None:
            shot.act(opened)
            wait(0.2)
        for message in opened.services.notices.history:
            if message.level == "error":
                print(f"{shot.name}: {message.text}", file=sys.stderr)
        seen = opened.window if shot.panel is None else opened.window.panels[shot.panel]
        return seen.grab()


def main(names: list[str]) -> None:
    """Take all pictures, or those of the names that were given."""
    known = {shot.name: shot for shot in SHOTS}
    unknown = [name for name in names if name not in known]
    if unknown:
        sys.exit(f"no picture {', '.join(unknown)}; there are {', '.join(known)}")
    application()
    PICTURES.mkdir(parents=True, exist_ok=True)
    for shot in [known[name] for name in names] or SHOTS:
        picture = take(shot)
        target = PICTURES / f"window_{shot.name}.png"
        with atomic_path(target) as temporary:
            if not picture.save(str(temporary), "PNG"):
                raise OSError(f"{target} cannot be written")
        print(target.relative_to(ROOT))


if __name__ == "__main__":
    main(sys.argv[1:])

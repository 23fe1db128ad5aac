"""Take the pictures of the window for README and docs: `python scripts/window_pictures.py [NAME...]`.

The real window with the real engine, on a screen in memory and without a sound card, while it plays the demo piece:
what is seen is what it does. A folder of its own stands for the user's: nothing of whoever runs it is in a picture.
Panels that are not there leave an empty place and a line on stderr. Pictures that show a sound device have a JACK
server without hardware, and are left out, with a line, where there is no `jackd`. They are kept with 256 colours: a
third of the size for what nobody sees.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, fields
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import numpy as np
from PIL import Image
from PySide6.QtCore import QBuffer, QIODevice
from PySide6.QtGui import QPixmap
from window_acts import (
    PIECE,
    action,
    armed,
    gesture,
    large_array,
    newest_dialog,
    render,
    settings,
    wait,
    wave,
    whole_frame,
)

from accel.atomic import atomic_path
from accel.formats import RATE
from app.window.begin import begin
from app.window.opened import Opened, application
from app.window.preferences import Preferences, save_preferences
from app.window.theme.colours import DARK, LIGHT
from app.window.timbre.map_picture import shade
from benchmarks.live_jack import jack_server
from engine.events import Kind
from engine.live.client import Engine
from engine.live.options import Options
from engine.live.protocol import MidiPorts, OpenStream
from engine.midi.rows import Row
from engine.patch import load_patch
from engine.score import load_midi

ROOT = Path(__file__).resolve().parents[1]
PICTURES = ROOT / "docs" / "pictures"
FROM = 4.0
"""s of the piece that are left out: there, all voices sing."""
READY_SECONDS = 300.0
SECONDS = 3.0
"""Of music before a picture is taken: scopes are filled, schedules computed, spectra have settled."""
LONG = 10.5
"""The same where ten seconds are seen."""
COLOURS, EXACT = 256, 112
"""Of a picture, and how many of them are the most frequent ones, unchanged: colours here have meanings."""
SCALE = "QT_SCALE_FACTOR"


@dataclass(frozen=True)
class Shot:
    """A picture `window_NAME.png`.

    Attributes:
        size: of the window, in pixels; panel: only this one is shown, None: the whole window.
        act: what a person does before it is taken.
        is_first: nobody has played yet.
        seconds: of music; 0: nothing is played.
        has_device: the sound goes to a sound server, and MIDI ports are open.
        dialog: the dialog that is on top is shown instead of the window.
        scale: pixels of the picture for one of the layout.
    """

    name: str
    page: str
    patch: str
    theme: str = "dark"
    size: tuple[int, int] = (1280, 760)
    panel: str | None = None
    act: Callable[[Opened], None] | None = None
    is_first: bool = False
    seconds: float = SECONDS
    has_device: bool = False
    dialog: bool = False
    scale: int = 1


SHOTS = (
    Shot("play", "play", "choir"),
    Shot("play_light", "play", "bass", "light"),
    Shot("smallest", "play", "keys", size=(1024, 640)),
    Shot("browser", "play", "bell", size=(1600, 900)),
    Shot("first", "play", "keys", is_first=True, seconds=0, has_device=True),
    Shot("gesture", "play", "lead", "light", act=gesture),
    Shot("double", "play", "bell", size=(1024, 640), scale=2),
    Shot("modulate", "modulate", "wobble"),
    Shot("modulate_light", "modulate", "pad", "light", act=armed),
    Shot("analyse", "analyse", "strings", seconds=LONG),
    Shot("keys", "play", "keys", dialog=True, seconds=0, act=action("help")),
    Shot("render", "play", "keys", dialog=True, seconds=0, act=render),
    Shot("settings_audio", "play", "keys", dialog=True, has_device=True, act=settings("audio")),
    Shot("settings_midi", "play", "keys", dialog=True, has_device=True, act=settings("midi")),
    Shot("settings_cv", "play", "keys", "light", dialog=True, has_device=True, act=settings("cv")),
    Shot("array", "array", "bass", act=wave),
    Shot("array_large", "array", "bass", "light", (1440, 900), act=large_array),
    Shot("array_panel", "array", "bass", panel="array", act=wave),
    Shot("array_frame", "array", "bass", panel="array", act=whole_frame),
)


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
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        os.environ["SYSTOLE_HOME"] = folder
        if shot.has_device:
            stack.enter_context(jack_server(Path(folder), period=1024))
        engine = stack.enter_context(Engine())
        save_preferences(Preferences(theme=shot.theme, page=shot.page, has_played=not shot.is_first))  # type: ignore[arg-type]
        beginning = begin(load_patch(shot.patch))
        opened = Opened(engine, beginning)
        opened.window.resize(*shot.size)
        try:
            stream, midi = (OpenStream(), MidiPorts()) if shot.has_device else (None, None)
            engine.start(Options(patch=beginning.text, stream=stream, midi=midi))
            engine.wait_ready(READY_SECONDS)
            yield opened
        finally:
            opened.end()


def take(shot: Shot) -> QPixmap:
    """One picture."""
    with window(shot) as opened:
        wait(0.5)
        if shot.seconds:
            play(opened, shot.seconds)
        if shot.act is not None:
            shot.act(opened)
            wait(0.2)
        for message in opened.services.notices.history:
            if message.level == "error":
                print(f"{shot.name}: {message.text}", file=sys.stderr)
        seen = opened.window if shot.panel is None else opened.window.panels[shot.panel]
        return ((newest_dialog() if shot.dialog else None) or seen).grab()


def _few_colours(picture: Image.Image) -> Image.Image:
    """With a table of colours: those of the theme and the most frequent ones as they are, others by the nearest."""
    pixels = np.asarray(picture)
    found, places, counts = np.unique(pixels.reshape(-1, 3), axis=0, return_inverse=True, return_counts=True)
    named = [getattr(palette, field.name) for palette in (DARK, LIGHT) for field in fields(palette)]
    words = [each for value in named for each in (value.values() if isinstance(value, Mapping) else [value])]
    noise = np.linspace(0.0, 1.0, 48)[::4]
    scales = [shade(np.full(len(noise), 0.6), noise, palette) for palette in (DARK, LIGHT)]
    meant = np.array([tuple(bytes.fromhex(each[1:])) for each in words if each.startswith("#")], np.uint8)
    meant = np.concatenate([meant, *scales])
    is_meant = (found[:, None] == meant).all(axis=2).any(axis=1)
    order = np.argsort(-(counts + is_meant * counts.sum()))
    exact, rest = found[order[:EXACT]], found[order[EXACT:]]
    table = exact
    if len(rest):
        amid = Image.fromarray(rest[None]).quantize(COLOURS - EXACT, method=Image.Quantize.MEDIANCUT)
        table = np.concatenate([table, np.asarray(amid.getpalette(), np.uint8).reshape(-1, 3)[: COLOURS - EXACT]])
    # nearest by ourselves: Pillow's own search is rough, and would tint whole panels
    away = ((found[:, None].astype(np.int32) - table.astype(np.int32)) ** 2).sum(axis=2)
    few = Image.fromarray(away.argmin(axis=1).astype(np.uint8)[places].reshape(pixels.shape[:2]), "P")
    few.putpalette(table.tobytes())
    return few


def save(picture: QPixmap, target: Path) -> None:
    """Write it with few colours."""
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    picture.save(buffer, "PPM")
    size = (picture.width(), picture.height())
    rgb = Image.frombytes("RGB", size, bytes(buffer.data().data())[-3 * size[0] * size[1] :])
    few = _few_colours(rgb)
    with atomic_path(target) as temporary:
        few.save(temporary, "PNG", optimize=True)
    print(target.relative_to(ROOT))


def is_left(shot: Shot) -> bool:
    """Whether it is taken elsewhere, or cannot be: scale belongs to the process."""
    if shot.has_device and shutil.which("jackd") is None:
        print(f"{shot.name}: left out, there is no jackd", file=sys.stderr)
        return True
    if shot.scale == 1 or os.environ.get(SCALE):
        return False
    subprocess.run([sys.executable, __file__, shot.name], env={**os.environ, SCALE: str(shot.scale)}, check=True)
    return True


def main(names: list[str]) -> None:
    """Take all pictures, or those of the names that were given."""
    known = {shot.name: shot for shot in SHOTS}
    unknown = [name for name in names if name not in known]
    if unknown:
        sys.exit(f"no picture {', '.join(unknown)}; there are {', '.join(known)}")
    application()
    os.chdir(PIECE.parent)
    PICTURES.mkdir(parents=True, exist_ok=True)
    for shot in [known[name] for name in names] or SHOTS:
        if not is_left(shot):
            save(take(shot), PICTURES / f"window_{shot.name}.png")


if __name__ == "__main__":
    main(sys.argv[1:])

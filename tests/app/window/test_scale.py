"""Another scale of the screen, and a move to a screen of another: everything is drawn anew, as sharp as it can be."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QImage

from tests.app.support import ROOT

SHOW = """
import sys
from PySide6.QtCore import QEventLoop, QPoint, QTimer
from app.window.begin import begin
from app.window.opened import Opened
from app.window.panels import PAGES
from engine.patch import load_patch
from tests.app.window.fake_engine import FakeEngine

def live(seconds):
    loop = QEventLoop()
    QTimer.singleShot(round(1000 * seconds), loop.quit)
    loop.exec()

folder, moves = sys.argv[1], sys.argv[2] == "moves"
with Opened(FakeEngine(2), begin(load_patch("plain"))) as opened:
    window = opened.window
    window.resize(1024, 640)
    if moves:
        for name in PAGES:
            window.show_page(name)
            live(0.1)
        other = window.screen().virtualSiblings()[1]
        window.windowHandle().setScreen(other)
        window.move(other.geometry().topLeft() + QPoint(10, 10))
        live(0.2)
    for name in ("modulate", "play"):
        window.show_page(name)
        live(0.2)
        window.grab().save(f"{folder}/{name}.png")
    broken = [each.windowTitle() for each in window.panels.values() if each.is_broken]
    print(window.devicePixelRatioF(), window.width(), window.height(), *broken)
"""
SCREENS = [{"name": name, "x": x, "y": 0, "width": 2560, "height": 1600} for name, x in (("one", 0), ("two", 2560))]


def shown(folder: Path, home: Path, scale: str, *, moves: bool) -> list[str]:
    """What a window says of itself, whose pictures go into a folder; scales as QT_SCREEN_SCALE_FACTORS has them."""
    folder.mkdir()
    (folder / "screens.json").write_text(json.dumps({"screens": SCREENS}))
    (home / "window.json").write_text('{"schema": 1, "has_played": true}')
    environment = {
        **os.environ,
        "QT_QPA_PLATFORM": f"offscreen:configfile={folder / 'screens.json'}",
        "QT_SCREEN_SCALE_FACTORS": scale,
        "SYSTOLE_HOME": str(home),
        "PYTHONPATH": str(ROOT),
    }
    command = [sys.executable, "-c", SHOW, str(folder), "moves" if moves else "stays"]
    done = subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout.split()


def pixels(path: Path) -> NDArray[np.uint8]:
    picture = QImage(str(path)).convertToFormat(QImage.Format.Format_RGB888)
    rows = np.frombuffer(picture.constBits(), np.uint8).reshape(picture.height(), picture.bytesPerLine())
    return rows[:, : 3 * picture.width()].reshape(picture.height(), picture.width(), 3).copy()


def test_a_window_that_moves_to_a_finer_screen_looks_as_if_made_there(user_folder: Path, tmp_path: Path) -> None:
    assert shown(tmp_path / "native", user_folder, "one=2;two=2", moves=False) == ["2.0", "1024", "640"]
    assert shown(tmp_path / "moved", user_folder, "one=1;two=2", moves=True) == ["2.0", "1024", "640"]
    for name in ("play", "modulate"):
        native, moved = (pixels(tmp_path / each / f"{name}.png") for each in ("native", "moved"))
        assert native.shape == moved.shape == (1280, 2048, 3)
        assert np.mean(np.abs(native.astype(int) - moved).max(axis=2) > 32) <= 0.001, name


def test_a_scale_of_one_and_a_half_is_whole(user_folder: Path, tmp_path: Path) -> None:
    assert shown(tmp_path / "a", user_folder, "one=1.5;two=1.5", moves=False) == ["1.5", "1024", "640"]
    assert pixels(tmp_path / "a" / "play.png").shape == (960, 1536, 3)

"""Files that are dropped on the window are brought in; what is not ours is left alone, what is broken is a line."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.window.browser.drop import local_files
from tests.app.window.browser.conftest import Bench
from tests.app.window.conftest import PATCH

NO_KEYS, LEFT = Qt.KeyboardModifier.NoModifier, Qt.MouseButton.LeftButton
BOTH = Qt.DropAction.CopyAction | Qt.DropAction.MoveAction


def mime(*paths: Path) -> QMimeData:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    return data


def drop(bench: Bench, *paths: Path) -> bool:
    data = mime(*paths)
    enter = QDragEnterEvent(QPoint(500, 300), BOTH, data, LEFT, NO_KEYS)
    QApplication.sendEvent(bench.window, enter)
    event = QDropEvent(QPointF(500, 300), BOTH, data, LEFT, NO_KEYS)
    if enter.isAccepted():
        assert enter.dropAction() == Qt.DropAction.CopyAction  # whatever is dropped stays where it is
        QApplication.sendEvent(bench.window, event)
    return enter.isAccepted()


@pytest.fixture
def outside(tmp_path: Path) -> Path:
    folder = tmp_path / "outside"
    folder.mkdir()
    (folder / "gong.toml").write_text(PATCH.format("Gong", 0.5))
    return folder


def test_a_dropped_sound_is_ones_own_and_plays(bench: Bench, outside: Path, user_folder: Path, qtbot: QtBot) -> None:
    assert drop(bench, outside / "gong.toml")
    qtbot.waitUntil(lambda: bench.document.sound.patch.name == "Gong", timeout=10_000)
    assert bench.document.sound.path == user_folder / "patches" / "Gong.toml"
    assert (outside / "gong.toml").exists()
    assert "Gong" in bench.titles
    assert drop(bench, outside / "gong.toml")
    qtbot.waitUntil(lambda: bench.lines[-1] == "Gong was there already")


def test_a_folder_with_its_model_is_brought_in_whole(
    bench: Bench, outside: Path, user_folder: Path, qtbot: QtBot
) -> None:
    (outside / "a.toml").write_text(PATCH.format("A", 0.5).replace("tiny", "mine"))
    (outside / "bad.toml").write_text("nonsense")
    model = user_folder / "models" / "tiny.safetensors"
    shutil.copy(model, outside / "mine.safetensors")
    model.unlink()
    assert drop(bench, outside)
    qtbot.waitUntil(lambda: "A" in bench.titles, timeout=10_000)
    assert any("bad.toml" in line for line in bench.lines)
    assert any("gong.toml: it needs the model tiny" in line for line in bench.lines)
    assert bench.lines[-1] == "2 new files among your sounds and models"
    assert bench.document.sound.patch.name == "Plain"  # many are not loaded


def test_a_broken_file_is_a_line(bench: Bench, tmp_path: Path, qtbot: QtBot) -> None:
    (tmp_path / "x.toml").write_text("nonsense")
    drop(bench, tmp_path / "x.toml")
    qtbot.waitUntil(lambda: any("x.toml: not valid TOML" in line for line in bench.lines))


def test_an_empty_folder_is_a_line(bench: Bench, tmp_path: Path, qtbot: QtBot) -> None:
    (tmp_path / "empty").mkdir()
    drop(bench, tmp_path / "empty")
    qtbot.waitUntil(lambda: any("neither a sound nor a model" in line for line in bench.lines))


def test_other_things_are_not_taken(bench: Bench, tmp_path: Path) -> None:
    assert not drop(bench, tmp_path / "song.mid")
    data = QMimeData()
    data.setUrls([QUrl("https://example.org/x.toml")])
    assert local_files(data) == []

"""Rendering from the window: a real process, its progress, its end, its cancelling, which leaves nothing behind."""

from __future__ import annotations

from pathlib import Path

import mido
import pytest
import soundfile
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent
from pytestqt.qtbot import QtBot

from app.window.opened import Opened
from app.window.render.render_dialog import RenderDialog
from tests.app.support import ROOT
from tests.app.window.checks import same_picture, unnamed, unreachable
from tests.app.window.conftest import Open

SECONDS = 120_000
"""ms; the first of all compiles."""


@pytest.fixture
def opened(open_window: Open, monkeypatch: pytest.MonkeyPatch) -> Opened:
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    return open_window()


@pytest.fixture
def dialog(opened: Opened) -> RenderDialog:
    found = RenderDialog(opened.services, opened.window)
    found.show()
    return found


@pytest.fixture
def tune(tmp_path: Path) -> Path:
    return midi_file(tmp_path / "tune.mid", 1)


def midi_file(path: Path, notes: int) -> Path:
    file, track = mido.MidiFile(ticks_per_beat=480), mido.MidiTrack()
    file.tracks.append(track)
    for number in range(notes):
        track.append(mido.Message("note_on", note=60 + number % 12, velocity=90))
        track.append(mido.Message("note_off", note=60 + number % 12, time=480))
    file.save(path)
    return path


def files(folder: Path) -> set[str]:
    return {each.name for each in folder.iterdir() if each.is_file()}


def test_a_tune_is_rendered_with_the_sound_that_plays(
    opened: Opened, dialog: RenderDialog, tune: Path, qtbot: QtBot
) -> None:
    parts: list[float] = []
    dialog.job.progressed.connect(parts.append)
    dialog.set_source(tune)
    assert dialog.target.text() == str(tune.with_suffix(".wav"))
    assert dialog.sound.currentText() == "Plain, as it is now"
    with qtbot.waitSignal(dialog.job.done, timeout=SECONDS):
        dialog.go.click()
        assert dialog.stop.isEnabled()
        assert not dialog.source.isEnabled()
    sound, rate = soundfile.read(tune.with_suffix(".wav"))
    assert rate == 48_000
    assert 0.5 < len(sound) / rate < 2.0
    assert abs(sound).max() > 0
    assert dialog.answer.text().startswith("tune.wav: 0:0")
    assert dialog.show_file.isVisible()
    assert parts[-1] == 1.0
    assert parts == sorted(parts)
    assert files(tune.parent) == {"tune.mid", "tune.wav"}


def test_what_is_cancelled_leaves_nothing_behind(
    opened: Opened, dialog: RenderDialog, tmp_path: Path, qtbot: QtBot
) -> None:
    long = midi_file(tmp_path / "long.mid", 5000)
    (tmp_path / "long.wav").write_text("an older one")
    dialog.set_source(long)
    with qtbot.waitSignal(dialog.job.progressed, timeout=SECONDS):
        dialog.go.click()
    with qtbot.waitSignal(dialog.job.cancelled, timeout=SECONDS):
        dialog.stop.click()
    assert dialog.answer.text() == "Cancelled: nothing was written"
    assert files(tmp_path) == {"long.mid", "long.wav"}
    assert (tmp_path / "long.wav").read_text() == "an older one"
    assert dialog.go.isEnabled()


@pytest.mark.slow
@pytest.mark.parametrize("how", ["shut down", "killed"])
def test_neither_does_what_is_ended_with_the_window_or_killed(
    opened: Opened, dialog: RenderDialog, tmp_path: Path, qtbot: QtBot, how: str
) -> None:
    dialog.set_source(midi_file(tmp_path / "long.mid", 5000))
    with qtbot.waitSignal(dialog.job.progressed, timeout=SECONDS):
        dialog.go.click()
    if how == "shut down":
        dialog.shut_down()
    else:
        assert dialog.job._process is not None
        dialog.job._process.kill()
        qtbot.waitUntil(lambda: not dialog.job.is_running)
    assert files(tmp_path) == {"long.mid"}


def test_what_is_wrong_with_the_file_is_said(dialog: RenderDialog, tmp_path: Path, qtbot: QtBot) -> None:
    dialog.go.click()
    assert dialog.answer.text() == "the file to render: there is no such file"
    broken = tmp_path / "broken.mid"
    broken.write_bytes(b"no MIDI at all")
    dialog.set_source(broken)
    with qtbot.waitSignal(dialog.job.failed, timeout=SECONDS):
        dialog.go.click()
    assert "broken.mid" in dialog.answer.text()
    assert dialog.answer.property("role") == "error"
    assert files(tmp_path) == {"broken.mid"}


def test_a_file_may_be_dropped(dialog: RenderDialog, tune: Path) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(tune))])
    event = QDropEvent(
        QPointF(5, 5), Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    )
    dialog.dropEvent(event)
    assert dialog.source.text() == str(tune)


def test_it_looks_as_it_did(opened: Opened, dialog: RenderDialog) -> None:
    dialog.source.setText("/music/tune.mid")
    dialog.target.setText("/music/tune.wav")
    dialog._progressed(0.4)
    assert unreachable(dialog) == []
    assert unnamed(dialog) == []
    for theme in ("dark", "light"):
        opened.services.theme.set_mode(theme)
        same_picture(dialog, f"render_{theme}")

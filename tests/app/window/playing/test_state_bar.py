"""The header's right: what is shown is what the engine counts; recording, panic and their lines."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest
from PySide6.QtCore import QSize, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from accel.errors import SystoleError
from app.window.clock import Frame
from app.window.opened import Opened
from app.window.panels import Area, PanelSpec
from app.window.playing.keys_panel import KeysPanel
from app.window.playing.recording import length_text, recording_path
from app.window.playing.state_bar import StateBar
from app.window.playing.stream_watch import StreamWatch
from engine.events import Kind
from engine.live.layout import State
from engine.live.protocol import (
    DescribeRecording,
    DescribeStream,
    Panic,
    Ready,
    RecordingStarted,
    RecordingStopped,
    StartRecording,
    StopRecording,
    StreamChanged,
)
from tests.app.window.checks import paint_seconds, same_picture, unnamed, unreachable
from tests.app.window.conftest import Open
from tests.app.window.fake_engine import FakeEngine
from tests.app.window.playing.typing import key_down

STATE = PanelSpec("state", "State", Area.STATE, "app.window.playing.state_bar:StateBar")
KEYS = PanelSpec("keys", "Keyboard", Area.KEYS, "app.window.playing.keys_panel:KeysPanel")
LEFT = Qt.MouseButton.LeftButton
SIZE = QSize(408, 42)


@pytest.fixture
def opened(open_window: Open, qtbot: QtBot) -> Opened:
    found = open_window(STATE, KEYS)
    found.services.remembered.change(has_played=True)
    return found


@pytest.fixture
def bar(opened: Opened) -> StateBar:
    found = opened.window.panels["state"]
    assert isinstance(found, StateBar)
    return found


def ticks(opened: Opened, count: int = 6) -> None:
    for _ in range(count):
        opened.services.clock.tick()


def test_it_shows_voices_load_and_level(opened: Opened, bar: StateBar, engine: FakeEngine) -> None:
    engine.sound(440, 0.5, voices=5)
    engine.arrays["meters"]["load"] = 0.381
    ticks(opened)
    reading = bar.meters.reading
    assert (reading.voices, reading.allowed, reading.load, reading.text) == (5, 12, 38, "−6")
    assert reading.left == reading.right == reading.hold > 50
    engine.arrays["header"]["state"] = State.STARTING
    ticks(opened)
    assert bar.meters.reading.load is None


def test_lost_samples_are_shown_and_zero_is_not(opened: Opened, bar: StateBar, engine: FakeEngine) -> None:
    ticks(opened)
    assert bar.lost.isHidden()
    engine.arrays["counters"]["skipped_frames"] = 480
    engine.arrays["counters"]["ahead_missing"] = 480
    ticks(opened)
    assert bar.lost.isVisible()
    assert bar.lost.text() == "lost 20 ms"
    QTest.mouseClick(bar.lost, LEFT)
    assert bar.tools._dialogs["settings"].isVisible()
    ticks(opened)
    assert bar.lost.isHidden()


def test_nothing_is_painted_where_nothing_changed(opened: Opened, bar: StateBar, monkeypatch: object) -> None:
    ticks(opened)
    updates: list[object] = []
    bar.meters.update = lambda *box: updates.append(box)  # type: ignore[method-assign]
    ticks(opened)
    assert updates == []


def test_panic_ends_everything(opened: Opened, bar: StateBar, engine: FakeEngine, qtbot: QtBot) -> None:
    keys = opened.window.panels["keys"]
    assert isinstance(keys, KeysPanel)
    opened.services.clock.tick()
    keys.player.hold(True)
    key_down(opened.window, Qt.Key.Key_A)
    keys.mod.setValue(100)
    QTest.mouseClick(bar.panic, LEFT)
    qtbot.waitUntil(lambda: any(isinstance(each, Panic) for each in engine.asked))
    assert engine.held == set()
    assert not keys.hold.isChecked()
    assert keys.mod.value() == 0
    assert engine.rows[-1] == (0, Kind.CONTROL, 0, 1, 0.0)


@pytest.mark.parametrize("how", ["Escape twice", "Ctrl+."])
def test_panic_by_keys(opened: Opened, bar: StateBar, engine: FakeEngine, qtbot: QtBot, how: str) -> None:
    if how == "Ctrl+.":
        QTest.keyClick(opened.window, Qt.Key.Key_Period, Qt.KeyboardModifier.ControlModifier)
    else:
        key_down(opened.window, Qt.Key.Key_Escape)
        key_down(opened.window, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: any(isinstance(each, Panic) for each in engine.asked))


def asked(engine: FakeEngine, kind: type) -> list[object]:
    return [each for each in engine.asked if isinstance(each, kind)]


def test_recording_has_a_time_and_a_way_to_its_file(
    opened: Opened, bar: StateBar, engine: FakeEngine, qtbot: QtBot, user_folder: Path
) -> None:
    shown: list[Path] = []
    bar.recording._show = shown.append
    engine.replies[StopRecording] = {"paths": ["/music/take.wav"], "seconds": 62.3, "line": None}
    QTest.mouseClick(bar.record, LEFT)
    qtbot.waitUntil(lambda: bar.recording.state == "on")
    (command,) = asked(engine, StartRecording)
    assert isinstance(command, StartRecording)
    assert Path(command.path).parent == user_folder / "recordings"
    assert command.path.endswith("Plain.wav")
    bar.recording._began -= 75
    ticks(opened)
    assert bar.record.text() == "1:15"
    assert bar.record.accessibleName() == "Stop recording"
    QTest.keyClick(opened.window, Qt.Key.Key_F9)
    qtbot.waitUntil(lambda: bar.recording.state == "off")
    message = opened.services.notices.history[-1]
    assert (message.text, message.label) == ("Recorded 1:02: take.wav", "Show")
    assert message.call is not None
    message.call()
    assert shown == [Path("/music/take.wav")]
    ticks(opened)
    assert bar.record.text() == ""


def test_a_recording_of_somebody_else_is_shown_and_can_be_stopped(
    opened: Opened, bar: StateBar, engine: FakeEngine, qtbot: QtBot
) -> None:
    engine.say(RecordingStarted("/music/by-command.wav", 3.0))
    qtbot.waitUntil(lambda: bar.recording.state == "on")
    assert 3.0 <= bar.recording.seconds < 20
    engine.replies[StopRecording] = {"paths": [], "seconds": 4.0, "line": None}
    QTest.mouseClick(bar.record, LEFT)
    qtbot.waitUntil(lambda: bar.recording.state == "off")
    assert opened.services.notices.history[-1].text == "Recorded 0:04: by-command.wav"


def test_an_engine_that_records_already_is_shown_so(
    opened: Opened, bar: StateBar, engine: FakeEngine, qtbot: QtBot
) -> None:
    engine.replies[DescribeRecording] = {"path": "/music/take-2.wav", "seconds": 65.0}
    engine.say(Ready(0.1))  # one that took over from one that died
    qtbot.waitUntil(lambda: bar.recording.state == "on")
    assert 65 <= bar.recording.seconds < 90


def test_where_the_sound_goes_is_asked_of_an_engine_that_plays(
    opened: Opened, engine: FakeEngine, qtbot: QtBot
) -> None:
    engine.replies[DescribeStream] = {
        "device": {"host": "JACK", "name": "system"}, "rate": 48_000, "block": 128, "latency": 0, "line": "",
    }  # fmt: skip
    watch = StreamWatch(opened.services.link)
    qtbot.waitUntil(lambda: watch.is_heard)
    assert watch.sentence == "The sound goes to system"


def test_an_answer_that_a_notice_has_overtaken_is_not_shown(opened: Opened, engine: FakeEngine, qtbot: QtBot) -> None:
    gate = threading.Event()

    def slow(_: object) -> dict[str, object]:
        gate.wait(10)
        return {"device": {"host": "JACK", "name": "old"}, "rate": 1, "block": 1, "latency": 0, "line": ""}

    engine.replies[DescribeStream] = slow
    watch = StreamWatch(opened.services.link)
    engine.say(StreamChanged(None, 48_000, 512, 0, "gone"))
    qtbot.waitUntil(lambda: watch.last is not None)
    gate.set()
    qtbot.wait(100)
    assert watch.last is not None and watch.last.device is None


def test_a_recording_that_cannot_begin_is_a_line(
    opened: Opened, bar: StateBar, engine: FakeEngine, qtbot: QtBot
) -> None:
    engine.replies[StartRecording] = SystoleError("recording: the disk is full")
    QTest.mouseClick(bar.record, LEFT)
    history = opened.services.notices.history
    qtbot.waitUntil(lambda: "recording: the disk is full" in [each.text for each in history])
    assert bar.recording.state == "off"


def test_a_recording_that_ends_by_itself_says_why(
    opened: Opened, bar: StateBar, engine: FakeEngine, qtbot: QtBot
) -> None:
    QTest.mouseClick(bar.record, LEFT)
    qtbot.waitUntil(lambda: bar.recording.state == "on")
    engine.say(RecordingStopped("/music/take.wav", 5.0, "the disk is full"))
    qtbot.waitUntil(lambda: bar.recording.state == "off")
    message = opened.services.notices.history[-1]
    assert (message.level, message.text) == ("warning", "Recorded 0:05: take.wav: the disk is full")


def test_a_folder_that_cannot_be_made_is_a_line(opened: Opened, bar: StateBar, user_folder: Path) -> None:
    (user_folder / "recordings").write_text("no folder")
    QTest.mouseClick(bar.record, LEFT)
    assert "cannot be written" in opened.services.notices.history[-1].text
    assert bar.recording.state == "off"


def test_names_of_recordings(tmp_path: Path) -> None:
    now = datetime(2026, 3, 4, 5, 6, 7)
    path = recording_path('a/b:"c"\n★ Ünï', now, tmp_path)
    assert path.name == "2026-03-04 05.06.07 a b c Ünï.wav"
    path.touch()
    assert recording_path('a/b:"c"\n★ Ünï', now, tmp_path).stem.endswith(" 2")
    assert recording_path("...", now, tmp_path).name == "2026-03-04 05.06.07.wav"


def test_lengths() -> None:
    assert [length_text(seconds) for seconds in (0, 7.9, 75, 3723)] == ["0:00", "0:07", "1:15", "1:02:03"]


def test_it_looks_as_it_did(opened: Opened, bar: StateBar, engine: FakeEngine, qtbot: QtBot) -> None:
    engine.sound(440, 0.7, voices=5)
    engine.arrays["meters"]["load"] = 0.38
    engine.arrays["counters"]["skipped_frames"] = 480
    ticks(opened)
    for theme in ("dark", "light"):
        opened.services.theme.set_mode(theme)
        same_picture(bar, f"state_{theme}", SIZE)


def test_every_control_is_reached_and_named(opened: Opened, bar: StateBar) -> None:
    assert unreachable(bar) == []
    assert unnamed(bar) == []
    assert bar.minimumSizeHint().width() <= 360


def test_a_frame_is_cheap(opened: Opened, bar: StateBar, engine: FakeEngine) -> None:
    frames: list[Frame] = []
    opened.services.clock.frame.connect(frames.append)
    opened.services.clock.tick()
    frame, meters = frames[0], engine.arrays["meters"]

    def move(number: int) -> None:
        meters["peak_left"] = meters["peak_right"] = 0.1 + 0.01 * (number % 60)
        meters["voices"] = number % 12
        bar.show_frame(replace(frame, snapshot=engine.snapshot(), number=number, is_sounding=True))

    seconds = paint_seconds(bar.meters, move)
    assert seconds < 0.5e-3, seconds

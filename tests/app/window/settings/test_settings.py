"""The settings ask the engine and show what it says; a refusal stands where it was asked for."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox
from pytestqt.qtbot import QtBot

from accel.errors import SystoleError
from app.window.opened import Opened
from app.window.playing.stream_watch import StreamWatch
from app.window.preferences import load_preferences
from app.window.settings.audio_page import AudioPage
from app.window.settings.cv_page import CvPage
from app.window.settings.look_page import LookPage
from app.window.settings.midi_page import MidiPage
from app.window.settings.settings_dialog import SettingsDialog
from engine.live.layout import State
from engine.live.protocol import (
    CalibrateCv,
    CloseStream,
    CvChannel,
    DeviceName,
    Forget,
    Learned,
    ListCv,
    ListDevices,
    ListPorts,
    MidiPorts,
    OpenStream,
    Ready,
    SetCv,
    Stop,
    StreamChanged,
    TestTone,
)
from tests.app.window.checks import same_picture, unnamed, unreachable
from tests.app.window.conftest import Open
from tests.app.window.fake_engine import FakeEngine

DEVICES = [
    {"host": "JACK", "name": "system", "rates": [48_000], "is_default": True},
    {"host": "ALSA", "name": "pulse", "rates": [48_000, 44_100], "is_default": False},
]
JACK = DeviceName("JACK", "system")
LED = {"channel": 1, "role": "knob:knob0", "volts_per_unit": -6.2, "offset": 0.05, "is_calibrated": True}
WAITING = {"channel": 3, "role": "gate", "volts_per_unit": 10.0, "offset": 0.0, "is_calibrated": False}
HERE = StreamChanged(JACK, 48_000, 128, 256, "JACK: system")
PORTS: dict[str, Any] = {
    "ports": [
        {"system": "JACK", "name": "a2j:Keystation", "is_open": False},
        {"system": "ALSA", "name": "Launchpad", "is_open": False},
        {"system": "ALSA", "name": "Keystation", "is_open": True},
    ],
    "names": "all",
    "virtual": True,
    "problem": "",
}
TIES = 'schema = 1\n[[control]]\ntarget = "amp.decay"\ncc = 21\nchannel = 1\n'


@pytest.fixture
def opened(open_window: Open, engine: FakeEngine) -> Opened:
    engine.replies[ListDevices] = DEVICES
    engine.replies[ListPorts] = PORTS
    return open_window()


@pytest.fixture
def dialog(opened: Opened, engine: FakeEngine, qtbot: QtBot, user_folder: Path) -> SettingsDialog:
    (user_folder / "midi.toml").write_text(TIES)
    watch = StreamWatch(opened.services.link)
    engine.say(HERE)
    qtbot.waitUntil(lambda: watch.is_heard)
    found = SettingsDialog(opened.services, watch, opened.window)
    found.show()
    return found


def page(dialog: SettingsDialog, name: str) -> Any:
    dialog.show_page(name)
    return dialog.page


def choose(box: QComboBox, text: str) -> None:
    box.setCurrentIndex(box.findText(text))
    assert box.currentText() == text
    box.activated.emit(box.currentIndex())


def asked(engine: FakeEngine, kind: type) -> list[Any]:
    return [each for each in engine.asked if isinstance(each, kind)]


def wait(qtbot: QtBot, is_so: Callable[[], object]) -> None:
    qtbot.waitUntil(lambda: bool(is_so()))


def test_it_shows_what_is_open(dialog: SettingsDialog, qtbot: QtBot) -> None:
    audio = page(dialog, "audio")
    assert isinstance(audio, AudioPage)
    wait(qtbot, lambda: audio.device.count() == 3)
    assert audio.device.currentText() == "JACK: system"
    assert (audio.rate.currentData(), audio.block.currentData()) == (48_000, 128)
    assert audio.answer.text() == "2 devices found"


def test_another_device_is_opened_at_once(dialog: SettingsDialog, engine: FakeEngine, qtbot: QtBot) -> None:
    audio = page(dialog, "audio")
    engine.replies[OpenStream] = {"line": "ALSA: pulse"}
    wait(qtbot, lambda: audio.device.count() == 3 and audio.device.isEnabled())
    choose(audio.device, "ALSA: pulse")
    wait(qtbot, lambda: audio.answer.text() == "ALSA: pulse")
    (request,) = asked(engine, OpenStream)
    assert (request.device, request.rate, request.block) == (DeviceName("ALSA", "pulse"), None, None)
    engine.say(StreamChanged(request.device, 44_100, 512, 0, ""))
    wait(qtbot, lambda: audio.rate.currentData() == 44_100)
    assert audio.block.currentData() == 512


def test_block_and_mode(dialog: SettingsDialog, engine: FakeEngine, qtbot: QtBot) -> None:
    audio = page(dialog, "audio")
    wait(qtbot, lambda: audio.device.count() == 3 and audio.block.isEnabled())
    choose(audio.block, "512 samples")
    wait(qtbot, lambda: asked(engine, OpenStream) and audio.mode.isEnabled())
    choose(audio.mode, "Safe: 3 blocks ahead")
    wait(qtbot, lambda: len(asked(engine, OpenStream)) == 2)
    first, second = asked(engine, OpenStream)
    assert (first.block, first.mode) == (512, "direct")
    assert (second.mode, second.ahead, second.device) == ("safe", 3, JACK)
    engine.arrays["clock"]["delay"] = 256  # but one block is what the clock says
    wait(qtbot, lambda: audio.mode.currentText() == "Safe: 1 block ahead")


def test_a_refusal_stands_where_it_was_asked_for(dialog: SettingsDialog, engine: FakeEngine, qtbot: QtBot) -> None:
    audio = page(dialog, "audio")
    engine.replies[OpenStream] = SystoleError("device ALSA: pulse: is busy")
    wait(qtbot, lambda: audio.device.count() == 3 and audio.device.isEnabled())
    choose(audio.device, "ALSA: pulse")
    wait(qtbot, lambda: audio.answer.text() == "device ALSA: pulse: is busy")
    assert audio.answer.property("role") == "error"
    assert audio.device.currentText() == "JACK: system"  # as it is


def test_no_device_and_a_tone(dialog: SettingsDialog, engine: FakeEngine, qtbot: QtBot) -> None:
    audio = page(dialog, "audio")
    wait(qtbot, lambda: audio.device.count() == 3 and audio.device.isEnabled())
    audio.tone.click()
    wait(qtbot, lambda: audio.answer.text() == "The sound goes to system")
    choose(audio.device, "No device: play in silence")
    wait(qtbot, lambda: asked(engine, CloseStream) and asked(engine, TestTone))
    engine.say(StreamChanged(None, 48_000, 64, 0, ""))
    wait(qtbot, lambda: not audio.rate.isEnabled())


def test_the_engine_is_restarted(opened: Opened, dialog: SettingsDialog, engine: FakeEngine, qtbot: QtBot) -> None:
    audio = page(dialog, "audio")
    wait(qtbot, lambda: audio.engine.state.text() == "plays" and audio.device.isEnabled())
    before = len(asked(engine, ListDevices))
    audio.engine.button.click()
    assert not audio.engine.button.isEnabled()
    wait(qtbot, lambda: engine.restarts == 1 and len(asked(engine, ListDevices)) > before)  # there may be others now
    wait(qtbot, lambda: audio.engine.button.isEnabled())
    assert len(asked(engine, Stop)) == 1 and opened.services.link.is_ready


def test_an_engine_that_gave_up_says_so_and_is_started_again(
    dialog: SettingsDialog, engine: FakeEngine, qtbot: QtBot
) -> None:
    audio = page(dialog, "audio")
    engine.is_over, engine.arrays["header"]["state"] = True, State.FAILED
    wait(qtbot, lambda: audio.engine.state.text() == "could not go on")
    audio.engine.button.click()
    wait(qtbot, lambda: engine.restarts == 1 and audio.engine.state.text() == "plays")
    assert asked(engine, Stop) == []


def test_a_restart_that_is_refused_is_told_there(dialog: SettingsDialog, engine: FakeEngine, qtbot: QtBot) -> None:
    audio = page(dialog, "audio")
    wait(qtbot, lambda: audio.engine.state.text() == "plays" and audio.device.isEnabled())
    engine.replies[Stop] = SystoleError("Stop: no answer within 15 s")
    audio.engine.button.click()
    wait(qtbot, lambda: audio.answer.text() == "Stop: no answer within 15 s")
    wait(qtbot, lambda: audio.engine.button.isEnabled())
    assert audio.answer.property("role") == "error" and engine.restarts == 0


def test_readings(opened: Opened, dialog: SettingsDialog, engine: FakeEngine, qtbot: QtBot) -> None:
    audio = page(dialog, "audio")
    engine.arrays["clock"]["latency"] = 256
    engine.arrays["meters"]["load"], engine.arrays["meters"]["load_worst"] = 0.4, 0.9
    engine.arrays["counters"]["skipped_frames"] = 480
    engine.arrays["counters"]["overruns_own"] = 3
    wait(qtbot, lambda: audio.lost.text() == "10 ms (480 samples)")
    assert audio.latency.text() == "8.0 ms: block 2.7, device 5.3"
    assert audio.load.text() == "40 %, at worst 90 %"
    assert audio.late.text() == "3 by us, 0 by the system"


def test_midi_ports_are_ticked(dialog: SettingsDialog, engine: FakeEngine, qtbot: QtBot) -> None:
    midi = page(dialog, "midi")
    assert isinstance(midi, MidiPage)
    wait(qtbot, lambda: midi.ports.count() == 3)
    titles = [midi.ports.item(row).text() for row in range(3)]
    assert titles == ["ALSA: Keystation", "ALSA: Launchpad", "JACK: a2j:Keystation"]
    assert midi.ports.item(0).checkState() == Qt.CheckState.Checked
    assert midi.all.isChecked() and not midi.ports.isEnabled()
    assert asked(engine, MidiPorts) == []  # looking changes nothing
    engine.replies[ListPorts] = PORTS | {"names": ["Keystation", "away"]}
    midi.all.click()
    wait(qtbot, lambda: midi.ports.isEnabled() and not midi.all.isChecked())
    assert asked(engine, MidiPorts)[0].names == ["Keystation"]
    midi.ports.item(1).setCheckState(Qt.CheckState.Checked)
    wait(qtbot, lambda: len(asked(engine, MidiPorts)) == 2)
    assert asked(engine, MidiPorts)[1].names == ["Keystation", "Launchpad", "away"]  # one that is unplugged is kept


def test_ports_that_are_plugged_in_are_seen(
    dialog: SettingsDialog, engine: FakeEngine, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    midi = page(dialog, "midi")
    midi._watch.setInterval(20)
    wait(qtbot, lambda: midi.ports.count() == 3)
    engine.replies[ListPorts] = PORTS | {"ports": [], "problem": "no sequencer"}
    wait(qtbot, lambda: midi.ports.count() == 0)
    assert midi.answer.text() == "No MIDI: no sequencer"
    dialog.show_page("look")
    count = len(asked(engine, ListPorts))
    qtbot.wait(100)
    assert len(asked(engine, ListPorts)) <= count + 1  # nobody looks


def test_a_choice_of_ports_that_is_refused_is_told_there(
    dialog: SettingsDialog, engine: FakeEngine, qtbot: QtBot
) -> None:
    midi = page(dialog, "midi")
    wait(qtbot, lambda: midi.virtual.isEnabled())
    engine.replies[MidiPorts] = SystoleError("MIDI: port is busy")
    midi.virtual.click()
    wait(qtbot, lambda: midi.answer.text() == "MIDI: port is busy")
    assert midi.virtual.isChecked() and midi.virtual.isEnabled()  # as it is


def test_midi_activity(dialog: SettingsDialog, engine: FakeEngine, qtbot: QtBot) -> None:
    midi = page(dialog, "midi")
    engine.arrays["counters"]["midi_messages"], engine.arrays["meters"]["midi_count"] = 12, 1
    wait(qtbot, lambda: midi.activity.text() == "● 12 messages, 1 port open")
    wait(qtbot, lambda: midi.activity.text().startswith("○"))


def test_learned_controllers_are_listed_and_forgotten(
    dialog: SettingsDialog, engine: FakeEngine, qtbot: QtBot, user_folder: Path
) -> None:
    midi = page(dialog, "midi")
    assert midi.tied.item(0).text() == "CC 21, channel 1  →  Decay"
    assert not midi.forget.isEnabled()
    midi.tied.setCurrentRow(0)
    midi.forget.click()
    wait(qtbot, lambda: midi.answer.text() == "Decay is free again")
    assert asked(engine, Forget)[0].target == "amp.decay"
    engine.say(Learned("knobs.knob0", "CC 22, channel 1"))
    wait(qtbot, lambda: midi.answer.text().startswith("CC 22, channel 1 turns"))


def test_voltages_lead_knobs(opened: Opened, dialog: SettingsDialog, engine: FakeEngine, qtbot: QtBot) -> None:
    cv = page(dialog, "cv")
    assert isinstance(cv, CvPage)
    box = cv.roles[2]
    box.setCurrentIndex(box.findData("knob:knob1"))
    box.activated.emit(box.currentIndex())
    engine.replies[ListCv] = {"channels": [LED | {"channel": 2, "role": "knob:knob1"}], "inputs": 4}
    wait(qtbot, lambda: cv.answer.text() == "Listening to 1 input")
    assert asked(engine, SetCv)[0].channels == [CvChannel(2, "knob:knob1")]
    assert opened.services.sync.led == {"knobs.knob1"}
    engine.replies[SetCv] = SystoleError("cv: input 1: system has 0")
    cv.roles[0].setCurrentIndex(1)
    cv.roles[0].activated.emit(1)
    wait(qtbot, lambda: cv.answer.property("role") == "error")
    assert (cv.roles[0].currentData(), cv.roles[2].currentData()) == ("", "knob:knob1")
    assert opened.services.sync.led == {"knobs.knob1"}
    engine.arrays["meters"]["cv2"] = 0.5
    wait(qtbot, lambda: cv.meters[2].value == 0.5)


def test_voltages_that_are_listened_to_already_are_shown(
    opened: Opened, dialog: SettingsDialog, engine: FakeEngine, qtbot: QtBot
) -> None:
    engine.replies[ListCv] = {"channels": [LED, WAITING], "inputs": 2}
    cv = page(dialog, "cv")
    wait(qtbot, lambda: cv.roles[1].currentData() == "knob:knob0")
    assert opened.services.sync.led == {"knobs.knob0"}
    assert cv.known[1].text() == "-6.200 V, offset +0.050 V"
    assert (cv.roles[3].currentData(), cv.known[3].text()) == ("gate", "waits for a device")
    engine.replies[ListCv] = {"channels": [LED | {"is_calibrated": False}], "inputs": 2}
    engine.say(Ready(0.1))  # another engine
    wait(qtbot, lambda: cv.roles[3].currentData() == "")
    assert cv.known[1].text() == "-6.2 V, not calibrated"


def test_calibration_takes_two_voltages(dialog: SettingsDialog, engine: FakeEngine, qtbot: QtBot) -> None:
    cv = page(dialog, "cv")
    engine.replies[CalibrateCv] = {"given": 0.1, "volts_per_unit": None, "offset": None}
    cv.volts.setValue(1.0)
    cv.measure.click()
    wait(qtbot, lambda: "another voltage" in cv.answer.text())
    engine.replies[CalibrateCv] = {"given": 0.5, "volts_per_unit": 10.0, "offset": 0.01}
    cv.volts.setValue(5.0)
    cv.measure.click()
    wait(qtbot, lambda: cv.answer.text().startswith("Calibrated"))
    assert [(each.channel, each.volts) for each in asked(engine, CalibrateCv)] == [(0, 1.0), (0, 5.0)]


def test_looks_are_remembered(opened: Opened, dialog: SettingsDialog) -> None:
    look = page(dialog, "look")
    assert isinstance(look, LookPage)
    choose(look.theme, "Light")
    assert opened.services.theme.palette.name == "light"
    choose(look.zoom, "125 %")
    look.calm.click()
    opened.window.close()
    kept, _ = load_preferences()
    assert (kept.theme, kept.zoom, kept.is_calm) == ("light", 1.25, True)


@pytest.mark.parametrize("name", ["audio", "midi", "cv", "look"])
def test_every_control_is_reached_and_named_and_looks_as_it_did(
    opened: Opened, dialog: SettingsDialog, qtbot: QtBot, name: str
) -> None:
    shown = page(dialog, name)
    if name == "audio":
        wait(qtbot, lambda: shown.device.count() == 3 and shown.lost.text() == "nothing")
        wait(qtbot, lambda: shown.engine.state.text() == "plays")
    if name == "midi":
        wait(qtbot, lambda: shown.ports.count() == 3)
    if name == "look":
        shown.folder.setText("/home/anna/.local/share/systole")
    opened.services.clock.stop()
    assert unreachable(dialog) == []
    assert unnamed(dialog) == []
    for theme in ("dark", "light"):
        opened.services.theme.set_mode(theme)
        same_picture(dialog, f"settings_{name}_{theme}")

"""`systole midi`: ports and monitor, on a stand-in for RtMidi, as a process, and through JACK."""

from __future__ import annotations

import json
import os
import subprocess
import threading
import time
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from app.cli import midi
from app.cli.midi import command
from app.midi_lines import facts, line
from engine.midi.decode import Message
from engine.midi.ports import Ports
from tests.app.support import COMMAND, Systole, one_line
from tests.engine.midi.fake_rtmidi import FakeRtMidi
from tests.support.jack import Probe, jack_server, needs_jack, wait_for

KEYS = "Keystation 49:MIDI 1 20:0"
NAME = "Keystation 49:MIDI 1"


@pytest.fixture
def rtmidi(monkeypatch: pytest.MonkeyPatch) -> FakeRtMidi:
    fake = FakeRtMidi(KEYS)
    monkeypatch.setattr(midi, "_rtmidi", lambda **options: Ports(fake, **options))
    monkeypatch.setattr(midi, "_jack", lambda: None)
    return fake


def run(*arguments: str) -> Result:
    return CliRunner().invoke(command, list(arguments), catch_exceptions=False)


def monitored(rtmidi: FakeRtMidi, messages: list[list[int]], *arguments: str) -> Result:
    """Run the monitor for a moment while a device plays."""

    def play() -> None:
        while KEYS not in rtmidi.open_ports:
            time.sleep(0.01)
        for message in messages:
            rtmidi.play(KEYS, *message, delta=0.001)

    thread = threading.Thread(target=play)
    thread.start()
    done = run("monitor", "--seconds", "0.6", *arguments)
    thread.join()
    return done


def test_ports(rtmidi: FakeRtMidi) -> None:
    assert run("ports").stdout == f"PORT{' ' * (len(NAME) - 4)}  FROM\n{NAME}  system\n"
    assert json.loads(run("ports", "--json").stdout) == [{"name": NAME, "from": "system"}]
    assert rtmidi.alive == 0


def test_no_ports_and_no_midi_are_lines_and_no_failure(rtmidi: FakeRtMidi) -> None:
    rtmidi.ports = []
    done = run("ports")
    assert (done.exit_code, done.stdout, done.stderr) == (0, "", "no MIDI port: nothing is plugged in\n")
    rtmidi.problem = OSError("no sequencer.")
    done = run("ports", "--json")
    assert (done.exit_code, json.loads(done.stdout), done.stderr) == (0, [], "no MIDI: no sequencer\n")


class QuietJack:
    """A server to which nothing plays."""

    def sources(self) -> list[str]:
        return []

    def __enter__(self) -> QuietJack:
        return self

    def __exit__(self, *_: object) -> None:
        pass


def test_jack_without_a_port_is_said_too(rtmidi: FakeRtMidi, monkeypatch: pytest.MonkeyPatch) -> None:
    rtmidi.problem = OSError("no sequencer.")
    monkeypatch.setattr(midi, "_jack", QuietJack)
    done = run("ports")
    assert (done.exit_code, done.stdout, done.stderr) == (0, "", "no MIDI port: nothing is plugged in\n")


def test_the_monitor_shows_every_message_in_words(rtmidi: FakeRtMidi) -> None:
    messages = [[0x90, 60, 100], [0xF8], [0x80, 60, 0], [0xB1, 64, 127], [0xFE], [0xE0, 0, 0], [60]]
    done = monitored(rtmidi, messages)
    shown = [row.split(maxsplit=1)[1] for row in done.stdout.splitlines()]
    assert shown == [
        f"{NAME}  ch 1   note on         C4 (60)  velocity 100",
        f"{NAME}  ch 1   note off        C4 (60)  velocity 0",
        f"{NAME}  ch 2   control         CC 64 (sustain pedal)  value 127",
        f"{NAME}  ch 1   bend            value -8192",
    ]
    assert done.exit_code == 0 and rtmidi.alive == 0
    assert f"MIDI: listening to {NAME}" in done.stderr and "made no sense" not in done.stderr  # 60 begins a second bend


def test_the_monitor_as_json_with_everything(rtmidi: FakeRtMidi) -> None:
    done = monitored(rtmidi, [[0xF8], [0xF0, 1, 2, 0xF7], [0xC2, 5], [0xF4]], "--json", "--all")
    found = [json.loads(row) for row in done.stdout.splitlines()]
    assert [(each["type"], each["port"]) for each in found] == [
        ("clock", NAME), ("system exclusive", NAME), ("program", NAME)]  # fmt: skip
    assert found[1]["data"] == "01 02" and found[2]["program"] == 5 and found[2]["channel"] == 3
    assert found[0]["time"] <= found[1]["time"] <= found[2]["time"]
    assert f"{NAME}: 1 bytes or messages made no sense" in done.stderr


def test_only_wanted_ports_are_monitored(rtmidi: FakeRtMidi) -> None:
    done = run("monitor", "--port", "other", "--seconds", "0.1")
    assert done.stdout == "" and "no port yet" in done.stderr


def test_ctrl_c_is_how_a_monitor_ends(rtmidi: FakeRtMidi, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object) -> Any:
        raise KeyboardInterrupt

    monkeypatch.setattr(midi, "_wait", interrupted)
    assert run("monitor").exit_code == 0 and rtmidi.alive == 0


def test_no_midi_at_all_is_one_line(rtmidi: FakeRtMidi) -> None:
    from accel.errors import SystoleError

    rtmidi.problem = OSError("no sequencer")
    with pytest.raises(SystoleError, match="no MIDI: no sequencer; and no JACK server is running"):
        run("monitor")


@pytest.mark.parametrize(
    ("message", "text"),
    [
        (Message(0xA5, 61, 9), "ch 6   key pressure    C#4 (61)  value 9"),
        (Message(0xD0, 9), "ch 1   pressure        value 9"),
        (Message(0xB0, 3, 9), "ch 1   control         CC 3  value 9"),
        (Message(0xE0, 127, 127), "ch 1   bend            value +8191"),
        (Message(0xF2, 8, 1), "       song position   sixteenths 136"),
        (Message(0xF3, 8), "       song select     value 8"),
        (Message(0xFA), "       start"),
        (Message(0xF0, 0, 0, bytes(40)), f"       system exclusive  bytes 40  {'00 ' * 16}..."),
    ],
)
def test_lines(message: Message, text: str) -> None:
    assert line(1.5, "p\n", message) == rf"    1.500  p\n  {text}"


def test_every_status_has_facts() -> None:
    for status in [*range(0x80, 0xF0), 0xF0, 0xF1, 0xF2, 0xF3, 0xF6, 0xF8, 0xFA, 0xFB, 0xFC, 0xFE, 0xFF]:
        assert facts(Message(status, 1, 1))["type"]


def test_as_a_process(systole: Systole) -> None:
    done = systole("midi", "ports", "--json", timeout=120)
    assert done.returncode == 0 and isinstance(json.loads(done.stdout), list)
    done = systole("midi", "monitor", "--seconds", "0.1", timeout=120)
    assert done.returncode == 0 or one_line(done).startswith("systole: no MIDI: ")
    done = systole("midi", "monitor", "--seconds", "-1")
    assert done.returncode == 2 and "--seconds" in one_line(done)


@needs_jack
def test_through_jack(tmp_path: Path, environment: dict[str, str]) -> None:
    if not Ports().start(print, [], virtual=False):
        pytest.skip("this machine has a sequencer of its own, which comes first")
    with jack_server(tmp_path), Probe(seconds=1) as probe:
        here = {**environment, "JACK_DEFAULT_SERVER": os.environ["JACK_DEFAULT_SERVER"], "PYTHONUNBUFFERED": "1"}
        listed = subprocess.run([*COMMAND, "midi", "ports", "--json"], env=here, capture_output=True, check=True)
        assert {"name": f"{probe.name}:midi", "from": "JACK"} in json.loads(listed.stdout)
        log = tmp_path / "stderr"
        with log.open("wb") as stderr:
            call = [*COMMAND, "midi", "monitor", "--json", "--port", "PROBE"]
            monitor = subprocess.Popen(call, env=here, stdout=subprocess.PIPE, stderr=stderr, text=True)
        try:
            wait_for(lambda: f"listening to {probe.name}:midi" in log.read_text(), 60)
            probe.play([(probe.now + 4800, b"\x95\x3c\x64"), (probe.now + 9600, b"\x85\x3c\x00")])
            assert monitor.stdout is not None
            shown = [json.loads(monitor.stdout.readline()) for _ in range(2)]
            assert [(each["type"], each["channel"], each["note"]) for each in shown] == [
                ("note on", 6, 60), ("note off", 6, 60)]  # fmt: skip
        finally:
            monitor.terminate()
            assert monitor.wait(20) == 0

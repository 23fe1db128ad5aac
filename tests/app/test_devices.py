"""`systole devices` on a machine with a JACK server, and on one without anything."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

from tests.app.support import COMMAND
from tests.support.jack import jack_server, needs_jack


def devices(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*COMMAND, "devices", *arguments],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )


@needs_jack
def test_jack_is_listed_and_chosen(tmp_path: Path) -> None:
    with jack_server(tmp_path, rate=44_100):
        (found,) = [each for each in json.loads(devices("--json").stdout) if each["chosen"]]
        assert found == {
            "host": "JACK Audio Connection Kit",
            "name": "system",
            "title": "JACK Audio Connection Kit: system",
            "outputs": 2,
            "inputs": 2,
            "rates": [44_100],
            "default_rate": 44_100,
            "latency_ms": found["latency_ms"],
            "chosen": True,
        }
        table = devices()
        assert any(line.startswith("*") and "system" in line and "44100" in line for line in table.stdout.splitlines())
        assert table.stderr == ""


def test_a_machine_without_sound_is_told_so() -> None:
    nothing = {"JACK_DEFAULT_SERVER": "systole-none", "PULSE_SERVER": "unix:/nowhere", "PIPEWIRE_REMOTE": "nowhere"}
    found = json.loads(devices("--json", **nothing).stdout)
    table = devices(**nothing)
    if not found:  # a card in the machine shows up whatever we say
        assert table.stdout == ""
        assert table.stderr == "no sound device: playing goes on in silence, and can be recorded\n"
    else:
        assert found[0]["name"] in table.stdout

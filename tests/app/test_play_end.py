"""How playing ends: what was asked for is finished, whatever else fails; and what is asked of MIDI is meant."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from accel.errors import SystoleError
from app.cli import play
from app.cli.playing import Playing
from engine.live.protocol import Done, MidiPorts, Request, SaveJournal, StartRecording, StopRecording
from engine.live.settings import Settings, save_settings


class FakeEngine:
    """Refuses requests of some kinds."""

    is_over = False

    def __init__(self, *refused: type) -> None:
        self.refused, self.asked = refused, list[Request]()

    def request(self, command: Request, timeout: float | None = None) -> Done:
        self.asked.append(command)
        if type(command) in self.refused:
            raise SystoleError(f"{type(command).__name__}: no")
        return Done(1, 7)

    def snapshot(self) -> None:
        return None


def wish(**options: Any) -> play._Request:
    names = play._Request.__dataclass_fields__
    return play._Request(**{**dict.fromkeys(names), "midi": (), "cv": (), "seconds": 0.0, "seed": 1, **options})


@pytest.mark.parametrize(
    ("refused", "line", "events"),
    [
        ((StopRecording,), "StopRecording: no", 7),
        ((SaveJournal,), "SaveJournal: no", None),
        ((StopRecording, SaveJournal), "StopRecording: no; SaveJournal: no", None),
    ],
)
def test_the_journal_is_saved_whatever_becomes_of_the_recording(
    tmp_path: Path, refused: tuple[type, ...], line: str, events: int | None
) -> None:
    engine, shown = FakeEngine(*refused), Playing(quiet=True)
    request = wish(record=str(tmp_path / "a.wav"), journal=str(tmp_path / "a.json"), record_format="float")
    with pytest.raises(SystoleError, match=f"^{line}$"):
        play._session(engine, request, shown)
    assert [type(each) for each in engine.asked] == [StartRecording, StopRecording, SaveJournal]
    assert shown.events == events


@pytest.mark.parametrize(
    ("named", "ports"),
    [
        ((), MidiPorts(names=["keys"], virtual=False)),
        (("all",), MidiPorts(names="all", virtual=False)),
        (("all", "x"), MidiPorts(names=["all", "x"], virtual=False)),
        (("none",), None),
    ],
)
def test_midi_ports_are_those_of_last_time_or_those_that_are_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, named: tuple[str, ...], ports: MidiPorts | None
) -> None:
    monkeypatch.setenv("SYSTOLE_HOME", str(tmp_path))
    save_settings(Settings(ports=["keys"], virtual=False))
    assert play._options(wish(midi=named, device="none"))[0].midi == ports


def test_settings_that_are_damaged_are_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The engine finds none any more: they are put aside by whoever reads them first."""
    monkeypatch.setenv("SYSTOLE_HOME", str(tmp_path))
    (tmp_path / "live.json").write_text('{"schema": 1, "rate": "fast"}')
    line = play._options(wish())[1]
    assert line is not None and line.startswith("live.json is damaged") and "live.json.broken" in line
    assert play._options(wish())[1] is None

"""What the terminal is told."""

from __future__ import annotations

import pytest

from app.cli.playing import Playing
from engine.live.protocol import DeviceName, Line, StreamChanged

COUNTERS = {"skipped_frames": 256, "ahead_missing": 30, "underflows": 4, "ahead_lost": 999}


def test_an_engine_that_is_gone_for_good_is_a_fault_whether_or_not_it_said_why(
    capsys: pytest.CaptureFixture[str],
) -> None:
    for notices, line in (([], "the engine has ended"), ([Line("error", "it is over")], "it is over")):
        shown = Playing(quiet=False)
        shown.begin()
        for notice in notices:
            shown.notice(notice)
        shown.ended()
        assert shown.fault == line
        assert capsys.readouterr().err.strip().splitlines() == [f"systole: {line}"]


def played_to(shown: Playing, *hosts: str | None) -> Playing:
    for host in hosts:
        device = None if host is None else DeviceName(host, "card")
        shown.notice(StreamChanged(device, 96_000 if host else 48_000, 128, 0, "card"))
    return shown


def test_lost_samples_are_those_that_were_due_and_were_not_given() -> None:
    assert Playing(quiet=True).lost({**COUNTERS, "skipped_frames": 0}) == 30
    assert played_to(Playing(quiet=True), None, "JACK Audio Connection Kit", None).lost(COUNTERS) == 128 + 30


def test_what_a_device_does_not_tell_is_unknown() -> None:
    for hosts in (["ALSA"], ["JACK Audio Connection Kit", "ALSA"], ["ALSA", "JACK Audio Connection Kit"]):
        assert played_to(Playing(quiet=True), *hosts).lost(COUNTERS) is None


def test_what_was_said_of_the_settings_is_not_said_again(capsys: pytest.CaptureFixture[str]) -> None:
    shown = Playing(quiet=False, said="live.json: schema is 7")
    shown.begin()
    for text in ("live.json: schema is 7", "no device"):
        shown.notice(Line("info", text))
    assert capsys.readouterr().err == "systole: no device\n"

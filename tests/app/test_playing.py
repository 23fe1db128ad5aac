"""What the terminal is told."""

from __future__ import annotations

import pytest

from app.cli.playing import Playing
from engine.live.protocol import Line


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

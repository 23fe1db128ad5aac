"""Messages, actions and the display: each thing that the person is told, and what keys may do."""

from __future__ import annotations

import re
import socket
from pathlib import Path

import pytest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from app.window.actions import Actions
from app.window.display import LIBRARIES, missing_libraries, no_display
from app.window.notices import Notices
from app.window.status_line import StatusLine
from tests.app.support import ROOT


def test_a_repeated_line_is_counted(qtbot: QtBot) -> None:
    notices = Notices()
    line = StatusLine(notices)
    qtbot.addWidget(line)
    for _ in range(3):
        notices.say("warning", "again")
    assert (line.text, len(notices.history)) == ("again (3 times)", 1)


def test_the_way_on_is_a_button(qtbot: QtBot) -> None:
    notices, went = Notices(), list[str]()
    line = StatusLine(notices)
    qtbot.addWidget(line)
    line.show()
    notices.say("error", "the device is gone", "Choose another", lambda: went.append("on"))
    button = next(each for each in line.findChildren(QWidget) if getattr(each, "text", str)() == "Choose another")
    assert button.isVisible()
    button.click()  # type: ignore[attr-defined]
    assert (went, line.text) == (["on"], "")


def test_help_is_shown_while_there_is_no_message(qtbot: QtBot) -> None:
    notices = Notices()
    line = StatusLine(notices)
    qtbot.addWidget(line)
    line.show_help("Cutoff: 0.50")
    assert line.text == "Cutoff: 0.50"
    notices.say("warning", "lost samples")
    line.show_help("Cutoff: 0.51")
    assert line.text == "lost samples"
    line.dismiss()
    assert line.text == "Cutoff: 0.51"


@pytest.mark.parametrize("keys", ["A", "1", "Shift+A", "."])
def test_keys_that_play_cannot_be_taken(qtbot: QtBot, keys: str) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    with pytest.raises(ValueError, match="plays notes"):
        Actions(window).add("x", "X", keys, lambda: None)


def test_an_action_is_found_by_its_name_and_taken_once(qtbot: QtBot) -> None:
    window, done = QWidget(), list[int]()
    qtbot.addWidget(window)
    actions = Actions(window)
    actions.add("save", "Save", "Ctrl+S", lambda: done.append(1))
    actions["save"].trigger()
    assert done == [1]
    for name, keys in (("save", ""), ("other", "Ctrl+S")):
        with pytest.raises(ValueError, match="taken"):
            actions.add(name, "Other", keys, lambda: None)


def test_libraries_that_qt_lacks_are_named_with_what_to_install() -> None:
    def load(name: str) -> None:
        if name in ("libEGL.so.1", "libxcb-shape.so.0"):
            raise OSError(name)

    assert missing_libraries("xcb", load) == (
        "Qt needs libEGL.so.1, libxcb-shape.so.0 (Debian, Ubuntu: apt install libegl1 libxcb-shape0)"
    )
    assert missing_libraries("wayland", load) == "Qt needs libEGL.so.1 (Debian, Ubuntu: apt install libegl1)"
    assert missing_libraries("xcb", str) is None


def test_setup_installs_what_qt_needs() -> None:
    script = (ROOT / "scripts" / "setup.sh").read_text()
    needed = {pair for libraries in LIBRARIES.values() for pair in libraries.items()}
    assert needed <= set(re.findall(r"^(lib\S+) +(lib\S+)$", script, re.MULTILINE))


def test_displays(tmp_path: Path) -> None:
    assert no_display({"QT_QPA_PLATFORM": "offscreen"}) is None
    assert "no display" in (no_display({}) or "")
    assert "does not answer" in (no_display({"DISPLAY": ":7777"}) or "")
    wayland = {"WAYLAND_DISPLAY": "wayland-0", "XDG_RUNTIME_DIR": str(tmp_path)}
    assert "no display" in (no_display(wayland) or "")
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(tmp_path / "wayland-0"))
        server.listen()
        assert no_display(wayland) is None

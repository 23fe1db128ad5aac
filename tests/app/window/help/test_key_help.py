"""Help for the keys is the table of actions itself, so it cannot be stale."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from app.window.help.key_help import KeyHelp, KeysPicture
from app.window.panels import Area, PanelSpec
from app.window.playing.state_bar import StateBar
from tests.app.window.checks import same_picture, unnamed, unreachable
from tests.app.window.conftest import Open

STATE = PanelSpec("state", "State", Area.STATE, "app.window.playing.state_bar:StateBar")
KEYS = PanelSpec("keys", "Keyboard", Area.KEYS, "app.window.playing.keys_panel:KeysPanel")


def test_every_shortcut_is_in_it(open_window: Open) -> None:
    services = open_window(STATE, KEYS).services
    lines = dict(KeyHelp(services).lines)
    for action in services.actions.all():
        if not action.shortcut().isEmpty():
            assert lines[action.shortcut().toString()] == action.text()
    assert lines["F9"].startswith("Record")
    assert lines["Ctrl+."] == "End every note at once"


def test_the_same_key_opens_and_closes_it(open_window: Open) -> None:
    opened = open_window(STATE, KEYS)
    opened.services.remembered.change(has_played=True)
    bar = opened.window.panels["state"]
    assert isinstance(bar, StateBar)
    bar.tools.help()
    dialog = bar.tools._dialogs["help"]
    assert dialog.isVisible()
    QTest.keyClick(dialog, Qt.Key.Key_Slash, Qt.KeyboardModifier.ControlModifier)
    assert not dialog.isVisible()
    bar.tools.help()
    opened.window.close()
    assert not dialog.isVisible()


def test_the_picture_can_be_read_aloud(open_window: Open) -> None:
    picture = KeysPicture(open_window().services.theme, 3)
    assert picture.accessibleDescription().startswith("A C3, W C♯3, S D3")


def test_it_looks_as_it_did(open_window: Open) -> None:
    opened = open_window(STATE, KEYS)
    dialog = KeyHelp(opened.services, opened.window)
    dialog.show()
    assert unreachable(dialog) == []
    assert unnamed(dialog) == []
    for theme in ("dark", "light"):
        opened.services.theme.set_mode(theme)
        same_picture(dialog, f"key_help_{theme}")

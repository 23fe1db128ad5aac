"""One theme for the application; widgets hear of a change; the font is the bundled one."""

from __future__ import annotations

from PySide6.QtGui import QFontMetricsF, QPalette
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.window.theme.colours import DARK, LIGHT
from app.window.theme.fonts import ROLES, font, load_fonts
from app.window.theme.theme import Theme


def test_a_change_is_told_once(qtbot: QtBot) -> None:
    theme = Theme("dark")
    with qtbot.waitSignal(theme.changed, timeout=100):
        theme.set_mode("light")
    with qtbot.assertNotEmitted(theme.changed):
        theme.set_mode("light")
    assert theme.colour("text").name() == LIGHT.text


def test_colours_go_by_role_and_by_source(qtbot: QtBot) -> None:
    theme = Theme("dark")
    assert theme.colour("accent").name() == DARK.accent
    assert theme.colour("source.lfo1").name() == DARK.sources["lfo1"]


def test_the_application_takes_the_look(qapp: QApplication) -> None:
    theme = Theme("light")
    theme.apply(qapp)
    assert qapp.palette().color(QPalette.ColorRole.Window).name() == LIGHT.ground
    assert LIGHT.accent in qapp.styleSheet()


def test_the_font_is_the_bundled_one(qapp: QApplication) -> None:
    assert load_fonts() == "Inter"
    assert all(font(role).pixelSize() == pixels for role, (pixels, _) in ROLES.items())


def test_digits_are_equally_wide(qapp: QApplication) -> None:
    metrics = QFontMetricsF(font("number"))
    assert metrics.horizontalAdvance("1111") == metrics.horizontalAdvance("8080")

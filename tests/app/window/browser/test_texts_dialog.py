"""Asking for a name: says what becomes of it, offers tags, and loses nothing that was typed."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from app.window.browser.files import Texts
from app.window.browser.texts_dialog import TextsDialog
from app.window.opened import application
from app.window.theme.theme import Theme
from tests.app.window.checks import same_picture, unnamed, unreachable

TEXTS = Texts("Night bell", "Me", ("bell", "own thing"), "A bell in the next room.")
TAGS = ["bell", "bright", "dark", "slow"]


@pytest.fixture
def owner(qtbot: QtBot, user_folder: Path) -> QWidget:
    found = QWidget()
    qtbot.addWidget(found)
    return found


def made(owner: QWidget, texts: Texts = TEXTS, own: Path | None = None, mode: str = "dark") -> TextsDialog:
    theme = Theme(mode)  # type: ignore[arg-type]
    theme.setParent(owner)
    theme.apply(application())
    dialog = TextsDialog(theme, texts, TAGS, owner, own=own)
    dialog.show()
    return dialog


def test_what_comes_in_goes_out(owner: QWidget) -> None:
    assert made(owner).texts == TEXTS


def test_chips_and_line_say_the_same(owner: QWidget) -> None:
    dialog = made(owner)
    assert dialog.chips.on == {"bell"}
    dialog.chips.changed.emit(frozenset({"bell", "dark"}))
    assert dialog.texts.tags == ("bell", "own thing", "dark")
    dialog.tags.setText("slow,  slow , ,dark")
    assert dialog.texts.tags == ("slow", "dark")
    assert dialog.chips.on == {"slow", "dark"}


@pytest.mark.parametrize(
    ("name", "note", "is_enabled"),
    [("New", "among your own", True), ("Plain", "becomes “Plain 2”", True), ("  ", "needs a name", False)],
)
def test_it_says_what_becomes_of_the_name(owner: QWidget, name: str, note: str, is_enabled: bool) -> None:
    dialog = made(owner)
    dialog.name.setText(name)
    assert note in dialog.note.text()
    assert dialog.save.isEnabled() is is_enabled


def test_ones_own_name_is_not_taken(owner: QWidget, user_folder: Path) -> None:
    dialog = made(owner, Texts("Plain"), user_folder / "patches" / "plain.toml")
    assert "taken" not in dialog.note.text()
    dialog.name.setText("Other")
    assert "taken" in dialog.note.text()


def test_it_can_be_used_without_a_mouse(owner: QWidget) -> None:
    dialog = made(owner)
    assert unreachable(dialog) == []
    assert unnamed(dialog) == []
    assert not dialog.isModal()


@pytest.mark.parametrize("mode", ["dark", "light"])
def test_it_looks_as_it_should(owner: QWidget, mode: str) -> None:
    dialog = made(owner, mode=mode)
    dialog.save.setFocus()
    same_picture(dialog, f"texts_dialog_{mode}")

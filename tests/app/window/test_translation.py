"""A translation changes what is read: all texts are collected from the code, translated, compiled, and loaded.

What can be read in the window passes the collected translation, so that nothing stays English behind its back.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

import pytest
from PySide6.QtCore import QCoreApplication, QLocale, QTranslator
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QAbstractButton, QApplication, QComboBox, QLabel, QWidget
from pytestqt.qtbot import QtBot

from app.window.browser.entry_menu import ask_texts, entry_menu
from app.window.opened import Opened
from app.window.panels import PAGES, PANELS
from app.window.sound.knob_menu import knob_menu
from app.window.sound.labelled_knob import LabelledKnob
from app.window.sound.matrix_row import MatrixHead
from app.window.translation import install
from app.window.words import speak
from tests.app.support import ROOT
from tests.app.window.conftest import Open

GERMAN = {"Amount": "Betrag", "Undo": "Zurücknehmen", "Attack": "Anstieg"}
OPEN, CLOSE = "⟦", "⟧"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """All texts, collected from the code as it is; some are translated, and compiled."""
    found = tmp_path_factory.mktemp("translations")
    command = [sys.executable, "scripts/translations.py", "de", str(found)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    subprocess.run(command, check=True, capture_output=True, cwd=ROOT, env=environment)
    path = found / "systole_de.ts"
    tree = ElementTree.parse(path)
    for message in tree.iter("message"):
        text, translation = message.findtext("source"), message.find("translation")
        assert translation is not None
        if text in GERMAN:
            translation.text = GERMAN[text]
            del translation.attrib["type"]
    tree.write(path, encoding="utf-8", xml_declaration=True)
    subprocess.run(command, check=True, capture_output=True, cwd=ROOT, env=environment)
    return found


@pytest.fixture
def application(qapp: QApplication) -> Iterator[QApplication]:
    yield qapp
    speak(None)
    for translator in qapp.findChildren(QTranslator):
        QCoreApplication.removeTranslator(translator)
        translator.deleteLater()


def _words(head: MatrixHead) -> list[str]:
    return [label.text() for label in head.findChildren(QLabel)]


def test_labels_actions_and_the_table_speak_another_language(
    folder: Path, application: QApplication, open_window: Open
) -> None:
    assert _words(MatrixHead())[1] == "Amount"
    assert install(application, QLocale("de_DE"), folder)
    assert _words(MatrixHead())[:2] == ["Source", "Betrag"]  # what is not translated stays
    services = open_window().services
    assert services.actions["undo"].text() == "Zurücknehmen"
    services.document.set_number("amp.attack", 0.5)
    assert services.document.undo_label == "Anstieg"
    assert not install(application, QLocale("fi_FI"), folder)


class Marking(QTranslator):
    """Puts brackets around every text that was collected."""

    def __init__(self, texts: set[tuple[str, str]], parent: QApplication) -> None:
        super().__init__(parent)
        self._texts = texts

    def translate(self, context: str, text: str, disambiguation: str | None = None, n: int = -1) -> str:
        return f"{OPEN}{text}{CLOSE}" if (context, text) in self._texts else ""


NOTE = r"[A-G]♯?\d"
NUMBER = r"[−+x]? ?\d[\d ,/]*(ms|s|MHz|Hz|kHz|dB|%|st|ct|x|t)?"
KEYS = r"((Ctrl|Shift|Alt)\+)*(F\d+|Tab|Space|Esc|[A-Z/+]|Left|Right)?"
FREE = re.compile(
    rf"[^A-Za-z]*|[A-Z]|{NUMBER}|{NOTE}|[A-Z';] {NOTE}|{KEYS}|Tiliqua|ULX3S|ECP5-\d+F|ms|Systole"
    r"|(?i:tiny|plain|other|test|toml|knob [01]( \d)?)|/.*"
)
"""What is the same in every language: numbers with units, notes, keys, names of sounds, models and boards."""


def texts_of(widget: QWidget) -> Iterator[tuple[str, str]]:
    """Where and what: all that can be read or heard of a widget itself."""
    for name in ("toolTip", "statusTip", "accessibleName", "accessibleDescription", "windowTitle"):
        yield name, str(getattr(widget, name)())
    if isinstance(widget, QLabel | QAbstractButton):
        yield "text", widget.text()
    if isinstance(widget, QComboBox):
        yield from (("item", widget.itemText(row)) for row in range(widget.count()))


def english(widgets: list[QWidget], actions: list[QAction]) -> set[str]:
    """Texts with words outside of brackets."""
    found = set()
    for widget in widgets:
        for where, text in texts_of(widget):
            rest = text
            while OPEN in rest:
                rest = re.sub(f"{OPEN}[^{OPEN}{CLOSE}]*{CLOSE}", "", rest)
            found |= {
                f"{type(widget).__name__}.{where}: {text!r} [{part}]"
                for part in re.split(r"[:;,.()\n→·]", rest)
                if not FREE.fullmatch(part.strip())
            }
    for action in actions:
        if OPEN not in action.text() and action.text() and not FREE.fullmatch(action.text()):
            found.add(f"action: {action.text()!r}")
    return found


@pytest.fixture
def marked_window(folder: Path, application: QApplication, open_window: Open, qtbot: QtBot) -> Opened:
    """The whole window, all pages of which were opened, with brackets around collected texts."""
    contexts = ElementTree.parse(folder / "systole_de.ts").getroot().findall("context")
    texts = {(str(each.findtext("name")), str(m.findtext("source"))) for each in contexts for m in each.iter("message")}
    translator = Marking(texts, application)
    application.installTranslator(translator)
    speak(QCoreApplication.translate)
    opened = open_window(*PANELS)
    for name in PAGES:
        opened.window.show_page(name)
        qtbot.wait(30)
    return opened


def test_nothing_that_can_be_read_stays_english(marked_window: Opened, qtbot: QtBot) -> None:
    opened = marked_window
    window, services = opened.window, opened.services
    tools = window.panels["state"].tools  # type: ignore[attr-defined]
    for page in ("audio", "midi", "cv", "look"):
        tools.settings(page)
        qtbot.wait(30)
    tools.render()
    tools.help()
    bar, browser = window.panels["patch"], window.panels["browser"]
    qtbot.waitUntil(lambda: len(browser.collection.index.entries) > 2, timeout=20_000)  # type: ignore[attr-defined]
    collection, keeping = browser.collection, browser.keeping  # type: ignore[attr-defined]
    entry = next(each for each in collection.index.entries if each.key == "plain")
    texts = ask_texts(services, collection, keeping, window, entry)
    services.document.set_number("knobs.knob1", 0.75)
    knob = window.panels["knobs"].findChildren(LabelledKnob)[0]
    knob.set_amount("lfo1", 0.5)
    menus = [
        tools.menu(),
        bar.menu(),
        knob_menu(services, knob),
        entry_menu(services, collection, keeping, entry, window),
    ]  # type: ignore[attr-defined]
    actions = [action for menu in menus for action in menu.actions()]
    left = english([window, texts, *window.findChildren(QWidget)], [*actions, *services.actions.all()])
    assert not left, "\n".join(sorted(left))

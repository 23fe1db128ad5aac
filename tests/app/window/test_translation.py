"""A translation changes what is read: texts are collected from the code, translated, compiled, and loaded."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

import pytest
from PySide6.QtCore import QCoreApplication, QLocale, QTranslator
from PySide6.QtWidgets import QApplication, QLabel

from app.window.sound.matrix_row import MatrixHead
from app.window.translation import install
from tests.app.window.conftest import Open

WINDOW = Path(__file__).parents[3] / "app" / "window"
GERMAN = {"Amount": "Betrag", "Undo": "Zurücknehmen"}


def _tool(name: str) -> str:
    found = shutil.which(name, path=str(Path(sys.executable).parent)) or shutil.which(name)
    if found is None:
        pytest.fail(f"needs {name}, which PySide6 brings")
    return found


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A German translation of two texts, compiled from the code as it is."""
    path = tmp_path / "systole_de.ts"
    sources = [str(WINDOW / "sound" / "matrix_row.py"), str(WINDOW / "opened.py")]
    subprocess.run([_tool("pyside6-lupdate"), *sources, "-ts", str(path)], check=True, capture_output=True)
    tree = ElementTree.parse(path)
    for message in tree.iter("message"):
        text, translation = message.findtext("source"), message.find("translation")
        assert translation is not None
        if text in GERMAN:
            translation.text = GERMAN[text]
            del translation.attrib["type"]
    tree.write(path, encoding="utf-8", xml_declaration=True)
    subprocess.run([_tool("pyside6-lrelease"), str(path)], check=True, capture_output=True)
    return tmp_path


@pytest.fixture
def application(qapp: QApplication) -> Iterator[QApplication]:
    yield qapp
    for translator in qapp.findChildren(QTranslator):
        QCoreApplication.removeTranslator(translator)
        translator.deleteLater()


def _words(head: MatrixHead) -> list[str]:
    return [label.text() for label in head.findChildren(QLabel)]


def test_a_label_and_an_action_speak_another_language(
    folder: Path, application: QApplication, open_window: Open
) -> None:
    assert _words(MatrixHead())[1] == "Amount"
    assert install(application, QLocale("de_DE"), folder)
    assert _words(MatrixHead())[:2] == ["Source", "Betrag"]  # what is not translated stays
    assert open_window().services.actions["undo"].text() == "Zurücknehmen"


def test_a_language_without_a_file_is_english(folder: Path, application: QApplication) -> None:
    assert not install(application, QLocale("fi_FI"), folder)
    assert _words(MatrixHead())[1] == "Amount"

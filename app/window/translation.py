"""The window in another language: a file of translations beside this module, chosen by the system's locale.

Texts are English in the code and pass `tr` or `translate`; `scripts/translations.py` collects them. A text that a file
does not have stays English, so a part of a translation is better than none.
"""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QCoreApplication, QLocale, QTranslator

from app.window.words import speak

__all__ = ["FOLDER", "install"]

FOLDER = Path(__file__).parent / "translations"


def install(application: QCoreApplication, locale: QLocale | None = None, folder: Path = FOLDER) -> bool:
    """Translate what is shown from now on; False: there is no file for the language.

    Args:
        locale: None: the system's.
        folder: of `systole_LANGUAGE.qm` files; LANGUAGE as `de`, or `pt_BR`.
    """
    translator = QTranslator(application)
    if not translator.load(QLocale.system() if locale is None else locale, "systole", "_", str(folder)):
        translator.deleteLater()
        return False
    speak(QCoreApplication.translate)
    return application.installTranslator(translator)

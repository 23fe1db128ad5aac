"""Collect the window's texts for a language, and compile what is translated: `python scripts/translations.py LANGUAGE`.

Writes app/window/translations/systole_LANGUAGE.ts (new texts are added, translations are kept), to be filled in by
Qt Linguist (`pyside6-linguist`) or any editor, and the .qm beside it, which the window loads where the system speaks
that language. Run it again after translating. With a folder as second argument both are written there instead.

Texts stand in the code of the window, as literals of `tr`, `translate` and `marked`; those of the parameter table and
of the shipped models' knobs are added from there, so that no text is written twice.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from app.window.words import TABLE_CONTEXT
from engine.library import list_models, program_knobs
from engine.parameters import GROUPS, TABLE
from engine.vocabulary import SOURCES

ROOT = Path(__file__).resolve().parents[1]
WINDOW = ROOT / "app" / "window"
ALIASES = ("QT_TRANSLATE_NOOP+=marked",)


def tool(name: str) -> str:
    """A tool of PySide6, beside this Python or on the path."""
    found = shutil.which(name, path=str(Path(sys.executable).parent)) or shutil.which(name)
    if found is None:
        sys.exit(f"{name}: not found; it comes with PySide6")
    return found


def table_texts() -> Iterator[str]:
    """Labels, help and choices of the parameter table, names of its groups, what sources give, and models' knobs."""
    yield from GROUPS.values()
    yield from SOURCES.values()
    knobs = [program_knobs(each.program) for each in list_models() if each.origin == "factory" and each.program]
    for entry in [*TABLE, *(knob for each in knobs for knob in each)]:
        yield from (entry.label, entry.help, *entry.choices)


def main(words: list[str]) -> None:
    """Update and compile one language."""
    if not 1 <= len(words) <= 2 or not re.fullmatch(r"[a-z]{2,3}(_[A-Z]{2})?", words[0]):
        sys.exit("usage: python scripts/translations.py LANGUAGE [FOLDER], LANGUAGE as de or pt_BR")
    target = Path(words[1] if len(words) > 1 else WINDOW / "translations").absolute() / f"systole_{words[0]}.ts"
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        table = Path(folder) / "table.py"
        texts = sorted({text for text in table_texts() if text})
        table.write_text("".join(f"marked({TABLE_CONTEXT!r}, {text!r})\n" for text in texts), encoding="utf-8")
        sources = [str(path) for path in [*sorted(WINDOW.rglob("*.py")), table]]
        aliases = [word for alias in ALIASES for word in ("-tr-function-alias", alias)]
        options = ["-locations", "none"]  # of the code they would change with every line
        subprocess.run([tool("pyside6-lupdate"), *options, *aliases, *sources, "-ts", str(target)], check=True)
    subprocess.run([tool("pyside6-lrelease"), str(target)], check=True)


if __name__ == "__main__":
    main(sys.argv[1:])

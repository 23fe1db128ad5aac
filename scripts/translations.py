"""Collect the window's texts for a language, and compile what is translated: `python scripts/translations.py LANGUAGE`.

Writes app/window/translations/systole_LANGUAGE.ts (new texts are added, translations are kept), to be filled in by
Qt Linguist (`pyside6-linguist`) or any editor, and the .qm beside it, which the window loads where the system speaks
that language. Run it again after translating.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
WINDOW = ROOT / "app" / "window"


def tool(name: str) -> str:
    """A tool of PySide6, beside this Python or on the path."""
    found = shutil.which(name, path=str(Path(sys.executable).parent)) or shutil.which(name)
    if found is None:
        sys.exit(f"{name}: not found; it comes with PySide6")
    return found


def main(words: list[str]) -> None:
    """Update and compile one language."""
    if len(words) != 1 or not re.fullmatch(r"[a-z]{2,3}(_[A-Z]{2})?", words[0]):
        sys.exit("usage: python scripts/translations.py LANGUAGE, as de or pt_BR")
    target = WINDOW / "translations" / f"systole_{words[0]}.ts"
    target.parent.mkdir(exist_ok=True)
    sources = [str(path) for path in sorted(WINDOW.rglob("*.py"))]
    subprocess.run([tool("pyside6-lupdate"), *sources, "-ts", str(target)], check=True)
    subprocess.run([tool("pyside6-lrelease"), str(target)], check=True)


if __name__ == "__main__":
    main(sys.argv[1:])

"""The guide for musicians says what the window does: its table of keys is the window's, and its pictures are there."""

from __future__ import annotations

import re
from pathlib import Path

from app.window.help.key_help import KeyHelp
from app.window.panels import PAGES, PANELS
from tests.app.window.conftest import Open

DOCS = Path(__file__).parents[3] / "docs"
TEXT = (DOCS / "guide.md").read_text(encoding="utf-8")


def _table(lines: list[tuple[str, str]]) -> str:
    rows = [f"| {keys} | {text} |" for keys, text in lines]
    return "\n".join(["| | |", "|---|---|", *rows])


def test_its_table_of_keys_is_the_windows(open_window: Open) -> None:
    opened = open_window(*PANELS)
    for page in PAGES:  # a page brings its keys when it is first shown
        opened.window.show_page(page)
    found = re.search(r"<!-- keys:start -->\n(.*?)\n<!-- keys:end -->", TEXT, re.DOTALL)
    assert found is not None
    assert found[1] == _table(KeyHelp(opened.services).lines)


def test_all_that_it_links_to_is_there() -> None:
    links = re.findall(r"\]\(([^)#]+)", TEXT)
    assert len(links) > 15
    assert [link for link in links if not (DOCS / link).is_file()] == []

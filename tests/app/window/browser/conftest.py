"""A window with the patch bar and the browser, whose sounds have been read."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from pytestqt.qtbot import QtBot

from app.window.browser.browser_panel import BrowserPanel
from app.window.browser.patch_bar import PatchBar
from app.window.opened import Opened
from app.window.panels import PANELS
from tests.app.window.conftest import Open

SPECS = [each for each in PANELS if each.name in ("patch", "browser")]


class Bench:
    """The window, its two panels, and what they share."""

    def __init__(self, opened: Opened) -> None:
        self.opened, self.window, self.services = opened, opened.window, opened.services
        bar, browser = opened.window.panels["patch"], opened.window.panels["browser"]
        assert isinstance(bar, PatchBar)
        assert isinstance(browser, BrowserPanel)
        self.bar, self.browser, self.collection, self.keeping = bar, browser, bar.collection, bar.keeping
        self.document = opened.services.document

    @property
    def titles(self) -> list[str]:
        return [each.title for each in self.browser.list.patches.entries]

    @property
    def lines(self) -> list[str]:
        return [message.text for message in self.services.notices.history]

    def press(self) -> None:
        """The button of the newest line."""
        call = self.services.notices.history[-1].call
        assert call is not None
        call()

    def entry(self, name: str) -> object:
        return next(each for each in self.collection.index.entries if each.name == name)


@pytest.fixture
def make_bench(open_window: Open, qtbot: QtBot) -> Callable[..., Bench]:
    def made(**arguments: object) -> Bench:
        bench = Bench(open_window(*SPECS, **arguments))
        bench.window.resize(1400, 760)
        qtbot.waitUntil(lambda: bench.collection.is_read, timeout=20_000)
        return bench

    return made


@pytest.fixture
def bench(make_bench: Callable[..., Bench]) -> Bench:
    return make_bench()

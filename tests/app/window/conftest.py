"""A user folder with one model and two patches, and a window on an engine without sound."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from app.window.begin import begin
from app.window.opened import Opened
from app.window.panels import PanelSpec
from app.window.services import Services
from app.window.session.reading import sound_from_file
from engine.live.protocol import PatchChanged
from engine.patch import load_patch
from tests.app.window.fake_engine import FakeEngine

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
"""Before the first test makes the application: no windows fly about, and no display is needed."""

PATCH = 'schema = 1\nname = "{}"\nmodel = "tiny"\ntags = ["test"]\n[knobs]\nknob0 = {}\n[amp]\nrelease = 0.05\n'


@pytest.fixture
def user_folder(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """SYSTOLE_HOME of this test: the model `tiny` (knobs knob0, knob1), the patches `plain` and `other`, all for it."""
    folder = tmp_path / "home"
    shutil.copytree(home / "models", folder / "models")
    (folder / "patches").mkdir()
    (folder / "patches" / "plain.toml").write_text(PATCH.format("Plain", 0.25))
    (folder / "patches" / "other.toml").write_text(PATCH.format("Other", 0.75))
    monkeypatch.setenv("SYSTOLE_HOME", str(folder))
    return folder


@pytest.fixture
def engine(user_folder: Path) -> FakeEngine:
    found = FakeEngine(knobs=2)
    plain = sound_from_file("plain")
    knobs = [plain.number(knob.id) for knob in plain.knobs]
    found.stand(knobs=knobs, parameters={"amp.release": 0.05})
    return found


Open = Callable[..., Opened]


@pytest.fixture
def open_window(qtbot: QtBot, engine: FakeEngine) -> Iterator[Open]:
    """Open the window with some panels (none of them if not said) on a patch (`plain`)."""
    opened: list[Opened] = []

    def made(*panels: PanelSpec, patch: str | None = "plain") -> Opened:
        beginning = begin(None if patch is None else load_patch(patch))
        found = Opened(engine, beginning, panels=panels)
        opened.append(found)
        engine.say(PatchChanged(beginning.text, 0))
        qtbot.waitUntil(lambda: found.services.link.is_ready)
        return found

    yield made
    for each in opened:
        each.end()


@pytest.fixture
def services(open_window: Open) -> Services:
    """What a panel is given, for tests of a panel by itself."""
    return open_window().services

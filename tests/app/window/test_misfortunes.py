"""What may go wrong while somebody plays: the window stays, says it in a line, and offers the way on."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtWidgets import QFileDialog, QToolButton
from pytestqt.qtbot import QtBot

from accel.compiler import compile_network
from accel.errors import SystoleError
from accel.program import Program
from accel.program_file import save_program
from accel.random_network import random_network
from app.window.browser.collection import Collection
from app.window.browser.keeping import Keeping
from app.window.opened import Opened
from app.window.panels import PANELS
from app.window.session.reading import sound_from_file
from engine.live.protocol import DeviceName, Line, SetPatch, StreamChanged
from tests.app.support import TINY
from tests.app.window.conftest import PATCH, Open
from tests.app.window.fake_engine import FakeEngine

BARS = tuple(each for each in PANELS if each.name in ("patch", "state", "browser", "knobs", "array"))
CARD = DeviceName("ALSA", "USB card")


@pytest.fixture
def opened(open_window: Open, qtbot: QtBot) -> Opened:
    """A window whose browser has read its folders."""
    found = open_window(*BARS)
    qtbot.waitUntil(lambda: collection_of(found).is_read, timeout=20_000)
    return found


def collection_of(opened: Opened) -> Collection:
    return opened.window.panels["browser"].collection  # type: ignore[attr-defined, no-any-return]


def keeping_of(opened: Opened) -> Keeping:
    return opened.window.panels["browser"].keeping  # type: ignore[attr-defined, no-any-return]


def second_model() -> Program:
    """Another one than `tiny`, with knobs of the same names."""
    return compile_network(random_network(np.random.default_rng(6), TINY))


def press(opened: Opened, label: str) -> None:
    """The way on, as the line shows it."""
    buttons = [each for each in opened.window.status.findChildren(QToolButton) if each.text() == label]
    assert [each.isVisible() for each in buttons] == [True], opened.window.status.text
    buttons[0].click()


def test_a_device_that_is_gone_can_be_replaced(opened: Opened, engine: FakeEngine, qtbot: QtBot) -> None:
    engine.say(StreamChanged(CARD, 48_000, 128, 256, "ALSA: USB card"))
    qtbot.waitUntil(lambda: "USB card" in opened.window.status.text)
    line = "USB card is gone: playing on without a device until it is back"
    engine.say(StreamChanged(None, 48_000, 256, 0, line))
    qtbot.waitUntil(lambda: opened.window.status.text == line)
    press(opened, "Choose a device")
    tools = opened.window.panels["state"].tools  # type: ignore[attr-defined]
    assert tools._dialogs["settings"].isVisible()
    engine.say(StreamChanged(CARD, 48_000, 128, 256, "ALSA: USB card"))
    qtbot.waitUntil(lambda: opened.window.status.text == "ALSA: USB card")


def test_an_engine_that_gave_up_is_started_again(opened: Opened, engine: FakeEngine, qtbot: QtBot) -> None:
    engine.is_over = True
    engine.say(Line("error", "the engine ended 4 times within a minute: giving up"))
    qtbot.waitUntil(lambda: "giving up" in opened.window.status.text)
    press(opened, "Start again")
    qtbot.waitUntil(lambda: engine.restarts == 1)


@pytest.mark.parametrize("way", ["loaded", "undone to", "compared with"])
def test_from_a_sound_that_the_engine_refuses_one_goes_back(
    opened: Opened, engine: FakeEngine, qtbot: QtBot, user_folder: Path, way: str
) -> None:
    """However it came: back is always what still plays, with what was turned of it."""
    save_program(second_model(), user_folder / "models" / "second.safetensors")
    (user_folder / "patches" / "other.toml").write_text(PATCH.format("Other", 0.75).replace("tiny", "second"))
    document = opened.services.document
    if way == "compared with":
        document.copy_to_other()
    if way != "loaded":
        document.load(sound_from_file("other"))
        qtbot.waitUntil(lambda: len([each for each in engine.asked if isinstance(each, SetPatch)]) == 1)
    document.set_number("knobs.knob1", 0.875)
    before = document.sound
    engine.replies[SetPatch] = SystoleError("patch: model: tiny: no such model")
    if way == "loaded":
        document.load(sound_from_file("other"))
    elif way == "compared with":
        document.flip()
    else:
        document.undo()  # of the knob
        before = document.sound
        document.undo()
    qtbot.waitUntil(lambda: "no such model" in opened.window.status.text)
    refused = document.sound
    assert refused.patch.name == ("Other" if way == "loaded" else "Plain")
    qtbot.wait(300)  # some looks at the engine, whose knobs stand elsewhere
    assert document.sound is refused, "what still plays is not taken for what a controller turned"
    press(opened, "Back to what plays")
    assert document.sound.patch == before.patch
    assert document.is_dirty == (way != "undone to")
    document.set_number("knobs.knob1", 0.5)
    assert engine.arrays["knobs"][1] == 0.5


def test_a_sound_whose_model_is_gone_can_get_it_back(opened: Opened, user_folder: Path, qtbot: QtBot) -> None:
    """The patch came without its model; the model is brought in, and the sound plays."""
    save_program(second_model(), user_folder / "lost.safetensors")
    path = user_folder / "patches" / "lost.toml"
    path.write_text(PATCH.format("Lost", 0.5).replace("tiny", "lost"))
    collection = collection_of(opened)
    qtbot.waitUntil(lambda: collection.index.at(path) is not None, timeout=20_000)
    entry = collection.index.at(path)
    assert entry is not None and "lost: no such model" in str(entry.error)
    collection.load(entry)
    assert f"{path}: model: lost: no such model; there are: " in opened.window.status.text
    assert opened.services.document.sound.patch.name == "Plain"
    press(opened, "Bring in its model …")
    dialog = next(each for each in opened.window.findChildren(QFileDialog) if each.isVisible())
    dialog.filesSelected.emit([str(user_folder / "lost.safetensors")])
    dialog.close()
    qtbot.waitUntil(lambda: collection.index.at(path).error is None, timeout=20_000)  # type: ignore[union-attr]
    collection.load_file(path)
    assert opened.services.document.sound.patch.name == "Lost"


def test_a_model_that_is_deleted_while_it_plays(
    opened: Opened, engine: FakeEngine, user_folder: Path, qtbot: QtBot
) -> None:
    """What plays goes on, can be turned and is kept; the browser shows what cannot be loaded any more."""
    collection, document = collection_of(opened), opened.services.document
    (user_folder / "models" / "tiny.safetensors").unlink()
    path = user_folder / "patches" / "other.toml"
    qtbot.waitUntil(lambda: collection.index.at(path).error is not None, timeout=20_000)  # type: ignore[union-attr]
    document.set_number("knobs.knob1", 0.75)
    assert engine.arrays["knobs"][1] == 0.75
    opened.autosave.flush()
    assert "0.75" in (user_folder / "session.json").read_text()
    opened.window.show_page("array")
    qtbot.wait(200)
    keeping_of(opened).save()
    assert "Saved Plain" in opened.window.status.text
    assert '"knob1" = 0.75' in (user_folder / "patches" / "plain.toml").read_text()
    collection.load(collection.index.at(path))  # type: ignore[arg-type]
    assert "tiny: no such model" in opened.window.status.text
    assert document.sound.patch.name == "Plain"
    assert not [each.windowTitle() for each in opened.window.panels.values() if each.is_broken]
    assert opened.window.isVisible()


def test_a_sound_of_a_newer_version_is_not_played(opened: Opened, user_folder: Path, qtbot: QtBot) -> None:
    path = user_folder / "patches" / "future.toml"
    path.write_text('schema = 2\nname = "Future"\nmodel = "tiny"\n[quantum]\nspin = 1\n')
    collection = collection_of(opened)
    qtbot.waitUntil(lambda: collection.index.at(path) is not None, timeout=20_000)
    entry = collection.index.at(path)
    assert entry is not None
    collection.load(entry)
    line = f"{path}: made by a newer version of Systole (schema 2; this one reads 1)"
    assert opened.window.status.text == line
    assert opened.services.document.sound.patch.name == "Plain"


def test_a_session_waits_for_its_model(open_window: Open, user_folder: Path, qtbot: QtBot) -> None:
    """While its model is gone another sound plays; once it is back, the session is offered."""
    model, away = user_folder / "models" / "tiny.safetensors", user_folder / "away.safetensors"
    shutil.copy(model, away)
    (user_folder / "models" / "mine.safetensors").write_bytes(model.read_bytes())
    (user_folder / "patches" / "mine.toml").write_text(PATCH.format("Mine", 0.5).replace("tiny", "mine"))
    first = open_window(*BARS, patch="mine")
    first.services.document.set_number("knobs.knob1", 0.625)
    first.end()
    (user_folder / "models" / "mine.safetensors").unlink()
    second = open_window(*BARS, patch=None)
    assert "mine: no such model" in second.services.notices.history[0].text
    second.end()
    shutil.copy(away, user_folder / "models" / "mine.safetensors")
    third = open_window(*BARS, patch=None)
    qtbot.waitUntil(lambda: "Unsaved work of another session was kept: Mine" in third.window.status.text)
    press(third, "Open it")
    assert third.services.document.sound.number("knobs.knob1") == 0.625


def test_two_windows_keep_each_other_s_hearts_and_looks(open_window: Open, user_folder: Path) -> None:
    first, second = open_window(), open_window()
    first.services.remembered.change(favourites=frozenset({"plain"}), theme="light")
    first.services.remembered.save()
    second.services.remembered.change(favourites=frozenset({"other"}), octave=5)
    second.end()
    first.services.remembered.change(favourites=frozenset())
    first.end()
    kept = open_window().services.remembered.value
    assert (kept.favourites, kept.theme, kept.octave) == (frozenset({"other"}), "light", 5)

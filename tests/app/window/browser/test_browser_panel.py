"""The browser: found by words, tags and hearts, loaded by a click or a key, and never in the way of playing."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from app.window.browser.entry import Entry
from app.window.browser.index import Index
from app.window.preferences import load_preferences
from tests.app.window.browser.conftest import Bench
from tests.app.window.checks import paint_seconds, same_picture, unnamed, unreachable
from tests.app.window.conftest import PATCH
from tests.app.window.yardstick import reference_seconds


def box(bench: Bench, title: str) -> QRect:
    view = bench.browser.list
    index = view.patches.index(bench.titles.index(title))
    view.scrollTo(index)
    return view.visualRect(index)


def click(bench: Bench, place: QPoint) -> None:
    QTest.mouseClick(bench.browser.list.viewport(), Qt.MouseButton.LeftButton, pos=place)


def test_what_plays_is_marked_and_chosen(bench: Bench) -> None:
    assert bench.collection.current is bench.entry("plain")
    assert bench.browser.list.entry is bench.entry("plain")
    assert not bench.document.is_dirty  # it was started by name, and its file was found
    assert "Plain" in bench.titles
    assert "Folded bell" in bench.titles


def test_a_click_loads_and_undo_brings_the_former_sound_back(bench: Bench) -> None:
    bench.document.set_number("knobs.knob1", 0.75)
    click(bench, box(bench, "Other").center())
    assert (bench.document.sound.patch.name, bench.document.is_dirty) == ("Other", False)
    bench.document.undo()
    assert (bench.document.sound.patch.name, bench.document.sound.number("knobs.knob1")) == ("Plain", 0.75)
    assert bench.browser.list.entry is bench.entry("plain")
    bench.document.undo()
    assert bench.document.sound.number("knobs.knob1") == 0.5


def test_by_keys_alone(bench: Bench) -> None:
    QTest.keyClick(bench.window, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
    search = bench.browser.search
    QTest.keyClicks(search, "test")
    assert bench.titles == ["Other", "Plain"]
    assert bench.browser.count.text().startswith("2 / ")
    QTest.keyClick(search, Qt.Key.Key_Down)
    QTest.keyClick(bench.browser.list, Qt.Key.Key_Up)
    assert bench.document.sound.patch.name == "Plain"  # choosing is not loading
    QTest.keyClick(bench.browser.list, Qt.Key.Key_Return)
    assert bench.document.sound.patch.name == "Other"
    QTest.keyClick(search, Qt.Key.Key_Escape)
    assert search.text() == ""
    QTest.keyClicks(search, "bell")
    QTest.keyClick(search, Qt.Key.Key_Return)
    assert bench.document.sound.patch.name == bench.titles[0]
    assert bench.browser.list.hasFocus()  # so that letters are notes
    QTest.keyClick(bench.window, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
    for _ in range(2):
        assert search.hasFocus()
        QTest.keyClick(search, Qt.Key.Key_Escape)
    assert not search.hasFocus()


@pytest.mark.parametrize("key", [Qt.Key.Key_A, Qt.Key.Key_Space, Qt.Key.Key_Z, Qt.Key.Key_Left])
def test_keys_that_play_are_left_to_playing(bench: Bench, key: Qt.Key) -> None:
    event = QKeyEvent(QKeyEvent.Type.KeyPress, key, Qt.KeyboardModifier.NoModifier, "a" if key == Qt.Key.Key_A else "")
    before = bench.browser.list.entry
    bench.browser.list.keyPressEvent(event)
    assert not event.isAccepted()
    assert bench.browser.list.entry is before


def test_tags_are_switched_by_keys(bench: Bench) -> None:
    chips = bench.browser.chips
    chips.setFocus()
    chips.changed.emit(frozenset({"test"}))
    assert bench.titles == ["Other", "Plain"]
    chips.setCurrentIndex(chips.model().index(0, 0))
    QTest.keyClick(chips, Qt.Key.Key_Return)
    assert chips.on == frozenset()
    assert len(bench.titles) > 30
    row = chips.currentIndex().row()
    assert chips.model().index(row, 0).data() == "test"
    QTest.keyClick(chips, Qt.Key.Key_Left)
    assert chips.currentIndex().row() == row - 1


def test_a_heart_is_kept_at_once_and_loads_nothing(bench: Bench, qtbot: QtBot) -> None:
    row = box(bench, "Other")
    click(bench, QPoint(row.right() - 10, row.center().y()))
    assert bench.document.sound.patch.name == "Plain"
    qtbot.waitUntil(lambda: load_preferences()[0].favourites == {"other"})
    shelves = {button.text(): button for button in bench.browser._shelves.buttons()}
    shelves["Loved"].click()
    assert bench.titles == ["Other"]
    QTest.keyClick(bench.window, Qt.Key.Key_L, Qt.KeyboardModifier.ControlModifier)
    assert bench.titles == ["Other", "Plain"]
    assert bench.bar.heart.isChecked()


def test_a_broken_file_is_listed_and_loading_it_is_a_line(bench: Bench, user_folder: Path, qtbot: QtBot) -> None:
    (user_folder / "patches" / "broken.toml").write_text("schema = 1\nname =")
    qtbot.waitUntil(lambda: "broken" in bench.titles, timeout=10_000)  # nobody pressed anything
    assert bench.titles[-1] == "broken"
    bench.collection.load(bench.entry("broken"))
    assert "not valid TOML" in bench.lines[-1]
    assert bench.document.sound.patch.name == "Plain"


def test_what_vanishes_while_it_is_listed_is_a_line(bench: Bench, user_folder: Path, qtbot: QtBot) -> None:
    entry = bench.entry("other")
    (user_folder / "patches" / "other.toml").unlink()
    bench.collection.load(entry)
    assert "No such file" in bench.lines[-1]
    qtbot.waitUntil(lambda: "Other" not in bench.titles)


def test_a_model_is_loaded_with_its_knobs_at_the_default(bench: Bench) -> None:
    bench.browser._look_at("models")
    assert "va" in bench.titles
    bench.collection.load(bench.entry("va"))
    assert (bench.document.sound.patch.model, len(bench.document.sound.knobs)) == ("va", 4)


def test_the_trash_gives_back(bench: Bench, qtbot: QtBot) -> None:
    bench.browser.list.choose(bench.entry("plain"))
    QTest.keyClick(bench.browser.list, Qt.Key.Key_Delete)
    assert "in the trash" in bench.lines[-1]
    assert bench.document.is_dirty  # no file holds it now
    press = bench.services.notices.history[-1].call
    qtbot.waitUntil(lambda: "Plain" not in bench.titles)
    assert press is not None
    press()
    qtbot.waitUntil(lambda: "Plain" in bench.titles)
    assert not bench.document.is_dirty


def test_the_factory_stays(bench: Bench) -> None:
    bench.browser._delete(bench.entry("bell"))
    assert "cannot be deleted" in bench.lines[-1]


def test_nothing_found_says_the_way_on(bench: Bench) -> None:
    bench.browser.search.setText("zither")
    assert bench.titles == []
    assert "Escape" in bench.browser.list.empty_text
    bench.browser.search.clear()
    bench.browser._look_at("favourites")
    assert "heart" in bench.browser.list.empty_text


def test_a_thousand_sounds_at_every_keystroke(bench: Bench) -> None:
    words = ("glass", "bell", "warm", "low", "bright")
    entries = [
        Entry(
            "patch", f"p{n}", Path(f"/{n}"), "user", f"{words[n % 5]} {words[n % 3]} {n}", "va", "Me", (words[n % 4],)
        )
        for n in range(1000)
    ]
    bench.collection._took(Index(entries))
    assert len(bench.titles) == 1000
    texts = ("w", "wa", "war", "warm", "warm ", "warm 9", "warm", "")
    assert reference_seconds(lambda number: bench.browser.search.setText(texts[number % 8]), 24) < 10e-3


def test_every_sound_has_a_spoken_line(bench: Bench) -> None:
    model = bench.browser.list.patches
    row = model.index(model.row(bench.entry("plain")))
    assert model.data(row, Qt.ItemDataRole.AccessibleDescriptionRole) == "loaded, user, tiny, test"
    assert "by " not in bench.browser.details.accessibleName()
    assert "your own" in bench.browser.details.accessibleName()


def test_it_passes_the_checks_of_panels(bench: Bench) -> None:
    assert unreachable(bench.window) == []
    assert unnamed(bench.window) == []
    cost = paint_seconds(bench.browser, lambda number: None)
    assert cost < 6e-3  # it is painted when something is pressed, not in every frame
    assert reference_seconds(lambda number: bench.services.clock.tick(), 20) < 1e-3


@pytest.mark.parametrize("mode", ["dark", "light"])
def test_it_looks_as_it_should(bench: Bench, user_folder: Path, qtbot: QtBot, mode: str) -> None:
    (user_folder / "patches" / "broken.toml").write_text(PATCH.format("Broken", 7))
    qtbot.waitUntil(lambda: "broken" in bench.titles, timeout=10_000)
    bench.services.theme.set_mode(mode)  # type: ignore[arg-type]
    bench.collection.love(bench.entry("bell"), True)
    bench.browser.chips.changed.emit(frozenset({"bell"}))
    bench.browser.list.choose(bench.entry("bell"))
    qtbot.wait(50)  # until all is laid out
    same_picture(bench.browser, f"browser_{mode}", QSize(280, 560))
    bench.browser._look_at("mine")
    bench.browser.list.choose(bench.entry("broken"))
    qtbot.wait(50)
    same_picture(bench.browser, f"browser_mine_{mode}", QSize(280, 420))

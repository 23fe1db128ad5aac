"""Both scope panels as a person uses them: zoom, sides, freeze; what they cost; how they look."""

from __future__ import annotations

import functools

import numpy as np
import pytest
from numpy.typing import NDArray
from PySide6.QtCore import QPoint, QPointF, QSize, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from app.window.clock import Frame
from app.window.opened import Opened
from app.window.panels import PANELS
from app.window.scopes.analyser_panel import AnalyserPanel
from app.window.scopes.scope_panel import ScopePanel
from app.window.scopes.scopes_panel import ScopesPanel
from app.window.scopes.spectrum import band_of
from tests.app.window.checks import paint_seconds, same_picture, unnamed, unreachable
from tests.app.window.conftest import Open
from tests.app.window.fake_engine import FakeEngine

SPECS = {spec.name: spec for spec in PANELS}
RATE = 48_000


@pytest.fixture(params=["scope", "analyser"])
def opened(request: pytest.FixtureRequest, open_window: Open) -> Opened:
    found = open_window(SPECS["scope"], SPECS["analyser"])
    found.window.resize(1280, 760)
    found.window.show()
    found.window.show_page("play" if request.param == "scope" else "analyse")
    return found


@pytest.fixture
def panel(opened: Opened) -> ScopesPanel:
    found = opened.window.panels["scope" if opened.window.page == "play" else "analyser"]
    assert isinstance(found, ScopesPanel)
    return found


@functools.cache
def bright(length: int, side: int) -> NDArray[np.float64]:
    """Three bright notes, at full scale."""
    time, sound = np.arange(length) / RATE, np.zeros(length)
    for key in (48, 55, 64):
        hz = 440 * 2 ** ((key - 69) / 12 + side)
        for part in range(1, 14):
            sound += np.sin(2 * np.pi * part * hz * time + key) / part**1.3
    return sound / np.abs(sound).max()


def chord(engine: FakeEngine, level: float = 0.3) -> None:
    """Three bright notes; the right side an octave higher."""
    for side in (0, 1):
        engine.arrays["scope"][:, side] = level * bright(len(engine.arrays["scope"]), side)
    meters = engine.arrays["meters"]
    meters["peak_left"] = meters["peak_right"] = level
    meters["voices"] = 3


def frames(opened: Opened, count: int = 4, passed: float = 1 / 60) -> None:
    """Frames at a steady pace, as only a test has them."""
    opened.services.clock.stop()
    for number in range(count):
        snapshot = opened.services.link.snapshot()
        is_sounding = snapshot.meters["voices"] > 0
        opened.services.clock.frame.emit(Frame(number, number * passed, passed, snapshot, is_sounding))


def loudest_hz(panel: ScopesPanel) -> float:
    panel.spectrum.setFocus()
    QTest.keyClick(panel.spectrum, Qt.Key.Key_Home)
    number, unit = panel.spectrum.reading().split()[:2]
    return float(number) * (1000 if unit == "kHz" else 1)


def test_what_sounds_is_seen(opened: Opened, panel: ScopesPanel, engine: FakeEngine) -> None:
    silent = panel.grab().toImage()
    engine.sound(440, 0.5)
    frames(opened)
    assert panel.grab().toImage() != silent
    assert not panel.is_broken
    assert loudest_hz(panel) == pytest.approx(440, rel=0.03)
    assert panel.spectrum.reading().endswith("-6.0 dB")


def test_the_side_can_be_chosen(opened: Opened, panel: ScopesPanel, engine: FakeEngine) -> None:
    engine.sound(300, 0.5)
    time = np.arange(len(engine.arrays["scope"])) / RATE
    engine.arrays["scope"][:, 1] = 0.9 * np.sin(2 * np.pi * 1200 * time)
    for name, hz in (("Left", 300), ("Right", 1200), ("L + R", 1200)):
        panel.side.setCurrentText(name)
        frames(opened)
        assert abs(band_of(loudest_hz(panel)) - band_of(hz)) <= 1


def test_wheel_keys_and_home_zoom(panel: ScopesPanel) -> None:
    trace = panel.trace
    where = QPointF(trace.rect().center())
    wheel = QWheelEvent(
        where, where, QPoint(), QPoint(0, 120), Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(trace, wheel)
    assert trace.span_ms == pytest.approx(20 / 2 ** (1 / 3))
    assert "15.9 ms" in trace.statusTip()
    for key, wanted in ((Qt.Key.Key_Up, 1.0), (Qt.Key.Key_Down, 80.0)):
        for _ in range(30):
            QTest.keyClick(trace, key)
        assert trace.span_ms == wanted
    QTest.keyClick(trace, Qt.Key.Key_Home)
    assert trace.span_ms == 20.0


def test_freezing_holds_all_scopes_and_zoom_goes_on(opened: Opened, panel: ScopesPanel, engine: FakeEngine) -> None:
    engine.sound(440, 0.5)
    frames(opened)
    opened.services.actions["scopes.freeze"].trigger()
    still = panel.trace.grab().toImage()
    engine.sound(313, 0.2)
    frames(opened)
    assert panel.trace.grab().toImage() == still
    panel.trace.set_span(5.0)
    assert panel.trace.grab().toImage() != still
    opened.services.actions["scopes.freeze"].trigger()
    panel.trace.set_span(20.0)
    frames(opened)
    assert panel.trace.grab().toImage() != still


def test_a_quiet_sound_is_magnified_after_a_while_and_a_loud_one_never_cut(
    opened: Opened, panel: ScopesPanel, engine: FakeEngine
) -> None:
    engine.sound(440, 0.05)
    frames(opened, 100)
    assert panel.trace.gain == 16
    engine.sound(440, 0.9)
    frames(opened, 1)
    assert panel.trace.gain == 1


def test_silence_costs_nothing(
    opened: Opened, panel: ScopesPanel, engine: FakeEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    frames(opened, 8)
    asked = list[int]()
    monkeypatch.setattr(engine, "scope", asked.append)
    frames(opened, 8)
    assert asked == []


def test_a_spectrum_runs_out_in_silence(opened: Opened, panel: ScopesPanel, engine: FakeEngine) -> None:
    engine.sound(440, 0.5)
    frames(opened)
    engine.sound(440, 0.0)
    frames(opened, 40, passed=0.25)
    assert panel._turn.spectrum.is_still
    if isinstance(panel, AnalyserPanel):
        frames(opened, 50, passed=0.25)
        assert panel.spectrogram.waterfall is not None
        assert panel.spectrogram.waterfall.is_empty


def test_the_spectrum_is_read_by_mouse_and_keys(opened: Opened, panel: ScopesPanel, engine: FakeEngine) -> None:
    view = panel.spectrum
    QTest.mouseMove(view, QPoint(view.width() // 2, 20))
    QApplication.processEvents()
    QTest.keyClick(view, Qt.Key.Key_Escape)
    assert view.cursor_band is None
    QTest.keyClick(view, Qt.Key.Key_Right)
    assert view.reading() == "453 Hz   A4 +49 ct"
    QTest.keyClick(view, Qt.Key.Key_PageUp)
    assert view.accessibleDescription().startswith("905 Hz")


def test_every_control_is_reached_and_named(panel: ScopesPanel) -> None:
    assert unreachable(panel) == []
    assert unnamed(panel) == []


def test_cost_of_a_frame(opened: Opened, panel: ScopesPanel, engine: FakeEngine) -> None:
    """Trace, and every second time spectrum and spectrogram, with what they take of the engine, painted."""
    chord(engine)
    if isinstance(panel, ScopePanel):
        panel.setFixedSize(420, 300)
        QApplication.processEvents()

    def move(number: int) -> None:
        engine.arrays["scope"][:4000] = number  # an older sound; the newest is looked at from other places
        frames(opened, 2)

    spent = paint_seconds(panel, move, 40) / 2
    print(f"{type(panel).__name__} {panel.size().toTuple()}: {1e3 * spent:.2f} ms a frame")
    assert spent < (2.0e-3 if isinstance(panel, ScopePanel) else 4e-3)


@pytest.mark.parametrize("mode", ["dark", "light"])
def test_looks(opened: Opened, panel: ScopesPanel, engine: FakeEngine, mode: str) -> None:
    opened.services.theme.set_mode(mode)  # type: ignore[arg-type]
    small = isinstance(panel, ScopePanel)
    panel.setFixedSize(QSize(300, 260) if small else QSize(1000, 450))
    QApplication.processEvents()
    for number in range(20):
        chord(engine, 0.01 * 2 ** (number % 6))
        frames(opened, 6, passed=0.1)
    panel.setFocus()
    same_picture(panel, f"scopes_{'scope' if small else 'analyser'}_{mode}")


def test_zoom_and_side_come_back_and_freeze_does_not(open_window: Open, opened: Opened, panel: ScopesPanel) -> None:
    page = opened.window.page
    panel.trace.set_span(5.0)
    panel.side.setCurrentIndex(panel.side.findData("right"))
    panel._freeze.trigger()
    opened.window.close()
    again = open_window(SPECS["scope"], SPECS["analyser"]).window
    for each in ("play", "analyse"):  # a page is made when it is first shown
        again.show_page(each)
    names = ("scope", "analyser") if page == "play" else ("analyser", "scope")
    changed, other = (again.panels[name] for name in names)
    assert isinstance(changed, ScopesPanel) and isinstance(other, ScopesPanel)
    assert (changed.trace.span_ms, changed.side.currentData()) == (5.0, "right")
    assert (other.trace.span_ms, other.side.currentData()) == (20.0, "mix")  # each by itself
    assert not changed._freeze.isChecked()

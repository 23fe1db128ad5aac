"""Hands for tests of the sound's controls: panels by name, drags, a model with twelve knobs, an engine that moves."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QMimeData, QPointF, Qt
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from app.window.clock import Frame
from app.window.opened import Opened
from app.window.panels import PANELS, PanelSpec
from app.window.session.sound import Sound
from app.window.sound.modulated_knob import SOURCE_MIME
from engine.parameters import knob_parameter
from engine.patch import ModulationRow, Patch
from engine.vocabulary import SOURCES
from tests.app.window.fake_engine import FakeEngine
from tests.app.window.yardstick import reference_seconds

SPECS: dict[str, PanelSpec] = {spec.name: spec for spec in PANELS}
NO = Qt.KeyboardModifier.NoModifier
ALT = Qt.KeyboardModifier.AltModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier
NAMES = ("Shape", "Width", "Cutoff", "Resonance", "Drive", "Tone", "Body", "Air", "Morph", "Fold", "Noise", "Bite")


def drag(widget: QWidget, right: float, up: float, modifier: Qt.KeyboardModifier = NO, steps: int = 5) -> None:
    """Press in the middle, move, release; the widget may move along."""
    begin = QPointF(widget.mapToGlobal(widget.rect().center()))
    QTest.mousePress(widget, Qt.MouseButton.LeftButton, modifier, widget.rect().center())
    left = Qt.MouseButton.LeftButton
    for step in range(1, steps + 1):
        place = begin + QPointF(right, -up) * step / steps
        local = QPointF(widget.mapFromGlobal(place.toPoint()))
        QApplication.sendEvent(widget, QMouseEvent(QEvent.Type.MouseMove, local, place, left, left, modifier))
    QTest.mouseRelease(widget, Qt.MouseButton.LeftButton, modifier)


def drop(widget: QWidget, source: str) -> None:
    """Let a chip fall on a widget."""
    data = QMimeData()
    data.setData(SOURCE_MIME, source.encode())
    copy, left = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton
    middle = widget.rect().center()
    QApplication.sendEvent(widget, QDragEnterEvent(middle, copy, data, left, NO))
    QApplication.sendEvent(widget, QDropEvent(QPointF(middle), copy, data, left, NO))


def big_sound() -> Sound:
    """Twelve knobs, each moved by something."""
    knobs = tuple(
        knob_parameter(name.lower(), name, f"What {name} does.", 0.3 + 0.03 * index, index)
        for index, name in enumerate(NAMES)
    )
    sources = ("env2", "lfo1", "velocity", "lfo2", "wheel", "pressure", "brightness", "amp")
    rows = tuple(
        ModulationRow(source, name.lower(), amount)
        for source, name, amount in zip(sources, NAMES, (0.3, 0.2, -0.2, 0.15, 0.5, 0.3, -0.4, 0.25), strict=False)
    )
    return Sound(Patch(name="Big", model="big", modulation=rows), knobs)


def frame_seconds(move: Callable[[int], object], rounds: int = 60) -> float:
    """Cost of one frame as it is: what `move(number)` does, and the painting of what that made stale.

    In seconds of the reference core, see `yardstick`; of pairs of frames, since much is done in every second one.
    """

    def frame(number: int) -> None:
        move(number)
        QApplication.processEvents()

    return reference_seconds(frame, rounds, each=2)


def frame(opened: Opened, number: int = 1) -> Frame:
    """What the clock would give now."""
    snapshot = opened.services.link.snapshot()
    return Frame(number, number / 60, 1 / 60, snapshot, snapshot.meters["voices"] > 0)


def sound_on(engine: FakeEngine, knobs: int = 2, **sources: float) -> None:
    """A voice plays of a model with so many knobs, and the sources stand there."""
    engine.sound(220.0)
    engine.arrays["sound"]["knobs_used"] = knobs
    for name, value in sources.items():
        engine.arrays["sources"][list(SOURCES).index(name)] = value

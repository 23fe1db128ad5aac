"""The timbre map: drag to play two knobs as one place, record the gesture, loop it, save it as control voltages."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QFileDialog, QVBoxLayout, QWidget

from accel.atomic import atomic_path
from accel.errors import SystoleError
from app.window.clock import Frame
from app.window.panel import Panel
from app.window.preferences import with_axes
from app.window.services import Services
from app.window.session.document import Change
from app.window.timbre.gesture import Touch
from app.window.timbre.looper import Looper
from app.window.timbre.making import MapMaker
from app.window.timbre.map_bar import AxesBar, GestureBar
from app.window.timbre.map_file import TimbreMap, find_map, liveliest_pair
from app.window.timbre.pad import Pad
from app.window.timbre.pad_note import PadNote
from engine.library import find_model, open_model

__all__ = ["MapPanel"]

PATIENCE_MS = 3000
"""A map that is missing is rendered only for a model that stays so long."""
LOOP_ENDS = ("load", "back", "compare")
"""Changes that end a loop, which would overwrite them at once."""


class MapPanel(Panel):
    """Pad, gestures and map of the current model. A model with fewer than two knobs has none."""

    def __init__(self, services: Services, parent: QWidget | None = None) -> None:
        super().__init__(services, parent)
        self.pad = Pad(services.theme)
        self.bar, self.axes = GestureBar(), AxesBar(services.theme)
        column = QVBoxLayout(self)
        column.setContentsMargins(10, 8, 10, 8)
        column.setSpacing(6)
        column.addWidget(self.bar)
        column.addWidget(self.pad, 1)
        column.addWidget(self.axes)
        self.note = PadNote(services.link.play)
        self.looper, self.maker = Looper(), MapMaker(self)
        self._loop_down, self._time = False, 0.0
        self._wish = QTimer(self)
        self._wish.setSingleShot(True)
        self._wish.timeout.connect(self._make)
        kept = services.remembered.value.pad_note
        self.bar.note.setCurrentIndex(max(0, self.bar.note.findData(kept)))
        self.note.set_key(self.bar.note.currentData())
        self._connect()
        self._show_state()

    def _connect(self) -> None:
        pad, bar = self.pad, self.bar
        pad.pressed.connect(self._pressed)
        pad.released.connect(self._released)
        pad.moved.connect(self._moved)
        bar.note.currentIndexChanged.connect(lambda _: self._set_key(bar.note.currentData()))
        bar.record.clicked.connect(self._record)
        bar.loop.clicked.connect(self._loop)
        bar.speed.currentIndexChanged.connect(lambda _: setattr(self.looper, "speed", bar.speed.currentData()))
        bar.export.clicked.connect(self._export)
        self.axes.chosen.connect(lambda *_: self._axes_chosen())
        self.maker.grown.connect(self._show_map)
        self.maker.failed.connect(lambda line: self.services.notices.say("warning", line))
        self.services.clock.frame.connect(self._step)  # a loop goes on while another page is shown
        self.services.document.subscribe(self._sound_changed)
        application = QApplication.instance()
        if application is not None:
            application.aboutToQuit.connect(self.maker.stop)

    # What the document and the engine say.

    def show_sound(self, change: Change | None) -> None:
        """Place, and for another model knobs and map."""
        knobs = self.services.document.sound.knobs
        has_map = len(knobs) > 1
        for each in (self.bar, self.pad, self.axes):
            each.setEnabled(has_map)
        if not has_map:
            self.axes.show_knobs(knobs, ("", ""))
            self._show_map(None)
            return
        if change is None or change.is_other_model:
            self.axes.show_knobs(knobs, self._pair([knob.id for knob in knobs]))
            self._axes_changed()
        elif change.ids & set(self.axes.pair):
            self._show_place()

    def _pair(self, ids: list[str]) -> tuple[str, str]:
        """The axes of a model with these knobs: chosen for it, else as they stand if it has them, else liveliest."""
        kept = self.services.remembered.value.axes.get(self.services.document.sound.patch.model)
        for x, y in (kept, self.axes.pair) if kept is not None else (self.axes.pair,):
            if x != y and {x, y} <= set(ids):
                return x, y
        return self._first_pair(ids)

    def _axes_chosen(self) -> None:
        remembered, model = self.services.remembered, self.services.document.sound.patch.model
        remembered.change(axes=with_axes(remembered.value, model, self.axes.pair))
        self._axes_changed()

    def _set_key(self, key: int | None) -> None:
        self.note.set_key(key)
        self.services.remembered.change(pad_note=key)

    def _first_pair(self, ids: list[str]) -> tuple[str, str]:
        """The knobs with which the map of a model begins: those that change it most, or the first two."""
        name = self.services.document.sound.patch.model
        try:
            names = liveliest_pair(name, open_model(find_model(name)).hash)
        except SystoleError:
            names = None
        pair = None if names is None else (f"knobs.{names[0]}", f"knobs.{names[1]}")
        return pair if pair is not None and set(pair) <= set(ids) else (ids[0], ids[1])

    def show_frame(self, frame: Frame) -> None:
        """Where the sound is: modulation moves it away from where it was set."""
        knobs = [knob.id for knob in self.services.document.sound.knobs]
        if not self.axes.pair[0] or self.axes.pair[0] not in knobs:
            return
        live = frame.snapshot.sound["knobs_live"]
        x, y = (float(live[knobs.index(each)]) for each in self.axes.pair)
        self.pad.show_live(x, y) if frame.is_sounding else self.pad.show_live(*self.pad.place)

    def _sound_changed(self, change: Change) -> None:
        if self.looper.state == "looping" and (change.cause in LOOP_ENDS or change.is_other_model):
            self._end_loop()
            self._show_state()

    def _axes_changed(self) -> None:
        if self.looper.state == "looping":
            self._end_loop()
            self._show_state()
        labels = [self.services.document.sound.parameter(each).label for each in self.axes.pair]
        self.pad.show_labels(*labels)
        self._show_place()
        self._find_map()

    def _show_place(self) -> None:
        sound = self.services.document.sound
        x, y = (sound.parameter(each).travel(sound.number(each)) for each in self.axes.pair)
        self.pad.show_place(x, y)

    # The map.

    def _names(self) -> tuple[str, str]:
        """Knobs as a map's file names them."""
        x, y = (each.partition(".")[2] for each in self.axes.pair)
        return x, y

    def _find_map(self) -> None:
        self.maker.stop()
        self._wish.stop()
        name = self.services.document.sound.patch.model
        try:
            program = open_model(find_model(name))
        except SystoleError:
            self._show_map(None)  # who loads patches says so
            return
        found = find_map(name, program.hash, *self._names())
        self._show_map(found)
        if found is None:
            self._wish.start(PATIENCE_MS)

    def _make(self) -> None:
        if self.isVisible() and self.services.link.is_ready:
            self.maker.start(self.services.document.sound.patch.model, *self._names())
        elif not self.services.link.is_over:
            self._wish.start(PATIENCE_MS)

    def _show_map(self, found: TimbreMap | None) -> None:
        self.pad.show_map(found)
        self.axes.legend.setVisible(found is not None)

    # Touching it.

    def _pressed(self) -> None:
        if self.looper.state == "looping":
            self._end_loop()
            self._show_state()
        self.services.document.hold()
        self.services.clock.wake()
        self.note.press()
        self._remember()

    def _released(self) -> None:
        self.note.lift()
        self.services.document.release()
        self._remember()

    def _moved(self, x: float, y: float) -> None:
        self.services.clock.wake()
        self._set(x, y)
        self._remember()

    def _set(self, x: float, y: float) -> None:
        sound = self.services.document.sound
        entries = [sound.parameter(each) for each in self.axes.pair]
        numbers = {entry.id: entry.at(travel) for entry, travel in zip(entries, (x, y), strict=True)}
        self.services.document.set_numbers(numbers, f"{entries[0].label} and {entries[1].label}")

    # Gestures.

    def _remember(self) -> None:
        if not self.looper.touch(self._time, Touch(*self.pad.place, self.pad.is_down)):
            self._show_state()  # the longest time is over

    def _record(self) -> None:
        if self.looper.state == "recording":
            self.looper.stop()
        else:
            self._end_loop()
            self.looper.record()
            self.services.clock.wake()
        self._show_state()

    def _loop(self) -> None:
        if self.looper.state == "looping":
            self._end_loop()
        elif self.looper.loop():
            self.services.document.hold()
        self._show_state()

    def _end_loop(self) -> None:
        if self.looper.state == "looping":
            self.looper.stop()
            self._loop_down = False
            self.note.lift()
            self.services.document.release()

    def _step(self, frame: Frame) -> None:
        """One frame of a recording or a loop, whether the panel is seen or not."""
        self._time = frame.time
        if self.note.is_sounding and not self.pad.is_down and not self._loop_down:
            self.note.lift()  # there was no room for its end
        if self.looper.state == "recording":
            self._remember()
            self.pad.show_trail(self.looper.gesture.path, is_growing=True)
            self.services.clock.wake()
        elif (touch := self.looper.frame(frame.passed)) is not None:
            self._play(touch)
            self.services.clock.wake()

    def _play(self, touch: Touch) -> None:
        self._set(touch.x, touch.y)
        if touch.is_down != self._loop_down:
            self._loop_down = touch.is_down
            self.note.press() if touch.is_down else self.note.lift()

    def _show_state(self) -> None:
        self.pad.show_trail(self.looper.gesture.path)
        self.bar.show_state(self.looper.state, has_gesture=not self.looper.gesture.is_empty)

    def _export(self) -> None:
        name, _ = QFileDialog.getSaveFileName(self, self.tr("Save the gesture"), "gesture.csv", "CSV (*.csv)")
        if name:
            self.export_to(Path(name))

    def export_to(self, path: Path) -> None:
        """Write the gesture as control voltages; what goes wrong is a line."""
        note = 48 if self.note.key is None else self.note.key
        text = self.looper.gesture.csv(*self._names(), note, speed=self.looper.speed)
        try:
            with atomic_path(path) as temporary:
                temporary.write_text(text, encoding="utf-8")
        except OSError as error:
            self.services.notices.say("error", f"{path}: cannot be written: {error.strerror or error}")
        else:
            found = self.services.document.sound.path
            patch = "PATCH" if found is None else found.stem
            way = f"systole render {path.name} -o {path.stem}.wav --patch {patch}"
            self.services.notices.say("info", f"{path.name} is saved; {way} plays it")

"""The right of the header: what sounds, what it costs, what was lost, recording, settings, and the end of all notes."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QToolButton, QWidget

from app.window.clock import Frame
from app.window.panel import Panel
from app.window.playing.icons import IconButton
from app.window.playing.levels import Hold, Losses, decibels, level_text, lost_text, part_of
from app.window.playing.meters import Meters, Reading
from app.window.playing.recording import Recording, length_text
from app.window.playing.stream_watch import StreamWatch
from app.window.playing.tools import Tools
from app.window.services import Services
from engine.live.layout import State
from engine.live.protocol import Panic

__all__ = ["StateBar"]

NUMBERS_EVERY = 6
"""Frames: numbers that change faster cannot be read."""
LIMITING = 0.5
"""dB that the limiter takes away, from which on it is shown."""
_SOUNDING = (State.PLAYING, State.SILENT)


class StateBar(Panel):
    """Meters and buttons."""

    def __init__(self, services: Services, parent: QWidget | None = None) -> None:
        super().__init__(services, parent)
        theme = services.theme
        self.stream = StreamWatch(services.link, self)
        self.recording = Recording(services, self)
        self.tools = Tools(services, self, self.stream, self.recording.toggle)
        self.meters = Meters(theme, self)
        self._losses, self._left, self._right = Losses(), Hold(), Hold()
        self._numbers: tuple[int, int, int | None] = (0, 1, None)
        self.lost = QToolButton(self)
        self.lost.setProperty("role", "lost")
        self.lost.hide()
        self.lost.clicked.connect(self._look_at_losses)
        self.record = IconButton(
            theme, "record", self.tr("Record"), self.tr("Record what is heard (F9)"), self, role="danger"
        )
        self.record.clicked.connect(lambda: services.actions["record"].trigger())
        self.settings = IconButton(
            theme, "settings", self.tr("Settings"), self.tr("Sound, MIDI, voltages, looks (Ctrl+,)"), self
        )
        self.settings.clicked.connect(lambda: services.actions["settings"].trigger())
        self.panic = IconButton(
            theme, "panic", self.tr("Panic"), self.tr("End every note at once (Ctrl+. or Escape twice)"), self
        )
        self.panic.clicked.connect(self._panic)
        self.more = IconButton(
            theme, "menu", self.tr("Menu"), self.tr("Render to a file, recordings, help, full screen"), self
        )
        self.more.clicked.connect(self._show_menu)
        self.recording.changed.connect(self._show_recording)
        theme.changed.connect(self._colour)
        self._lay_out()
        self._colour()

    def _lay_out(self) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(4, 0, 6, 0)
        row.setSpacing(4)
        row.addStretch(1)
        row.addWidget(self.meters)
        for button in (self.lost, self.record, self.panic, self.settings, self.more):
            button.setFixedHeight(28)
            row.addWidget(button)

    def _colour(self) -> None:
        colour = self.services.theme.palette.danger
        self.lost.setStyleSheet(f"color: {colour}; padding: 0 4px")

    def showEvent(self, event: QShowEvent) -> None:
        """Once the window stands: greet who has never played."""
        super().showEvent(event)
        self.window().installEventFilter(self)
        QTimer.singleShot(0, self, self.tools.welcome)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """The window takes its dialogs along."""
        if event.type() == QEvent.Type.Close and watched is self.window():
            self.tools.close_all()
        return False

    def show_frame(self, frame: Frame) -> None:
        """Work out what the meters show."""
        snapshot, meters = frame.snapshot, frame.snapshot.meters
        left, right = float(meters["peak_left"]), float(meters["peak_right"])
        held = max(
            self._left.push(decibels(left), frame.time, frame.passed),
            self._right.push(decibels(right), frame.time, frame.passed),
        )
        if frame.number % NUMBERS_EVERY == 0 or not frame.is_sounding:
            allowed = int(self.services.document.sound.number("voice.polyphony"))
            load = round(100 * meters["load"]) if snapshot.state in _SOUNDING else None
            self._numbers = (int(meters["voices"]), allowed, load)
            self._show_lost(snapshot.counters, snapshot.clock["rate"])
            self._show_time()
        voices, allowed, load = self._numbers
        self.meters.show_reading(
            Reading(
                voices=voices,
                allowed=allowed,
                load=load,
                left=Meters.pixels(part_of(left)),
                right=Meters.pixels(part_of(right)),
                hold=Meters.pixels(part_of(10 ** (held / 20))),
                text=level_text(held),
                is_limited=meters["reduction"] > LIMITING,
            )
        )

    def _show_lost(self, counters: Mapping[str, int], rate: float) -> None:
        """What was lost, but for nothing: a zero is not shown."""
        count = self._losses.push(counters)
        text = self.tr("lost {0}").format(lost_text(count, rate))
        if count and (text != self.lost.text() or not self.lost.isVisible()):
            self.lost.setText(text)
            self.lost.setAccessibleName(self.tr("Sound was {0}").format(text))
            self.lost.setStatusTip(
                self.tr(
                    "{0} samples came too late and were silence. A bigger block or safe mode helps: click to choose"
                ).format(count)
            )
        if self.lost.isHidden() == bool(count):
            self.lost.setVisible(bool(count))

    def _look_at_losses(self) -> None:
        """They have been seen; what helps is on the page of the sound device."""
        self._losses.forgive()
        self.lost.hide()
        self.tools.settings("audio")

    def _show_recording(self) -> None:
        state = self.recording.state
        self.record.show_picture("record" if state in ("off", "starting") else "stop", "danger")
        self.record.setEnabled(state in ("off", "on"))
        self.record.setAccessibleName(self.tr("Record") if state in ("off", "starting") else self.tr("Stop recording"))
        self._show_time()
        self.services.clock.wake()

    def _show_time(self) -> None:
        is_on = self.recording.state in ("on", "stopping")
        text = length_text(self.recording.seconds) if is_on else ""
        if text != self.record.text():
            self.record.setText(text)
            self.record.updateGeometry()

    def _panic(self) -> None:
        """By the keyboard's own, which lets go of what is held here too; without a keyboard, the engine's."""
        try:
            self.services.actions["panic"].trigger()
        except KeyError:
            self.services.link.ask(Panic())

    def _show_menu(self) -> None:
        menu = self.tools.menu()
        menu.popup(self.more.mapToGlobal(self.more.rect().bottomLeft()))

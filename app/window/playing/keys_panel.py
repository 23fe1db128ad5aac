"""The panel below the pages: wheels, octave, velocity, hold, the keyboard; and the computer's keys, which play it."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from numpy.typing import NDArray
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QToolButton, QWidget

from app.window.clock import Frame
from app.window.panel import Panel
from app.window.playing.key_map import base_note, note_name
from app.window.playing.keyboard_view import KeyboardView
from app.window.playing.note_player import NotePlayer
from app.window.playing.stepper import Stepper
from app.window.playing.typed_keys import TypedKeys
from app.window.playing.wheels import PITCH_MIDDLE, Wheel
from app.window.services import Services
from engine.live.layout import State
from engine.live.protocol import Panic
from engine.live.snapshot import Snapshot
from engine.vocabulary import SOURCES

__all__ = ["KeysPanel"]

HIGHEST_OCTAVE = 8
VELOCITY_STEP = 8
FAINTEST = 0.02
"""Of a key that is down but whose envelope has not risen, or that MIDI holds without a voice left for it."""
TELL_SECONDS = 8.0
"""Between two lines that say why keys are silent."""
_BEND, _WHEEL = list(SOURCES).index("bend"), list(SOURCES).index("wheel")
_SOUNDING = (State.PLAYING, State.SILENT)


class KeysPanel(Panel):
    """Plays notes.

    Attributes:
        player: everything that plays notes by hand should do so through it, so that panic ends all of them.
    """

    def __init__(self, services: Services, parent: QWidget | None = None) -> None:
        super().__init__(services, parent)
        self._state, self._restarts, self._told_at = State.STARTING, 0, -TELL_SECONDS
        self.player = NotePlayer(services.link.play, self._can_play)
        self.player.listener = self._show_player
        self.view = KeyboardView(self.player, services.theme, self)
        self.pitch = Wheel(self.tr("Pitch wheel"), self.tr("Pitch"), services.theme, springs=True, parent=self)
        self.mod = Wheel(self.tr("Modulation wheel"), self.tr("Mod"), services.theme, springs=False, parent=self)
        self.octave = Stepper(
            self.tr("Octave"),
            0,
            HIGHEST_OCTAVE,
            1,
            lambda n: note_name(base_note(n)),
            self.tr("Octave of the computer's keys (Z, X)"),
        )
        self.velocity = Stepper(
            self.tr("Velocity"),
            8,
            127,
            VELOCITY_STEP,
            lambda n: self.tr("Vel {0}").format(n),
            self.tr("How hard the computer's keys strike (C, V)"),
        )
        self.hold = self._toggle(self.tr("Hold"), self.tr("Keys sound on until they are pressed again (Shift+Space)"))
        self.pedal = self._toggle(self.tr("Pedal"), self.tr("Sustain pedal (hold Space)"))
        self._lay_out()
        self._connect()
        self.typed: TypedKeys | None = None

    def _toggle(self, text: str, help: str) -> QToolButton:
        button = QToolButton(self)
        button.setText(text)
        button.setCheckable(True)
        button.setFixedHeight(22)
        button.setMinimumWidth(48)
        button.setStyleSheet("padding: 0 5px")
        button.setStatusTip(help)
        return button

    def _lay_out(self) -> None:
        grid = QGridLayout()
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(4)
        grid.setVerticalSpacing(5)
        grid.addWidget(self.octave, 0, 0, 1, 2)
        grid.addWidget(self.velocity, 1, 0, 1, 2)
        grid.addWidget(self.hold, 2, 0)
        grid.addWidget(self.pedal, 2, 1)
        row = QHBoxLayout(self)
        row.setContentsMargins(8, 8, 8, 8)
        row.setSpacing(8)
        row.addLayout(grid)
        row.addWidget(self.pitch)
        row.addWidget(self.mod)
        row.addWidget(self.view, 1)

    def _connect(self) -> None:
        services, kept = self.services, self.services.remembered
        self.octave.show_value(kept.value.octave)
        self.velocity.show_value(kept.value.velocity)
        self._set_octave(self.octave.value)
        self._set_velocity(self.velocity.value)
        self.octave.changed.connect(self._set_octave)
        self.velocity.changed.connect(self._set_velocity)
        self.hold.clicked.connect(lambda is_on: self.player.hold(is_on))
        self.pedal.clicked.connect(lambda is_on: self.player.sustain(is_on))
        self.pitch.valueChanged.connect(lambda value: self._turned(self.player.bend, value))
        self.mod.valueChanged.connect(lambda value: self._turned(self.player.wheel, value))
        services.link.ready.connect(self._ready)
        services.actions.add("panic", self.tr("End every note at once"), "Ctrl+.", self.panic)

    def _turned(self, play: Callable[[int], None], value: int) -> None:
        self.services.clock.wake()
        play(value)

    def _can_play(self) -> bool:
        return self.services.link.is_ready and self._state in _SOUNDING

    def _ready(self) -> None:
        """It may be another engine: it has heard nothing of ours."""
        self._look(self.services.link.snapshot())

    def _look(self, snapshot: Snapshot) -> None:
        self._state = snapshot.state
        if snapshot.restarts != self._restarts:
            self._restarts = snapshot.restarts
            self.player.restarted()

    def showEvent(self, event: QShowEvent) -> None:
        """Listen to the window's keys, once there is one."""
        super().showEvent(event)
        if self.typed is None:
            self.typed = TypedKeys(self.window(), self.player, lambda: self.octave.value, lambda: self.velocity.value)
            self.typed.commanded.connect(self._command)
            self.typed.touched.connect(self._touched)
            self.typed.panicked.connect(self.panic)
            self.window().destroyed.connect(self._forget)

    def _forget(self) -> None:
        self.typed = None

    def hideEvent(self, event: QHideEvent) -> None:
        """The window goes, or is minimised: nothing is left sounding but what is held on purpose."""
        super().hideEvent(event)
        self.player.release_kind("")

    def _command(self, command: str) -> None:
        steps = {"octave down": (self.octave, -1), "octave up": (self.octave, 1)}
        steps |= {"softer": (self.velocity, -1), "louder": (self.velocity, 1)}
        stepper, sign = steps[command]
        stepper.step(sign)

    def _touched(self) -> None:
        self.services.clock.wake()
        now = time.monotonic()
        if not self._can_play() and now - self._told_at > TELL_SECONDS:
            self._told_at = now
            self.services.notices.say("info", self.tr("The engine is still getting ready: it will play in a moment"))

    def _set_octave(self, octave: int) -> None:
        self.services.remembered.change(octave=octave)
        self.view.show_octave(octave)

    def _set_velocity(self, velocity: int) -> None:
        self.services.remembered.change(velocity=velocity)
        self.view.velocity = velocity

    def _show_player(self) -> None:
        self.hold.setChecked(self.player.is_holding)
        self.pedal.setChecked(self.player.is_sustained)

    def panic(self) -> None:
        """Silence at once, of whatever plays."""
        self.end_all()
        self.services.link.ask(Panic())

    def end_all(self) -> None:
        """Silence from our side: keys, hold, pedal and wheels."""
        if self.typed is not None:
            self.typed.release_all()
        self.player.end_all()
        self.pitch.setValue(PITCH_MIDDLE)
        self.mod.setValue(0)

    def show_frame(self, frame: Frame) -> None:
        """Light what sounds; send what found no room."""
        self._look(frame.snapshot)
        if self.player.owes:
            self.player.flush()
            self.services.clock.wake()
        sound = frame.snapshot.sound
        levels = dict.fromkeys(_held(sound["held"]), FAINTEST)
        if frame.is_sounding:
            for stage, note, env, _ in sound["voices"].tolist():
                if stage and 0 <= note <= 127 and env > levels.get(note, FAINTEST / 2):
                    levels[note] = env
        self.view.show_levels(levels)
        sources = sound["sources"]
        self.pitch.show_live((float(sources[_BEND]) + 1) / 2)
        self.mod.show_live(float(sources[_WHEEL]))


def _held(held: NDArray[Any]) -> list[int]:
    """Notes whose byte is set."""
    found: list[int] = held.nonzero()[0].tolist()
    return found

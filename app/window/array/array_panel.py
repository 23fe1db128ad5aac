"""The page that shows the accelerator at work on the sound that is played.

What is shown is the model of the hardware's cycles, exact to the cycle, not this computer's own arithmetic: a caption
says so. It runs while something sounds, until the person steps, stops it or lets it run in silence, too.
"""

from __future__ import annotations

import contextlib

from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from accel.cycles import TARGETS
from app.window.array.computing import Answer, Schedules
from app.window.array.grid_view import GridView
from app.window.array.layers_view import LayersView
from app.window.array.moment import moment, whole_frame
from app.window.array.moment_view import MomentView
from app.window.array.occupation import Occupation
from app.window.array.player import SlowMotion
from app.window.array.sentence import Verdict, budget_sentence, refusal_sentence, voices_sentence
from app.window.array.target_bar import TargetBar
from app.window.array.timeline_view import TimelineView
from app.window.array.transport import Transport
from app.window.clock import Frame
from app.window.panel import Panel
from app.window.services import Services
from app.window.session.document import Change
from app.window.theme.fonts import font
from app.window.words import marked

__all__ = ["ArrayPanel"]

CAPTION = marked(
    "ArrayPanel",
    "The model of the hardware, exact to the cycle; this computer plays the same network in its own way.",
)
READABLE = 0.02
"""s; where cycles last as long, their words are shown for each, else ten times a second."""
WORDS_EVERY = 6


class ArrayPanel(Panel):
    """Grid, layers, words, timeline and the buttons that move them."""

    def __init__(self, services: Services, parent: QWidget | None = None) -> None:
        super().__init__(services, parent)
        kept, theme = services.remembered.value, services.theme
        self._motion = SlowMotion()
        self._follows = not kept.is_calm
        self._occupation: Occupation | None = None
        self._verdict: Verdict | None = None
        self._wanted, self._reason = ("", ""), ""
        self._sounding, self._is_whole, self._was_asked_for = 0, False, False
        self._schedules = Schedules(self)
        self._target = TargetBar(theme, kept.target, kept.clock)
        self._grid, self._layers = GridView(theme), LayersView(theme)
        self._words, self._timeline = MomentView(theme), TimelineView(theme)
        self._transport = Transport(self._motion.seconds)
        self._place()
        self._connect()

    def _place(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(14, 10, 14, 8)
        column.setSpacing(8)
        column.addWidget(self._target)
        middle = QHBoxLayout()
        middle.setSpacing(16)
        middle.addWidget(self._grid, 5)
        middle.addLayout(self._list(), 6)
        column.addLayout(middle, 1)
        column.addWidget(self._words)
        column.addWidget(self._timeline)
        column.addWidget(self._transport)

    def _list(self) -> QGridLayout:
        grid = QGridLayout()
        grid.setVerticalSpacing(3)
        title, figures, caption = (
            QLabel(self.tr("Layers")),
            QLabel(self.tr("cycles      frame      busy")),
            QLabel(self.tr(CAPTION)),
        )
        title.setFont(font("title"))
        caption.setWordWrap(True)
        for label in (figures, caption):
            label.setProperty("role", "muted")
            label.setFont(font("small"))
        figures.setContentsMargins(0, 0, 6, 0)
        grid.addWidget(title, 0, 0)
        grid.addWidget(figures, 0, 2)
        grid.addWidget(self._layers, 1, 0, 1, 3)
        grid.addWidget(caption, 2, 0, 1, 3)
        grid.setColumnStretch(1, 1)
        grid.setRowStretch(1, 1)
        return grid

    def _connect(self) -> None:
        self._schedules.done.connect(self._answered)
        self._target.chosen.connect(self._chosen)
        self._timeline.sought.connect(self._seek)
        self._layers.sought.connect(self._seek)
        self._timeline.stepped.connect(self._step)
        self._transport.stepped.connect(self._step)
        self._transport.run.connect(self._run)
        self._transport.speed.connect(self._set_speed)
        self._transport.whole.connect(self._show_whole)
        text, tip = self.tr("Run or stop the array"), self.tr("Only while the page Array is shown.")
        with contextlib.suppress(ValueError):  # the key is another's: the button does it
            self.services.actions.add("array.run", text, "F8", self._toggle, tip=tip)

    # What is to be shown.

    def show_sound(self, change: Change | None) -> None:
        """Another model: another frame."""
        self._ask()

    def _ask(self) -> bool:
        """Ask for what is not shown yet; whether there is an answer to wait for."""
        wanted = (self.services.document.sound.patch.model, self._target.target)
        if wanted == self._wanted:
            return False
        self._wanted = wanted
        self._schedules.ask(*wanted)
        return True

    def _answered(self, answer: Answer) -> None:
        if (answer.model, answer.target) != self._wanted:
            return
        self._reason = answer.reason
        if answer.occupation is not self._occupation or answer.occupation is None:
            self._occupation = answer.occupation
            for view in (self._grid, self._layers, self._timeline):
                view.show_occupation(answer.occupation)
            self._motion.restart(1 if answer.occupation is None else answer.occupation.cycles)
            self._show(is_told=True)
        self._judge()

    def _judge(self) -> None:
        """Say whether it fits, with the clock as it is chosen now."""
        target, clock = TARGETS[self._target.target], self._target.clock
        if self._occupation is not None:
            self._verdict = budget_sentence(self._occupation, target, clock)
        elif self._reason:
            self._verdict = refusal_sentence(self._reason, target)
        else:
            return
        self._target.show_verdict(self._verdict)
        self._target.show_voices(voices_sentence(self._sounding, self._verdict))
        self._transport.show_clock(clock or target.clock)

    def _chosen(self, target: str, clock: float | None) -> None:
        self.services.remembered.change(target=target, clock=clock)
        if not self._ask():
            self._judge()

    # Frames.

    def show_frame(self, frame: Frame) -> None:
        """Move on, as long as it runs; say how many voices there are."""
        sounding = int(frame.snapshot.meters["voices"])
        if sounding != self._sounding:
            self._sounding = sounding
            self._target.show_voices(voices_sentence(sounding, self._verdict))
        if self._follows and frame.is_sounding != self._motion.is_running:
            self._motion.is_running = frame.is_sounding
            self._transport.show_running(frame.is_sounding)
        if self._occupation is None or not self._motion.is_running:
            return
        if self._was_asked_for:
            self.services.clock.wake()
        if self._motion.advance(frame.passed):
            self._show(has_words=self._motion.seconds >= READABLE or frame.number % WORDS_EVERY == 0)

    def _show(self, *, has_words: bool = True, is_told: bool = False) -> None:
        """The array where the motion is."""
        found, cycle = self._occupation, self._motion.cycle
        if found is None:
            self._words.show_moment(None, 1)
            return
        if not self._is_whole:
            self._grid.show_span(*self._motion.span)
        self._timeline.show_cycle(cycle, is_told=is_told)
        if has_words:
            self._words.show_moment(moment(found, cycle), found.cycles, is_told=is_told)
            tile = found.tile_of(found.slot_at(cycle))
            self._layers.show_stage(-1 if tile is None else tile.stage)

    # What the person does.

    def _run(self, is_running: bool) -> None:
        self._motion.is_running = self._was_asked_for = is_running
        self._follows = self._is_whole = False
        self._transport.show_running(is_running)
        self._show(is_told=True)
        self.services.clock.wake()

    def _toggle(self) -> None:
        if self.isVisible():
            self._run(not self._motion.is_running)

    def _set_speed(self, seconds: float) -> None:
        self._motion.seconds = seconds
        self._transport.show_clock(self._target.clock or TARGETS[self._target.target].clock)

    def _seek(self, cycle: int) -> None:
        self._stop()
        self._motion.seek(cycle)
        self._show(is_told=True)

    def _step(self, what: str, direction: int) -> None:
        self._stop()
        if self._occupation is None:
            return
        if what == "cycle":
            self._motion.step(direction)
        else:
            starts = self._occupation.tile_starts if what == "tile" else self._occupation.stage_starts
            self._motion.to_start(starts, direction)
        self._show(is_told=True)

    def _stop(self) -> None:
        """Whoever steps wants it to stand."""
        self._motion.is_running = self._was_asked_for = self._follows = self._is_whole = False
        self._transport.show_running(False)

    def _show_whole(self) -> None:
        self._stop()
        self._is_whole = True
        if self._occupation is not None:
            self._grid.show_span(0, self._occupation.cycles)
            self._words.show_moment(whole_frame(self._occupation), self._occupation.cycles)

"""The first run: one thing to press that makes a sound, where that goes, and how long it takes until it can.

A card over the pages, gone for good as soon as anything was played. Whoever presses while the engine is still being
compiled hears it when that is done.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QProgressBar, QPushButton, QVBoxLayout, QWidget

from app.window.clock import Frame
from app.window.playing.stream_watch import StreamWatch
from app.window.services import Services
from app.window.theme.fonts import font
from engine.live.layout import State
from engine.midi.rows import note_off, note_on

__all__ = ["FirstRun"]

WIDTH, KEYBOARD = 400, 120
PHRASE = (60, 64, 67, 72)
STEP_MS, LENGTH_MS, VELOCITY = 260, 700, 96.0
COLD_SECONDS, LATE_SECONDS = 45.0, 4.0
"""What compiling takes once, about; a start that takes longer than the second is one that compiles."""
_SOUNDING = (State.PLAYING, State.SILENT)


class FirstRun(QFrame):
    """Deletes itself when it has done its work.

    Args:
        window: over whose middle it lies.
        settings: opens the settings at the sound device.
    """

    def __init__(self, services: Services, stream: StreamWatch, window: QWidget, settings: Callable[[], None]) -> None:
        super().__init__(window)
        self._services, self._stream, self._over = services, stream, window
        self._began, self._is_wanted, self._is_over, self._played = time.monotonic(), False, False, 0
        self.setFixedWidth(WIDTH)
        self.setAccessibleName(self.tr("Welcome"))
        self.play, self.close_it, self.choose = (
            QPushButton(self.tr("▶  Hear it")),
            QPushButton(self.tr("Not now")),
            QPushButton(self.tr("Choose …")),
        )
        self.where, self.wait = QLabel(), QLabel()
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setFixedHeight(6)
        self.bar.setRange(0, 1000)
        self.bar.setAccessibleName(self.tr("Getting ready"))
        self._lay_out()
        self.play.clicked.connect(self.press)
        self.close_it.clicked.connect(self.end)
        self.choose.clicked.connect(settings)
        services.clock.frame.connect(self._frame)
        stream.changed.connect(self._show_where)
        window.installEventFilter(self)
        self._show_where()
        self._show_wait()
        self.adjustSize()
        self._place()
        self.show()
        self.raise_()
        self.play.setFocus()

    def _lay_out(self) -> None:
        title = QLabel(self.tr("Press this – or A on your keyboard"))
        title.setFont(font("display"))
        title.setWordWrap(True)
        words = QLabel(
            self.tr("The rows A to ' are a piano's keys. Drag a knob, or the point in the map, while it plays.")
        )
        words.setWordWrap(True)
        self.play.setMinimumHeight(44)
        self.play.setFont(font("title"))
        self.play.setDefault(True)
        for each in (words, self.where, self.wait):
            each.setProperty("role", "muted")
        self.where.setWordWrap(True)
        self.wait.setWordWrap(True)
        column = QVBoxLayout(self)
        column.setContentsMargins(22, 18, 22, 16)
        column.setSpacing(10)
        for widget in (title, words, self.play, self.wait, self.bar):
            column.addWidget(widget)
        row = QHBoxLayout()
        row.addWidget(self.where, 1)
        row.addWidget(self.choose)
        row.addWidget(self.close_it)
        column.addLayout(row)

    # What happens.

    def press(self) -> None:
        """Play, now or as soon as it can be heard."""
        self._is_wanted = True
        self._go_on()

    def _go_on(self) -> None:
        if not self._is_wanted or self._is_over or not self._can_play():
            return
        self._is_wanted = False
        self.play.setEnabled(False)
        self._note(0)

    def _can_play(self) -> bool:
        link = self._services.link
        return link.is_ready and link.snapshot().state in _SOUNDING

    def _note(self, index: int) -> None:
        """One of the phrase, and the next a little later."""
        link, note = self._services.link, PHRASE[index]
        self._services.clock.wake()
        link.play([note_on(0, 0, note, VELOCITY)])
        QTimer.singleShot(LENGTH_MS, self._services.clock, lambda: _end_note(self._services, note))
        if index + 1 < len(PHRASE):
            QTimer.singleShot(STEP_MS, self, lambda: self._note(index + 1))
        else:
            QTimer.singleShot(LENGTH_MS, self, self.end)

    def end(self) -> None:
        """It has done its work, for good."""
        if not self._is_over:
            self._is_over = True
            self._services.remembered.change(has_played=True)
            self.hide()
            self.deleteLater()

    def _frame(self, frame: Frame) -> None:
        if self._is_over:
            return
        if frame.snapshot.meters["voices"] > 0 and self.play.isEnabled() and not self._is_wanted:
            self.end()  # they know how to play already
            return
        self._show_wait()
        self._go_on()

    # What is seen.

    def _show_where(self) -> None:
        self.where.setText(self._stream.sentence if self._services.link.is_ready else "")
        self.choose.setVisible(self._services.link.is_ready and not self._stream.is_heard)

    def _show_wait(self) -> None:
        """While the engine starts; a start that takes long compiles for this processor, once."""
        passed, is_ready = time.monotonic() - self._began, self._can_play()
        if is_ready == self.wait.isHidden() and is_ready:
            return
        self.wait.setVisible(not is_ready)
        self.bar.setVisible(not is_ready)
        if is_ready:
            self._show_where()
        else:
            left = max(5.0, COLD_SECONDS - passed)
            text = self.tr("Getting ready for this processor, once: about {0} s").format(5 * round(left / 5))
            text = text if passed > LATE_SECONDS else self.tr("Getting ready …")
            if self._is_wanted:
                text += ". It will play by itself"
            if text != self.wait.text():
                self.wait.setText(text)
            self.bar.setValue(round(1000 * min(0.97, passed / COLD_SECONDS)))
        self.adjustSize()
        self._place()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Stay in the middle of the window."""
        if event.type() == QEvent.Type.Resize and not self._is_over:
            self._place()
        return False

    def _place(self) -> None:
        wide, tall = self._over.width() - self.width(), self._over.height() - KEYBOARD - self.height()
        self.move(wide // 2, max(0, tall // 2))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Return: hear it; Escape: not now."""
        if event.key() == Qt.Key.Key_Escape:
            self.end()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            (
                self.close_it if self.close_it.hasFocus() else self.choose if self.choose.hasFocus() else self.play
            ).click()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """A card that lies upon everything else."""
        painter, theme = QPainter(self), self._services.theme
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(theme.colour("accent"))
        painter.setBrush(theme.colour("surface"))
        painter.drawRoundedRect(self.rect().toRectF().adjusted(0.5, 0.5, -0.5, -0.5), 10, 10)
        painter.end()


def _end_note(services: Services, note: int) -> None:
    """Also when the card is gone; a full ring is tried again."""
    if not services.link.play([note_off(0, 0, note)]):
        QTimer.singleShot(20, services.clock, lambda: _end_note(services, note))
